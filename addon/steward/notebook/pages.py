"""Pages of the notebook about what happened: incidents, updates, decisions, and a change log. Pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import (
    AlertStatus,
    ApprovalRequest,
    Decision,
    Incident,
    IncidentStatus,
    Run,
    Verb,
)

from ..agent.incidents.incident_text import MARKS, lasting
from ..texts import english, local, translate
from ..texts.state_names import SEVERITIES, STEP_STATES
from .masking import Shield

ENDED: Final = (
    ChangeStatus.DONE,
    ChangeStatus.WENT_BACK,
    ChangeStatus.FAILED,
    ChangeStatus.REJECTED,
    ChangeStatus.BLOCKED,
)
"""Updates that have a page: what became of them does not change any more."""

CHANGE_TEXTS: Final[Mapping[ChangeStatus, str]] = {
    ChangeStatus.DONE: english("updated"),
    ChangeStatus.WENT_BACK: english("taken back"),
    ChangeStatus.FAILED: english("failed"),
    ChangeStatus.REJECTED: english("rejected"),
    ChangeStatus.BLOCKED: english("blocked"),
}
VERBS: Final[Mapping[Verb, str]] = {
    Verb.APPROVE: english("approved"),
    Verb.REJECT: english("rejected"),
    Verb.IGNORE: english("ignored"),
    Verb.SNOOZE: english("snoozed"),
    Verb.CANCEL: english("cancelled"),
}
LONGEST_SLUG: Final = 50
_LINK: Final = re.compile(r"\]\(([^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the pages are made of: resolved incidents, updates, and requests that were decided."""

    incidents: Sequence[Incident] = ()
    changes: Sequence[Change] = ()
    requests: Sequence[ApprovalRequest] = ()
    by_incident: Mapping[str, Sequence[ApprovalRequest]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a page with a list; ``key`` is the same when it is written again."""

    month: str
    key: str
    line: str


def rows_of(
    incidents: Sequence[Incident], changes: Sequence[Change], requests: Sequence[ApprovalRequest]
) -> Rows:
    """Return the rows, with the requests of each incident."""
    by_incident: dict[str, list[ApprovalRequest]] = defaultdict(list)
    for one in requests:
        by_incident[one.incident_id].append(one)
    kept = [one for one in changes if one.status in ENDED]
    return Rows(incidents=incidents, changes=kept, requests=requests, by_incident=by_incident)


def names_of(rows: Rows, common: Collection[str]) -> frozenset[str]:
    """Return the names of people and things, without those that are ``common``, in lower case."""
    targets = [one.target for one in rows.incidents if one.target is not None]
    targets += [one.target for one in rows.changes]
    targets += [step.target for one in rows.incidents if one.run is not None for step in one.run.steps]
    people = (one.decision.person_name for one in rows.requests if one.decision is not None)
    found = {name.strip() for name in (*people, *(one.name for one in targets))}
    return frozenset(one for one in found if one and one.casefold() not in common)


def event_pages(rows: Rows, safe: Shield) -> dict[str, str]:
    """Return a page for each incident and each update, by path."""
    pages = {incident_path(one, safe): _incident_page(one, rows, safe) for one in rows.incidents}
    return pages | {change_path(one, safe): _change_page(one, rows, safe) for one in rows.changes}


def log_entries(rows: Rows, safe: Shield) -> list[Entry]:
    """Return the lines of the change log: problems that were solved, what people did, and updates."""
    found = [_incident_entry(one, safe) for one in rows.incidents if one.resolved_at is not None]
    return [*found, *(_change_entry(one, rows, safe) for one in rows.changes)]


def decision_entries(rows: Rows, safe: Shield) -> list[Entry]:
    """Return the lines of the pages of decisions."""
    paths = {one.id: incident_path(one, safe) for one in rows.incidents}
    return [
        _decision_entry(one, one.decision, paths.get(one.incident_id), safe)
        for one in rows.requests
        if one.decision is not None
    ]


def list_page(title: str, entries: Iterable[Entry], before: str, *, by_time: bool) -> str:
    """Return a page with a list, oldest first; lines of ``before``, the page so far, stay.

    Rows that are deleted from the store stay in the notebook. ``by_time``: several lines may have the
    same link.
    """
    old = {_key(line, by_time=by_time): line for line in before.splitlines() if line.startswith("* ")}
    lines = old | {one.key: one.line for one in entries}
    return "\n".join([f"# {title}", "", *sorted(lines.values())]) + "\n"


def _key(line: str, *, by_time: bool) -> str:
    """Return the key of a line: its link, with its time if ``by_time``."""
    link = _LINK.search(line)
    return f"{line[2:18] if by_time else ''}{link[1] if link else line}"


def incident_path(incident: Incident, safe: Shield) -> str:
    """Return the path of the page of an incident."""
    return f"incidents/{local(incident.opened_at):%Y}/{incident.number:05}-{slug(safe(incident.title))}.md"


def change_path(change: Change, safe: Shield) -> str:
    """Return the path of the page of an update."""
    return f"changes/{local(change.found_at):%Y}/{slug(safe(change.title))}-{change.id[:8]}.md"


def slug(text: str) -> str:
    """Return a text as lower-case ASCII letters and digits with single dashes, "page" for none."""
    kept = "".join(one if one.isascii() and one.isalnum() else " " for one in text.lower())
    return "-".join(kept.split())[:LONGEST_SLUG].strip("-") or "page"


def at(time: datetime) -> str:
    """Return a time of the household that sorts as text."""
    return f"{local(time):%Y-%m-%d %H:%M}"


def month_of(time: datetime) -> str:
    """Return the month of a time of the household."""
    return f"{local(time):%Y-%m}"


def _incident_page(incident: Incident, rows: Rows, safe: Shield) -> str:
    return "\n".join(_incident_lines(incident, rows.by_incident.get(incident.id, ()), safe)) + "\n"


def _incident_lines(incident: Incident, requests: Sequence[ApprovalRequest], safe: Shield) -> Iterator[str]:
    yield f"# {translate(t'Incident {incident.number}')}: {safe(incident.title)}"
    yield ""
    when, severity = at(incident.opened_at), translate(SEVERITIES[incident.severity])
    yield translate(t"Opened {when}, {severity}.")
    if incident.resolved_at is not None:
        yield translate(t"Resolved after {lasting(incident.resolved_at - incident.opened_at)}.")
    if incident.target is not None:
        name, kind = safe(incident.target.name), incident.target.kind
        yield translate(t"It was about {name} ({kind}).")
    yield from _part(translate("Timeline"), _timeline(incident, requests, safe))
    if incident.diagnosis is not None:
        claims = [f"* {safe(one.text)} ({', '.join(one.evidence)})" for one in incident.diagnosis.claims]
        yield from _part(translate("What was found"), [safe(incident.diagnosis.summary), "", *claims])
    if incident.run is not None:
        yield from _part(translate("What was done"), _steps(incident.run, safe))
    if incident.run is not None and incident.run.verdict is not None:
        checks = incident.run.verdict.checks
        results = [f"* {MARKS[one.ok]} {safe(one.name)}: {safe(one.text)}" for one in checks]
        yield from _part(translate("Result"), results)
    if incident.comments:
        said = [f"* {at(one.at)} {one.person_name}: {safe(one.text)}" for one in incident.comments]
        yield from _part(translate("Comments"), said)
    yield ""
    yield f"**{safe(incident.resolution)}**"


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield from ("", f"## {title}", "", *found)


def _timeline(incident: Incident, requests: Sequence[ApprovalRequest], safe: Shield) -> list[str]:
    found: list[tuple[datetime, str]] = []
    for alert in incident.alerts:
        name = safe(alert.summary or alert.name)
        found.append((alert.received_at, translate(t"Alert: {name}")))
        if alert.status is AlertStatus.RESOLVED and alert.ends_at is not None:
            found.append((alert.ends_at, translate(t"Alert ended: {name}")))
    for request in requests:
        options = "; ".join(safe(one.label) for one in request.proposal.options)
        found.append((request.created_at, translate(t"Asked about: {options}")))
        if request.decision is not None:
            found.append((request.decision.at, _decided(request.decision, safe)))
    run = incident.run
    if run is not None:
        label = safe(run.label)
        found.append((run.started_at, translate(t"Started: {label}")))
        if run.finished_at is not None:
            found.append((run.finished_at, translate(t"Ended: {label}")))
    if incident.resolved_at is not None:
        found.append((incident.resolved_at, translate("Resolved")))
    # Sorted by time only: what has the same time stays in this order.
    return [f"* {at(time)} {text}" for time, text in sorted(found, key=lambda one: one[0])]


def _decided(decision: Decision, safe: Shield) -> str:
    verb = translate(VERBS[decision.verb])
    who = decision.person_name or translate("the steward")
    via, label = decision.via.value, safe(decision.label)
    text = translate(t"{verb} by {who} ({via})")
    return f"{text[:1].upper()}{text[1:]}" + (f": {label}" if label else "")


def _steps(run: Run, safe: Shield) -> Iterator[str]:
    for step in run.steps:
        state = translate(STEP_STATES[step.state])
        yield f"* {safe(step.title)} ({safe(step.target.name)}): {state} {safe(step.detail)}".rstrip()


def _change_page(change: Change, rows: Rows, safe: Shield) -> str:
    name, state = safe(change.target.name), translate(CHANGE_TEXTS[change.status])
    lines = [f"# {safe(change.title)}", "", f"{name}: {state}, {at(_ended_at(change, rows))}.", ""]
    lines += [f"* {safe(one.name)}: {one.old or '?'} → {one.new}" for one in change.packages]
    judged = change.assessment
    if judged is not None:
        said = [*judged.reasons, *judged.breaking, *judged.security]
        lines += _part(translate("How it was judged"), [f"* {safe(one)}" for one in said])
    requests = rows.by_incident.get(change.incident_id or "", ())
    decisions = [
        f"* {at(one.decision.at)} {_decided(one.decision, safe)}" for one in requests if one.decision
    ]
    lines += _part(translate("Decisions"), decisions)
    result = [safe(one) for one in (change.result, change.way_back_text) if one]
    lines += _part(translate("Result"), result)
    return "\n".join(lines) + "\n"


def _ended_at(change: Change, rows: Rows) -> datetime:
    """Return when an update ended: its row changes again when copies of data are removed."""
    requests = rows.by_incident.get(change.incident_id or "", ())
    decided = [one.decision.at for one in requests if one.decision is not None]
    return max(decided, default=change.found_at)


def _incident_entry(incident: Incident, safe: Shield) -> Entry:
    ended = incident.resolved_at or incident.updated_at
    path, number = f"../{incident_path(incident, safe)}", incident.number
    name = translate(t"Incident {number}")
    text = f"{safe(incident.title)}. {safe(incident.resolution)}"
    return Entry(month=month_of(ended), key=path, line=f"* {at(ended)} [{name}]({path}): {text}")


def _change_entry(change: Change, rows: Rows, safe: Shield) -> Entry:
    ended, path = _ended_at(change, rows), f"../{change_path(change, safe)}"
    state = translate(CHANGE_TEXTS[change.status])
    line = f"* {at(ended)} [{safe(change.title)}]({path}): {safe(change.target.name)}, {state}"
    return Entry(month=month_of(ended), key=path, line=line)


def _decision_entry(request: ApprovalRequest, decision: Decision, path: str | None, safe: Shield) -> Entry:
    number, when = request.incident_number, at(decision.at)
    name = translate(t"Incident {number}")
    link = f"../{path}" if path else f"#{number}"
    line = f"* {when} [{name}]({link}) ({safe(request.title)}): {_decided(decision, safe)}"
    return Entry(month=month_of(decision.at), key=f"{when}{link}", line=line)


def solved(rows: Rows, month: str) -> list[Incident]:
    """Return the problems that were solved in a month, oldest first."""
    return [
        one
        for one in rows.incidents
        if one.status is IncidentStatus.RESOLVED
        and not one.is_request
        and one.resolved_at is not None
        and month_of(one.resolved_at) == month
    ]


def requested(rows: Rows, month: str) -> list[Incident]:
    """Return what people asked for and what was done in a month, without updates, oldest first."""
    updates = {one.incident_id for one in rows.changes}
    return [
        one
        for one in rows.incidents
        if one.is_request
        and one.run is not None
        and one.run.steps
        and one.id not in updates
        and month_of(one.run.started_at) == month
    ]


def ended_in(rows: Rows, month: str) -> list[Change]:
    """Return the updates that ended in a month, by when they did."""
    found = [one for one in rows.changes if month_of(_ended_at(one, rows)) == month]
    return sorted(found, key=lambda one: (_ended_at(one, rows), one.id))
