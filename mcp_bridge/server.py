"""MCP itself, on FastMCP. Costly to import: only the first MCP request does it."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Final, override

import fastmcp
from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.server.dependencies import get_http_request
from fastmcp.server.providers import Provider
from fastmcp.tools import Tool as McpTool
from fastmcp.tools import ToolResult
from fastmcp.utilities.versions import VersionSpec
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.types import SubscriptionsListenRequestParams, TextContent, ToolAnnotations
from pydantic import PrivateAttr

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.protocol import RowKind

from .http_auth import PERSON
from .port import Steward
from .tool import Tool
from .toolbox import INSTRUCTIONS, Toolbox

LISTENERS: Final = 64


def person_of_request() -> str:
    """Return the person whose token came with the request that is being served."""
    return str(get_http_request().scope[PERSON])


class Speaker:
    """One MCP server over a toolbox."""

    def __init__(self, toolbox: Toolbox, version: str, person: Callable[[], str]) -> None:
        """``person`` tells, during a call, who calls."""
        leave_logging_alone()
        self._toolbox = toolbox
        self._bus = InMemorySubscriptionBus()
        self._listening = ListenHandler(self._bus, max_subscriptions=LISTENERS)
        self._listed = toolbox.tools()
        self.mcp: FastMCP[None] = FastMCP(
            name=f"homelab-steward {toolbox.server}",
            version=version,
            instructions=INSTRUCTIONS,
            providers=[_Offers(toolbox, person)],
            mask_error_details=True,
        )
        # FastMCP does not serve change notifications of the 2026-07-28 protocol itself.
        self.mcp._mcp_server.add_request_handler(  # noqa: SLF001
            "subscriptions/listen", SubscriptionsListenRequestParams, self._listening
        )

    async def follow(self, steward: Steward) -> None:
        """Tell those who listen whenever the tools change, until cancelled."""
        with steward.watch(RowKind.CATALOGUE, RowKind.INSTANCE, RowKind.SNAPSHOT) as watch:
            while True:
                await self.look()
                await watch.next()

    async def look(self) -> None:
        """Tell those who listen when the tools are no longer those they know."""
        tools = self._toolbox.tools()
        if tools is not self._listed:
            self._listed = tools
            await self._bus.publish(ToolsListChanged())

    def close(self) -> None:
        """Let those who listen go."""
        self._listening.close()


class _Offered(McpTool):
    """A tool of the steward's as FastMCP wants it."""

    _toolbox: Toolbox = PrivateAttr()
    _person: Callable[[], str] = PrivateAttr()

    @override
    async def run(self, arguments: dict[str, object]) -> ToolResult:
        try:
            result = await self._toolbox.call(self.name, arguments, self._person())
        except ContractError as err:
            raise ToolError(f"{err.code}: {err.message}") from err
        text = json.dumps(result, ensure_ascii=False)
        return ToolResult(content=[TextContent(type="text", text=text)], structured_content=result)


class _Offers(Provider):
    """All tools of a toolbox, made anew only when they were drawn anew."""

    def __init__(self, toolbox: Toolbox, person: Callable[[], str]) -> None:
        super().__init__()
        self._toolbox = toolbox
        self._person = person
        self._drawn: object = None
        self._offered: dict[str, _Offered] = {}

    @override
    async def _list_tools(self) -> Sequence[McpTool]:
        return list(self._now().values())

    @override
    async def _get_tool(self, name: str, version: VersionSpec | None = None) -> McpTool | None:
        return self._now().get(name)

    def _now(self) -> dict[str, _Offered]:
        drawn = self._toolbox.tools()
        if drawn is not self._drawn:
            self._offered = {name: self._offer(tool) for name, tool in drawn.items()}
            self._drawn = drawn
        return self._offered

    def _offer(self, tool: Tool) -> _Offered:
        offered = _Offered(
            name=tool.name,
            title=tool.title,
            description=tool.description,
            parameters=tool.input_schema,
            output_schema=tool.output_schema,
            annotations=ToolAnnotations(
                title=tool.title,
                read_only_hint=tool.hints.read_only,
                destructive_hint=tool.hints.destructive,
                idempotent_hint=tool.hints.read_only,
                open_world_hint=False,
            ),
        )
        offered._toolbox = self._toolbox  # noqa: SLF001
        offered._person = self._person  # noqa: SLF001
        return offered


def leave_logging_alone() -> None:
    """Take away the handlers FastMCP gives itself: what it logs goes where all else goes."""
    fastmcp.settings.log_enabled = False
    own = logging.getLogger("fastmcp")
    for handler in list(own.handlers):
        own.removeHandler(handler)
    own.propagate = True
