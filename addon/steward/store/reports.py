"""Stores weekly reports, and reads the rows that they are computed from."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import ApprovalRequest, Incident, Run
from homelab_steward.contract.reports import WeeklyReport

from . import approvals as requests
from .tables import approvals, incidents, reports, runs

AT_ONCE: Final = 20
"""Rows that are decoded before other tasks get their turn."""


async def report(connection: AsyncConnection, report_id: str) -> WeeklyReport | None:
    """Return one report, None when there is none."""
    body = await connection.scalar(select(reports.c.body).where(reports.c.id == report_id))
    return WeeklyReport.from_json(body) if body is not None else None


async def latest(connection: AsyncConnection) -> WeeklyReport | None:
    """Return the newest report, None before the first."""
    body = await connection.scalar(select(reports.c.body).order_by(reports.c.until.desc()).limit(1))
    return WeeklyReport.from_json(body) if body is not None else None


async def add(connection: AsyncConnection, row: WeeklyReport, kept: int) -> bool:
    """Store a report once, and keep only the newest ``kept``; return whether it was new."""
    if await report(connection, row.id) is not None:
        return False
    await connection.execute(reports.insert().values(id=row.id, until=row.until, body=row.to_json()))
    old = select(reports.c.id).order_by(reports.c.until.desc()).offset(kept)
    ids = tuple(await connection.scalars(old))
    await connection.execute(delete(reports).where(reports.c.id.in_(ids)))
    return True


async def incidents_since(connection: AsyncConnection, since: datetime, limit: int) -> tuple[Incident, ...]:
    """Return up to ``limit`` incidents that were opened or changed since then, newest first."""
    rows = await connection.scalars(
        select(incidents.c.body)
        .where(incidents.c.updated_at >= since)
        .order_by(incidents.c.number.desc())
        .limit(limit)
    )
    return await _decoded(rows, Incident.from_json)


async def approvals_since(
    connection: AsyncConnection, since: datetime, limit: int
) -> tuple[ApprovalRequest, ...]:
    """Return up to ``limit`` requests that were made or decided since then, newest first."""
    ids: Sequence[str] = tuple(
        await connection.scalars(
            select(approvals.c.id)
            .where(or_(approvals.c.created_at >= since, approvals.c.decided_at >= since))
            .order_by(approvals.c.created_at.desc())
            .limit(limit)
        )
    )
    found: list[ApprovalRequest] = []
    for start in range(0, len(ids), AT_ONCE):
        found += await requests.requests(connection, ids[start : start + AT_ONCE])
        await asyncio.sleep(0)
    return tuple(found)


async def runs_since(connection: AsyncConnection, since: datetime, limit: int) -> tuple[Run, ...]:
    """Return up to ``limit`` runs that were started since then, newest first."""
    rows = await connection.scalars(
        select(runs.c.body).where(runs.c.started_at >= since).order_by(runs.c.started_at.desc()).limit(limit)
    )
    return await _decoded(rows, Run.from_json)


async def _decoded[Row](bodies: Iterable[bytes], decode: Callable[[bytes], Row]) -> tuple[Row, ...]:
    """Return decoded rows; other tasks get their turn in between, because many are large."""
    found: list[Row] = []
    for body in bodies:
        found.append(decode(body))
        if len(found) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return tuple(found)
