"""Says what has to change so that the chat shows one incident and its requests as they are. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus

from .buttons import ButtonCodec, Code, new_short_id
from .cards import Card, approval_card, notice, reminder, resolved_line
from .chat import Buttons
from .drafts import Draft, Kind, Priority
from .outbox import Shown
from .topics import Topic, topic_of

_OVER: Final = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An incident with its requests, and what the chat shows of them, at one moment.

    ``incident`` is None when it is gone. ``shown`` is by request, the notice under "";
    ``given`` are the short ids of buttons, by request.
    """

    incident: Incident | None
    requests: tuple[ApprovalRequest, ...]
    shown: Mapping[str, Shown]
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A message that is to say something else; ``only_if_sent`` drops it when it never was."""

    draft: Draft
    only_if_sent: bool = False


@dataclass(slots=True)
class Wanted:
    """What is to be written: first buttons, new cards, other words, short lines, last words."""

    buttons: list[tuple[str, ApprovalRequest]] = field(default_factory=list)
    new: list[Draft] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    once: list[Draft] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether all is as it should be."""
        return not (self.buttons or self.new or self.changes or self.once or self.closed)


class CardRenderer:
    """Draws cards, and compares them with what stands in the chat."""

    def __init__(self, codec: ButtonCodec, zone: tzinfo) -> None:
        """Buttons are signed with ``codec``, times are told in ``zone``."""
        self._codec = codec
        self._zone = zone

    def wanted(self, seen: Seen) -> Wanted:
        """Return what is to be written so that the chat shows what is true."""
        wanted = Wanted()
        for request in seen.requests:
            self._request(wanted, seen, request)
        if seen.incident is not None:
            _incident(wanted, seen, seen.incident)
        if seen.incident is None or seen.incident.status in _OVER:
            # Looked at no more when we start again: they say how it ended.
            wanted.closed += [one.key for one in seen.shown.values() if one.is_open]
            wanted.closed += [draft.key for draft in wanted.new]
        return wanted

    def _request(self, wanted: Wanted, seen: Seen, request: ApprovalRequest) -> None:
        shown, incident = seen.shown.get(request.id), seen.incident
        if shown is None and not _is_news(request, incident):
            return
        if shown is not None and shown.is_dropped:
            return
        if shown is not None and _is_past(request, incident) and not shown.buttons:
            return  # what became of it stands there already; the incident tells of a later run
        card = approval_card(request, incident, self._zone)
        buttons = self._buttons(wanted, seen, request, card)
        draft = _draft(card_key(request.id), request, card, buttons)
        if shown is not None and _is_moot(request, shown):
            _change(wanted, draft, shown, only_if_sent=True)
            return
        _want(wanted, draft, shown)
        if shown is not None and shown.is_sent:
            self._remind(wanted, request, draft)

    def _buttons(self, wanted: Wanted, seen: Seen, request: ApprovalRequest, card: Card) -> Buttons:
        """Return the buttons of a card; the first time they get a short id."""
        if not card.buttons:
            return ()
        short_id = seen.given.get(request.id)
        if short_id is None:
            short_id = new_short_id()
            wanted.buttons.append((short_id, request))
        return tuple(
            tuple((one.label, self._codec.encode(Code(short_id, one.action, one.option))) for one in row)
            for row in card.buttons
        )

    def _remind(self, wanted: Wanted, request: ApprovalRequest, card: Draft) -> None:
        """Ask once more for each reminder the gate counted."""
        if request.status is not ApprovalStatus.PENDING or request.reminders == 0:
            return
        wanted.once.append(
            Draft(
                key=f"reminder:{request.id}:{request.reminders}",
                kind=Kind.REPLY,
                topic=card.topic,
                priority=Priority.REPLY,
                text=reminder(request, self._zone),
                incident_id=request.incident_id,
                approval_id=request.id,
                reply_to=card.key,
            )
        )


def card_key(approval_id: str) -> str:
    """Return the key of a request's card in the outbox."""
    return f"approval:{approval_id}"


def _incident(wanted: Wanted, seen: Seen, incident: Incident) -> None:
    """Want the notice of an incident nobody decides on, and the line that it is over."""
    announcement = seen.shown.get("")
    if announcement is not None or (incident.status is IncidentStatus.UNSOLVED and not seen.shown):
        _want(wanted, _draft(f"incident:{incident.id}", incident, notice(incident), ()), announcement)
    is_announced = any(not one.is_dropped for one in seen.shown.values())
    if incident.status is IncidentStatus.RESOLVED and is_announced:
        wanted.once.append(
            Draft(
                key=f"resolved:{incident.id}:{incident.round}",
                kind=Kind.LINE,
                topic=Topic.RESOLVED,
                priority=Priority.LINE,
                text=resolved_line(incident),
                incident_id=incident.id,
            )
        )


def _want(wanted: Wanted, draft: Draft, shown: Shown | None) -> None:
    """Want a message so, be it new or there already."""
    if shown is None:
        wanted.new.append(draft)
    else:
        _change(wanted, draft, shown)


def _change(wanted: Wanted, draft: Draft, shown: Shown, *, only_if_sent: bool = False) -> None:
    if (shown.text, shown.buttons) != (draft.text, draft.buttons):
        wanted.changes.append(Change(draft, only_if_sent))


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
