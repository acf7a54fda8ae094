"""Assembles the bridge: its routes, and one ``close``."""

import asyncio
from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from .http_auth import HttpAuth, Token
from .mount import McpMount
from .port import Steward, is_known
from .rest import Rest
from .servers import server_names
from .source_check import SourceCheck, SourceRules
from .steward_tools import StewardTools
from .toolbox import Toolbox

MCP_PATH = "/mcp"
OPENAPI_PATH = "/openapi"


class Bridge:
    """MCP and REST endpoints with token authentication."""

    def __init__(
        self, steward: Steward, tokens: Sequence[Token], rules: SourceRules, version: str = "0"
    ) -> None:
        """Imports, connections and tasks start with :meth:`start` or the first request."""
        self._starting: asyncio.Task[None] | None = None
        self._steward_tools = StewardTools(steward)
        toolboxes = {
            one: Toolbox(one, steward, self._steward_tools) for one in server_names(steward.catalogue())
        }
        auth = HttpAuth(tokens, lambda person_id: is_known(steward, person_id))
        self._checked = [Middleware(SourceCheck, rules)]
        self.mcp = McpMount(auth, toolboxes, steward, version)
        self.rest = Rest(auth, toolboxes, version)

    def routes(self) -> list[BaseRoute]:
        """Return the routes for a Starlette application."""
        document, call = f"{OPENAPI_PATH}/{{server}}/openapi.json", f"{OPENAPI_PATH}/{{server}}/{{tool}}"
        checked = self._checked
        return [
            Route(f"{MCP_PATH}/{{server}}", self.mcp, middleware=checked),
            Route(f"{MCP_PATH}/{{server}}/", self.mcp, middleware=checked),
            Route(document, self.rest.document, methods=["GET", "OPTIONS"], middleware=checked),
            Route(call, self.rest.call, methods=["POST", "OPTIONS"], middleware=checked),
        ]

    def start(self) -> None:
        """Import what MCP needs and start its servers in the background, so that the first call is fast."""
        self._starting = asyncio.create_task(self.mcp.start(), name="mcp start")

    async def close(self) -> None:
        """End all waiting calls and subscriptions. Call it before the server stops."""
        self._steward_tools.close()
        await self.mcp.close()
        if self._starting is not None:
            await self._starting
