"""Draws cards, notices and short lines from incidents and approval requests. Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Claim,
    Incident,
    RunbookMatch,
    Severity,
)
from homelab_steward.contract.state import FrontEnd

from .buttons import ButtonAction
from .markup import LIMIT, Rich, bold, fitted, joined, own, plain, prose
from .outcomes import outcome_lines
from .plan import plan_lines, sentence

TITLE: Final = 200
LABEL: Final = 300
SENTENCE: Final = 400
BUTTON: Final = 40
HIGHEST_OPTION: Final = 255

_MARKS: Final = {Severity.INFO: "🔵 Info", Severity.WARNING: "🟠 Warning", Severity.CRITICAL: "🔴 Critical"}
_DECIDED: Final = {ApprovalStatus.IGNORED: "Ignored", ApprovalStatus.REJECTED: "Rejected"}
_FRONT_ENDS: Final = {
    FrontEnd.HOME_ASSISTANT: "Home Assistant",
    FrontEnd.TELEGRAM: "Telegram",
    FrontEnd.PANEL: "the panel",
    FrontEnd.MCP: "MCP",
    FrontEnd.COMMAND_LINE: "the command line",
}
_BLANK: Final = own("")


@dataclass(frozen=True, slots=True)
class Choice:
    """One button: its words and what pressing it asks for."""

    label: str
    action: ButtonAction
    option: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A message in Telegram's HTML and its rows of buttons."""

    text: str
    buttons: tuple[tuple[Choice, ...], ...] = ()


def approval_card(request: ApprovalRequest, incident: Incident | None, zone: tzinfo) -> Card:
    """Return the card of a request as it stands now.

    A pending request is offered with buttons only when its whole plan is on the card.
    """
    if request.status is not ApprovalStatus.PENDING:
        return _closed_card(request, incident, zone)
    head, seen = _head(request, incident), seen_lines(request, incident)
    foot = [_BLANK, own(f"Waits for an answer until {clock_time(request.expires_at, request, zone)}.")]
    plan = [line for option in request.proposal.options for line in (_BLANK, *plan_lines(option))]
    if _is_pressable(request) and joined([*head, *plan, *foot]).units <= LIMIT:
        return Card(_with_seen(head, seen, [*plan, *foot]), (*_option_rows(request), _LAST_ROW))
    labels = [bold(prose(f"{one.number} {one.label}", 80)) for one in request.proposal.options[:5]]
    words = own("The plan is too long to be shown here, so it cannot be approved here: open Home Assistant.")
    return Card(_with_seen(head, seen, [_BLANK, *labels, words, *foot]), (_LAST_ROW,))


def notice(incident: Incident) -> Card:
    """Return the message of an incident nobody has to decide on."""
    head = [_first_line(incident.severity, incident.number), bold(prose(incident.title, TITLE))]
    seen = [] if incident.diagnosis is None else [prose(incident.diagnosis.summary, SENTENCE)]
    seen += [own("• ") + prose(one.text, SENTENCE) for one in _claims(incident)]
    seen += _explained(incident)
    return Card(_with_seen(head, seen, [_BLANK, *outcome_lines(None, incident)]))


def resolved_line(incident: Incident) -> str:
    """Return one line for the topic of resolved incidents."""
    head = own(f"✅ Incident {incident.number}: ") + bold(prose(incident.title, TITLE))
    words = incident.resolution or "resolved"
    return (head + own(": ") + prose(words, SENTENCE)).html


def reminder(request: ApprovalRequest, zone: tzinfo) -> str:
    """Return the line that asks once more."""
    head = own(f"⏰ Incident {request.incident_number}: ") + bold(prose(request.title, TITLE))
    until = clock_time(request.expires_at, request, zone)
    return (head + own(f" still waits for an answer, until {until}.")).html


def digest(held: int) -> str:
    """Return the summary of the cards that wait because there are too many at once."""
    if held == 0:
        return own("No more incidents wait beyond the cards here.").html
    many = "incident waits" if held == 1 else "incidents wait"
    return own(f"{held} more {many}: open Home Assistant").html


def clock_time(moment: datetime, request: ApprovalRequest, zone: tzinfo) -> str:
    """Return the household's time of day, with its date when that is not the request's."""
    local = moment.astimezone(zone)
    is_same_day = local.date() == request.created_at.astimezone(zone).date()
    return f"{local:%H:%M}" if is_same_day else f"{local:%Y-%m-%d %H:%M}"


