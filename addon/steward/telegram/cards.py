"""Renders incidents and approval requests as cards, notices and short lines. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.diagnosis import Claim, RunbookMatch, SimilarIncident
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    Severity,
    Verb,
)
from homelab_steward.contract.state import FrontEnd

from ..sdk.later_text import scheduled_text
from ..texts import Texts, english, household, translate, translate_plural
from .card_buttons import DETAILS, CardButton, buttons_when_closed, common_buttons, rows_of
from .markup import LIMIT, Rich, bold, filled, fitted, joined, literal, plain, prose, quote, quote_block
from .outcomes import outcome_lines
from .plan import Elevated, needs_of, nobody_alone, not_offered_lines, plan_lines, sentence

TITLE: Final = 200
LABEL: Final = 300
SENTENCE: Final = 400
UPDATE: Final = 200
UPDATE_LINES: Final = 12
HIGHEST_OPTION: Final = 255

_SEVERITIES: Final = {
    Severity.INFO: ("🔵", english("Info")),
    Severity.WARNING: ("🟠", english("Warning")),
    Severity.CRITICAL: ("🔴", english("Critical")),
}
_DECIDED: Final = {
    ApprovalStatus.IGNORED: english("Ignored"),
    ApprovalStatus.REJECTED: english("Rejected"),
}
_VIA: Final = {
    FrontEnd.HOME_ASSISTANT: english("Home Assistant"),
    FrontEnd.TELEGRAM: english("Telegram"),
    FrontEnd.PANEL: english("the panel"),
    FrontEnd.ASSIST: english("Assist"),
    FrontEnd.MCP: english("MCP"),
    FrontEnd.COMMAND_LINE: english("the command line"),
}
_ELSEWHERE: Final = english("open Home Assistant")
_BLANK: Final = literal("")


@dataclass(frozen=True, slots=True)
class Card:
    """A message as Telegram HTML, and its rows of buttons."""

    text: str
    buttons: tuple[tuple[CardButton, ...], ...] = ()


def approval_card(
    request: ApprovalRequest,
    incident: Incident | None,
    zone: tzinfo,
    catalogue: Catalogue,
    *,
    is_verbose: bool = False,
    elevated: Elevated = nobody_alone,
) -> Card:
    """Return the card of a request. ``catalogue`` names the arguments of its actions.

    With ``is_verbose`` every step of its run is shown. ``elevated`` returns in which elevation an option
    needs no second person.

    A pending request has approve buttons only when its whole plan fits on the card. The plan is
    above what was found, which is a quotation: it may contain text from outside.
    """
    if request.status is not ApprovalStatus.PENDING:
        card = _closed_card(request, incident, zone, catalogue, is_verbose=is_verbose)
        return replace(card, buttons=buttons_when_closed(request))
    head = [*_head(request, incident), *_state_lines(incident, request.created_at, zone)]
    head += [_BLANK, bold(when)] if (when := _when(request, zone)) else []
    findings = finding_lines(request, incident)
    if request.is_update:
        # The quotation shows what is text from outside: no line of it can imitate the plan below.
        head += [_BLANK, quote_block([prose(line, UPDATE) for line in _update_lines(request)])]
        findings = []
    foot = [_BLANK, *_waiting_lines(request, zone)]
    # Without a person only the first option is carried out.
    shown = request.proposal.options[: None if request.acts_at is None else 1]
    plan: list[Rich] = []
    for option in shown:
        plan += [_BLANK, *plan_lines(option, catalogue, needs_of(request, option, elevated(option)))]
    if _has_valid_numbers(request) and joined([*head, *plan, *foot]).units <= LIMIT:
        body = [*plan, *_not_offered(request, [*head, *plan, *foot]), *foot]
        return Card(_with_findings(head, findings, body), rows_of(request, incident))
    labels = [bold(prose(f"{one.number} {one.label}", 80)) for one in request.proposal.options[:5]]
    too_long = translate("The plan is too long for this message. To approve it, open Home Assistant.")
    text = literal(too_long)
    body = [_BLANK, *labels, text]
    body += _not_offered(request, [*head, *body, *foot])
    return Card(_with_findings(head, findings, [*body, *foot]), (common_buttons(request, incident),))


def notice(incident: Incident, zone: tzinfo) -> Card:
    """Return the message of an incident without an approval request."""
    head = [_first_line(incident.severity, incident.number), quote_block([prose(incident.title, TITLE)])]
    head += _state_lines(incident, incident.opened_at, zone)
    findings = [] if incident.diagnosis is None else [prose(incident.diagnosis.summary, SENTENCE)]
    findings += [literal("• ") + prose(one.text, SENTENCE) for one in _claims(incident)]
    findings += _explanation_lines(incident)
    return Card(_with_findings(head, findings, [_BLANK, *outcome_lines(None, incident)]))


def resolved_line(incident: Incident, link: str = "") -> str:
    """Return the line for the topic of resolved incidents, with the address of the incident's own topic."""
    template = translate("Incident {number}: {title}", number=incident.number, title="{title}")
    head = literal("✅ ") + filled(template, title=bold(quote(incident.title, TITLE)))
    resolution = incident.resolution or translate("resolved")
    return (head + literal(": ") + prose(resolution, SENTENCE) + literal(f" {link}".rstrip())).html


