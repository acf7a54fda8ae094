"""When something is due: cron in a time zone, or from time to time. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from string.templatelib import Template
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from ..texts import ENGLISH, texts_of

FIELDS: Final = 5
MINUTE: Final = timedelta(minutes=1)
SPANS: Final = tuple(timedelta(hours=one) for one in (1, 25, 24 * 8, 24 * 32, 24 * 367, 24 * 366 * 9))
"""How far the newest due time is looked for, from near to far: few times lie in the span that has one."""


WRONG_PARTS: Final = {
    "Bad minute": t"the minute is wrong",
    "Bad hour": t"the hour is wrong",
    "Bad day-of-month": t"the day of the month is wrong",
    "Bad month": t"the month is wrong",
    "Bad day-of-week": t"the day of the week is wrong",
}
"""What cronsim says, as people read it."""


class WrongCron(ValueError):
    """A cron expression that cannot be read, or that no date fits.

    ``reason`` is looked up when it is shown.
    """

    def __init__(self, reason: Template) -> None:
        super().__init__(texts_of(ENGLISH)(reason))
        self.reason = reason


class Times(Protocol):
    """Says when something is due. All times are aware, and those that are returned are UTC."""

    def due_after(self, since: datetime) -> Iterator[datetime]:
        """Yield the times after ``since``, in order."""

    def last_due(self, since: datetime, now: datetime) -> datetime | None:
        """Return the newest time after ``since`` that is not after ``now``, None if there is none."""


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields: minute, hour, day of the month, month, day of the week; ``zone`` is a name of a time zone.

    A local time that the clock leaves out is due once, when the clock goes on. One that it repeats is due
    the first time only, except with ``*`` as the hour, which counts hours as they pass.
    """

    expression: str
    zone: str = "UTC"

    def __post_init__(self) -> None:
        """Raise WrongCron if the expression cannot be read, or is never due."""
        if len(self.expression.split()) != FIELDS:
            raise WrongCron(t"it needs five fields: minute, hour, day of the month, month, day of the week")
        try:
            never = next(CronSim(self.expression, datetime(2000, 1, 1)), None) is None  # noqa: DTZ001 - local
        except CronSimError as err:
            raise WrongCron(WRONG_PARTS.get(str(err), t"a field is wrong")) from err
        if never:
            raise WrongCron(t"no date fits it")

    def due_after(self, since: datetime) -> Iterator[datetime]:
        """Yield the times after ``since``, in UTC."""
        zone = ZoneInfo(self.zone)
        local = since.astimezone(zone)
        if self.expression.split()[1].startswith("*"):
            yield from (one.astimezone(UTC) for one in CronSim(self.expression, local))
            return
        last = since
        for naive in CronSim(self.expression, local.replace(tzinfo=None)):
            at = _after_gap(naive, zone)
            if at > last:
                last = at
                yield at

    def last_due(self, since: datetime, now: datetime) -> datetime | None:
        """Return the newest time after ``since`` that is not after ``now``."""
        for span in SPANS:
            begin = max(since, now - span)
            found = _last_until(self.due_after(begin), now)
            if found is not None or begin == since:
                return found
        return None


@dataclass(frozen=True, slots=True)
class Every:
    """From time to time, counted from the last time."""

    interval: timedelta

    def due_after(self, since: datetime) -> Iterator[datetime]:
        """Yield the times after ``since``, in UTC."""
        at = since.astimezone(UTC)
        while True:
            at += self.interval
            yield at

    def last_due(self, since: datetime, now: datetime) -> datetime | None:
        """Return the newest time after ``since`` that is not after ``now``."""
        passed = (now - since) // self.interval
        return since.astimezone(UTC) + passed * self.interval if passed > 0 else None


def _after_gap(naive: datetime, zone: ZoneInfo) -> datetime:
    """Return a local time in UTC; one that the clock leaves out is the first one after the gap."""
    at = naive.replace(tzinfo=zone).astimezone(UTC)
    while at.astimezone(zone).replace(tzinfo=None) != naive:
        naive += MINUTE
        at = naive.replace(tzinfo=zone).astimezone(UTC)
    return at


def _last_until(times: Iterator[datetime], until: datetime) -> datetime | None:
    found = None
    for at in times:
        if at > until:
            break
        found = at
    return found
