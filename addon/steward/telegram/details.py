"""Renders the messages of the Details button: the dry run and the evidence. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.changes import Change
from homelab_steward.contract.diagnosis import Diagnosis, Evidence
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.step_arguments import argument_text

from ..texts import english, household, local, translate
from .markup import LIMIT, Rich, bold, code_line, exact, filled, joined, literal, prose, quote, split, units
from .plan import Elevated, needs_of, nobody_alone, not_offered_lines, plan_lines

PAGES: Final = 5
LINE: Final = 1_000
LONGEST_FILE: Final = 500_000
TITLE: Final = 200
_MORE: Final = english("… For more, open Home Assistant.")
_BLANK: Final = literal("")


def detail_pages(
    request: ApprovalRequest,
    incident: Incident | None,
    catalogue: Catalogue,
    changes: Iterable[Change] = (),
    elevated: Elevated = nobody_alone,
) -> tuple[str, ...]:
    """Return up to ``PAGES`` messages: the dry run of every option, then the evidence and release notes.

    ``elevated`` returns in which elevation an option needs no second person.
    """
    return _pages(_lines(request, incident, catalogue, changes, elevated))


def detail_file(
    request: ApprovalRequest,
    incident: Incident | None,
    catalogue: Catalogue,
    changes: Iterable[Change] = (),
    elevated: Elevated = nobody_alone,
) -> str:
    """Return all details as plain text, at most ``LONGEST_FILE`` characters."""
    lines: list[str] = []
    room = LONGEST_FILE
    for line in _lines(request, incident, catalogue, changes, elevated):
        text = "".join(part for part, _ in line.parts)
        room -= len(text) + 1
        if room < 0:
            lines.append("…")
            break
        lines.append(text)
    return "\n".join(lines) + "\n"


def _lines(
    request: ApprovalRequest,
    incident: Incident | None,
    catalogue: Catalogue,
    changes: Iterable[Change],
    elevated: Elevated,
) -> Iterator[Rich]:
    head = translate("Details of incident {number}: {title}", number=request.incident_number, title="{title}")
    yield bold(filled(head, title=quote(request.title, TITLE)))
    yield from _dry_run(request, catalogue, elevated)
    yield from _evidence(incident)
    for one in changes:
        yield from _notes(one)


def _notes(change: Change) -> Iterator[Rich]:
    """Yield the release notes of an update, which are text from outside."""
    if change.assessment is None or not change.assessment.notes.strip():
        return
    yield _BLANK
    template = translate("Release notes of {title}, as their makers wrote them", title="{title}")
    yield bold(filled(template, title=quote(change.title, TITLE)))
    for line in change.assessment.notes.splitlines():
        yield code_line(line, LINE)


def _dry_run(request: ApprovalRequest, catalogue: Catalogue, elevated: Elevated) -> Iterator[Rich]:
    for option in request.proposal.options:
        yield _BLANK
        yield from _option_lines(option, catalogue, needs_of(request, option, elevated(option)))
    if request.proposal.left_out:
        yield _BLANK
        yield from not_offered_lines(request.proposal.left_out)


def _option_lines(option: Option, catalogue: Catalogue, needs: Iterable[str]) -> Iterator[Rich]:
    yield from plan_lines(option, catalogue, needs)
    for step in option.steps:
        target = f"{step.target.kind} {step.target.id}"
        action = translate("Action {action} on {target}", action="{action}", target="{target}")
        yield filled(action, action=exact(step.action), target=exact(target))
        for key, value in step.arguments.items():
            yield prose(key, TITLE) + literal(" = ") + exact(argument_text(value))
    yield filled(translate("Plan {hash}", hash="{hash}"), hash=exact(option.plan_hash))


def _evidence(incident: Incident | None) -> Iterator[Rich]:
    if incident is None or incident.diagnosis is None:
        return
    yield from _explanation(incident.diagnosis)
    if incident.diagnosis.explanation is None and incident.model_asked_at is not None:
        at = household().date_and_time(local(incident.model_asked_at))
        yield _BLANK
        yield prose(translate(t"A language model is asked once for each incident: {at}."), LINE)
    for one in incident.diagnosis.evidence:
        yield _BLANK
        yield _evidence_head(one)
        for line in one.text.splitlines():
            yield code_line(line, LINE)


def _explanation(diagnosis: Diagnosis) -> Iterator[Rich]:
    """Yield the explanation of a language model, each claim with its evidence."""
    explanation = diagnosis.explanation
    if explanation is None:
        return
    titles = {one.id: one.title for one in diagnosis.evidence}
    yield _BLANK
    template = translate("Explanation by a language model ({by})", by="{by}")
    yield bold(filled(template, by=prose(explanation.by, TITLE)))
    yield quote(explanation.text, LINE)
    for claim in explanation.claims:
        shown = "; ".join(titles[one] for one in claim.evidence if one in titles)
        template = translate("{claim} Evidence: {evidence}", claim="{claim}", evidence="{evidence}")
        line = filled(template, claim=quote(claim.text, LINE), evidence=quote(shown, LINE))
        yield literal("• ") + line


def _evidence_head(one: Evidence) -> Rich:
    at = household().time(local(one.read_at))
    template = translate("Evidence {title}, read at {time}", title="{title}", time=at)
    line = filled(template, title=bold(quote(one.title, TITLE)))
    return line if one.ok else line + literal(f" ({translate('not readable')})")


def _pages(lines: Iterable[Rich]) -> tuple[str, ...]:
    """Fill messages line by line; a line longer than a message is split."""
    pages: list[list[Rich]] = [[]]
    used = 0
    for line in (piece for one in lines for piece in split(one, LIMIT // 2)):
        is_last = len(pages) == PAGES
        room = LIMIT - (units(translate(_MORE)) + 1 if is_last else 0)
        if used + line.units + 1 > room:
            if is_last:
                pages[-1].append(literal(translate(_MORE)))
                break
            pages.append([])
            used = 0
        pages[-1].append(line)
        used += line.units + 1
    return tuple(joined(page).html for page in pages)
