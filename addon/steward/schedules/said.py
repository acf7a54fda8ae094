"""When a schedule runs, in words. Pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from cronsim import CronSim

from ..texts import Texts
from ..timing.times import Cron, Every, Times

MOST_TIMES: Final = 4
"""More times of a day are not listed."""

HOURS: Final = 24
DAYS: Final = 31
MONTHS: Final = 12
WEEK: Final = 7
SUNDAY: Final = date(2026, 11, 29)


def said(times: Times, texts: Texts) -> str:
    """Return when something runs; a cron expression for which there are no simple words as it is."""
    if isinstance(times, Every):
        hours = round(times.interval.total_seconds() / 3600, 1)
        return texts.plural("every hour", "every {count} hours", hours)
    return _said_cron(times, texts) if isinstance(times, Cron) else ""


def _said_cron(cron: Cron, texts: Texts) -> str:
    found = CronSim(cron.expression, datetime(2000, 1, 1))  # noqa: DTZ001 - local
    at = _times(found, texts)
    if len(found.months) < MONTHS or at is None:
        return cron.expression
    has_every_day, weekdays = len(found.days) == DAYS, _weekdays(found)
    if weekdays is None or (not has_every_day and len(weekdays) < WEEK):
        return cron.expression
    if not has_every_day:
        return _of_month(found, at, texts) or cron.expression
    if len(weekdays) == WEEK:
        return texts(t"every day, {at}")
    # A week begins with Monday where most people live.
    names = [
        texts.weekday(SUNDAY + timedelta(days=one))
        for one in sorted(weekdays, key=lambda one: (one - 1) % WEEK)
    ]
    return f"{texts.listed(names)}, {at}"


def _times(found: CronSim, texts: Texts) -> str | None:
    """Return the times of a day, None if there are many."""
    minutes = sorted(found.minutes)
    if len(found.hours) == HOURS and len(minutes) == 1:
        return texts(t"every hour at minute {minutes[0]}")
    times = [(hour, minute) for hour in sorted(found.hours) for minute in minutes]
    if len(times) > MOST_TIMES:
        return None
    return texts.listed(
        [texts.time(datetime(2000, 1, 1, hour, minute, tzinfo=UTC)) for hour, minute in times]
    )


def _weekdays(found: CronSim) -> set[int] | None:
    """Return the days of the week, 0 is Sunday; None for the second Monday and the like."""
    if not all(isinstance(one, int) for one in found.weekdays):
        return None
    return {one % WEEK for one in found.weekdays if isinstance(one, int)}


def _of_month(found: CronSim, at: str, texts: Texts) -> str | None:
    """Return days of the month, None for the last one and the like."""
    days = sorted(one for one in found.days if one > 0)
    if not days or len(days) < len(found.days):
        return None
    listed = texts.listed(map(str, days))
    return texts.plural(
        "day {days} of each month, {at}", "days {days} of each month, {at}", len(days), days=listed, at=at
    )
