"""Home Assistant as the app sees it: joins the app's connections and replies to its requests."""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from homelab_steward.contract.home import HomeAction, HomePart, HomeQuery, HomeRequest
from homelab_steward.contract.protocol import Frame, FrameKind
from lab.faults import Fault, FaultKind, Faults
from lab.server import Alter, Seen
from lab.wire import Json, JsonObject, dumps
from lab.world import World

REQUEST = "REQUEST"
CALL = "CALL"
SECONDS = 5.0
"""How long an installation, a backup, a reload or a restart takes."""


class Connection(Protocol):
    """One connection as the app holds it."""

    def close(self) -> None:
        """Fail what waits for a reply."""


class Connections(Protocol):
    """The part of the app that Home Assistant connects to."""

    def connected(
        self, send: Callable[[bytes], Awaitable[None]], home_id: str, /
    ) -> AbstractContextManager[Connection]:
        """Offer this connection until the block is left."""

    def receive(self, connection: Any, frame: Frame) -> None:
        """Take a frame that Home Assistant sent."""


class HomeAssistantSimulator:
    """One Home Assistant. ``report`` is what it reports now, as plain JSON."""

    service = "home_assistant"
    url = ""

    def __init__(self, world: World, faults: Faults, report: JsonObject) -> None:
        self.world = world
        self.faults = faults
        self.report: Any = report
        self.home_id = secrets.token_hex(16)
        self.requests: deque[Seen] = deque(maxlen=2000)
        self.alter: Alter | None = None
        self.restart_problem = ""
        self.logs: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.version: str | None = None
        """The version that the last installation asked for."""
        self.clock_offset = timedelta()
        self.fails: Callable[[], None] | None = None
        """What happens in place of the end of the next actions."""
        self._joined: dict[int, tuple[Connections, AbstractContextManager[Connection], Connection]] = {}
        self._all: list[Connections] = []
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] | None = None

    async def start(self) -> None:
        """Follow the faults: while connections are refused, none is there."""
        self._unsubscribe = self.faults.changes.subscribe(self._follow_faults)

    async def close(self) -> None:
        """End all connections."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        for number in tuple(self._joined):
            self._leave(number)

    def join(self, connections: Connections) -> None:
        """Connect to an app."""
        self._all.append(connections)
        if not self.faults.is_refusing(self.service):
            self._enter(len(self._all) - 1)

    def now(self) -> datetime:
        """Return the aware UTC time of the lab."""
        return datetime.fromtimestamp(self.world.wall(), UTC)

    def push(self) -> None:
        """Push a report to every app that is connected."""
        for connections, _, connection in self._joined.values():
            frame = Frame(kind=FrameKind.HOME_REPORT, body=self._current(tuple(HomePart)))
            connections.receive(connection, frame)

    def row(self, part: str, key: str) -> JsonObject:
        """Return one item of a list, to change it."""
        found: JsonObject = next(one for one in self.report[part] if one["id"] == key)
        return found

    def _enter(self, number: int) -> None:
        connections = self._all[number]

        async def send(data: bytes) -> None:
            task = asyncio.create_task(self._handle(number, Frame.from_json(data)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        context = connections.connected(send, self.home_id)
        self._joined[number] = connections, context, context.__enter__()

    def _leave(self, number: int) -> None:
        _, context, _ = self._joined.pop(number)
        context.__exit__(None, None, None)

    def _follow_faults(self) -> None:
        is_refusing = self.faults.is_refusing(self.service)
        for number in range(len(self._all)):
            if is_refusing and number in self._joined:
                self._leave(number)
            elif not is_refusing and number not in self._joined:
                self._enter(number)

    async def _handle(self, number: int, frame: Frame) -> None:
        request = HomeRequest.from_plain(frame.body)
        call = request.call
        method, path = (CALL, f"/{call.action}") if call else (REQUEST, f"/{request.query}")
        fault = self.faults.take(self.service, method, path)
        self.requests.append(Seen(method, path, 200 if fault is None else fault.status))
        if fault is not None and fault.kind in (FaultKind.HANG, FaultKind.RESET, FaultKind.ANSWER_LOST):
            if fault.kind is FaultKind.ANSWER_LOST:
                self._answer(request)
            if fault.kind is not FaultKind.HANG:
                self._leave(number)
                self._enter(number)
            return
        body = self._answer(request) if fault is None else _wrong_answer(fault)
        reply = dumps({"kind": FrameKind.REPLY, "id": frame.id, "body": body})
        connections, _, connection = self._joined[number]
        connections.receive(connection, Frame.from_json(reply))

    def _answer(self, request: HomeRequest) -> JsonObject:
        self._settle()
        if request.query is HomeQuery.REPORT:
            return {"report": self._current(request.parts)}
        if request.query is HomeQuery.CHECK_RESTART:
            return {"result": {"text": self.restart_problem, "handle": ""}}
        if request.query is HomeQuery.APP_LOG:
            return {"result": {"text": self.logs.get(request.app or "", ""), "handle": ""}}
        if request.query is HomeQuery.RELEASE_NOTES:
            return {"result": {"text": self.notes.get(request.update or "", ""), "handle": ""}}
        call = request.call
        assert call is not None
        self.version = call.version
        handle = _ACTIONS[HomeAction(call.action)](self, call.target or "")
        self.world.record(self.service, CALL, f"/{call.action}", {"target": call.target})
        return {"result": {"text": "It was started", "handle": handle}}

    def _current(self, parts: tuple[str, ...]) -> JsonObject:
        """Return the report with the lists that were asked for."""
        left_out: JsonObject = {
            part: None if part in (HomePart.BACKUPS, HomePart.DATABASE) else []
            for part in HomePart
            if part not in parts
        }
        found: JsonObject = {
            **self.report,
            **{str(part): value for part, value in left_out.items()},
            "made_at": (self.now() + self.clock_offset).isoformat(),
            "parts": list(parts),
        }
        altered: Json = self.alter(f"{REQUEST} /report", found) if self.alter else found
        return altered  # type: ignore[return-value]

    def _settle(self) -> None:
        due = [change for at, change in self._later if at <= self.world.now()]
        self._later = [one for one in self._later if one[0] > self.world.now()]
        for change in due:
            change()

    def _after(self, change: Callable[[], None]) -> None:
        self._later.append((self.world.now() + SECONDS, self.fails or change))

    def _install_update(self, target: str) -> str:
        row = self.row("updates", target)
        version = self.version or row["latest"]
        row.update(in_progress=True, failure=None)

        def done() -> None:
            row.update(in_progress=False, is_waiting=version != row["latest"], installed=version)

        self._job("install_update", target, done)
        return str(version)

    def _create_backup(self, _: str) -> str:
        backups, begun = self.report["backups"], self.now().isoformat()
        backups.update(last_attempt_at=begun, is_running=True)
        done = (self.now() + timedelta(seconds=SECONDS)).isoformat()
        self._after(lambda: backups.update(last_success_at=done, is_running=False))
        return begun

    def _restart(self, _: str) -> str:
        self._after(lambda: self.report.update(started_at=self.now().isoformat()))
        return ""

    def _reload_integration(self, target: str) -> str:
        row, at = self.row("integrations", target), self.now().isoformat()
        row.update(state="setup_in_progress", reloaded_at=at)
        self._after(lambda: row.update(state="loaded", reason=None))
        return at

    def _start_app(self, target: str) -> str:
        self.row("apps", target)["state"] = "started"
        return ""

    def _stop_app(self, target: str) -> str:
        self.row("apps", target)["state"] = "stopped"
        return ""

    def _restart_app(self, target: str) -> str:
        row = self.row("apps", target)
        row["state"] = "stopped"
        return self._job("restart_app", target, lambda: row.update(state="started"))

    def _purge_database(self, _: str) -> str:
        return self._job("purge_database", "", lambda: self.report["database"].update(size=2.0**30))

    def _job(self, action: str, target: str, done: Callable[[], object]) -> str:
        begun = self.now().isoformat()
        row: JsonObject = {"action": action, "target": target, "begun_at": begun}
        row |= {"ended_at": None, "failure": None}
        jobs = self.report["jobs"]
        jobs[:] = [one for one in jobs if (one["action"], one["target"]) != (action, target)]
        jobs.append(row)
        fails = self.fails

        def end() -> None:
            row["ended_at"] = self.now().isoformat()
            (fails or done)()

        self._later.append((self.world.now() + SECONDS, end))
        return begun

    def fail_install(self, target: str, reason: str) -> None:
        """Let the next installations of an update end with an error."""
        row = self.row("updates", target)

        def fail() -> None:
            row.update(in_progress=False, failure=reason)
            for job in self.report["jobs"]:
                if job["target"] == target:
                    job["failure"] = reason

        self.fails = fail

    def _ignore_repair(self, target: str) -> str:
        self.row("repairs", target)["ignored"] = True
        return ""

    def _unignore_repair(self, target: str) -> str:
        self.row("repairs", target)["ignored"] = False
        return ""


_ACTIONS = {
    HomeAction.INSTALL_UPDATE: HomeAssistantSimulator._install_update,
    HomeAction.CREATE_BACKUP: HomeAssistantSimulator._create_backup,
    HomeAction.RESTART: HomeAssistantSimulator._restart,
    HomeAction.RELOAD_INTEGRATION: HomeAssistantSimulator._reload_integration,
    HomeAction.IGNORE_REPAIR: HomeAssistantSimulator._ignore_repair,
    HomeAction.UNIGNORE_REPAIR: HomeAssistantSimulator._unignore_repair,
    HomeAction.START_APP: HomeAssistantSimulator._start_app,
    HomeAction.STOP_APP: HomeAssistantSimulator._stop_app,
    HomeAction.RESTART_APP: HomeAssistantSimulator._restart_app,
    HomeAction.PURGE_DATABASE: HomeAssistantSimulator._purge_database,
}


def _wrong_answer(fault: Fault) -> JsonObject:
    if fault.kind in (FaultKind.HTML, FaultKind.GARBAGE):
        return {"report": "<html>", "result": "<html>"}
    code = "forbidden" if fault.kind is FaultKind.AUTH_LOST else "internal"
    return {"refusal": {"code": code, "message": "Simulated failure", "placeholders": {}}}
