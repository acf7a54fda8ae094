"""Uptime Kuma's Socket.IO interface over a few monitors, in the shapes of the real program (2.0)."""

import asyncio
import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import override

from aiohttp import web

from lab.faults import Faults
from lab.socket_io import EMIT, PATH, SocketIOSimulator
from lab.wire import Json, JsonObject, dumps, json_response
from lab.world import World

USER, PASSWORD = "keeper", "Blue-heron-42"


class Result(IntEnum):
    """The status of a beat."""

    DOWN = 0
    UP = 1
    PENDING = 2
    MAINTENANCE = 3


class UptimeKumaSimulator(SocketIOSimulator):
    """``monitors`` and ``beats`` (oldest first) are by id. ``logins`` counts them."""

    service = "uptime_kuma"
    pages = ("/api/entry-page", PATH)

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
        self.logins = 0
        self._users: set[web.WebSocketResponse] = set()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return [web.get("/api/entry-page", self._entry_page), *super().routes()]

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
            self.in_background(self.emit(socket, event, *arguments))

    def log_out(self) -> None:
        """End every login; the connections stay open."""
        self._users.clear()

    # -- the connection ----------------------------------------------------------------------

    async def _entry_page(self, _: web.Request) -> web.Response:
        return json_response({"type": "entryPage", "entryPage": None})

    @override
    def login_lost(self) -> JsonObject:
        return _refused("You are not logged in.")

    @override
    async def joined(self, socket: web.WebSocketResponse) -> None:
        await self.emit(socket, "info", {"serverTimezone": "UTC"})

    @override
    def acknowledged(self, socket: web.WebSocketResponse, event: str) -> None:
        if event == "login" and socket in self._users:
            self.in_background(self._send_beats(socket))

    @override
    def left(self, socket: web.WebSocketResponse) -> None:
        self._users.discard(socket)

    # -- the interface -----------------------------------------------------------------------

    @override
    async def handle(self, socket: web.WebSocketResponse, event: str, arguments: list[Json]) -> JsonObject:
        if event == "login":
            return self._log_in(socket, arguments[0])
        if socket not in self._users:
            return self.login_lost()
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
                await self.emit(socket, "maintenanceList", rows)
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
        await self.emit(socket, "monitorList", self.altered("EVENT monitorList", rows))

    async def _send_beats(self, socket: web.WebSocketResponse) -> None:
        await self._send_monitors(socket)
        await self.emit(socket, "info", {"version": "2.0.0", "latestVersion": self.latest})
        await asyncio.sleep(self.beats_after)
        ids = itertools.count(1)
        for number, beats in self.beats.items():
            rows: Json = [{"id": next(ids), "monitor_id": number, **row} for row in beats]
            rows = self.altered(f"EVENT heartbeatList {number}", rows)
            await self.emit(socket, "heartbeatList", str(number), rows, False)
        for number, days in self.certificates.items():
            text = dumps({"valid": True, "certInfo": {"daysRemaining": days, "issuer": {"CN": "Heron CA"}}})
            await self.emit(socket, "certInfo", str(number), text)


def _refused(text: str) -> JsonObject:
    return {"ok": False, "msg": text}
