"""A steward reached over the contract's websocket, with a local copy of its state."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import aiohttp

from homelab_steward.contract.autonomy import LevelQuery, RunbookLevels
from homelab_steward.contract.base import Message
from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.changes import Change, ChangeCommand, ChangeQuery, Changes
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.commands import (
    ActionRequested,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
)
from homelab_steward.contract.devices import DevicesQuery, DevicesView
from homelab_steward.contract.drill import DrillTargets, ReportDrill, TargetDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import AcceptForeignTool, ForeignToolsReport
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident
from homelab_steward.contract.protocol import Command, Event, InitialState, Nothing, RowKind
from homelab_steward.contract.records import SearchQuery, SearchResult
from homelab_steward.contract.released_text import ReleasedTexts, ReleaseTexts
from homelab_steward.contract.restore_drill import RestoreReport, RunRestoreDrill
from homelab_steward.contract.runbook_runs import (
    RunbookAnswer,
    RunbookTargets,
    RunbookTargetsQuery,
    RunRunbook,
)
from homelab_steward.contract.schedules import RunSchedule, Schedule, ScheduleQuery, Schedules
from homelab_steward.contract.state import Instance, Person, Snapshot

QUEUED: Final = 500
EMPTY_CATALOGUE: Final = Catalogue(digest="", services=())


class QueueWatch:
    """A queue of changed rows; when it is full, it is emptied and reports the loss."""

    def __init__(self, kinds: frozenset[RowKind]) -> None:
        """Keep events of ``kinds`` only."""
        self._kinds = kinds
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUED)

    def offer(self, event: Event | None) -> None:
        """Add an event; None means that any row may have changed."""
        if event is not None and event.kind not in self._kinds:
            return
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            event = None
        self._queue.put_nowait(event)

    async def next(self) -> object:
        """Return the next event, None when some were lost."""
        return await self._queue.get()


class RemoteSteward:
    """The latest state of a steward, and its commands."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """``start`` connects."""
        listeners = Listeners(state=self._on_state, event=self._on_event, connection=self._on_connection)
        self._client = StewardClient(session, url, token, listeners)
        self._running: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._watches: set[QueueWatch] = set()
        self._catalogue = EMPTY_CATALOGUE
        self._instances: dict[str, Instance] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._people: dict[str, Person] = {}
        self._approvals: dict[str, ApprovalRequest] = {}
        self._incidents: dict[str, Incident] = {}
        self._foreign_tools = ForeignToolsReport()

    async def start(self, timeout: float = 20.0) -> None:
        """Connect, and wait for the first state. Raises ContractError."""
        self._running = asyncio.create_task(self._client.run(), name="steward")
        connected = asyncio.create_task(self._connected.wait())
        done, _ = await asyncio.wait(
            (self._running, connected), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        if connected in done:
            return
        connected.cancel()
        if self._running in done:
            message = "The steward refused the access token, or has another contract version"
            raise ContractError(ErrorCode.UNAUTHORIZED, message)
        raise ContractError(ErrorCode.CANNOT_CONNECT, f"The steward did not answer within {timeout:g} s")

    async def close(self) -> None:
        """Disconnect."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        await self._client.close()

    def catalogue(self) -> Catalogue:
        """Return the services with their tools and actions."""
        return self._catalogue

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services."""
        return tuple(self._instances.values())

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the latest snapshots."""
        return tuple(self._snapshots.values())

    def people(self) -> tuple[Person, ...]:
        """Return the configured people."""
        return tuple(self._people.values())

    def foreign_tools(self) -> ForeignToolsReport:
        """Return the foreign servers with their tools."""
        return self._foreign_tools

    async def call[Answer: Message](
        self, command: Command, request: Message, answer: type[Answer], seconds: float
    ) -> Answer:
        """Return the answer to a command. Raises ContractError."""
        return await self._client.call(command, request, answer, seconds)

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return the reading of one tool."""
        return await self._client.call(Command.READ_TOOL, question, Reading)

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Create an approval request for an action."""
        return await self._client.call(Command.REQUEST_ACTION, request, ActionRequested)

    async def runbook_targets(self, query: RunbookTargetsQuery) -> RunbookTargets:
        """Return what a runbook can be requested for."""
        return await self._client.call(Command.LIST_RUNBOOK_TARGETS, query, RunbookTargets)

    async def run_runbook(self, request: RunRunbook) -> RunbookAnswer:
        """Create an approval request for a runbook, or return what it reads."""
        return await self._client.call(Command.RUN_RUNBOOK, request, RunbookAnswer)

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return the latest state of one approval request."""
        return self._approvals.get(approval_id)

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return all pending requests."""
        return tuple(one for one in self._approvals.values() if one.status is ApprovalStatus.PENDING)

    async def incident(self, incident_id: str) -> Incident | None:
        """Return the latest state of one incident."""
        return self._incidents.get(incident_id)

    async def incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents, newest first."""
        return await self._client.call(Command.LIST_INCIDENTS, query, Incidents)

    async def search(self, query: SearchQuery) -> SearchResult:
        """Return the runbooks and past incidents that fit a text, best first."""
        return await self._client.call(Command.SEARCH, query, SearchResult)

    async def devices(self, query: DevicesQuery) -> DevicesView:
        """Return the devices with what all monitors say about each."""
        return await self._client.call(Command.VIEW_DEVICES, query, DevicesView)

    async def levels(self, query: LevelQuery) -> RunbookLevels:
        """Return the autonomy levels of the runbooks."""
        return await self._client.call(Command.LIST_LEVELS, query, RunbookLevels)

    async def schedules(self, query: ScheduleQuery) -> Schedules:
        """Return what runs on a schedule."""
        return await self._client.call(Command.LIST_SCHEDULES, query, Schedules)

    async def run_schedule(self, command: RunSchedule) -> Schedule:
        """Run a schedule now, for an owner."""
        return await self._client.call(Command.RUN_SCHEDULE, command, Schedule)

    async def run_restore_drill(self, command: RunRestoreDrill, seconds: float) -> RestoreReport:
        """Restore what is due in isolation, and return all results. It may take hours."""
        return await self._client.call(Command.RUN_RESTORE_DRILL, command, RestoreReport, seconds)

    async def report_drill(self, command: ReportDrill) -> None:
        """Store the result of a drill."""
        await self._client.call(Command.REPORT_DRILL, command, Nothing)

    async def drill_targets(self, command: DrillTargets) -> TargetDrill:
        """Ask for a drill on marked targets, or return the state of one."""
        return await self._client.call(Command.DRILL_TARGETS, command, TargetDrill)

    async def accept_foreign_tool(self, command: AcceptForeignTool) -> ForeignToolsReport:
        """Accept the definition of a foreign tool."""
        return await self._client.call(Command.ACCEPT_FOREIGN_TOOL, command, ForeignToolsReport)

    async def changes(self, query: ChangeQuery) -> Changes:
        """Return the updates."""
        return await self._client.call(Command.LIST_CHANGES, query, Changes)

    async def change(self, command: Command, about: ChangeCommand) -> Change:
        """Send a command about one update, and return it as it is then."""
        return await self._client.call(command, about, Change)

    async def release(self, asked: ReleaseTexts) -> ReleasedTexts:
        """Return what of a result a client may read."""
        return await self._client.call(Command.RELEASE_TEXTS, asked, ReleasedTexts)

    @contextmanager
    def watch(self, *kinds: RowKind) -> Iterator[QueueWatch]:
        """Yield a watch of rows of ``kinds``."""
        watch = QueueWatch(frozenset(kinds))
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    def _on_state(self, state: InitialState) -> None:
        self._catalogue = state.catalogue
        self._instances = {one.id: one for one in state.instances}
        self._snapshots = {one.instance_id: one for one in state.snapshots}
        self._people = {one.id: one for one in state.people}
        self._approvals = {one.id: one for one in state.approvals}
        self._incidents = {one.id: one for one in state.incidents}
        self._foreign_tools = state.foreign_tools or ForeignToolsReport()
        self._publish(None)

    def _on_event(self, event: Event) -> None:
        if event.catalogue is not None:
            self._catalogue = event.catalogue
        if event.foreign_tools is not None:
            self._foreign_tools = event.foreign_tools
        _apply(self._instances, event, RowKind.INSTANCE, event.instance)
        _apply(self._snapshots, event, RowKind.SNAPSHOT, event.snapshot)
        _apply(self._people, event, RowKind.PERSON, event.person)
        _apply(self._approvals, event, RowKind.APPROVAL, event.approval)
        _apply(self._incidents, event, RowKind.INCIDENT, event.incident)
        self._publish(event)

    def _on_connection(self, connection: Connection, _reason: str) -> None:
        if connection is Connection.CONNECTED:
            self._connected.set()

    def _publish(self, event: Event | None) -> None:
        for watch in self._watches:
            watch.offer(event)


def _apply[Row](rows: dict[str, Row], event: Event, kind: RowKind, row: Row | None) -> None:
    if event.kind is not kind:
        return
    if row is None:
        rows.pop(event.id, None)
    else:
        rows[event.id] = row