def moved_line(incident: Incident) -> str:
    """Return the text of a message that is sent again in the incident's own topic."""
    template = translate(
        "Incident {number}: {title} continues in a topic of its own.", number=incident.number, title="{title}"
    )
    return filled(template, title=bold(quote(incident.title, TITLE))).html


def reminder(request: ApprovalRequest, zone: tzinfo) -> str:
    """Return the text of a reminder."""
    template = translate(
        "Incident {number}: {title} is still waiting for an answer, until {time}.",
        number=request.incident_number,
        title="{title}",
        time=local_time(request.expires_at, request, zone),
    )
    return (literal("⏰ ") + filled(template, title=bold(quote(request.title, TITLE)))).html


def digest(held: int) -> str:
    """Return the summary of the held cards."""
    if held == 0:
        return literal(translate("No more incidents are waiting.")).html
    text = translate_plural(
        "{count} more incident is waiting. Open Home Assistant.",
        "{count} more incidents are waiting. Open Home Assistant.",
        held,
    )
    return literal(text).html


def local_time(at: datetime, request: ApprovalRequest, zone: tzinfo, texts: Texts | None = None) -> str:
    """Return the time of day in ``zone``, with the date when the request was made on another day."""
    return _time_since(at, request.created_at, zone, texts or household())


def _time_since(at: datetime, begin: datetime, zone: tzinfo, texts: Texts) -> str:
    """Return the time of day in ``zone``, with the date when it is not the day of ``begin``."""
    local = at.astimezone(zone)
    is_same_day = local.date() == begin.astimezone(zone).date()
    return texts.time(local) if is_same_day else texts.date_and_time(local)


def finding_lines(request: ApprovalRequest, incident: Incident | None) -> list[Rich]:
    """Return the diagnosis and the matching runbooks."""
    diagnosis = incident.diagnosis if incident is not None else None
    summary = diagnosis.summary if diagnosis is not None else _text(request)
    lines = [prose(summary, SENTENCE)] if summary else []
    lines += [literal("• ") + prose(one.text, SENTENCE) for one in _claims(incident)]
    lines += _explanation_lines(incident)
    lines += [_match_line(one) for one in request.proposal.matches]
    return lines + [_similar_line(one) for one in request.proposal.similar]


def _when(request: ApprovalRequest, zone: tzinfo) -> Rich | None:
    """Return when a request is executed that waits, None for at once."""
    if request.status is ApprovalStatus.PENDING and request.acts_at is not None:
        return prose(acting_text(request, zone), SENTENCE)
    is_waiting = request.status in (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)
    if request.later is None or not is_waiting:
        return None
    return prose(scheduled_text(request.later, request.created_at), SENTENCE)


def acting_text(request: ApprovalRequest, zone: tzinfo) -> str:
    """Return what the steward does and when, unless somebody stops it; empty if it waits for one."""
    if request.acts_at is None or not request.proposal.options:
        return ""
    time, label = local_time(request.acts_at, request, zone), request.proposal.options[0].label
    return translate(t"{time}: {label}, unless somebody stops it.")


