"""Turns stored incidents and approval requests into the messages that should stand in the chat."""

import asyncio
from collections.abc import Collection
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.protocol import Event, RowKind

from ..clock import Clock
from ..store.changes import Changes, Lost, Watch
from ..tasks import run_to_completion
from .callback_store import CallbackStore
from .card_renderer import CardRenderer, Seen, Wanted
from .card_throttle import CardThrottle
from .outbox import Outbox

log = structlog.get_logger(__name__)

FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 30.0

_NOT_YET: Final = (IncidentStatus.OPEN, IncidentStatus.DIAGNOSED)


class IncidentQueries(Protocol):
    """What the face asks the store."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one request as it is now."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident as it is now."""

    async def story(
        self, connection: AsyncConnection, incident_id: str, approval_ids: Collection[str]
    ) -> tuple[Incident | None, tuple[ApprovalRequest, ...]]:
        """Return an incident, and these requests with the one it names itself, on ``connection``."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the requests that wait for a person."""

    async def unsolved(self) -> tuple[Incident, ...]:
        """Return the incidents in status UNSOLVED."""


class CardSync:
    """Watches rows and keeps the outbox in step with them. It never talks to Telegram."""

    def __init__(
        self,
        outbox: Outbox,
        throttle: CardThrottle,
        callbacks: CallbackStore,
        renderer: CardRenderer,
        read: IncidentQueries,
        changes: Changes,
        clock: Clock,
    ) -> None:
        """Nothing is watched before :meth:`run`."""
        self._outbox = outbox
        self._throttle = throttle
        self._callbacks = callbacks
        self._renderer = renderer
        self._read = read
        self._changes = changes
        self._clock = clock
        self._stale: dict[str, set[str]] = {}
        self._is_all_stale = True
        self._heard = asyncio.Event()

    async def run(self) -> None:
        """Follow the store until cancelled; begin with what happened while we were away."""
        self._is_all_stale = True
        with self._changes.watch(RowKind.INCIDENT, RowKind.APPROVAL) as watch:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(watch), name="telegram: listen")
                group.create_task(self._work(), name="telegram: draw")

    def redraw(self, incident_id: str, approval_id: str) -> None:
        """Look again whether the card of a request is as it should be."""
        self._mark(incident_id, approval_id)
        self._heard.set()

    # -- hearing -----------------------------------------------------------------------------

    async def _listen(self, watch: Watch) -> None:
        while True:
            event = await watch.next()
            if isinstance(event, Lost):
                self._is_all_stale = True
            else:
                self._on_event(event)
            self._heard.set()

    def _on_event(self, event: Event) -> None:
        if event.approval is not None:
            self._mark(event.approval.incident_id, event.approval.id)
        elif event.incident is not None and not _is_early(event.incident):
            self._mark(event.incident.id)

    def _mark(self, incident_id: str, *approval_ids: str) -> None:
        self._stale.setdefault(incident_id, set()).update(approval_ids)

    # -- drawing -----------------------------------------------------------------------------

    async def _work(self) -> None:
        """Draw what is stale. When the store fails it stays stale and is drawn later."""
        failures = 0
        while True:
            if not self._stale and not self._is_all_stale:
                self._heard.clear()
                await self._heard.wait()
            try:
                if self._is_all_stale:
                    await run_to_completion(self._mark_all(), "telegram: step")
                await run_to_completion(self._draw_next(), "telegram: step")
                failures = 0
            except Exception:
                log.exception("telegram cards could not be drawn")
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

    async def _draw_next(self) -> None:
        if not self._stale:
            return
        incident_id = next(iter(self._stale))
        approval_ids = self._stale.pop(incident_id)
        try:
            await self._draw(incident_id, approval_ids)
        except BaseException:
            self._mark(incident_id, *approval_ids)
            raise

    async def _draw(self, incident_id: str, approval_ids: set[str]) -> None:
        """Read everything at one moment, and write what differs in one transaction."""
        seen = await self._look(incident_id, approval_ids)
        wanted = self._renderer.wanted(seen)
        if not wanted.is_nothing:
            await self._write(wanted)

    async def _write(self, wanted: Wanted) -> None:
        """Write what is wanted; a new card is held back when too many come at once."""
        new = [(draft, not self._throttle.admit(draft.topic)) for draft in wanted.new]
        async with self._outbox.writing() as drafts:
            for short_id, request in wanted.buttons:
                await self._callbacks.give(drafts.connection, short_id, request)
            for draft, held in new:
                await drafts.add(draft, held=held)
            for change in wanted.changes:
                await drafts.change(change.draft, only_if_sent=change.only_if_sent)
            for draft in wanted.once:
                await drafts.add_once([draft])
            await drafts.close(wanted.closed)
        for draft, held in new:
            if held:
                self._throttle.note_held(draft.topic)

    async def _look(self, incident_id: str, approval_ids: set[str]) -> Seen:
        async with self._outbox.reading() as connection:
            shown = {one.approval_id: one for one in await self._outbox.shown(connection, incident_id)}
            wanted = approval_ids | shown.keys() - {""}
            incident, requests = await self._read.story(connection, incident_id, wanted)
            given = await self._callbacks.given(connection, [one.id for one in requests])
        return Seen(incident=incident, requests=requests, shown=shown, given=given)


def _is_early(incident: Incident) -> bool:
    """Whether nobody was told of the incident yet, so nothing can be out of date."""
    return incident.status in _NOT_YET and incident.approval_id is None and incident.round == 1
