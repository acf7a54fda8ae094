"""Computes what a phone shows of an approval request, from the rows alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from homeassistant.util import dt as dt_util

from ..contract.catalogue import Catalogue, Risk
from ..contract.changes import Change
from ..contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus, Verb
from ..contract.mode import Elevation
from ..contract.plain_text import one_line, quoted
from ..contract.proposals import Option
from ..contract.second_person import alone
from ..contract.state import Person
from ..contract.wordings import worded
from ..phrases import Phrases
from .plan_lines import plan_of, unknown_fact
from .update_lines import TITLE_LIMIT, notes_of, outside, own_text, shortened, update_lines

TEXT_LIMIT: Final = 400
"""Most characters of the request's own text, which is not part of the plan."""

PLANS_LIMIT: Final = 1200
"""Most characters of all plans; a plan that cannot be shown completely has no button."""

NOT_OFFERED_LIMIT: Final = 200
"""Most characters of the line about options that are not offered."""

SIMILAR_LIMIT: Final = 160
"""Most characters of the line about a past incident like this one."""

COMMENT_LIMIT: Final = 200
DETAILS_LIMIT: Final = 1800
EVIDENCE_LIMIT: Final = 300

_OVER: Final = frozenset({IncidentStatus.RESOLVED, IncidentStatus.UNSOLVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option on a phone, with the hash of the plan that it shows."""

    number: int
    label: str
    plan_hash: str
    risk: Risk
    needs_unlock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What to show. ``state`` identifies it: a phone that shows it already gets no push.

    ``is_asking``: the notification has buttons to decide. ``can_cancel``: it has one to cancel.
    ``is_update``: it is about updates. ``acts_alone``: the steward carries out the only choice unless
    somebody stops it. ``can_be_false``: people may say that it was a false alarm.
    """

    state: str
    title: str
    message: str
    choices: tuple[Choice, ...] = ()
    is_asking: bool = False
    can_cancel: bool = False
    is_update: bool = False
    acts_alone: bool = False
    can_be_false: bool = False

    @property
    def has_buttons(self) -> bool:
        """Whether the notification has buttons."""
        return self.is_asking or self.can_cancel


def view_of(
    approval: ApprovalRequest,
    incident: Incident | None,
    phrases: Phrases,
    catalogue: Catalogue,
    viewer: Person | None,
    elevation: Elevation | None = None,
) -> View:
    """Return the view of a request.

    ``catalogue`` names the arguments of its actions. ``viewer`` is the owner of the phone, None
    for somebody who is not known. ``elevation`` is the last one.
    """
    title, approval = title_of(approval, phrases), worded(approval, phrases.language)
    if approval.status is ApprovalStatus.PENDING:
        first = approval.first
        if first is not None and viewer is not None and first.person_id == viewer.id:
            state = f"first:{first.option}:{_snooze_state(approval)}"
            lines = (_first_approval(approval, phrases), _snoozed(approval, phrases))
            return View(state=state, title=title, message=_joined(lines))
        return _pending(approval, incident, phrases, catalogue, elevation)
    if approval.status is ApprovalStatus.SCHEDULED:
        lines = (decided(approval, phrases), scheduled(approval, phrases))
        return View(state=approval.status.value, title=title, message=_joined(lines), can_cancel=True)
    if incident is not None and _is_over(approval, incident) and _is_last(approval, incident):
        text = outside(incident.resolution, TEXT_LIMIT)
        is_solved = incident.status in _OVER
        message = phrases(f"result_{incident.status.value}", resolution=text) if is_solved else text
        return View(
            state=f"result:{incident.status.value}",
            title=title,
            message="\n".join(part for part in (message.strip(), decided(approval, phrases)) if part),
        )
    return View(state=approval.status.value, title=title, message=decided(approval, phrases))


def _is_over(approval: ApprovalRequest, incident: Incident) -> bool:
    """Return whether an incident has a result; a request that was approved and failed is ignored then."""
    if incident.status is IncidentStatus.IGNORED:
        return approval.status is ApprovalStatus.APPROVED and bool(incident.resolution)
    return incident.status in _OVER


def scheduled(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return when a request is executed, empty when that is not limited."""
    later = approval.later
    if later is None:
        return ""
    at, until = _local(later.at), _local(later.finish_by or later.until)
    if later.finish_by is not None:
        return phrases("scheduled_by", time=at, until=until)
    if not later.conditions:
        return phrases("scheduled_at", time=at)
    key = "scheduled_from" if later.at > approval.created_at else "scheduled_when"
    return phrases(
        "scheduled_once" if later.is_once else key, time=at, text=one_line(later.text), until=until
    )


def title_of(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return the title of all notifications about a request."""
    title = quoted(worded(approval, phrases.language).title, TITLE_LIMIT, phrases.language)
    return phrases("title", number=str(approval.incident_number), title=title)


def decided(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return who decided what and where, or why nobody did; empty while it is pending."""
    if approval.status is ApprovalStatus.PENDING:
        return ""
    decision = worded(approval, phrases.language).decision
    is_cancelled = decision is not None and decision.verb is Verb.CANCEL
    key = "decided_cancelled" if is_cancelled else f"decided_{approval.status.value}"
    if approval.withdrawn:
        return phrases("withdrawn", text=outside(approval.withdrawn, TEXT_LIMIT))
    if decision is None:
        return phrases(key, label="", person="?", front_end="?")
    if decision.is_automatic:
        return phrases("decided_alone", label=one_line(decision.label))
    if approval.acts_at is not None and decision.verb is Verb.REJECT:
        key = "decided_stopped"
    return phrases(
        key,
        label=one_line(decision.label),
        person=one_line(decision.person_name),
        front_end=phrases(f"front_end_{decision.via.value}"),
    )


def details_of(
    approval: ApprovalRequest,
    incident: Incident | None,
    phrases: Phrases,
    catalogue: Catalogue,
    changes: Iterable[Change] = (),
    elevation: Elevation | None = None,
) -> str:
    """Return the evidence, all plans in full, and why other options are not offered.

    ``changes`` are the updates that it is about, whose release notes are quoted. ``elevation`` is the
    last one.
    """
    parts: list[str] = []
    approval = worded(approval, phrases.language)
    for option in approval.proposal.options:
        parts.append(
            plan_of(option, phrases, catalogue, alone(elevation, approval, option, dt_util.utcnow()))
        )
        parts += [one_line(step.note) for step in option.steps if step.note]
        if option.blast_radius:
            parts.append(phrases("blast_radius", text=one_line(option.blast_radius)))
        parts += [unknown_fact(one, phrases) for one in option.unknown_facts]
        if option.verification:
            parts.append(phrases("verification", text=one_line(option.verification)))
        if option.history:
            parts.append(phrases("history", text=one_line(option.history)))
    parts += [phrases("not_offered", text=one_line(one)) for one in approval.proposal.left_out]
    diagnosis = incident.diagnosis if incident else None
    if diagnosis is not None:
        parts.append(phrases("finding", text=quoted(diagnosis.summary, EVIDENCE_LIMIT, phrases.language)))
        parts += [
            f"• {one_line(one.title)}: {quoted(one.text, EVIDENCE_LIMIT, phrases.language)}"
            for one in diagnosis.evidence
        ]
    parts += [line for change in changes for line in notes_of(change, phrases)]
    return shortened("\n".join(parts), DETAILS_LIMIT)


def _not_offered(approval: ApprovalRequest, phrases: Phrases, room: int) -> str:
    """Return the line about options that are not offered, empty when it is longer than ``room``."""
    reasons = approval.proposal.left_out
    if not reasons:
        return ""
    key = "one_not_offered" if len(reasons) == 1 else "more_not_offered"
    line = shortened(
        phrases(key, count=str(len(reasons)), text=one_line(" ".join(reasons))), NOT_OFFERED_LIMIT
    )
    return line if len(line) <= room else ""


def _pending(
    approval: ApprovalRequest,
    incident: Incident | None,
    phrases: Phrases,
    catalogue: Catalogue,
    elevation: Elevation | None,
) -> View:
    lines: list[str] = []
    now = dt_util.utcnow()
    choices: list[Choice] = []
    until: list[str] = []
    room = PLANS_LIMIT
    acts_alone = approval.acts_at is not None
    # Without a person only the first option is carried out.
    for option in approval.proposal.options[: 1 if acts_alone else None]:
        elevated = alone(elevation, approval, option, now)
        line = plan_of(option, phrases, catalogue, elevated)
        room -= len(line)
        if room < 0:
            lines.append(phrases("too_long", number=str(option.number)))
            continue
        lines.append(line)
        choices.append(_choice(option))
        until.append(elevated.ends_at.isoformat() if elevated else "")
    lines.append(_not_offered(approval, phrases, room))
    similar = _similar(approval, phrases, room - len(lines[-1]))
    plans = ",".join(option.plan_hash for option in approval.proposal.options)
    first = approval.first.option if approval.first else ""
    comments, acts_at = len(incident.comments) if incident else 0, approval.acts_at or ""
    state = f"pending:{approval.reminders}:{plans}:{first}:{_snooze_state(approval)}:{comments}:{acts_at}"
    can_be_false = incident is not None and incident.can_be_false_alarm
    return View(
        state=":".join([state, *(["false"] if can_be_false else []), *filter(None, until)]),
        title=title_of(approval, phrases),
        message=_joined(
            [
                acting(approval, phrases),
                scheduled(approval, phrases),
                *update_lines(approval, phrases),
                *lines,
                _first_approval(approval, phrases),
                _snoozed(approval, phrases),
                _attention(incident, phrases),
                _finding(approval, phrases),
                similar,
                _last_comment(incident, phrases),
            ]
        ),
        choices=tuple(choices),
        is_asking=True,
        is_update=approval.is_update,
        acts_alone=acts_alone,
        can_be_false=can_be_false,
    )


def acting(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return what the steward does and when unless somebody stops it, empty when it waits for an approval."""
    if approval.acts_at is None or not approval.proposal.options:
        return ""
    at, created = dt_util.as_local(approval.acts_at), dt_util.as_local(approval.created_at)
    time = f"{at:%H:%M}" if at.date() == created.date() else _local(approval.acts_at)
    return phrases("acts_alone", label=one_line(approval.proposal.options[0].label), time=time)


def _similar(approval: ApprovalRequest, phrases: Phrases, room: int) -> str:
    """Return the most similar past incident, empty without one or when it is longer than ``room``."""
    if not approval.proposal.similar:
        return ""
    past = approval.proposal.similar[0]
    line = phrases("similar", number=str(past.number), text=one_line(past.text))
    line = shortened(line, SIMILAR_LIMIT)
    return line if len(line) <= room else ""


def _first_approval(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return who gave the first of two approvals, empty when nobody has."""
    first = approval.first
    if first is None:
        return ""
    return phrases("first_approval", person=one_line(first.person_name), label=one_line(first.label))


def _last_comment(incident: Incident | None, phrases: Phrases) -> str:
    """Return the newest comment of a person, empty without one."""
    if incident is None or not incident.comments:
        return ""
    comment = incident.comments[-1]
    return phrases(
        "comment",
        person=one_line(comment.person_name),
        text=quoted(comment.text, COMMENT_LIMIT, phrases.language),
    )


def _snoozed(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return until when nobody is reminded, empty when the request is not snoozed."""
    until = approval.snoozed_until
    return phrases("snoozed_until", time=_local(until)) if until else ""


def _snooze_state(approval: ApprovalRequest) -> str:
    return approval.snoozed_until.isoformat() if approval.snoozed_until else ""


def _attention(incident: Incident | None, phrases: Phrases) -> str:
    """Return until when the incident is silenced, or since when nothing reports it."""
    if incident is None:
        return ""
    if incident.silenced_until is not None:
        return phrases("silenced_until", time=_local(incident.silenced_until))
    if incident.suppressed is not None:
        return phrases("silenced")
    return phrases("stale_since", time=_local(incident.stale_since)) if incident.stale_since else ""


def _local(at: datetime) -> str:
    return f"{dt_util.as_local(at):%Y-%m-%d %H:%M}"


def _finding(approval: ApprovalRequest, phrases: Phrases) -> str:
    """Return what was found, below the plans: it may contain text from outside."""
    if approval.is_update:
        return ""
    text = own_text(approval)
    if approval.requested_via is not None:
        # What a person asked for is no finding: the text says how it was understood.
        return outside(text, TEXT_LIMIT)
    return phrases("finding", text=quoted(text, TEXT_LIMIT, phrases.language)) if one_line(text) else ""


def _choice(option: Option) -> Choice:
    return Choice(
        number=option.number,
        label=one_line(option.label),
        plan_hash=option.plan_hash,
        risk=option.risk,
        needs_unlock=option.needs_unlock,
    )


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _is_last(approval: ApprovalRequest, incident: Incident) -> bool:
    """Return whether the incident ended with this request, not with a later one."""
    return incident.approval_id in (None, approval.id)
