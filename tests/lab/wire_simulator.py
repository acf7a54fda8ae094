"""The base class of simulators that do not speak HTTP: TCP on loopback with the lab's faults."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from lab.faults import Fault, FaultKind, Faults
from lab.ports import free_port
from lab.replay import Answer, ReplayState
from lab.server import Alter, Seen
from lab.wire import Json
from lab.world import World


class Cut(Exception):
    """The connection is reset."""


class Broken(Exception):
    """A wrong answer is sent in place of the right one; ``kind`` says which."""

    def __init__(self, kind: FaultKind) -> None:
        super().__init__(kind)
        self.kind = kind


class WireSimulator:
    """Serves ``state.answers`` (``GET /name``) by a protocol. Subclasses define ``talk``.

    ``requests`` keeps what arrived; ``alter`` replaces JSON answers on their way out.
    """

    def __init__(self, service: str, world: World, faults: Faults, answers: Mapping[str, Answer]) -> None:
        self.service, self.world, self.faults = service, world, faults
        self.state = ReplayState(world, answers)
        self.requests: deque[Seen] = deque(maxlen=2000)
        self.alter: Alter | None = None
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._released = asyncio.Event()
        self._clearings = faults.clearings
        self._opening: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def url(self) -> str:
        """The address clients use."""
        return f"tcp://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str | int | float | bool]:
        """Return the settings of the address."""
        return {"host": "127.0.0.1", "port": self.port}

    async def start(self) -> None:
        """Bind a port and serve."""
        self._unsubscribe = self.faults.changes.subscribe(self._follow_faults)
        await self._listen()

    async def close(self) -> None:
        """Stop serving, and end all connections."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._opening is not None:
            await self._opening
        self._stop()
        self._released.set()
        await asyncio.sleep(0)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak the protocol on one connection until it ends. Raises Cut."""
        raise NotImplementedError

    async def answer(self, method: str, path: str, compute: Callable[[], Json] | None = None) -> Json:
        """Return what a request is answered. Raises Cut or Broken for a fault.

        By default it is the recorded answer of ``METHOD path``. The request is seen either way.
        """
        self.state.settle()
        fault = self.faults.take(self.service, method, path)
        self.requests.append(Seen(method, path, 0 if fault else 200))
        if self.faults.is_refusing(self.service) or self.state.is_away:
            raise Cut
        if fault is not None:
            await self._fail(fault, compute)
        value = compute() if compute else self.recorded(f"{method} {path}")
        return value if self.alter is None else self.alter(f"{method} {path}", value)

    def recorded(self, route: str) -> Json:
        """Return the recorded answer of a route, None when there is none."""
        found = self.state.answers.get(route)
        assert not callable(found)
        return found  # type: ignore[return-value]

    def record(self, method: str, path: str) -> None:
        """Note a change that took effect."""
        self.world.record(self.service, method, path, {})

    async def _fail(self, fault: Fault, compute: Callable[[], Json] | None) -> None:
        match fault.kind:
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
                return
            case FaultKind.ANSWER_LOST:
                if compute:
                    compute()
            case FaultKind.HANG:
                await self._released.wait()
            case FaultKind.STATUS | FaultKind.HTML | FaultKind.GARBAGE | FaultKind.AUTH_LOST:
                raise Broken(fault.kind)
            case _:
                pass
        raise Cut

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            with suppress(Cut, ConnectionError, asyncio.IncompleteReadError):
                await self.talk(reader, writer)
        finally:
            self._writers.discard(writer)
            raw = writer.get_extra_info("socket")
            if raw is not None:
                with suppress(OSError):  # when it is closed already
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _listen(self) -> None:
        self.port = self.port or free_port()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=2**20)

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _follow_faults(self) -> None:
        if self.faults.is_refusing(self.service):
            self._stop()
        elif self._server is None and (self._opening is None or self._opening.done()):
            self._opening = asyncio.get_running_loop().create_task(self._listen())
        if self.faults.clearings != self._clearings:
            self._clearings = self.faults.clearings
            self._released.set()
            self._released = asyncio.Event()
