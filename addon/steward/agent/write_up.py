"""The write-up of an incident: Markdown from its own records. Pure."""

from collections.abc import Iterator

from homelab_steward.contract.incidents import Incident, Run

from .history import lasting


def write_up(incident: Incident) -> str:
    """Return what happened, what was seen, what was done and what was read back."""
    return "\n".join(_lines(incident)) + "\n"


def _lines(incident: Incident) -> Iterator[str]:
    yield f"# Incident {incident.number}: {_line(incident.title)}"
    yield ""
    yield f"Opened {_when(incident.opened_at.isoformat())}, {incident.severity}."
    if incident.resolved_at is not None:
        yield f"Resolved after {lasting(incident.resolved_at - incident.opened_at)}."
    yield ""
    if incident.diagnosis is not None:
        yield "## What was seen"
        yield ""
        for claim in incident.diagnosis.claims:
            yield f"* {_line(claim.text)} ({', '.join(claim.evidence)})"
        yield ""
    if incident.run is not None:
        yield from _run_lines(incident.run)
    if incident.resolution:
        yield f"**{_line(incident.resolution)}**"


def _run_lines(run: Run) -> Iterator[str]:
    yield "## What was done"
    yield ""
    yield f"Approved: {_line(run.label)} (plan {run.plan_hash[:12]})."
    for step in run.steps:
        yield f"* {_line(step.title)} ({_line(step.target.name)}): {step.state} {_line(step.detail)}".rstrip()
    yield ""
    if run.verdict is None:
        return
    yield "## What was read back"
    yield ""
    for check in run.verdict.checks:
        yield f"* {'✓' if check.ok else '✗'} {_line(check.name)}: {_line(check.text)}"
    yield ""


def _line(text: str) -> str:
    """Return a text from outside as one line that makes neither tags nor links."""
    return " ".join(text.split()).replace("<", "&lt;").replace("[", "\\[")


def _when(moment: str) -> str:
    return moment[:16].replace("T", " ") + " UTC"
