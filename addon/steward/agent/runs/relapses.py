"""Corrects the record of a repair after which the same problem came back."""

from dataclasses import replace
from datetime import datetime

from homelab_steward.contract.incidents import Incident, IncidentStatus, Outcome, Run
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import RunbookStatistics

from ...store import audit, runs
from ...store.store import Unit
from ...texts import translate
from ..incidents.incident_text import lasting


def reopened(incident: Incident, run: Run, now: datetime) -> Incident:
    """Return a resolved incident as it is when its problem is back: its ``run`` did not help. Pure."""
    ended = incident.resolved_at or now
    text = translate(t"It helped for {lasting(now - ended)} only: the problem came back.")
    if run.verdict is not None:
        run = replace(run, verdict=replace(run.verdict, outcome=Outcome.RELAPSED, summary=text))
    return replace(
        incident,
        status=IncidentStatus.OPEN,
        round=incident.round + 1,
        run=run,
        resolved_at=None,
        resolution=f"{run.label}: {text}",
        updated_at=now,
    )


async def record(unit: Unit, incident: Incident, now: datetime) -> None:
    """Write the run of a reopened incident, and count it as a relapse instead of a success."""
    run = incident.run
    if run is None:
        return
    connection = unit.connection
    await runs.save_run(connection, run)
    body = {"incident": incident.id, "run": run.id}
    await audit.append(connection, now, "run.relapsed", body)
    counted = await runs.correct_outcome(connection, run.id, Outcome.RELAPSED)
    option = incident.proposal.option(run.option) if incident.proposal else None
    if not counted or option is None or option.runbook_id is None:
        return
    recipe, version = option.recipe or "", option.runbook_version or 1
    row = await runs.recipe_statistics(connection, option.runbook_id, version, recipe)
    if row is not None:
        row = recounted(row, now)
        await runs.save_statistics(connection, row)
        unit.publish(RowKind.STATISTICS, f"{row.runbook_id}@{row.version}/{recipe}", row)


def recounted(row: RunbookStatistics, now: datetime) -> RunbookStatistics:
    """Return the statistics with one success counted as a relapse. Pure."""
    return replace(
        row,
        fixed=max(0, row.fixed - 1),
        relapsed=row.relapsed + 1,
        last_outcome=Outcome.RELAPSED,
        last_at=now,
    )
