"""Describes the outcome of an approval request without presenting a request as a result."""

from typing import Final

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
)
from homelab_steward.contract.state import FrontEnd

from .schemas import many, nullable, reading_schema, result_schema, text
from .tool import Json, JsonObject

ENDED: Final = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.REFUSED, RunStatus.UNDONE, RunStatus.UNKNOWN)
DENIED: Final = (ApprovalStatus.REJECTED, ApprovalStatus.IGNORED)
VIA: Final = {
    FrontEnd.HOME_ASSISTANT: "Home Assistant",
    FrontEnd.TELEGRAM: "Telegram",
    FrontEnd.PANEL: "the panel",
    FrontEnd.ASSIST: "Assist",
    FrontEnd.MCP: "MCP",
    FrontEnd.COMMAND_LINE: "the command line",
    FrontEnd.STEWARD: "the steward itself",
}
RUN_TEXTS: Final = {
    RunStatus.RUNNING: "The action is running: not done yet.",
    RunStatus.VERIFYING: "The action ran and is being verified: the result is not known yet.",
    RunStatus.FAILED: "The action failed.",
    RunStatus.REFUSED: "The action did not run: the state had changed since the approval.",
    RunStatus.UNDONE: "The action failed or made things worse, and was undone.",
    RunStatus.UNKNOWN: "Whether the action worked is not known.",
}
UNANSWERED: Final = {
    ApprovalStatus.PENDING: "Nobody has answered yet. Nothing was changed.",
    ApprovalStatus.SCHEDULED: "It is approved and scheduled. Nothing was changed yet.",
    ApprovalStatus.EXPIRED: "Nobody answered in time: the request expired. Nothing was changed.",
    ApprovalStatus.SUPERSEDED: "The request was replaced or is no longer needed. Nothing was changed by it.",
}

ACTS_AT: Final = nullable("string", "When the steward carries out the first option unless a person stops it.")
NOT_OFFERED: Final = many(text("An option that cannot be carried out now, and the reason."))

STEP: Final = result_schema(
    {"title": text(), "target": text(), "state": text(), "detail": text("The service's message.")}
)
CHECK: Final = result_schema(
    {
        "name": text(),
        "ok": nullable("boolean", "Null when it is not known."),
        "text": text("The value that was read."),
    }
)
RUN: Final = result_schema(
    {
        "status": {"type": "string", "enum": [str(one) for one in RunStatus]},
        "steps": many(STEP),
        "outcome": nullable("string", "fixed, not_fixed, worse, unknown or relapsed, after verification."),
        "summary": text(),
        "checks": many(CHECK),
        "error": nullable("string"),
    }
)
OUTCOME_RESULT: Final = reading_schema(
    {
        "approval_id": text(),
        "incident_id": text(),
        "incident_number": {"type": "integer"},
        "title": text(),
        "decision": {
            "type": "string",
            "enum": ["pending", "scheduled", "approved", "denied", "expired", "superseded"],
        },
        "denied_as": nullable("string", "rejected (no) or ignored (leave it alone)."),
        "decided_by": nullable("string", "None also when the steward decided by itself."),
        "decided_via": nullable("string"),
        "decided_at": nullable("string"),
        "option": nullable("string", "What was approved."),
        "not_offered": NOT_OFFERED,
        "expires_at": text(),
        "acts_at": ACTS_AT,
        "is_over": {"type": "boolean", "description": "Whether the request has reached its final state."},
        "is_verified": {
            "type": "boolean",
            "description": "True only if the action ran and a reading of the new state confirmed it.",
        },
        "message": text("The current state."),
        "run": {"anyOf": [RUN, {"type": "null"}]},
        "incident_status": nullable("string"),
        "resolution": text("How the incident ended."),
    }
)


