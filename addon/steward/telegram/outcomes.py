"""Says what became of a decision: working, what was read back, how it ended. Pure."""

from typing import Final

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    JournalStep,
    OptionKind,
    Outcome,
    Run,
    RunStatus,
    StepState,
    Verdict,
)

from .markup import Rich, own, prose

SENTENCE: Final = 400

_RUNS: Final = {
    RunStatus.RUNNING: "Working…",
    RunStatus.VERIFYING: "Carried out. Reading the result back…",
    RunStatus.SUCCEEDED: "Carried out.",
    RunStatus.FAILED: "Failed.",
    RunStatus.REFUSED: "Refused at the last check before it began.",
    RunStatus.UNDONE: "Undone: what it was before has been put back.",
    RunStatus.UNKNOWN: "Carried out.",
}
_OUTCOMES: Final = {
    Outcome.FIXED: ("✅ ", "It helped."),
    Outcome.NOT_FIXED: ("❌ ", "It did not help."),
    Outcome.WORSE: ("❌ ", "It made things worse."),
    Outcome.UNKNOWN: ("❔ ", "Whether it helped is not known."),
}
_MARKS: Final = {True: "✓ ", False: "✗ ", None: "? "}
_STEPS: Final = {
    StepState.EFFECT_UNKNOWN: "it is not known whether this happened",
    StepState.FAILED: "failed",
    StepState.UNDONE: "undone",
}


def outcome_lines(request: ApprovalRequest | None, incident: Incident | None) -> list[Rich]:
    """Return what became of the request (None: of an incident without one), oldest first."""
    if incident is None:
        return []
    lines = [] if request is None else _decision_lines(request, incident)
    if incident.approval_id not in (None, request.id if request is not None else None):
        return [*lines, own("Continued in a newer card.")]
    return [*lines, *_ending(incident)]


def _decision_lines(request: ApprovalRequest, incident: Incident) -> list[Rich]:
    if request.status is not ApprovalStatus.APPROVED:
        return []
    if incident.run is not None and incident.run.approval_id == request.id:
        return _run_lines(incident.run)
    if incident.approval_id != request.id:
        return []
    number = request.decision.option if request.decision is not None else None
    option = request.proposal.option(number) if number is not None else None
    if option is not None and option.kind is OptionKind.INVESTIGATE:
        return [own("Looking closer…")]
    return [own("Working…")]


def _run_lines(run: Run) -> list[Rich]:
    lines = [own(_RUNS[run.status])]
    lines += [_step_line(step) for step in run.steps if step.state in _STEPS]
    if run.error and (run.verdict is None or run.error != run.verdict.summary):
        lines.append(prose(run.error, SENTENCE))
    return lines + (_verdict_lines(run.verdict) if run.verdict is not None else _unverified(run))


def _step_line(step: JournalStep) -> Rich:
    words = own("• ") + prose(f"{step.title} ({step.target.name})", SENTENCE) + own(f": {_STEPS[step.state]}")
    return words + own(". ") + prose(step.detail, SENTENCE) if step.detail else words


def _unverified(run: Run) -> list[Rich]:
    return [own("Nothing has been read back yet.")] if run.status is RunStatus.SUCCEEDED else []


def _verdict_lines(verdict: Verdict) -> list[Rich]:
    mark, words = _OUTCOMES[verdict.outcome]
    head = own(mark) + prose(verdict.summary or words, SENTENCE)
    checks = [
        own(_MARKS[one.ok]) + prose(one.name, SENTENCE) + own(": ") + prose(one.text, SENTENCE)
        for one in verdict.checks
    ]
    return [head, *checks]


def _ending(incident: Incident) -> list[Rich]:
    words = own(": ") + prose(incident.resolution, SENTENCE) if incident.resolution else own(".")
    match incident.status:
        case IncidentStatus.RESOLVED:
            return [own("✅ Resolved") + words]
        case IncidentStatus.UNSOLVED:
            return [own("Not solved") + words, own("Look at it in Home Assistant.")]
        case IncidentStatus.IGNORED if incident.approval_id is None:
            return [own("Ignored") + words]
        case _:
            return []
