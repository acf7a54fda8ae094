"""The base class of simulators that speak Socket.IO 5 on a websocket (Engine.IO 4)."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import ClassVar, Final, override

from aiohttp import WSMsgType, web

from lab.faults import Fault, FaultKind, Faults
from lab.server import Seen, Simulator, cut
from lab.wire import Json, JsonObject, dumps, loads
from lab.world import World

GREETING: Final = dumps({"sid": "h3ron", "upgrades": [], "pingInterval": 25_000, "pingTimeout": 20_000})
EMIT: Final = "EMIT"
"""The method of what clients emit, as faults and effects name it; the path is the event."""

PATH: Final = "/socket.io/"


class SocketIOSimulator(Simulator):
    """Subclasses acknowledge what clients emit in :meth:`handle`. ``pongs`` counts answers to pings.

    A fault of ``pages`` cuts the open connections: they would not notice it otherwise.
    """

    pages: ClassVar[tuple[str, ...]] = (PATH,)

    def __init__(self, world: World, faults: Faults, *, port: int = 0) -> None:
        super().__init__(world, faults, port=port)
        self.pongs = 0
        self._sessions: dict[web.WebSocketResponse, web.Request] = {}
        self._armed: set[int] = set()
        self._sending: set[asyncio.Task[None]] = set()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.get(PATH, self._connect)]

    def disconnect(self) -> None:
        """Cut every open connection."""
        for request in tuple(self._sessions.values()):
            cut(request)

    def in_background(self, sending: Coroutine[None, None, None]) -> None:
        """Send without waiting for it."""
        task = asyncio.create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def emit(self, socket: web.WebSocketResponse, event: str, *arguments: Json) -> None:
        """Send an event; nothing when the connection was cut."""
        with suppress(ConnectionError):
            await socket.send_str(f"42{dumps([event, *arguments])}")

    # -- what subclasses say -----------------------------------------------------------------

    async def handle(self, socket: web.WebSocketResponse, event: str, arguments: list[Json]) -> JsonObject:
        """Return the acknowledgement of what a client emits."""
        raise NotImplementedError

    def login_lost(self) -> JsonObject:
        """Return the acknowledgement for a client whose login has ended."""
        raise NotImplementedError

    async def joined(self, socket: web.WebSocketResponse) -> None:
        """Send what a new connection gets."""

    def acknowledged(self, socket: web.WebSocketResponse, event: str) -> None:
        """Begin what follows an acknowledgement."""

    def left(self, socket: web.WebSocketResponse) -> None:
        """Forget a connection."""

    # -- the connection ----------------------------------------------------------------------

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Seen("GET", PATH, 101))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sessions[socket] = request
        try:
            await socket.send_str(f"0{GREETING}")
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, request, message.data)
        except ConnectionError:
            pass  # it was cut
        finally:
            self._sessions.pop(socket, None)
            self.left(socket)
        return socket

    async def _take(self, socket: web.WebSocketResponse, request: web.Request, packet: str) -> None:
        if packet == "40":
            await socket.send_str('40{"sid":"h3ron-2"}')
            await self.joined(socket)
            await socket.send_str("2")
        self.pongs += packet == "3"
        if not packet.startswith("42"):
            return
        number, bracket, rest = packet[2:].partition("[")
        values = loads(bracket + rest)
        assert isinstance(values, list)
        event, arguments = str(values[0]), values[1:]
        fault = self.faults.take(self.service, EMIT, f"/{event}")
        self.requests.append(Seen(EMIT, f"/{event}", 0 if fault else 200))
        answer = f"43{number}"
        if fault is not None and fault.kind is not FaultKind.SLOW:
            await self._fail(fault, socket, request, event, arguments, answer)
            return
        result = await self.handle(socket, event, arguments)
        await socket.send_str(answer + dumps([self.altered(f"{EMIT} {event}", result)]))
        self.acknowledged(socket, event)

    async def _fail(
        self,
        fault: Fault,
        socket: web.WebSocketResponse,
        request: web.Request,
        event: str,
        arguments: list[Json],
        answer: str,
    ) -> None:
        match fault.kind:
            case FaultKind.HANG:
                return
            case FaultKind.HTML | FaultKind.GARBAGE:
                await socket.send_str("<!DOCTYPE html>" if fault.kind is FaultKind.HTML else f"{answer}[tru")
            case FaultKind.AUTH_LOST:
                await socket.send_str(f"{answer}{dumps([self.login_lost()])}")
            case FaultKind.ANSWER_LOST:
                await self.handle(socket, event, arguments)
                cut(request)
            case _:
                cut(request)

    @override
    def _follow_faults(self) -> None:
        super()._follow_faults()
        armed = {one.number: one.fault for one in self.faults.armed(self.service)}
        new, self._armed = armed.keys() - self._armed, set(armed)
        if any(self._is_of_pages(armed[number]) for number in new):
            self.disconnect()

    def _is_of_pages(self, fault: Fault) -> bool:
        return fault.method in (None, "GET") and any(
            path.startswith(fault.path_prefix) for path in self.pages
        )
