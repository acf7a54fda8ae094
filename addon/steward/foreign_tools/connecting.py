"""Opens a connection to a server of any kind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from ..settings.foreign_tools import ForeignServer, ServerKind
from . import openapi_server
from .ports import ServerConnection


@asynccontextmanager
async def connect(server: ForeignServer) -> AsyncIterator[ServerConnection]:
    """Connect to a server until the block is left. Raises ServerFailed."""
    if server.kind is ServerKind.OPENAPI:
        async with openapi_server.connect(server) as described:
            yield described
        return
    # In a thread: the import of the MCP library takes about a second and would block the event loop.
    mcp_session: Any = await asyncio.to_thread(import_module, "steward.foreign_tools.mcp_session")
    async with mcp_session.connect(server) as connection:
        yield connection
