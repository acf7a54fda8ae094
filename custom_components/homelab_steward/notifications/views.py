"""What a phone should show of an approval request: pure, from the rows alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..contract.catalogue import Risk
from ..contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Option,
    OptionKind,
    PlannedStep,
)
from ..words import Words

TEXT_LIMIT: Final = 400
"""Characters of the request's own text; what it says is no part of the plan."""

PLANS_LIMIT: Final = 1200
"""Characters all plans may take; a plan that cannot be shown whole has no button."""

TITLE_LIMIT: Final = 120
DETAILS_LIMIT: Final = 1800
EVIDENCE_LIMIT: Final = 300

_OVER: Final = frozenset({IncidentStatus.RESOLVED, IncidentStatus.UNSOLVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option a phone may offer, with the plan its wording stood for."""

    number: int
    label: str
    plan_hash: str
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What to show. ``state`` names it: a phone that shows it already is left alone."""

    state: str
    title: str
    message: str
    choices: tuple[Choice, ...] = ()
    is_pending: bool = False


def view_of(approval: ApprovalRequest, incident: Incident | None, words: Words) -> View:
    """Return what phones should show of a request now."""
    if approval.status is ApprovalStatus.PENDING:
        return _pending(approval, words)
    title = title_of(approval, words)
    if incident is not None and incident.status in _OVER and _is_last(approval, incident):
        message = words(
            f"result_{incident.status.value}", resolution=shortened(incident.resolution, TEXT_LIMIT)
        )
        return View(
            state=f"result:{incident.status.value}",
            title=title,
            message="\n".join(part for part in (message.strip(), decided(approval, words)) if part),
        )
    return View(state=approval.status.value, title=title, message=decided(approval, words))


def title_of(approval: ApprovalRequest, words: Words) -> str:
    """Return what heads every notification about a request."""
    title = shortened(approval.title, TITLE_LIMIT)
    return words("title", number=str(approval.incident_number), title=title)


def decided(approval: ApprovalRequest, words: Words) -> str:
    """Return who decided what and where, or why nobody did; nothing while it waits."""
    if approval.status is ApprovalStatus.PENDING:
        return ""
    decision = approval.decision
    key = f"decided_{approval.status.value}"
    if decision is None:
        return words(key, label="", person="?", face="?")
    face = words(f"face_{decision.via.value}")
    return words(key, label=decision.label, person=decision.person_name, face=face)


def details_of(approval: ApprovalRequest, incident: Incident | None, words: Words) -> str:
    """Return the evidence and every plan at length."""
    parts: list[str] = []
    diagnosis = incident.diagnosis if incident else None
    if diagnosis is not None:
        parts.append(diagnosis.summary)
        parts += [f"• {one.title}: {shortened(one.text, EVIDENCE_LIMIT)}" for one in diagnosis.evidence]
    for option in approval.proposal.options:
        parts.append(plan_of(option, words))
        parts += [step.note for step in option.steps if step.note]
        if option.blast_radius:
            parts.append(words("blast_radius", text=option.blast_radius))
        if option.verification:
            parts.append(words("verification", text=option.verification))
        if option.history:
            parts.append(words("history", text=option.history))
    return shortened("\n".join(parts), DETAILS_LIMIT)


def plan_of(option: Option, words: Words) -> str:
    """Return one option on one line: what changes where, from what to what, and back again."""
    head = f"{option.number} {option.label}"
    if option.kind is OptionKind.INVESTIGATE:
        return f"{head}: {words('changes_nothing')}"
    steps = "; ".join(_step(step) for step in option.steps)
    undo = words("reversible" if option.reversible else "irreversible")
    return f"{head}: {steps}. {undo} {words(f'risk_{option.risk.value}')}"


def shortened(text: str, limit: int) -> str:
    """Return the text, cut with an ellipsis when it is longer than ``limit``."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _step(step: PlannedStep) -> str:
    changes = ", ".join(f"{one.field} {one.before} → {one.after}" for one in step.differences)
    text = f"{step.title} ({step.target.name})"
    return f"{text}: {changes}" if changes else text


def _pending(approval: ApprovalRequest, words: Words) -> View:
    lines: list[str] = []
    choices: list[Choice] = []
    room = PLANS_LIMIT
    for option in approval.proposal.options:
        line = plan_of(option, words)
        room -= len(line)
        if room < 0:
            lines.append(words("too_long", number=str(option.number)))
            continue
        lines.append(line)
        choices.append(_choice(option))
    plans = ",".join(option.plan_hash for option in approval.proposal.options)
    return View(
        state=f"pending:{approval.reminders}:{plans}",
        title=title_of(approval, words),
        message=_joined([shortened(approval.text, TEXT_LIMIT), *lines]),
        choices=tuple(choices),
        is_pending=True,
    )


def _choice(option: Option) -> Choice:
    return Choice(number=option.number, label=option.label, plan_hash=option.plan_hash, risk=option.risk)


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _is_last(approval: ApprovalRequest, incident: Incident) -> bool:
    """Return whether the incident ended with this request, not with a later one."""
    return incident.approval_id in (None, approval.id)
