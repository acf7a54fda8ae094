"""Listens: a uvicorn server that leaves signals, logging and the process alone."""

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
DRAIN: Final = 5
UNTAKEN_MS: Final = 30_000


class CannotListen(StewardError):
    """The address is taken or not ours; the text names it."""


class ApiServer:
    """One listening server, from :meth:`start` to :meth:`close`."""

    def __init__(self, app: ASGIApp, listen: Listen, message_bytes: int) -> None:
        """Messages of faces hold at most ``message_bytes``."""
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
            raise CannotListen("The server ended before it listened")
        return port

    async def close(self) -> None:
        """Take nothing new, tell faces to come back later, and let requests under way end."""
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
            proxy_headers=False,  # who is local is decided by the real peer
            server_header=False,
            timeout_graceful_shutdown=DRAIN,
        )


class _Server(uvicorn.Server):
    """A server that tells when it listens and takes no signals: the process has its own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as err:  # uvicorn's way: it would end the whole process
            raise CannotListen("The application behind the server did not start") from err
        self.ready.set()

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _bind(listen: Listen) -> socket.socket:
    """Return a listening socket. Data nobody takes for half a minute ends its connection."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        bound = socket.create_server(
            (listen.host, listen.port), family=family, dualstack_ipv6=listen.host == "::"
        )
    except (OSError, OverflowError, UnicodeError) as err:
        reason = getattr(err, "strerror", None) or type(err).__name__
        raise CannotListen(f"Cannot listen on {listen.host} port {listen.port}: {reason}") from err
    # asyncio does this only for sockets it made itself; without it every answer on a kept
    # connection would wait for the peer's delayed acknowledgement. Accepted ones inherit it.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Accepted connections inherit it: a face that stopped reading would else stay for ever.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN_MS)
    bound.setblocking(False)
    return bound
