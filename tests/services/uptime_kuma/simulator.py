"""Uptime Kuma's Socket.IO interface over a few monitors, in the shapes of the real program (2.0)."""

import asyncio
import itertools
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum

from aiohttp import WSMsgType, web

from lab.faults import Fault, FaultKind, Faults
from lab.server import Seen, Simulator, cut
from lab.wire import Json, JsonObject, dumps, json_response, loads
from lab.world import World

USER, PASSWORD = "keeper", "Blue-heron-42"
GREETING = dumps({"sid": "h3ron", "upgrades": [], "pingInterval": 25_000, "pingTimeout": 20_000})
EMIT = "EMIT"
"""The method of what clients emit, as faults and effects name it; the path is the event."""


class Result(IntEnum):
    """The status of a beat."""

    DOWN = 0
    UP = 1
    PENDING = 2
    MAINTENANCE = 3


class UptimeKumaSimulator(Simulator):
    """``monitors`` and ``beats`` (oldest first) are by id. ``logins`` and ``pongs`` count what came.

    A fault of the pages cuts the open connections: they would not notice it otherwise.
    """

    service = "uptime_kuma"

    def __init__(self, world: World, faults: Faults, *, port: int = 0) -> None:
        super().__init__(world, faults, port=port)
        self.monitors: dict[int, JsonObject] = {}
        self.beats: dict[int, list[JsonObject]] = {}
        self.certificates: dict[int, int] = {}
        self.windows: dict[int, JsonObject] = {}
        """Maintenance windows; ``monitors`` are those that a window is for."""
        self.latest: Json = "2.0.2"
        """The newest version, None before it was looked up."""
        self.asks_for_token = False
        self.beats_after = 0.0
        """Seconds between a login and the beats."""
        self.logins = self.pongs = 0
        self._sessions: dict[web.WebSocketResponse, web.Request] = {}
        self._users: set[web.WebSocketResponse] = set()
        self._armed: set[int] = set()
        self._sending: set[asyncio.Task[None]] = set()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.get("/api/entry-page", self._entry_page), web.get("/socket.io/", self._connect)]

    # -- what a test changes -----------------------------------------------------------------

    def add(self, name: str, **fields: Json) -> int:
        """Create a monitor without beats; returns its id."""
        number = max(self.monitors, default=0) + 1
        self.monitors[number] = {
            "id": number,
            "name": name,
            "description": None,
            "pathName": name,
            "parent": None,
            "childrenIDs": [],
            "url": None,
            "hostname": None,
            "port": None,
            "active": True,
            "forceInactive": False,
            "type": "http",
            "interval": 60,
            "maintenance": False,
            "tags": [],
            "docker_container": None,
            "pushToken": "push-me-not",
            "basic_auth_pass": "heron-secret",
            **fields,
        }
        self.beats[number] = []
        return number

    def beat(self, monitor: int, status: Result, msg: str = "", ping: Json = None, ago: float = 0.0) -> None:
        """Let a check end, ``ago`` seconds before now; sends it to everybody who is logged in."""
        at = datetime.fromtimestamp(self.world.wall() - ago, UTC)
        row: JsonObject = {
            "status": int(status),
            "time": f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}",
            "msg": msg,
            "ping": ping,
            "important": False,
            "duration": 60,
        }
        self.beats[monitor].append(row)
        self.send("heartbeat", {"monitorID": monitor, **row})

    def send(self, event: str, *arguments: Json) -> None:
        """Send an event to everybody who is logged in."""
        for socket in tuple(self._users):
            self._in_background(_send(socket, f"42{dumps([event, *arguments])}"))

    def disconnect(self) -> None:
        """Cut every open connection."""
        for request in tuple(self._sessions.values()):
            cut(request)

    def log_out(self) -> None:
        """End every login; the connections stay open."""
        self._users.clear()

    def _in_background(self, sending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    # -- the connection ----------------------------------------------------------------------

    async def _entry_page(self, _: web.Request) -> web.Response:
        return json_response({"type": "entryPage", "entryPage": None})

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Seen("GET", "/socket.io/", 101))
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
            self._users.discard(socket)
        return socket

    async def _take(self, socket: web.WebSocketResponse, request: web.Request, packet: str) -> None:
        if packet == "40":
            await socket.send_str('40{"sid":"h3ron-2"}')
            await socket.send_str(f"42{dumps(['info', {'serverTimezone': 'UTC'}])}")
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
        result = await self._handle(socket, event, arguments)
        await socket.send_str(answer + dumps([self.altered(f"{EMIT} {event}", result)]))
        if event == "login" and socket in self._users:
            self._in_background(self._send_beats(socket))

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
                await socket.send_str(f"{answer}{dumps([_refused('You are not logged in.')])}")
            case FaultKind.ANSWER_LOST:
                await self._handle(socket, event, arguments)
                cut(request)
            case _:
                cut(request)

    def _follow_faults(self) -> None:
        super()._follow_faults()
        armed = {one.number: one.fault for one in self.faults.armed(self.service)}
        new, self._armed = armed.keys() - self._armed, set(armed)
        if any(_is_of_pages(armed[number]) for number in new):
            self.disconnect()

    # -- the interface -----------------------------------------------------------------------

    async def _handle(self, socket: web.WebSocketResponse, event: str, arguments: list[Json]) -> JsonObject:
        if event == "login":
            return self._log_in(socket, arguments[0])
        if socket not in self._users:
            return _refused("You are not logged in.")
        if event == "getMonitorList":
            await self._send_monitors(socket)
            return {"ok": True}
        if event in ("pauseMonitor", "resumeMonitor"):
            return await self._switch(socket, event, int(str(arguments[0])))
        return await self._maintain(socket, event, arguments)

    async def _maintain(self, socket: web.WebSocketResponse, event: str, arguments: list[Json]) -> JsonObject:
        given = arguments[0] if arguments else None
        number = max(self.windows, default=0) + 1 if isinstance(given, dict) else int(str(given or 0))
        match event:
            case "addMaintenance":
                assert isinstance(given, dict)
                self.windows[number] = {**given, "id": number, "status": "under-maintenance", "monitors": []}
                return {"ok": True, "msg": "successAdded", "maintenanceID": number}
            case "addMonitorMaintenance":
                self.windows[number]["monitors"] = arguments[1]
                self.world.record(self.service, EMIT, f"/{event}", {"id": number})
            case "deleteMaintenance":
                del self.windows[number]
                self.world.record(self.service, EMIT, f"/{event}", {"id": number})
            case "getMonitorMaintenance":
                return {"ok": True, "monitors": self.windows[number]["monitors"]}
            case "getMaintenanceList":
                rows: Json = {str(key): {**row} for key, row in self.windows.items()}
                await _send(socket, f"42{dumps(['maintenanceList', rows])}")
            case _:
                raise ValueError(event)
        return {"ok": True}

    def _log_in(self, socket: web.WebSocketResponse, given: Json) -> JsonObject:
        self.logins += 1
        assert isinstance(given, dict)
        if self.logins > 20:
            return _refused("Too frequently, try again later.")
        if (given.get("username"), given.get("password")) != (USER, PASSWORD):
            return _refused("Incorrect username or password.")
        if self.asks_for_token:
            return {"tokenRequired": True}
        self._users.add(socket)
        return {"ok": True, "token": "eyJhbGciOiJIUzI1NiJ9.e30.heron"}

    async def _switch(self, socket: web.WebSocketResponse, event: str, number: int) -> JsonObject:
        monitor = self.monitors.get(number)
        if monitor is None:
            return _refused("You do not own this monitor.")
        monitor["active"] = event == "resumeMonitor"
        self.world.record(self.service, EMIT, f"/{event}", {"id": number})
        if monitor["active"]:
            self.beat(number, Result.UP, "200 - OK", 12)
        await self._send_monitors(socket)
        return {"ok": True, "msg": "Resumed Successfully." if monitor["active"] else "Paused Successfully."}

    async def _send_monitors(self, socket: web.WebSocketResponse) -> None:
        rows: Json = {str(number): dict(row) for number, row in self.monitors.items()}
        await _send(socket, f"42{dumps(['monitorList', self.altered('EVENT monitorList', rows)])}")

    async def _send_beats(self, socket: web.WebSocketResponse) -> None:
        await self._send_monitors(socket)
        await _send(socket, f"42{dumps(['info', {'version': '2.0.0', 'latestVersion': self.latest}])}")
        await asyncio.sleep(self.beats_after)
        ids = itertools.count(1)
        for number, beats in self.beats.items():
            rows: Json = [{"id": next(ids), "monitor_id": number, **row} for row in beats]
            rows = self.altered(f"EVENT heartbeatList {number}", rows)
            await _send(socket, f"42{dumps(['heartbeatList', str(number), rows, False])}")
        for number, days in self.certificates.items():
            text = dumps({"valid": True, "certInfo": {"daysRemaining": days, "issuer": {"CN": "Heron CA"}}})
            await _send(socket, f"42{dumps(['certInfo', str(number), text])}")


def _is_of_pages(fault: Fault) -> bool:
    pages = ("/api/entry-page", "/socket.io/")
    return fault.method in (None, "GET") and any(path.startswith(fault.path_prefix) for path in pages)


def _refused(text: str) -> JsonObject:
    return {"ok": False, "msg": text}


async def _send(socket: web.WebSocketResponse, packet: str) -> None:
    with suppress(ConnectionError):
        await socket.send_str(packet)
