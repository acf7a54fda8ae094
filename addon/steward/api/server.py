"""Runs a uvicorn server that does not change signal handlers or logging."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from typing import Final, override

import structlog
import uvicorn
from starlette.types import ASGIApp

from ..settings.model import Limits
from .acceptor import Acceptor
from .connection_slots import ConnectionSlots, Slot, most_connections
from .http_protocol import HttpConnection
from .listener import CannotListen, Listener

log = structlog.get_logger(__name__)

PING_EVERY: Final = 20.0
GRACEFUL_SHUTDOWN: Final = 5
DATE_EVERY: Final = 1.0
"""Seconds after which the date in the headers of answers is renewed."""
ENDED_EVERY: Final = 0.01
"""Seconds after which it is checked again whether what runs at the end has ended."""


class ApiServer:
    """The HTTP server of the app."""

    def __init__(self, app: ASGIApp, listener: Listener, limits: Limits) -> None:
        """``limits`` has the size of a websocket message and the number of connections."""
        self._app = app
        self._listener = listener
        self._limits = limits
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen. Raises CannotListen."""
        self._listener.start()
        most = most_connections(self._limits.connections)
        if most < self._limits.connections:
            log.warning("fewer connections than set: the process may not open more files", connections=most)
        slots = ConnectionSlots(most, self._limits.connections_per_address)
        self._server = _Server(self._config(), self._listener, slots)
        self._task = asyncio.create_task(self._server.serve(), name="api server")
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait((self._task, ready), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            self._listener.close()
            self._task.result()
            raise CannotListen("The server stopped before it was ready")

    async def close(self) -> None:
        """Stop listening, close websockets with code 1012, and wait for running requests."""
        if self._server is None or self._task is None:
            return
        self._server.stop()
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
            ws_max_size=self._limits.message_bytes,
            ws_ping_interval=PING_EVERY,
            ws_ping_timeout=PING_EVERY,
            ws_per_message_deflate=False,
            proxy_headers=False,  # a client is local by its real address only
            server_header=False,
        )


class _Server(uvicorn.Server):
    """Accepts connections within the limits, and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config, listener: Listener, slots: ConnectionSlots) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self.servers = []
        self._listener = listener
        self._slots = slots
        self._acceptor = Acceptor(listener.bound, slots, self._protocol, listener.tls)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise CannotListen("The application did not start")
        self._acceptor.start()
        self.started = True
        self.ready.set()

    def stop(self) -> None:
        """End ``serve`` as soon as what runs has ended."""
        self.should_exit = True
        self._stopping.set()

    @override
    async def main_loop(self) -> None:
        # uvicorn's own wakes up ten times a second, and notices only then that it is to stop.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DATE_EVERY):
                    await self._stopping.wait()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._acceptor.close()
        self._listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(GRACEFUL_SHUTDOWN):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - no event
                    await asyncio.sleep(ENDED_EVERY)
        except TimeoutError:
            log.warning("requests are cancelled: they did not end", requests=len(self.server_state.tasks))
            for task in self.server_state.tasks:
                task.cancel()
        await self.lifespan.shutdown()

    def _protocol(self, slot: Slot) -> HttpConnection:
        return HttpConnection(
            slots=self._slots,
            slot=slot,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
