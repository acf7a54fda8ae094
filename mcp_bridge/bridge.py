"""Assembles the bridge: its routes, and one ``close``."""

from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute, Route

from .http_auth import HttpAuth, Token
from .mount import McpMount
from .port import Steward, is_known
from .rest import Rest
from .steward_tools import StewardTools
from .toolbox import Server, Toolbox

MCP_PATH = "/mcp"
OPENAPI_PATH = "/openapi"


class Bridge:
    """MCP and REST endpoints with token authentication."""

    def __init__(
        self, steward: Steward, tokens: Sequence[Token], allowed_hosts: Iterable[str] = (), version: str = "0"
    ) -> None:
        """Imports, connections and tasks start with the first request."""
        self._steward_tools = StewardTools(steward)
        toolboxes = {one: Toolbox(one, steward, self._steward_tools) for one in Server}
        auth = HttpAuth(tokens, allowed_hosts, lambda person_id: is_known(steward, person_id))
        self.mcp = McpMount(auth, toolboxes, steward, version)
        self.rest = Rest(auth, toolboxes, version)

    def routes(self) -> list[BaseRoute]:
        """Return the routes for a Starlette application."""
        return [
            Route(f"{MCP_PATH}/{{server}}", self.mcp),
            Route(f"{MCP_PATH}/{{server}}/", self.mcp),
            Route(f"{OPENAPI_PATH}/{{server}}/openapi.json", self.rest.document, methods=["GET"]),
            Route(f"{OPENAPI_PATH}/{{server}}/{{tool}}", self.rest.call, methods=["POST"]),
        ]

    async def close(self) -> None:
        """End all waiting calls and subscriptions. Call it before the server stops."""
        self._steward_tools.close()
        await self.mcp.close()
