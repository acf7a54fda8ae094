"""Computes the message changes that bring the chat up to date with one incident. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.mode import Elevation
from homelab_steward.contract.second_person import alone

from .buttons import ButtonCodec, CallbackData, new_short_id
from .cards import Card, approval_card, moved_line, notice, reminder, resolved_line
from .drafts import Draft, Kind, Priority
from .incident_topics import IncidentTopic, WantedTopic
from .message_forms import Buttons
from .outbox import Shown
from .topic_names import (
    CRITICAL,
    RESOLVED,
    Topic,
    incident_topic_name,
    own_topic_at,
    topic_of,
    topic_of_request,
)

_WITH_BUTTONS: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """An incident with its requests and its messages, read in one transaction.

    ``incident`` is None when it was deleted. ``shown`` has the messages by request id, with
    the notice under ""; ``short_ids`` has the short ids of buttons by request id. ``topic`` is
    the incident's own one, None when it has none. ``is_verbose``: every step of a run is shown.
    ``elevation`` is the last one.
    """

    now: datetime
    topic: IncidentTopic | None
    incident: Incident | None
    requests: tuple[ApprovalRequest, ...]
    shown: Mapping[str, Shown]
    short_ids: Mapping[str, str]
    is_verbose: bool = False
    elevation: Elevation | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """New text of a message. ``only_if_sent`` drops the message when it was not sent yet."""

    draft: Draft
    only_if_sent: bool = False


@dataclass(slots=True)
class MessageChanges:
    """Rows to write: buttons, new messages, edits, one-time messages, and keys of closed messages.

    ``topic`` is the incident's own topic when it is new or changed; ``moved`` are the keys of the
    messages that move there, and ``pointer`` is what their old messages become.
    """

    buttons: list[tuple[str, ApprovalRequest]] = field(default_factory=list)
    new: list[Draft] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    once: list[Draft] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    topic: WantedTopic | None = None
    moved: list[str] = field(default_factory=list)
    pointer: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.buttons or self.new or self.edits or self.once or self.closed or self.topic)


class CardRenderer:
    """Renders cards and compares them with the messages in the outbox."""

    def __init__(
        self,
        codec: ButtonCodec,
        zone: tzinfo,
        catalogue: Catalogue,
        own_topic_after: timedelta | None,
        link: Callable[[int], str] = lambda _: "",
        updates_topic: str | None = None,
    ) -> None:
        """``codec`` signs the buttons, times are shown in ``zone``, ``catalogue`` names arguments.

        An incident that lasts for ``own_topic_after`` gets a topic of its own; ``link`` returns the
        address of a thread. ``updates_topic`` is the category whose topic has all updates.
        """
        self._updates_topic = updates_topic
        self._codec = codec
        self._zone = zone
        self._catalogue = catalogue
        self._own_topic_after = own_topic_after
        self._link = link

    def own_topic_at(self, view: IncidentView) -> datetime | None:
        """Return when the incident gets a topic of its own, None when it has one or gets none."""
        if view.topic is not None or view.incident is None:
            return None
        return own_topic_at(view.incident, self._own_topic_after)

    def changes_for(self, view: IncidentView) -> MessageChanges:
        """Return the changes that bring the messages up to date."""
        changes = MessageChanges()
        for request in view.requests:
            self._request(changes, view, request)
        if view.incident is not None:
            thread_id = None if view.topic is None else view.topic.thread_id
            link = "" if thread_id is None else self._link(thread_id)
            _incident(changes, view, view.incident, self._zone, link)
        if view.incident is None or view.incident.status.is_closed:
            # Closed messages are not read after a restart.
            changes.closed += [one.key for one in view.shown.values() if one.is_open]
            changes.closed += [draft.key for draft in changes.new]
        self._topic(changes, view)
        return changes

    def _topic(self, changes: MessageChanges, view: IncidentView) -> None:
        """Open the incident's own topic when it is time, or change what it should be."""
        if view.incident is None:
            return
        wanted = _wanted_topic(view.incident)
        if view.topic is not None:
            is_usable = not wanted.is_over
            changes.topic = wanted if wanted != view.topic.wanted else None
        else:
            at = self.own_topic_at(view)
            is_announced = bool(changes.new) or any(not one.is_dropped for one in view.shown.values())
            if at is None or at > view.now or not is_announced:
                return
            is_usable = True
            changes.topic = wanted
            changes.moved = [one.key for one in view.shown.values() if _moves(one, view.incident)]
            changes.pointer = moved_line(view.incident)
        changes.new = [replace(draft, own_topic=is_usable) for draft in changes.new]

    def _request(self, changes: MessageChanges, view: IncidentView, request: ApprovalRequest) -> None:
        shown, incident = view.shown.get(request.id), view.incident
        if shown is None and not _needs_card(request, incident):
            return
        if shown is not None and shown.is_dropped:
            return
        if shown is not None and _has_newer_run(request, incident) and not shown.buttons:
            return  # the card shows its own outcome; the incident holds a newer run
        card = approval_card(
            request,
            incident,
            self._zone,
            self._catalogue,
            is_verbose=view.is_verbose,
            elevated=lambda option: alone(view.elevation, request, option, view.now),
        )
        buttons = self._buttons(changes, view, request, card)
        topic = topic_of_request(request, self._updates_topic)
        draft = _draft(card_key(request.id), request, topic, card, buttons)
        if shown is not None and _is_obsolete(request, shown):
            _change(changes, draft, shown, only_if_sent=True)
            return
        _add_or_edit(changes, draft, shown)
        if shown is not None and shown.is_sent:
            self._add_reminder(changes, request, draft)

    def _buttons(
        self, changes: MessageChanges, view: IncidentView, request: ApprovalRequest, card: Card
    ) -> Buttons:
        """Return the buttons of a card; a request without a short id gets one."""
        if not card.buttons:
            return ()
        short_id = view.short_ids.get(request.id)
        if short_id is None:
            short_id = new_short_id()
            changes.buttons.append((short_id, request))
        return tuple(
            tuple(
                (one.label, self._codec.encode(CallbackData(short_id, one.action, one.option))) for one in row
            )
            for row in card.buttons
        )

    def _add_reminder(self, changes: MessageChanges, request: ApprovalRequest, card: Draft) -> None:
        """Add a message for the latest reminder that the gate counted."""
        if request.status is not ApprovalStatus.PENDING or request.reminders == 0:
            return
        changes.once.append(
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


def _wanted_topic(incident: Incident) -> WantedTopic:
    return WantedTopic(
        incident_id=incident.id,
        standing=topic_of(incident.category, incident.severity),
        name=incident_topic_name(incident),
        is_over=incident.status.is_closed,
    )


def _moves(shown: Shown, incident: Incident) -> bool:
    """Whether a message moves to the incident's own topic: its notice, or the card of its request."""
    return not shown.is_dropped and shown.approval_id in ("", incident.approval_id)


def _incident(
    changes: MessageChanges, view: IncidentView, incident: Incident, zone: tzinfo, link: str
) -> None:
    """Add the notice of an incident without a request, and the line that it is resolved.

    ``link`` is the address of its own topic, "" without one.
    """
    announcement = view.shown.get("")
    is_new = incident.status is IncidentStatus.UNSOLVED and not view.shown and incident.muted is None
    if announcement is not None or is_new:
        topic = topic_of(incident.category, incident.severity)
        draft = _draft(f"incident:{incident.id}", incident, topic, notice(incident, zone), ())
        _add_or_edit(changes, draft, announcement)
    is_announced = any(not one.is_dropped for one in view.shown.values())
    if incident.status is IncidentStatus.RESOLVED and is_announced:
        changes.once.append(
            Draft(
                key=f"resolved:{incident.id}:{incident.round}",
                kind=Kind.LINE,
                topic=RESOLVED,
                priority=Priority.LINE,
                text=resolved_line(incident, link),
                incident_id=incident.id,
            )
        )


def _add_or_edit(changes: MessageChanges, draft: Draft, shown: Shown | None) -> None:
    """Add the message, or edit it when it exists."""
    if shown is None:
        changes.new.append(draft)
    else:
        _change(changes, draft, shown)


def _change(changes: MessageChanges, draft: Draft, shown: Shown, *, only_if_sent: bool = False) -> None:
    if (shown.text, shown.buttons) != (draft.text, draft.buttons):
        changes.edits.append(Edit(draft, only_if_sent))


def _draft(key: str, row: ApprovalRequest | Incident, topic: Topic, card: Card, buttons: Buttons) -> Draft:
    incident_id, approval_id = (row.incident_id, row.id) if isinstance(row, ApprovalRequest) else (row.id, "")
    return Draft(
        key=key,
        kind=Kind.CARD,
        topic=topic,
        priority=Priority.CRITICAL if topic == CRITICAL else Priority.CARD,
        text=card.text,
        buttons=buttons,
        incident_id=incident_id,
        approval_id=approval_id,
    )


def _needs_card(request: ApprovalRequest, incident: Incident | None) -> bool:
    """Whether a request without a card gets one: it is pending, scheduled or running."""
    if request.status in _WITH_BUTTONS:
        return True
    is_acting = incident is not None and incident.status is IncidentStatus.ACTING
    return request.status is ApprovalStatus.APPROVED and is_acting


def _is_obsolete(request: ApprovalRequest, shown: Shown) -> bool:
    """Whether a card that was not sent is out of date."""
    if shown.is_sent or request.status in _WITH_BUTTONS:
        return False
    return shown.is_held or request.status is ApprovalStatus.SUPERSEDED


def _has_newer_run(request: ApprovalRequest, incident: Incident | None) -> bool:
    """Whether the incident's run belongs to another request."""
    return (
        request.status is ApprovalStatus.APPROVED
        and incident is not None
        and incident.run is not None
        and incident.run.approval_id != request.id
    )