def is_over(request: ApprovalRequest, incident: Incident | None) -> bool:
    """Return whether a request has reached its final state."""
    if request.status is not ApprovalStatus.APPROVED:
        return request.status not in (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)
    run = run_of(request, incident)
    if run is None:
        return incident is None or incident.status.is_closed
    return run.status in ENDED and incident is not None and incident.status is not IncidentStatus.ACTING


def run_of(request: ApprovalRequest, incident: Incident | None) -> Run | None:
    """Return the run of this request, None when there is none yet."""
    run = incident.run if incident is not None else None
    return run if run is not None and run.approval_id == request.id else None


def outcome(request: ApprovalRequest, incident: Incident | None) -> JsonObject:
    """Return the result of ``wait_for_decision`` for the current state."""
    decision, run = request.decision, run_of(request, incident)
    denied = request.status in DENIED
    return {
        "approval_id": request.id,
        "incident_id": request.incident_id,
        "incident_number": request.incident_number,
        "title": request.title,
        "decision": "denied" if denied else str(request.status),
        "denied_as": str(request.status) if denied else None,
        "decided_by": (decision.person_name or None) if decision else None,
        "decided_via": VIA[decision.via] if decision else None,
        "decided_at": decision.at.isoformat() if decision else None,
        "option": (decision.label or None) if decision else None,
        "not_offered": list(request.proposal.left_out),
        "expires_at": request.expires_at.isoformat(),
        "acts_at": request.acts_at.isoformat() if request.acts_at else None,
        "is_over": is_over(request, incident),
        "is_verified": is_verified(run),
        "message": status_text(request, run),
        "run": plain_run(run) if run else None,
        "incident_status": str(incident.status) if incident else None,
        "resolution": incident.resolution if incident else "",
    }


def is_verified(run: Run | None) -> bool:
    """Return whether a run succeeded and every verification check passed."""
    if run is None or run.status is not RunStatus.SUCCEEDED or run.verdict is None:
        return False
    return run.verdict.outcome is Outcome.FIXED and all(one.ok for one in run.verdict.checks)


def status_text(request: ApprovalRequest, run: Run | None) -> str:
    """Return the state of a request in one or two sentences."""
    if request.status in UNANSWERED:
        return _unanswered(request)
    decision = request.decision
    who = _decided_by(decision)
    if request.status in DENIED:
        how = "Stopped" if request.acts_at is not None else f"Denied ({request.status})"
        return f"{how}{who}. Nothing was changed."
    if run is None:
        return f"Approved{who}. The action has not started yet: not done."
    if run.status is not RunStatus.SUCCEEDED:
        return f"Approved{who}. {RUN_TEXTS[run.status]}"
    if is_verified(run):
        return f"Approved{who}. The action ran and was verified."
    return f"Approved{who}. The action ran, but the verification does not confirm its effect."


def _unanswered(request: ApprovalRequest) -> str:
    if request.withdrawn:
        return f"The request was withdrawn. {request.withdrawn} Nothing was changed by it."
    if request.status is ApprovalStatus.PENDING and request.acts_at is not None:
        at = request.acts_at.isoformat()
        return f"{_first_label(request)} at {at} unless a person stops it. Nothing was changed."
    return UNANSWERED[request.status]


def _first_label(request: ApprovalRequest) -> str:
    return next((one.label for one in request.proposal.options), request.title)


def _decided_by(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return (
        " by the steward itself"
        if decision.is_automatic
        else f" by {decision.person_name} via {VIA[decision.via]}"
    )


def plain_run(run: Run) -> JsonObject:
    """Return a run as plain JSON."""
    verdict = run.verdict
    checks = verdict.checks if verdict else ()
    steps: list[Json] = [
        {"title": one.title, "target": one.target.name, "state": str(one.state), "detail": one.detail}
        for one in run.steps
    ]
    return {
        "status": str(run.status),
        "steps": steps,
        "outcome": str(verdict.outcome) if verdict else None,
        "summary": verdict.summary if verdict else "",
        "checks": [{"name": one.name, "ok": one.ok, "text": one.text} for one in checks],
        "error": run.error,
    }
