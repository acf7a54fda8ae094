"""Opens connections to servers of any kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from mcp_bridge.slow_imports import imported

from ..settings.foreign_tools import ForeignServer, ServerKind
from . import openapi_server
from .openapi_source import DocumentSource
from .ports import ServerConnection


class Connector:
    """Connects to servers, and keeps what was read of the documents of those that have one."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._sources: dict[str, DocumentSource] = {}

    @asynccontextmanager
    async def connect(self, server: ForeignServer) -> AsyncIterator[ServerConnection]:
        """Connect to a server until the block is left. Raises ServerFailed."""
        if server.kind is ServerKind.OPENAPI:
            source = self._sources.setdefault(server.name, DocumentSource(server))
            async with openapi_server.connect(server, source) as described:
                yield described
            return
        mcp_session: Any = await imported(_import_session)
        async with mcp_session.connect(server) as connection:
            yield connection


def _import_session() -> Any:
    return import_module("steward.foreign_tools.mcp_session")
