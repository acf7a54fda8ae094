"""The steward at the other end of the contract's websocket, mirrored here."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import aiohttp

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident
from homelab_steward.contract.protocol import (
    ActionRequested,
    Command,
    Event,
    IncidentQuery,
    Incidents,
    InitialState,
    Reading,
    ReadTool,
    RequestAction,
    RowKind,
)
from homelab_steward.contract.state import Instance, Person, Snapshot

QUEUED: Final = 500
NOTHING: Final = Catalogue(digest="", services=())


class QueueWatch:
    """Rows of some kinds as they come; the oldest make room when nobody takes them."""

    def __init__(self, kinds: frozenset[RowKind]) -> None:
        """Watch rows of ``kinds``."""
        self._kinds = kinds
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUED)

    def offer(self, event: Event | None) -> None:
        """Take an event; None says that everything may be different."""
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
    """What the steward told last, and a way to ask it more."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """Remember the way; nothing is opened here."""
        listeners = Listeners(state=self._begin, event=self._follow, connection=self._note)
        self._client = StewardClient(session, url, token, listeners)
        self._running: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._watches: set[QueueWatch] = set()
        self._catalogue = NOTHING
        self._instances: dict[str, Instance] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._people: dict[str, Person] = {}
        self._approvals: dict[str, ApprovalRequest] = {}
        self._incidents: dict[str, Incident] = {}

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
            message = "The steward refused the access token, or speaks another version"
            raise ContractError(ErrorCode.UNAUTHORIZED, message)
        raise ContractError(ErrorCode.CANNOT_CONNECT, f"The steward does not answer within {timeout:g} s")

    async def close(self) -> None:
        """Hang up."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        await self._client.close()

    def catalogue(self) -> Catalogue:
        """Return what the steward can read and do."""
        return self._catalogue

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services."""
        return tuple(self._instances.values())

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the latest readings."""
        return tuple(self._snapshots.values())

    def people(self) -> tuple[Person, ...]:
        """Return everybody who is known."""
        return tuple(self._people.values())

    async def read_tool(self, question: ReadTool) -> Reading:
        """Return what one tool reads."""
        return await self._client.call(Command.READ_TOOL, question, Reading)

    async def request_action(self, request: RequestAction) -> ActionRequested:
        """Return the approval request a wish became."""
        return await self._client.call(Command.REQUEST_ACTION, request, ActionRequested)

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request as it was told last."""
        return self._approvals.get(approval_id)

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return all requests that wait for a person."""
        return tuple(one for one in self._approvals.values() if one.status is ApprovalStatus.PENDING)

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident as it was told last."""
        return self._incidents.get(incident_id)

    async def incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents, newest first."""
        return await self._client.call(Command.LIST_INCIDENTS, query, Incidents)

    @contextmanager
    def watch(self, *kinds: RowKind) -> Iterator[QueueWatch]:
        """Yield a watch over rows of ``kinds``."""
        watch = QueueWatch(frozenset(kinds))
        self._watches.add(watch)
        try:
            yield watch
        finally:
            self._watches.discard(watch)

    def _begin(self, state: InitialState) -> None:
        self._catalogue = state.catalogue
        self._instances = {one.id: one for one in state.instances}
        self._snapshots = {one.instance_id: one for one in state.snapshots}
        self._people = {one.id: one for one in state.people}
        self._approvals = {one.id: one for one in state.approvals}
        self._incidents = {one.id: one for one in state.incidents}
        self._publish(None)

    def _follow(self, event: Event) -> None:
        if event.catalogue is not None:
            self._catalogue = event.catalogue
        _keep(self._instances, event, RowKind.INSTANCE, event.instance)
        _keep(self._snapshots, event, RowKind.SNAPSHOT, event.snapshot)
        _keep(self._people, event, RowKind.PERSON, event.person)
        _keep(self._approvals, event, RowKind.APPROVAL, event.approval)
        _keep(self._incidents, event, RowKind.INCIDENT, event.incident)
        self._publish(event)

    def _note(self, connection: Connection, _reason: str) -> None:
        if connection is Connection.CONNECTED:
            self._connected.set()

    def _publish(self, event: Event | None) -> None:
        for watch in self._watches:
            watch.offer(event)


def _keep[Row](rows: dict[str, Row], event: Event, kind: RowKind, row: Row | None) -> None:
    if event.kind is not kind:
        return
    if row is None:
        rows.pop(event.id, None)
    else:
        rows[event.id] = row
