"""Runs a uvicorn server that does not change signal handlers or logging."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Final, override

import uvicorn
from starlette.types import ASGIApp

from ..errors import StewardError
from ..settings.model import Listen

PING_EVERY: Final = 20.0
GRACEFUL_SHUTDOWN: Final = 5
UNACKNOWLEDGED_MS: Final = 30_000


class CannotListen(StewardError):
    """The address is in use or not available; the text names it."""


class ApiServer:
    """The HTTP server of the app."""

    def __init__(self, app: ASGIApp, listen: Listen, message_bytes: int) -> None:
        """``message_bytes`` limits the size of a websocket message."""
        self._app = app
        self._listen = listen
        self._message_bytes = message_bytes
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen and return the port. Raises CannotListen."""
        bound = _bind(self._listen)
        port: int = bound.getsockname()[1]
        self._server = _Server(self._config())
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]), name="api server")
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait((self._task, ready), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            bound.close()
            self._task.result()
            raise CannotListen("The server stopped before it was ready")
        return port

    async def close(self) -> None:
        """Stop listening, close websockets with code 1012, and wait for running requests."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server = self._task = None

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="on",
            http="h11",
            ws="websockets-sansio",
            ws_max_size=self._message_bytes,
            ws_ping_interval=PING_EVERY,
            ws_ping_timeout=PING_EVERY,
            ws_per_message_deflate=False,
            proxy_headers=False,  # a client is local by its real address only
            server_header=False,
            timeout_graceful_shutdown=GRACEFUL_SHUTDOWN,
        )


class _Server(uvicorn.Server):
    """Sets ``ready`` when it listens, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as err:  # raised by uvicorn, would end the process
            raise CannotListen("The application did not start") from err
        self.ready.set()

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _bind(listen: Listen) -> socket.socket:
    """Return a listening socket; unacknowledged data closes a connection after 30 seconds."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        bound = socket.create_server(
            (listen.host, listen.port), family=family, dualstack_ipv6=listen.host == "::"
        )
    except (OSError, OverflowError, UnicodeError) as err:
        reason = getattr(err, "strerror", None) or type(err).__name__
        raise CannotListen(f"Cannot listen on {listen.host} port {listen.port}: {reason}") from err
    # asyncio sets this only on sockets it creates. Without it each answer on a kept connection
    # waits for the peer's delayed acknowledgement. Accepted connections inherit both options.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Without it a client that stopped reading would stay connected.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
    bound.setblocking(False)
    return bound
