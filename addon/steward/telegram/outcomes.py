"""Renders the progress and the result of a decision. Pure."""

from typing import Final

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    JournalStep,
    Outcome,
    Run,
    RunStatus,
    StepState,
    Verdict,
)
from homelab_steward.contract.proposals import OptionKind

from ..texts import english, translate
from ..texts.state_names import STEP_STATES
from .markup import Rich, literal, prose

SENTENCE: Final = 400

_RUNS: Final = {
    RunStatus.RUNNING: english("Working…"),
    RunStatus.VERIFYING: english("Carried out. Verifying the result…"),
    RunStatus.SUCCEEDED: english("Carried out."),
    RunStatus.FAILED: english("Failed."),
    RunStatus.REFUSED: english("Refused by the last check before the start."),
    RunStatus.UNDONE: english("Undone. The previous state is restored."),
    RunStatus.UNKNOWN: english("The result is not known."),
}
_OUTCOMES: Final = {
    Outcome.FIXED: ("✅ ", english("It helped.")),
    Outcome.NOT_FIXED: ("❌ ", english("It did not help.")),
    Outcome.WORSE: ("❌ ", english("It made things worse.")),
    Outcome.UNKNOWN: ("❔ ", english("Whether it helped is not known.")),
    Outcome.RELAPSED: ("❌ ", english("It helped for a short time only.")),
}
_MARKS: Final = {True: "✓ ", False: "✗ ", None: "? "}
_FAILED: Final = (StepState.EFFECT_UNKNOWN, StepState.FAILED, StepState.UNDONE)


def outcome_lines(
    request: ApprovalRequest | None, incident: Incident | None, *, is_verbose: bool = False
) -> list[Rich]:
    """Return progress and result of a request, or of an incident without one (None).

    With ``is_verbose`` every step is shown, else only what did not work.
    """
    if incident is None:
        return []
    lines = [] if request is None else _decision_lines(request, incident, is_verbose=is_verbose)
    if incident.approval_id not in (None, request.id if request is not None else None):
        return [*lines, literal(translate("Continued in a newer card."))]
    return [*lines, *_ending(incident)]


def _decision_lines(request: ApprovalRequest, incident: Incident, *, is_verbose: bool) -> list[Rich]:
    if request.status is not ApprovalStatus.APPROVED:
        return []
    if incident.run is not None and incident.run.approval_id == request.id:
        return _run_lines(incident.run, is_verbose=is_verbose)
    if incident.approval_id != request.id:
        return []
    number = request.decision.option if request.decision is not None else None
    option = request.proposal.option(number) if number is not None else None
    if option is not None and option.kind is OptionKind.DEFER:
        return []
    if option is not None and option.kind is OptionKind.INVESTIGATE:
        return [literal(translate("Investigating…"))]
    return [literal(translate("Working…"))]


def _run_lines(run: Run, *, is_verbose: bool) -> list[Rich]:
    lines = [literal(translate(_RUNS[run.status]))]
    lines += [_step_line(step) for step in run.steps if is_verbose or step.state in _FAILED]
    if run.error and (run.verdict is None or run.error != run.verdict.summary):
        lines.append(prose(run.error, SENTENCE))
    return lines + (_verdict_lines(run.verdict) if run.verdict is not None else _unverified(run))


def _step_line(step: JournalStep) -> Rich:
    line = (
        literal("• ")
        + prose(f"{step.title} ({step.target.name})", SENTENCE)
        + literal(f": {translate(STEP_STATES[step.state])}")
    )
    return line + literal(". ") + prose(step.detail, SENTENCE) if step.detail else line


def _unverified(run: Run) -> list[Rich]:
    if run.status is not RunStatus.SUCCEEDED:
        return []
    return [literal(translate("The result is not verified yet."))]


def _verdict_lines(verdict: Verdict) -> list[Rich]:
    mark, text = _OUTCOMES[verdict.outcome]
    head = literal(mark) + prose(verdict.summary or translate(text), SENTENCE)
    checks = [
        literal(_MARKS[one.ok]) + prose(one.name, SENTENCE) + literal(": ") + prose(one.text, SENTENCE)
        for one in verdict.checks
    ]
    return [head, *checks]


def _ending(incident: Incident) -> list[Rich]:
    resolution = literal(": ") + prose(incident.resolution, SENTENCE) if incident.resolution else literal(".")
    match incident.status:
        case IncidentStatus.RESOLVED:
            return [literal(f"✅ {translate('Resolved')}") + resolution]
        case IncidentStatus.UNSOLVED:
            return [
                literal(translate("Not solved")) + resolution,
                literal(translate("For more, open Home Assistant.")),
            ]
        case IncidentStatus.IGNORED if incident.approval_id is None:
            return [literal(translate("Ignored")) + resolution]
        case _:
            return []
