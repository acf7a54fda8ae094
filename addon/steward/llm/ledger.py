"""Reads the ledger of requests to models outside, and how much each deployment was used."""

from datetime import timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.records import DailyUse, LedgerRecord

from ..clock import Clock
from .quota import local_day
from .tables import egress, requests

MOST_DAYS: Final = 90


async def ledger_page(
    connection: AsyncConnection, limit: int, before: int | None = None
) -> tuple[tuple[LedgerRecord, ...], int]:
    """Return up to ``limit`` requests with ids below ``before``, newest first, and how many are stored."""
    total = await connection.scalar(select(func.count()).select_from(egress))
    query = select(egress).order_by(egress.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(egress.c.id < before)
    rows = await connection.execute(query)
    return tuple(LedgerRecord(**row) for row in rows.mappings()), int(total or 0)


async def every_entry(connection: AsyncConnection) -> tuple[LedgerRecord, ...]:
    """Return all stored requests, oldest first."""
    rows = await connection.execute(select(egress).order_by(egress.c.id))
    return tuple(LedgerRecord(**row) for row in rows.mappings())


async def daily_use(connection: AsyncConnection, clock: Clock, days: int) -> tuple[DailyUse, ...]:
    """Return the requests of each deployment by day, for today and the days before, oldest first."""
    first = local_day(clock) - timedelta(days=max(1, min(days, MOST_DAYS)) - 1)
    rows = await connection.execute(
        select(requests.c.deployment, requests.c.day, requests.c.used)
        .where(requests.c.day >= first.isoformat())
        .order_by(requests.c.day, requests.c.deployment)
    )
    return tuple(DailyUse(deployment=row.deployment, day=row.day, used=row.used) for row in rows)
