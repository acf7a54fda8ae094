"""MCP over HTTP. FastMCP is slow to import, so it is imported only where MCP is used."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .http_auth import CLIENT, HttpAuth, read_body
from .port import Steward
from .responses import Refused
from .rest import toolbox_of
from .servers import ALL
from .slow_imports import imported
from .toolbox import Toolbox

log = logging.getLogger(__name__)

START_TIMEOUT: Final = 60.0
ANYTHING: Final = (b"accept", b"*/*")
"""What a request without the header accepts. The MCP library refuses it."""


@dataclass(slots=True)
class _ServerHandle:
    """A running MCP server."""

    app: ASGIApp
    close: Callable[[], Awaitable[None]]


class McpMount:
    """The ASGI application below ``/mcp/{server}``."""

    def __init__(self, auth: HttpAuth, toolboxes: dict[str, Toolbox], steward: Steward, version: str) -> None:
        """``auth`` checks the token of every request before a server is started."""
        self._auth = auth
        self._toolboxes = toolboxes
        self._steward = steward
        self._version = version
        self._servers: dict[str, _ServerHandle] = {}
        self._starting = asyncio.Lock()
        self._is_closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        try:
            client = self._auth.client(request.headers)
            toolbox = toolbox_of(self._toolboxes, scope["path_params"]["server"])
            body = await read_body(request)
            running = await self._running_server(toolbox)
        except Refused as err:
            await err.response(scope, receive, send)
            return
        headers = scope["headers"] if "accept" in request.headers else [*scope["headers"], ANYTHING]
        inner = {
            **scope,
            "path": "/",
            "raw_path": b"/",
            "root_path": "",
            "headers": headers,
            CLIENT: client,
        }
        await running.app(inner, _replay(body, receive), send)

    @property
    def running(self) -> set[str]:
        """The servers that are started."""
        return set(self._servers)

    async def start(self) -> None:
        """Import what MCP needs and start the server of all services; the others start when they are used.

        What fails is logged, and tried again with the next request.
        """
        if self._is_closed:
            return
        try:
            await self._running_server(self._toolboxes[ALL])
        except Exception:
            log.exception("MCP server not started: %s", ALL)

    async def close(self) -> None:
        """Close all subscriptions; later requests are refused with 503."""
        self._is_closed = True
        async with self._starting:
            for running in self._servers.values():
                await running.close()
            self._servers.clear()

    async def _running_server(self, toolbox: Toolbox) -> _ServerHandle:
        """Return the running server; start it if necessary. Raises Refused 503."""
        running = self._servers.get(toolbox.server)
        if running is not None:
            return running
        async with self._starting:
            if self._is_closed:
                message = "The steward is stopping"
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message, {"Retry-After": "30"})
            if toolbox.server not in self._servers:
                self._servers[toolbox.server] = await self._start(toolbox)
            return self._servers[toolbox.server]

    async def _start(self, toolbox: Toolbox) -> _ServerHandle:
        server_module: Any = await imported(_import_server)
        mcp_server = server_module.McpServer(toolbox, self._version, server_module.client_of_request)
        app = mcp_server.mcp.http_app(path="/", stateless_http=True, json_response=True)
        task = _ServerTask(app, mcp_server, self._steward)
        await task.start()
        return _ServerHandle(app=app, close=task.close)


class _ServerTask:
    """A task that keeps a server's lifespan open and watches for changes of its tools."""

    def __init__(self, app: Any, mcp_server: Any, steward: Steward) -> None:
        self._app = app
        self._mcp_server = mcp_server
        self._steward = steward
        self._ready = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="mcp server")
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait((self._task, ready), timeout=START_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            self._task.cancel()
            message = "The MCP server did not start: see the log"
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message)

    async def close(self) -> None:
        self._mcp_server.close()
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        # Its task groups must be entered and exited in the same task.
        async with self._app.router.lifespan_context(self._app):
            watching = asyncio.create_task(self._mcp_server.follow(self._steward), name="mcp tools watch")
            self._ready.set()
            try:
                await self._closing.wait()
            finally:
                watching.cancel()


def _import_server() -> Any:
    server_module: Any = import_module("mcp_bridge.server")
    server_module.preload()
    return server_module


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that repeats the body that was read, then forwards to ``receive``."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed
