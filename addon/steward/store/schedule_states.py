"""Stores what is known about each schedule: its last run, and from when on it is due."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import schedules
from .upsert import upsert


class RunState(StrEnum):
    """How far the last run is; ``running`` also after the app was stopped in the middle."""

    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleState:
    """One schedule. Times after ``since`` are due; ``times`` are those that it was stored for.

    ``due_at`` is the time that the last run belongs to, ``changed_at`` when that run began or ended.
    ``failures`` counts the runs since the last that did not fail; ``reason`` is that of the last.
    """

    id: str
    times: str
    since: datetime
    state: RunState = RunState.NEVER
    due_at: datetime | None = None
    changed_at: datetime | None = None
    failures: int = 0
    reason: str = ""
    is_enabled: bool = True


async def states(connection: AsyncConnection) -> dict[str, ScheduleState]:
    """Return what is stored, by id."""
    rows = await connection.execute(select(schedules))
    return {
        row.id: ScheduleState(
            id=row.id,
            times=row.times,
            since=row.since,
            state=RunState(row.state),
            due_at=row.due_at,
            changed_at=row.changed_at,
            failures=row.failures,
            reason=row.reason,
            is_enabled=row.is_enabled,
        )
        for row in rows
    }


async def save(connection: AsyncConnection, one: ScheduleState) -> None:
    """Insert or replace what is known about a schedule."""
    row = {
        "id": one.id,
        "times": one.times,
        "since": one.since,
        "state": one.state.value,
        "due_at": one.due_at,
        "changed_at": one.changed_at,
        "failures": one.failures,
        "reason": one.reason,
        "is_enabled": one.is_enabled,
    }
    await upsert(connection, schedules, row)


async def remove(connection: AsyncConnection, schedule_id: str) -> None:
    """Forget a schedule."""
    await connection.execute(delete(schedules).where(schedules.c.id == schedule_id))
