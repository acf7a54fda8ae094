"""Options that a service refused a short time ago, which are not offered again at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import Incident, Run, RunStatus, StepState

from ...store import approvals, runs
from ...texts import translate
from ..incidents.incident_text import ago

HOLDS: Final = timedelta(minutes=15)
"""The time for which a refused option is not offered again in the same incident."""


def refusal(run: Run, now: datetime) -> str | None:
    """Return why a run was refused a short time ago and changed nothing, None when it was not. Pure."""
    states = {step.state for step in run.steps}
    ended = run.status in (RunStatus.FAILED, RunStatus.REFUSED)
    is_refused = ended and run.verdict is None and run.finished_at is not None
    if (
        not is_refused
        or StepState.FAILED not in states
        or not states <= {StepState.FAILED, StepState.INTENDED}
    ):
        return None
    since = now - (run.finished_at or now)
    return translate(t"it was refused {ago(since)}: {run.error}") if abs(since) < HOLDS else None


async def refused_recipes(
    connection: AsyncConnection, incident: Incident, now: datetime
) -> Mapping[tuple[str, str], str]:
    """Return the recipes that were refused in an incident, by runbook and recipe, with the reason."""
    found: dict[tuple[str, str], str] = {}
    for run in await runs.of_incident(connection, incident.id):
        reason = refusal(run, now)
        request = await approvals.request(connection, run.approval_id) if reason else None
        option = request.proposal.option(run.option) if request else None
        if reason and option and option.runbook_id and option.recipe:
            found[option.runbook_id, option.recipe] = reason
    return found