def seen_lines(request: ApprovalRequest, incident: Incident | None) -> list[Rich]:
    """Return what was found and which runbooks fit."""
    diagnosis = incident.diagnosis if incident is not None else None
    summary = diagnosis.summary if diagnosis is not None else request.text
    lines = [prose(summary, SENTENCE)] if summary else []
    lines += [own("• ") + prose(one.text, SENTENCE) for one in _claims(incident)]
    lines += _explained(incident)
    return lines + [_match_line(one) for one in request.proposal.matches]


def _closed_card(request: ApprovalRequest, incident: Incident | None, zone: tzinfo) -> Card:
    head = [*_head(request, incident), _BLANK, bold(_decided_line(request, zone))]
    head += fitted(outcome_lines(request, incident), LIMIT // 2, "open Home Assistant")
    rest = [bold(own("What was seen")), *seen_lines(request, incident)]
    chosen = request.decision.option if request.decision is not None else None
    option = request.proposal.option(chosen) if chosen is not None else None
    if option is not None:
        rest += [_BLANK, bold(own("What was chosen")), *plan_lines(option)]
    return Card(_with_seen(head, rest, [], "open Home Assistant"))


def _decided_line(request: ApprovalRequest, zone: tzinfo) -> Rich:
    if request.status is ApprovalStatus.EXPIRED:
        at = clock_time(request.expires_at, request, zone)
        return own(f"Expired at {at}: nobody decided, so nothing was done.")
    if request.status is ApprovalStatus.SUPERSEDED:
        return own("No longer offered: the situation has changed. Nothing was done.")
    return prose(decided_words(request, zone), LABEL * 2)


def decided_words(request: ApprovalRequest, zone: tzinfo) -> str:
    """Return who decided what, where and when, as plain text on one line."""
    decision = request.decision
    what = _DECIDED.get(request.status) or plain(_decided_label(request), LABEL)
    if decision is None:
        return what
    at = clock_time(decision.at, request, zone)
    return f"{what}, decided by {plain(decision.person_name, 80)} via {_FRONT_ENDS[decision.via]} at {at}"


def _decided_label(request: ApprovalRequest) -> str:
    if request.decision is None:
        return "Approved"
    number = request.decision.option
    option = request.proposal.option(number) if number is not None else None
    return request.decision.label or (option.label if option is not None else "Approved")


def _head(request: ApprovalRequest, incident: Incident | None) -> list[Rich]:
    severity = incident.severity if incident is not None else request.severity
    return [_first_line(severity, request.incident_number), bold(prose(request.title, TITLE))]


def _first_line(severity: Severity, number: int) -> Rich:
    return own(f"{_MARKS[severity]} · incident {number}")


def _explained(incident: Incident | None) -> list[Rich]:
    """Return what a model makes of it, said as its view."""
    diagnosis = incident.diagnosis if incident is not None else None
    if diagnosis is None or diagnosis.explanation is None:
        return []
    return [own("A model's view: ") + prose(diagnosis.explanation.text, SENTENCE)]


def _claims(incident: Incident | None) -> tuple[Claim, ...]:
    return incident.diagnosis.claims if incident is not None and incident.diagnosis is not None else ()


def _match_line(match: RunbookMatch) -> Rich:
    line = own("Runbook ") + bold(prose(match.title, TITLE))
    line += own(f" (version {match.version}) fits {match.score:.0%}")
    for text in (match.reason, match.history):
        if text:
            line += own(". ") + prose(sentence(text), SENTENCE)
    return line


def _with_seen(head: list[Rich], seen: list[Rich], tail: list[Rich], where: str = "Details") -> str:
    """Return the message; what was seen takes the room that is left."""
    room = LIMIT - joined([*head, _BLANK, *tail]).units - 1
    kept = fitted(seen, room, where)
    return joined([*head, *([_BLANK, *kept] if kept else []), *tail]).html


def _is_pressable(request: ApprovalRequest) -> bool:
    numbers = [one.number for one in request.proposal.options]
    return len(set(numbers)) == len(numbers) and all(0 < one <= HIGHEST_OPTION for one in numbers)


def _option_rows(request: ApprovalRequest) -> tuple[tuple[Choice, ...], ...]:
    return tuple(
        (Choice(plain(f"{one.number} {one.label}", BUTTON), ButtonAction.APPROVE, one.number),)
        for one in request.proposal.options
    )


_LAST_ROW: Final = (Choice("Ignore", ButtonAction.IGNORE), Choice("Details", ButtonAction.DETAILS))
