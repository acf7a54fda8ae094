"""Turns stored incidents and approval requests into the messages that should stand in the chat."""

import asyncio
from datetime import tzinfo
from typing import Final, Protocol

import structlog

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.protocol import Event, RowKind

from ..clock import Clock
from ..store.changes import Changes, Lost, Watch
from .book import PressBook
from .buttons import ButtonCodec, Code
from .cards import Card, approval_card, notice, reminder, resolved_line
from .chat import Buttons
from .outbox import Draft, Kind, Outbox, Priority, Shown
from .storm import Storm
from .topics import Topic, topic_of
from .unbroken import unbroken

log = structlog.get_logger(__name__)

FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 30.0

_OVER: Final = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)
_NOT_YET: Final = (IncidentStatus.OPEN, IncidentStatus.DIAGNOSED)


class TelegramReads(Protocol):
    """What the face asks the store."""

    async def approval(self, approval_id: str) -> ApprovalRequest | None:
        """Return one request as it is now."""

    async def incident(self, incident_id: str) -> Incident | None:
        """Return one incident as it is now."""

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        """Return the requests that wait for a person."""

    async def unsolved(self) -> tuple[Incident, ...]:
        """Return the incidents in status UNSOLVED."""


class CardFeed:
    """Watches rows and keeps the outbox in step with them. It never talks to Telegram."""

    def __init__(
        self,
        outbox: Outbox,
        storm: Storm,
        book: PressBook,
        codec: ButtonCodec,
        read: TelegramReads,
        changes: Changes,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        """Nothing is watched before :meth:`run`."""
        self._outbox = outbox
        self._storm = storm
        self._book = book
        self._codec = codec
        self._read = read
        self._changes = changes
        self._clock = clock
        self._zone = zone
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
                self._hear(event)
            self._heard.set()

    def _hear(self, event: Event) -> None:
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
                    await unbroken(self._mark_all())
                await unbroken(self._draw_next())
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
        incident = await self._read.incident(incident_id)
        shown = {one.approval_id: one for one in await self._outbox.shown(incident_id)}
        wanted = approval_ids | shown.keys() - {""}
        if incident is not None and incident.approval_id is not None:
            wanted.add(incident.approval_id)
        for approval_id in sorted(wanted):
            request = await self._read.approval(approval_id)
            if request is not None:
                await self._show_request(request, incident, shown.get(approval_id))
        if incident is not None:
            await self._show_incident(incident, shown)
        if incident is None or incident.status in _OVER:
            await self._close(incident_id)

    async def _show_request(
        self, request: ApprovalRequest, incident: Incident | None, shown: Shown | None
    ) -> None:
        if shown is None and not _is_news(request, incident):
            return
        if shown is not None and shown.is_dropped:
            return
        if shown is not None and _is_past(request, incident) and not shown.has_buttons:
            return  # what became of it stands there already; the incident tells of a later run
        card = approval_card(request, incident, self._zone)
        draft = _draft(card_key(request.id), request, card, await self._encoded(request, card))
        if shown is not None and _is_moot(request, shown):
            await self._outbox.put(draft, only_if_sent=True)
            return
        await self._put(draft, is_new=shown is None)
        if shown is not None and shown.is_sent:
            await self._remind(request, draft)

    async def _show_incident(self, incident: Incident, shown: dict[str, Shown]) -> None:
        key = f"incident:{incident.id}"
        is_told = any(not one.is_dropped for one in shown.values())
        if "" in shown or (incident.status is IncidentStatus.UNSOLVED and not shown):
            card = notice(incident)
            draft = _draft(key, incident, card, ())
            await self._put(draft, is_new="" not in shown)
        if incident.status is IncidentStatus.RESOLVED and is_told:
            line = Draft(
                key=f"resolved:{incident.id}:{incident.round}",
                kind=Kind.LINE,
                topic=Topic.RESOLVED,
                priority=Priority.LINE,
                text=resolved_line(incident),
                incident_id=incident.id,
            )
            await self._outbox.put_once([line])

    async def _close(self, incident_id: str) -> None:
        """Look at the incident's cards no more when we start again: they say how it ended."""
        keys = [one.key for one in await self._outbox.shown(incident_id) if one.is_open]
        if keys:
            await self._outbox.close(keys)

    async def _put(self, draft: Draft, *, is_new: bool) -> None:
        """Put a card; a new one is held back when too many come at once."""
        held = is_new and not self._storm.admit(draft.topic)
        await self._outbox.put(draft, held=held)
        if held:
            self._storm.note_held(draft.topic)

    async def _remind(self, request: ApprovalRequest, card: Draft) -> None:
        """Ask once more for each reminder the gate counted."""
        if request.status is not ApprovalStatus.PENDING or request.reminders == 0:
            return
        draft = Draft(
            key=f"reminder:{request.id}:{request.reminders}",
            kind=Kind.REPLY,
            topic=card.topic,
            priority=Priority.REPLY,
            text=reminder(request, self._zone),
            incident_id=request.incident_id,
            approval_id=request.id,
            reply_to=card.key,
        )
        await self._outbox.put_once([draft])

    async def _encoded(self, request: ApprovalRequest, card: Card) -> Buttons:
        if not card.buttons:
            return ()
        short_id = await self._book.give(request)
        return tuple(
            tuple((one.label, self._codec.encode(Code(short_id, one.wish, one.option))) for one in row)
            for row in card.buttons
        )


def card_key(approval_id: str) -> str:
    """Return the key of a request's card in the outbox."""
    return f"approval:{approval_id}"


def _draft(key: str, row: ApprovalRequest | Incident, card: Card, buttons: Buttons) -> Draft:
    topic = topic_of(row.category, row.severity)
    incident_id, approval_id = (row.incident_id, row.id) if isinstance(row, ApprovalRequest) else (row.id, "")
    return Draft(
        key=key,
        kind=Kind.CARD,
        topic=topic,
        priority=Priority.CRITICAL if topic is Topic.CRITICAL else Priority.CARD,
        text=card.text,
        buttons=buttons,
        incident_id=incident_id,
        approval_id=approval_id,
    )


def _is_early(incident: Incident) -> bool:
    """Whether nobody was told of the incident yet, so nothing can be out of date."""
    return incident.status in _NOT_YET and incident.approval_id is None and incident.round == 1


def _is_news(request: ApprovalRequest, incident: Incident | None) -> bool:
    """Whether a request without a card gets one: it waits, or is being carried out."""
    if request.status is ApprovalStatus.PENDING:
        return True
    is_acting = incident is not None and incident.status is IncidentStatus.ACTING
    return request.status is ApprovalStatus.APPROVED and is_acting


def _is_moot(request: ApprovalRequest, shown: Shown) -> bool:
    """Whether an unsent card says nothing worth sending any more."""
    if shown.is_sent or request.status is ApprovalStatus.PENDING:
        return False
    return shown.is_held or request.status is ApprovalStatus.SUPERSEDED


def _is_past(request: ApprovalRequest, incident: Incident | None) -> bool:
    """Whether the incident's run is no longer the one of this request."""
    return (
        request.status is ApprovalStatus.APPROVED
        and incident is not None
        and incident.run is not None
        and incident.run.approval_id != request.id
    )
