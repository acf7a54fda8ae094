"""Keeps the outbox up to date with stored incidents and approval requests."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Message
from homelab_steward.contract.changes import Change
from homelab_steward.contract.commands import IncidentQuery, Incidents
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.mode import StewardMode
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import Instance

from ..clock import Clock
from ..store.changes import Changes, Lost, PublishedRow, Watch
from ..store.mode import read_mode
from ..tasks import run_to_completion
from .callback_store import CallbackStore
from .card_renderer import CardRenderer, IncidentView, MessageChanges
from .card_throttle import CardThrottle
from .drafts import Drafts
from .incident_topics import DueIncidents, IncidentTopics
from .outbox import Outbox
from .topic_names import Topic

log = structlog.get_logger(__name__)

FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 30.0

_UNANNOUNCED: Final = (IncidentStatus.OPEN, IncidentStatus.DIAGNOSED)


class IncidentQueries(Protocol):
    """Read access to incidents and approval requests."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one approval request, None when there is none."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident, None when there is none."""

    async def incident_with_requests(
        self, connection: AsyncConnection, incident_id: str, approval_ids: Collection[str]
    ) -> tuple[Incident | None, tuple[ApprovalRequest, ...]]:
        """Return an incident with these requests and its current one, read on ``connection``."""

    async def list_incidents(self, query: IncidentQuery) -> Incidents:
        """Return the newest incidents."""

    def instances(self) -> tuple[Instance, ...]:
        """Return the configured services with the results of their last polls."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the pending requests."""

    async def updates_of(self, approval_id: str) -> tuple[Change, ...]:
        """Return the updates that a request is about."""

    async def mode(self) -> StewardMode:
        """Return the mode of the app."""

    async def unsolved(self) -> tuple[Incident, ...]:
        """Return the incidents in status UNSOLVED."""


