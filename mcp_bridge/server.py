"""The MCP server, with FastMCP. Slow to import: imported with the first MCP request."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Final, override

import fastmcp
from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.server.dependencies import get_http_request
from fastmcp.server.providers import Provider
from fastmcp.tools import Tool as McpTool
from fastmcp.tools import ToolResult
from fastmcp.utilities.components import FastMCPComponent
from fastmcp.utilities.versions import VersionSpec
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.types import SubscriptionsListenRequestParams, TextContent, ToolAnnotations
from pydantic import PrivateAttr

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.protocol import RowKind

from .http_auth import CLIENT
from .port import Steward
from .privacy import Client
from .tool import ToolDescription
from .toolbox import INSTRUCTIONS, Toolbox

LISTENERS: Final = 64


def client_of_request() -> Client:
    """Return the client that made the current request."""
    client: Client = get_http_request().scope[CLIENT]
    return client


FOLLOWED: Final = (RowKind.CATALOGUE, RowKind.INSTANCE, RowKind.SNAPSHOT, RowKind.FOREIGN_TOOLS)
"""The rows that the tools depend on."""

NOT_OFFERED: Final = (
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
)
"""Methods of what the bridge does not have. FastMCP has handlers, and so declares prompts and resources."""


class McpServer:
    """An MCP server for one toolbox."""

    def __init__(self, toolbox: Toolbox, version: str, client: Callable[[], Client]) -> None:
        """``client`` returns who makes the current call."""
        remove_log_handlers()
        self._toolbox = toolbox
        self._bus = InMemorySubscriptionBus()
        self._subscriptions = ListenHandler(self._bus, max_subscriptions=LISTENERS)
        self._notified_tools = toolbox.listed()
        self.mcp: FastMCP[None] = FastMCP(
            name=f"homelab-steward {toolbox.server}",
            version=version,
            instructions=INSTRUCTIONS,
            providers=[_BridgeTools(toolbox, client)],
            mask_error_details=True,
        )
        # FastMCP does not support change notifications of the 2026-07-28 protocol.
        self.mcp._mcp_server.add_request_handler(  # noqa: SLF001
            "subscriptions/listen", SubscriptionsListenRequestParams, self._subscriptions
        )
        for method in NOT_OFFERED:
            # The library removes handlers in the same way and has no method for it.
            self.mcp._mcp_server._request_handlers.pop(method)  # noqa: SLF001

    async def follow(self, steward: Steward) -> None:
        """Notify subscribers of changes of the tools, until cancelled."""
        with steward.watch(*FOLLOWED) as watch:
            while True:
                await self.notify_changes()
                await watch.next()

    async def notify_changes(self) -> None:
        """Notify subscribers if the tools have changed since the last notification."""
        tools = self._toolbox.listed()
        if tools is not self._notified_tools:
            self._notified_tools = tools
            await self._bus.publish(ToolsListChanged())

    def close(self) -> None:
        """Close all subscriptions."""
        self._subscriptions.close()


class _BridgeTool(McpTool):
    """Adapts a tool of the steward to FastMCP."""

    _toolbox: Toolbox = PrivateAttr()
    _client: Callable[[], Client] = PrivateAttr()

    @override
    async def run(self, arguments: dict[str, object]) -> ToolResult:
        try:
            result = await self._toolbox.answer(self.name, arguments, self._client())
        except ContractError as err:
            raise ToolError(f"{err.code}: {err.message}") from err
        text = json.dumps(result, ensure_ascii=False)
        return ToolResult(content=[TextContent(type="text", text=text)], structured_content=result)


@dataclass(frozen=True, slots=True)
class _Adapted:
    """The adapted tools of ``source``, what a toolbox lists, and those that are called unlisted."""

    source: Mapping[str, ToolDescription]
    listed: Mapping[str, _BridgeTool]
    others: dict[str, _BridgeTool] = field(default_factory=dict)


class _BridgeTools(Provider):
    """The tools that a toolbox has for the person who asks, rebuilt only when the toolbox rebuilt them."""

    def __init__(self, toolbox: Toolbox, client: Callable[[], Client]) -> None:
        super().__init__()
        self._toolbox = toolbox
        self._client = client
        self._adapted: tuple[_Adapted, ...] = ()

    @override
    async def get_tasks(self) -> Sequence[FastMCPComponent]:
        """Return nothing: no tool runs as a task. FastMCP asks at the start, when there is no client."""
        return ()

    @override
    async def _list_tools(self) -> Sequence[McpTool]:
        return list(self._current(self._client()).listed.values())

    @override
    async def _get_tool(self, name: str, version: VersionSpec | None = None) -> McpTool | None:
        client = self._client()
        current = self._current(client)
        found = current.listed.get(name) or current.others.get(name)
        if found is None and (tool := self._toolbox.tools(client).get(name)) is not None:
            found = current.others[name] = self._adapt(tool)
        return found

    def _current(self, client: Client) -> _Adapted:
        source = self._toolbox.listed(client)
        found = next((one for one in self._adapted if one.source is source), None)
        if found is None:
            found = _Adapted(source, {name: self._adapt(tool) for name, tool in source.items()})
            # Four are current: those of an owner and of everybody else, with and without names.
            self._adapted = (*self._adapted[-3:], found)
        return found

    def _adapt(self, tool: ToolDescription) -> _BridgeTool:
        adapted = _BridgeTool(
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
                open_world_hint=tool.hints.open_world,
            ),
        )
        adapted._toolbox = self._toolbox  # noqa: SLF001
        adapted._client = self._client  # noqa: SLF001
        return adapted


def preload() -> None:
    """Import what FastMCP imports with its first request, which would block the event loop."""
    for name in ("context", "providers.prefab_payload"):
        import_module(f"fastmcp.server.{name}")
    FastMCP("preload")._state_store  # noqa: B018, SLF001 - reading it imports its packages


def remove_log_handlers() -> None:
    """Remove FastMCP's own log handlers, so that its records reach the app's handlers."""
    fastmcp.settings.log_enabled = False
    own = logging.getLogger("fastmcp")
    for handler in list(own.handlers):
        own.removeHandler(handler)
    own.propagate = True
