"""The command that lists schedules: when each is due, and how its last run ended."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import inspect

from ..reports.schedule import JOB_ID as REPORT
from ..reports.schedule import times_of
from ..schedules.question import read_all
from ..settings.model import Settings
from ..store.database import Database
from ..store.schedule_states import ScheduleState, states
from ..store.tables import schedules
from ..timing.times import Cron, Every, Times
from .backup_schedule import JOB_ID as BACKUP


async def list_schedules(settings: Settings, now: datetime) -> list[str]:
    """Return a line for each schedule, and one for each file that cannot be used. The app may run.

    Raises StoreUnavailable.
    """
    known = await _states(settings)
    found, wrong = read_all(settings.data_dir / "schedules")
    every: dict[str, tuple[Times, bool]] = {}
    if (times := times_of(settings)) is not None:
        every[REPORT] = times, True
    if settings.backups.every is not None:
        every[BACKUP] = Every(settings.backups.every), True
    for key, one in found.items():
        every.setdefault(key, (Cron(one.cron, one.zone or settings.time_zone), one.is_enabled))
    zone = ZoneInfo(settings.time_zone)
    lines = [_line(key, times, known.get(key), is_on, now, zone) for key, (times, is_on) in every.items()]
    return [*lines, *(f"not used: {reason}" for reason in wrong)]


async def _states(settings: Settings) -> dict[str, ScheduleState]:
    """Return what is stored, nothing before the first start; a missing file is not created."""
    database = Database(settings.database_url)
    try:
        if database.file is not None and not database.file.exists():
            return {}
        await database.check()
        async with database.read() as connection:
            if not await connection.run_sync(lambda one: inspect(one).has_table(schedules.name)):
                return {}
            return await states(connection)
    finally:
        await database.close()


def _line(
    key: str,
    times: Times,
    state: ScheduleState | None,
    is_on: bool,  # noqa: FBT001 - private
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """Return one line, in the time zone of the household."""
    is_on = state.is_enabled if state else is_on
    due = next(times.due_after(state.since if state else now), None) if is_on else None
    parts = [f"next {_shown(due, zone)}" if due else "off"]
    if state is not None and state.due_at is not None:
        reason = f": {state.reason}" if state.reason else ""
        parts.append(f"last {_shown(state.due_at, zone)} ({state.state.value}{reason})")
    return f"{key}: {', '.join(parts)}"


def _shown(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