class CardSync:
    """Watches incident and approval rows and writes their messages to the outbox."""

    def __init__(
        self,
        outbox: Outbox,
        throttle: CardThrottle,
        callbacks: CallbackStore,
        renderer: CardRenderer,
        read: IncidentQueries,
        changes: Changes,
        clock: Clock,
        topics: IncidentTopics,
    ) -> None:
        """Call :meth:`run` to start watching."""
        self._topics = topics
        self._due = DueIncidents(clock)
        self._outbox = outbox
        self._throttle = throttle
        self._callbacks = callbacks
        self._renderer = renderer
        self._read = read
        self._changes = changes
        self._clock = clock
        self._stale: dict[str, set[str]] = {}
        self._is_all_stale = True
        self._changed = asyncio.Event()
        self._added: list[Message] = []

    async def run(self) -> None:
        """Update cards until cancelled, starting with what changed before the start."""
        self._is_all_stale = True
        self._added.clear()
        with (
            self._changes.watch(RowKind.INCIDENT, RowKind.APPROVAL, RowKind.MODE) as watch,
            self._changes.accompanied(self._add_card),
        ):
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch_changes(watch), name="telegram: watch rows")
                group.create_task(self._update_cards(), name="telegram: update cards")
                group.create_task(self._watch_time(), name="telegram: watch time")

    def refresh(self, incident_id: str, approval_id: str) -> None:
        """Schedule an update of the card of a request."""
        self._mark(incident_id, approval_id)
        self._changed.set()

    async def _watch_time(self) -> None:
        """Update the cards of incidents that get a topic of their own now."""
        while True:
            self._mark(await self._due.next())
            self._changed.set()

    async def _watch_changes(self, watch: Watch) -> None:
        while True:
            event = await watch.next()
            if isinstance(event, Lost) or event.mode is not None:
                # An elevation began or ended: a request needs another number of people.
                self._added.clear()
                self._is_all_stale = True
            elif not self._is_added(event):
                self._on_event(event)
            self._changed.set()

    def _is_added(self, event: Event) -> bool:
        """Return whether the card shows the row already, because it was stored with it."""
        row = event.approval or event.incident
        number = next((number for number, one in enumerate(self._added) if one is row), None)
        if number is not None:
            del self._added[number]
        return number is not None

    def _on_event(self, event: Event) -> None:
        if event.approval is not None:
            self._mark(event.approval.incident_id, event.approval.id)
        elif event.incident is not None and not _is_unannounced(event.incident):
            self._mark(event.incident.id)

    def _mark(self, incident_id: str, *approval_ids: str) -> None:
        self._stale.setdefault(incident_id, set()).update(approval_ids)

    async def _update_cards(self) -> None:
        """Update stale cards. After a failure of the store they stay stale and are retried."""
        failures = 0
        while True:
            if not self._stale and not self._is_all_stale:
                self._changed.clear()
                await self._changed.wait()
            try:
                if self._is_all_stale:
                    await run_to_completion(self._mark_all(), "telegram: step")
                await run_to_completion(self._update_next(), "telegram: step")
                failures = 0
            except Exception:
                log.exception("telegram card update failed")
                await self._clock.sleep(min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(failures, 8)))
                failures += 1

    async def _mark_all(self) -> None:
        self._is_all_stale = False
        try:
            for request in await self._read.pending():
                self._mark(request.incident_id, request.id)
            for incident in await self._read.unsolved():
                self._mark(incident.id)
            for incident_id in await self._outbox.open_incidents():
                self._mark(incident_id)
        except BaseException:
            self._is_all_stale = True
            raise

    async def _update_next(self) -> None:
        if not self._stale:
            return
        incident_id = next(iter(self._stale))
        approval_ids = self._stale.pop(incident_id)
        try:
            await self._update(incident_id, approval_ids)
        except BaseException:
            self._mark(incident_id, *approval_ids)
            raise

    async def _update(self, incident_id: str, approval_ids: set[str]) -> None:
        """Read everything in one transaction and write the changes in one transaction."""
        view = await self._read_view(incident_id, approval_ids)
        changes = self._renderer.changes_for(view)
        held: list[Topic] = []
        if not changes.is_empty:
            async with self._outbox.writing() as drafts:
                held = await self._write(drafts, changes)
        self._written(incident_id, view, changes, held)

    async def _add_card(
        self, connection: AsyncConnection, rows: Sequence[PublishedRow]
    ) -> Callable[[], None] | None:
        """Store the card of the first request about an incident in the transaction of the request.

        Every other change is written after its commit.
        """
        found = _first_request(rows)
        if found is None or await self._outbox.shown(connection, found[0].id):
            return None
        incident, request = found
        view = await self._view(connection, incident.id, incident, (request,))
        try:
            changes = self._renderer.changes_for(view)
        except Exception:
            # The request is stored all the same, and its card is tried again after the commit.
            log.exception("telegram card not made")
            return None
        drafts = self._outbox.drafts(connection)
        held = await self._write(drafts, changes)

        def after() -> None:
            self._added += found
            self._outbox.changed.set()
            self._written(incident.id, view, changes, held)

        return after

    async def _write(self, drafts: Drafts, changes: MessageChanges) -> list[Topic]:
        """Write the changes; new cards above the limit per minute are held back: return their topics."""
        new = [(draft, not self._throttle.admit(draft.topic)) for draft in changes.new]
        for short_id, request in changes.buttons:
            await self._callbacks.issue(drafts.connection, short_id, request)
        for draft, held in new:
            await drafts.add(draft, held=held)
        for edit in changes.edits:
            await drafts.change(edit.draft, only_if_sent=edit.only_if_sent)
        await self._write_topic(drafts, changes)
        for draft in changes.once:
            await drafts.add_once([draft])
        await drafts.close(changes.closed)
        return [draft.topic for draft, held in new if held]

    def _written(
        self, incident_id: str, view: IncidentView, changes: MessageChanges, held: Sequence[Topic]
    ) -> None:
        """Note what was stored."""
        if changes.topic is not None:
            self._topics.changed.set()
        for topic in held:
            self._throttle.note_held(topic)
        at = self._renderer.own_topic_at(view)
        is_due_later = changes.topic is None and at is not None and at > view.now
        self._due.set(incident_id, at if is_due_later else None)

    async def _write_topic(self, drafts: Drafts, changes: MessageChanges) -> None:
        """Write the incident's own topic, and move messages there."""
        if changes.topic is not None:
            await self._topics.save(drafts.connection, changes.topic, is_announced=bool(changes.moved))
        for key in changes.moved:
            await drafts.move(key, changes.pointer)

    async def _read_view(self, incident_id: str, approval_ids: set[str]) -> IncidentView:
        async with self._outbox.reading() as connection:
            shown = {one.approval_id: one for one in await self._outbox.shown(connection, incident_id)}
            ids = approval_ids | shown.keys() - {""}
            incident, requests = await self._read.incident_with_requests(connection, incident_id, ids)
            short_ids = await self._callbacks.short_ids(connection, [one.id for one in requests])
            view = await self._view(connection, incident_id, incident, requests)
            return replace(view, shown=shown, short_ids=short_ids)

    async def _view(
        self,
        connection: AsyncConnection,
        incident_id: str,
        incident: Incident | None,
        requests: tuple[ApprovalRequest, ...],
    ) -> IncidentView:
        """Return an incident of which the chat shows nothing yet."""
        topic = await self._topics.read(connection, incident_id)
        mode = await read_mode(connection)
        return IncidentView(
            now=self._clock.now(),
            topic=topic,
            incident=incident,
            requests=requests,
            shown={},
            short_ids={},
            is_verbose=mode.verbose,
            elevation=mode.elevation,
        )


def _first_request(rows: Sequence[PublishedRow]) -> tuple[Incident, ApprovalRequest] | None:
    """Return the incident and the request of a transaction that lets one wait for the other."""
    for _, _, incident in rows:
        if isinstance(incident, Incident) and incident.status is IncidentStatus.WAITING:
            for _, _, request in rows:
                if isinstance(request, ApprovalRequest) and request.id == incident.approval_id:
                    return incident, request
    return None


def _is_unannounced(incident: Incident) -> bool:
    """Whether no message was sent about the incident yet."""
    return incident.status in _UNANNOUNCED and incident.approval_id is None and incident.round == 1
