"""Deletes old rows: resolved alerts, and closed incidents with their requests and runs."""

from datetime import datetime
from typing import Final

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import AlertStatus

from .incidents import CLOSED
from .tables import alerts, approval_options, approvals, incidents, journal, runs

MOST: Final = 500
"""Incidents that are deleted in one transaction."""


async def delete_alerts(connection: AsyncConnection, before: datetime) -> int:
    """Delete resolved alerts received before ``before``, but not those of open incidents; return how many."""
    is_closed = incidents.c.status.in_([one.value for one in CLOSED])
    is_of_open = exists().where(incidents.c.id == alerts.c.incident_id, ~is_closed)
    result = await connection.execute(
        delete(alerts).where(
            alerts.c.status == AlertStatus.RESOLVED.value, alerts.c.received_at < before, ~is_of_open
        )
    )
    return int(result.rowcount)


async def delete_incidents(connection: AsyncConnection, before: datetime) -> tuple[list[str], list[str]]:
    """Delete closed incidents that were last updated before ``before``, at most MOST.

    Their requests, runs, journals and resolved alerts go too; outcomes and statistics of
    runbooks stay. Kept are an incident with an alert that still fires, and the newest one,
    whose number the next one continues. Returns the ids of incidents and requests.
    """
    ids = [str(one) for one in await connection.scalars(_old_incidents(before))]
    of_them = approvals.c.incident_id.in_(ids)
    requests = [str(one) for one in await connection.scalars(select(approvals.c.id).where(of_them))]
    of_runs = select(runs.c.id).where(runs.c.incident_id.in_(ids))
    for statement in (
        delete(journal).where(journal.c.run_id.in_(of_runs)),
        delete(runs).where(runs.c.incident_id.in_(ids)),
        delete(approval_options).where(approval_options.c.approval_id.in_(requests)),
        delete(approvals).where(of_them),
        delete(alerts).where(alerts.c.incident_id.in_(ids)),
        delete(incidents).where(incidents.c.id.in_(ids)),
    ):
        await connection.execute(statement)
    return ids, requests


def _old_incidents(before: datetime) -> Select[tuple[str]]:
    fires = exists().where(
        alerts.c.incident_id == incidents.c.id, alerts.c.status == AlertStatus.FIRING.value
    )
    return (
        select(incidents.c.id)
        .where(
            incidents.c.status.in_([one.value for one in CLOSED]),
            incidents.c.updated_at < before,
            incidents.c.number < select(func.max(incidents.c.number)).scalar_subquery(),
            ~fires,
        )
        .order_by(incidents.c.number)
        .limit(MOST)
    )