def _text(request: ApprovalRequest) -> str:
    """Return the text of a request without when it is executed, which the card shows above the plan."""
    return request.text if request.later is None else request.text.partition("\n")[2]


def snoozed_text(request: ApprovalRequest, until: datetime, zone: tzinfo) -> str:
    """Return until when nobody is reminded of a request."""
    return translate("Snoozed until {time}.", time=local_time(until, request, zone))


def _waiting_lines(request: ApprovalRequest, zone: tzinfo) -> list[Rich]:
    """Return the first of two approvals, until when the request is snoozed, and how long it waits."""
    lines: list[Rich] = []
    if request.first is not None:
        template = translate(
            "{label}: approved by {name}. A second person has to approve it.", label="{label}", name="{name}"
        )
        label, name = prose(request.first.label, LABEL), prose(request.first.person_name, 80)
        lines.append(bold(filled(template, label=label, name=name)))
    if request.snoozed_until is not None:
        lines.append(literal(f"💤 {snoozed_text(request, request.snoozed_until, zone)}"))
    if request.acts_at is not None:
        return lines
    until = local_time(request.expires_at, request, zone)
    return [*lines, literal(translate("Waiting for an answer until {time}.", time=until))]


def _not_offered(request: ApprovalRequest, card: list[Rich]) -> list[Rich]:
    """Return the options that are not offered, as far as they fit on a card with these lines."""
    room = LIMIT - joined([*card, _BLANK]).units - 1
    lines = fitted(not_offered_lines(request.proposal.left_out), room, translate(DETAILS))
    return [_BLANK, *lines] if lines else []


