"""MCP over HTTP, made when the first request comes: nobody pays for it before."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .http_auth import PERSON, HttpAuth, read_body
from .port import Steward
from .responses import Refused
from .rest import toolbox_of
from .toolbox import Server, Toolbox

START_TIMEOUT: Final = 60.0


@dataclass(slots=True)
class _Up:
    """A server that runs."""

    app: ASGIApp
    close: Callable[[], Awaitable[None]]


class McpMount:
    """The ASGI application below ``/mcp/{server}``."""

    def __init__(
        self, auth: HttpAuth, toolboxes: dict[Server, Toolbox], steward: Steward, version: str
    ) -> None:
        """Everybody passes the door first, and costs nothing if they do not."""
        self._auth = auth
        self._toolboxes = toolboxes
        self._steward = steward
        self._version = version
        self._up: dict[Server, _Up] = {}
        self._starting = asyncio.Lock()
        self._is_closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        try:
            person_id = self._auth.person(request.headers)
            toolbox = toolbox_of(self._toolboxes, scope["path_params"]["server"])
            body = await read_body(request)
            up = await self._running(toolbox)
        except Refused as err:
            await err.response(scope, receive, send)
            return
        inner = {**scope, "path": "/", "raw_path": b"/", "root_path": "", PERSON: person_id}
        await up.app(inner, _replay(body, receive), send)

    async def close(self) -> None:
        """Let everybody go; nothing is served after that."""
        async with self._starting:
            self._is_closed = True
            for up in self._up.values():
                await up.close()
            self._up.clear()

    async def _running(self, toolbox: Toolbox) -> _Up:
        """Return the running server, started now if it is the first time."""
        up = self._up.get(toolbox.server)
        if up is not None:
            return up
        async with self._starting:
            if self._is_closed:
                message = "The steward is stopping"
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", message, {"Retry-After": "30"})
            if toolbox.server not in self._up:
                self._up[toolbox.server] = await self._start(toolbox)
            return self._up[toolbox.server]

    async def _start(self, toolbox: Toolbox) -> _Up:
        # In a thread: the import takes a second, and the loop has others to serve.
        speaking: Any = await asyncio.to_thread(import_module, "mcp_bridge.server")
        speaker = speaking.Speaker(toolbox, self._version, speaking.person_of_request)
        app = speaker.mcp.http_app(path="/", stateless_http=True, json_response=True)
        running = _Running(app, speaker, self._steward)
        await running.start()
        return _Up(app=app, close=running.close)


class _Running:
    """One task that holds a server's lifespan and watches whether its tools change."""

    def __init__(self, app: Any, speaker: Any, steward: Steward) -> None:
        self._app = app
        self._speaker = speaker
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
        self._speaker.close()
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        # Entered and left in one task: that is how its task groups want it.
        async with self._app.router.lifespan_context(self._app):
            watching = asyncio.create_task(self._speaker.follow(self._steward), name="mcp tools watch")
            self._ready.set()
            try:
                await self._closing.wait()
            finally:
                watching.cancel()


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives the body that was read already, then what comes."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return first.pop() if first else await receive()

    return replayed
