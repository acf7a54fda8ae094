"""The write-up of an incident in Markdown, and how long something took. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Incident, Run

from ...texts import household, local, translate, translate_plural
from ...texts.state_names import SEVERITIES, STEP_STATES

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

MARKS: Final = {True: "✓", False: "✗", None: "?"}


def ago(span: timedelta) -> str:
    """Return how long ago something was, in the largest unit."""
    return translate(t"just now") if span < timedelta(minutes=1) else translate(t"{lasting(span)} ago")


def lasting(span: timedelta) -> str:
    """Return a duration in the largest unit."""
    seconds = max(0, int(span.total_seconds()))
    if seconds >= DAY:
        return translate_plural("{count} day", "{count} days", seconds // DAY)
    if seconds >= HOUR:
        return translate_plural("{count} hour", "{count} hours", seconds // HOUR)
    if seconds >= MINUTE:
        return translate_plural("{count} minute", "{count} minutes", seconds // MINUTE)
    return translate_plural("{count} second", "{count} seconds", seconds)


def write_up(incident: Incident) -> str:
    """Return the write-up: what happened, what was found, what was done and the result."""
    return "\n".join(_lines(incident)) + "\n"


def _lines(incident: Incident) -> Iterator[str]:
    yield f"# {translate(t'Incident {incident.number}')}: {_line(incident.title)}"
    yield ""
    yield translate(t"Opened {_when(incident.opened_at)}, {translate(SEVERITIES[incident.severity])}.")
    if incident.resolved_at is not None:
        yield translate(t"Resolved after {lasting(incident.resolved_at - incident.opened_at)}.")
    yield ""
    if incident.diagnosis is not None:
        yield f"## {translate('What was found')}"
        yield ""
        for claim in incident.diagnosis.claims:
            yield f"* {_line(claim.text)} ({', '.join(claim.evidence)})"
        yield ""
    if incident.run is not None:
        yield from _run_lines(incident.run)
    if incident.resolution:
        yield f"**{_line(incident.resolution)}**"


def _run_lines(run: Run) -> Iterator[str]:
    yield f"## {translate('What was done')}"
    yield ""
    yield translate(t"Approved: {_line(run.label)} (plan {run.plan_hash[:12]}).")
    for step in run.steps:
        state = translate(STEP_STATES[step.state])
        yield f"* {_line(step.title)} ({_line(step.target.name)}): {state} {_line(step.detail)}".rstrip()
    yield ""
    if run.verdict is None:
        return
    yield f"## {translate('Result')}"
    yield ""
    for check in run.verdict.checks:
        yield f"* {MARKS[check.ok]} {_line(check.name)}: {_line(check.text)}"
    yield ""


def _line(text: str) -> str:
    """Return a text from outside as one line without HTML tags and links."""
    return " ".join(text.split()).replace("<", "&lt;").replace("[", "\\[")


def _when(at: datetime) -> str:
    return household().date_and_time(local(at))
