"""Stores what is normal for the targets of updates, and what was read since an update was applied."""

from datetime import datetime
from typing import Final

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import change_baselines, change_watches
from .upsert import upsert

MOST_BASELINES: Final = 200
MOST_WATCHES: Final = 50

_BASELINE: Final = select(change_baselines.c.body).where(change_baselines.c.target == bindparam("target"))
_WATCH: Final = select(change_watches.c.body).where(change_watches.c.run_id == bindparam("run_id"))


async def baseline(connection: AsyncConnection, target: str) -> bytes | None:
    """Return what is normal for a target, None when nothing was learned."""
    body: bytes | None = await connection.scalar(_BASELINE, {"target": target})
    return body


async def save_baseline(connection: AsyncConnection, target: str, body: bytes, now: datetime) -> None:
    """Insert or replace what is normal for a target. The newest MOST_BASELINES are kept."""
    await upsert(connection, change_baselines, {"target": target, "updated_at": now, "body": body})
    await _keep_newest(connection, change_baselines, "target", MOST_BASELINES)


async def watch(connection: AsyncConnection, run_id: str) -> bytes | None:
    """Return what was read in the watch of a run, None when it is not watched."""
    body: bytes | None = await connection.scalar(_WATCH, {"run_id": run_id})
    return body


async def save_watch(connection: AsyncConnection, run_id: str, body: bytes, now: datetime) -> None:
    """Insert or replace the watch of a run. The newest MOST_WATCHES are kept."""
    await upsert(connection, change_watches, {"run_id": run_id, "updated_at": now, "body": body})
    await _keep_newest(connection, change_watches, "run_id", MOST_WATCHES)


async def _keep_newest(connection: AsyncConnection, table: Table, key: str, most: int) -> None:
    old = select(table.c[key]).order_by(table.c.updated_at.desc(), table.c[key]).offset(most)
    keys = list(await connection.scalars(old.limit(most)))
    if keys:
        await connection.execute(delete(table).where(table.c[key].in_(keys)))