def _closed_card(
    request: ApprovalRequest,
    incident: Incident | None,
    zone: tzinfo,
    catalogue: Catalogue,
    *,
    is_verbose: bool,
) -> Card:
    head = [*_head(request, incident), *_state_lines(incident, request.created_at, zone)]
    head += [_BLANK, bold(_decision_line(request, zone))]
    head += [when] if (when := _when(request, zone)) else []
    where = translate(_ELSEWHERE)
    head += fitted(outcome_lines(request, incident, is_verbose=is_verbose), LIMIT // 2, where)
    chosen = request.decision.option if request.decision is not None else None
    option = request.proposal.option(chosen) if chosen is not None else None
    plan: list[Rich] = []
    if option is not None:
        needs = needs_of(request, option, None)
        plan = [bold(literal(translate("Selected option"))), *plan_lines(option, catalogue, needs)]
        room = LIMIT - joined([*head, _BLANK]).units - 1
        plan = [_BLANK, *fitted(plan, room, where)]
    findings = finding_lines(request, incident)
    return Card(_with_findings(head, findings, plan, where))


def _decision_line(request: ApprovalRequest, zone: tzinfo) -> Rich:
    if request.status is ApprovalStatus.EXPIRED:
        at = local_time(request.expires_at, request, zone)
        return literal(translate("Expired at {time} without a decision. Nothing was done.", time=at))
    if request.status is ApprovalStatus.SUPERSEDED:
        if not request.withdrawn:
            return literal(
                translate("No longer offered because the situation has changed. Nothing was done.")
            )
        reason = prose(sentence(request.withdrawn), SENTENCE)
        template = translate("No longer offered. {reason} Nothing was done.", reason="{reason}")
        return filled(template, reason=reason)
    return prose(decision_text(request, zone), LABEL * 2)


def decision_text(request: ApprovalRequest, zone: tzinfo, texts: Texts | None = None) -> str:
    """Return the decision, the person, the front end and the time as one line of plain text.

    It is in the language of the household unless ``texts`` are those of a person.
    """
    texts = texts or household()
    decision = request.decision
    is_cancelled = decision is not None and decision.verb is Verb.CANCEL
    decided = english("Cancelled") if is_cancelled else _DECIDED.get(request.status)
    if decision is not None and decision.verb is Verb.REJECT and request.acts_at is not None:
        decided = english("Stopped")
    what = plain(_decided_label(request, texts), LABEL) if decided is None else texts(decided)
    if decision is None:
        return what
    if decision.is_automatic:
        at = local_time(decision.at, request, zone, texts)
        return texts(t"{what}: carried out by the steward itself at {at}")
    return texts(
        "{what}, decided by {name} via {via} at {time}",
        what=what,
        name=plain(decision.person_name, 80),
        via=texts(_VIA[decision.via]),
        time=local_time(decision.at, request, zone, texts),
    )


def _decided_label(request: ApprovalRequest, texts: Texts) -> str:
    approved = texts("Approved")
    if request.decision is None:
        return approved
    number = request.decision.option
    option = request.proposal.option(number) if number is not None else None
    return request.decision.label or (option.label if option is not None else approved)


def _head(request: ApprovalRequest, incident: Incident | None) -> list[Rich]:
    severity = incident.severity if incident is not None else request.severity
    first = _first_line(severity, request.incident_number, is_update=request.is_update)
    return [first, quote_block([prose(request.title, TITLE)])]


def _state_lines(incident: Incident | None, begin: datetime, zone: tzinfo) -> list[Rich]:
    """Return until when an open incident is silenced, and since when nobody reports it."""
    if incident is None or incident.status.is_closed:
        return []
    lines: list[Rich] = []
    if incident.silenced_until is not None:
        until = _time_since(incident.silenced_until, begin, zone, household())
        lines.append(literal(f"🔕 {translate('Silenced until {time}', time=until)}"))
    elif incident.suppressed is not None:
        lines.append(literal("🔕 ") + prose(incident.suppressed, LABEL))
    if incident.stale_since is not None:
        since = _time_since(incident.stale_since, begin, zone, household())
        lines.append(literal(f"❔ {translate('Not reported since {time}', time=since)}"))
    return lines


def _first_line(severity: Severity, number: int, *, is_update: bool = False) -> Rich:
    icon, name = _SEVERITIES[severity]
    name = english("Update") if is_update else name
    return literal(f"{icon} {translate(name)} · {translate('incident {number}', number=number)}")


def _explanation_lines(incident: Incident | None) -> list[Rich]:
    """Return the explanation of a language model, marked as one."""
    diagnosis = incident.diagnosis if incident is not None else None
    if diagnosis is None or diagnosis.explanation is None:
        return []
    template = translate("Explanation by a language model: {text}", text="{text}")
    return [filled(template, text=prose(diagnosis.explanation.text, SENTENCE))]


def _claims(incident: Incident | None) -> tuple[Claim, ...]:
    return incident.diagnosis.claims if incident is not None and incident.diagnosis is not None else ()


def _similar_line(similar: SimilarIncident) -> Rich:
    template = translate("Similar: incident {number}, {what}", number=similar.number, what="{what}")
    return filled(template, what=prose(similar.text, SENTENCE))


def _match_line(match: RunbookMatch) -> Rich:
    template = translate(
        "Runbook {title} (version {version}): {score} match",
        title="{title}",
        version=match.version,
        score=f"{match.score:.0%}",
    )
    line = filled(template, title=bold(prose(household().name(match.title), TITLE)))
    for text in (match.reason, match.history):
        if text:
            line += literal(". ") + prose(sentence(text), SENTENCE)
    return line


def _with_findings(head: list[Rich], findings: list[Rich], body: list[Rich], where: str | None = None) -> str:
    """Return the message with the findings at its end, shortened to the room that is left."""
    where = translate(DETAILS) if where is None else where
    room = LIMIT - joined([*head, *body, _BLANK]).units - 1
    kept = fitted(findings, room, where)
    return joined([*head, *body, *([_BLANK, quote_block(kept)] if kept else [])]).html


def _has_valid_numbers(request: ApprovalRequest) -> bool:
    numbers = [one.number for one in request.proposal.options]
    return len(set(numbers)) == len(numbers) and all(0 < one <= HIGHEST_OPTION for one in numbers)


def _update_lines(request: ApprovalRequest) -> list[str]:
    """Return what is known about updates, the judgement first."""
    return [line for line in _text(request).splitlines() if line.strip()][:UPDATE_LINES]
