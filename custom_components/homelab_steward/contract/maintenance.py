"""Maintenance windows: times in which alerts are expected and nobody is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from .base import Many, Message, Timestamp
from .state import FrontEnd, Speaker

DAY: Final = timedelta(days=1)
SUNDAY: Final = 6
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A window that repeats has no time spans before this."""

LONGEST_WEEKLY: Final = 24 * 60
"""Minutes of a window that repeats every week."""

LONGEST_ONCE: Final = timedelta(days=30)
EARLIEST_NOTICE: Final = 24 * 60
"""Minutes before a window at which people may be notified."""

MOST_WINDOWS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence(Message):
    """One time span of a window. It ends just before ``ends_at``."""

    starts_at: Timestamp
    ends_at: Timestamp

    def includes(self, at: datetime) -> bool:
        """Return whether a time is in it."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyTimes(Message):
    """The times of a window that repeats every week.

    ``weekdays`` are 0 (Monday) to 6, ``begin`` is a local time such as "22:00" in the time zone
    ``zone`` such as "Europe/Vienna"; None is the time zone of the app. ``minutes`` is its length.
    """

    weekdays: Many[int]
    begin: str
    minutes: int
    zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow(Message):
    """A maintenance window of instances and categories; without both it is of everything.

    What runs on an instance belongs to it. Exactly one of ``once`` and ``weekly`` is set.
    ``current`` is the time span it is in now, ``following`` the one after that. With
    ``notify_minutes`` people are notified so long before it starts: front ends do so when
    ``announced`` becomes another time span. ``person_id`` is "" when an automation of Home
    Assistant added it. ``ended_until`` is until when it does not hold, because it was ended early.
    """

    id: str
    title: str
    person_id: str
    person_name: str
    via: FrontEnd
    added_at: Timestamp
    instance_ids: Many[str] = ()
    categories: Many[str] = ()
    once: Occurrence | None = None
    weekly: WeeklyTimes | None = None
    notify_minutes: int | None = None
    current: Occurrence | None = None
    following: Occurrence | None = None
    announced: Occurrence | None = None
    ended_until: Timestamp | None = None

    @property
    def is_of_everything(self) -> bool:
        """Whether it is not limited to instances and categories."""
        return not self.instance_ids and not self.categories

    def occurrences(self, since: datetime, until: datetime) -> tuple[Occurrence, ...]:
        """Return the time spans between two times, in order; those that reach into it too."""
        spans = takewhile(lambda one: one.starts_at < until, self.occurrences_from(since))
        return tuple(spans)

    def occurrences_from(self, since: datetime) -> Iterator[Occurrence]:
        """Yield the time spans that end after a time, in order; without end when it repeats."""
        if self.once is not None and self.once.ends_at > since and not self._is_ended(self.once):
            yield self.once
        if self.weekly is not None:
            ended = (one for one in weekly_occurrences(self.weekly, since) if not self._is_ended(one))
            yield from ended

    def _is_ended(self, one: Occurrence) -> bool:
        return self.ended_until is not None and one.ends_at <= self.ended_until


def weekly_occurrences(times: WeeklyTimes, since: datetime) -> Iterator[Occurrence]:
    """Yield the time spans that end after ``since``; none without a day of the week."""
    if not any(0 <= one <= SUNDAY for one in times.weekdays):
        return
    zone = ZoneInfo(times.zone or "UTC")
    begin, length = time.fromisoformat(times.begin), timedelta(minutes=times.minutes)
    day = (max(since, EARLIEST) - length).astimezone(zone).date() - DAY
    while True:
        if day.weekday() in times.weekdays:
            # A time that the change to summer time leaves out is read as if it did not.
            starts_at = datetime.combine(day, begin, zone).astimezone(UTC)
            if starts_at + length > since:
                yield Occurrence(starts_at=starts_at, ends_at=starts_at + length)
        day += DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMaintenance(Message):
    """``maintenance.add``: add a window. The fields are those of MaintenanceWindow.

    The speaker is a person who may decide, or an automation of Home Assistant: front end
    ``home_assistant`` with an empty user id.
    """

    speaker: Speaker
    title: str
    instance_ids: Many[str] = ()
    categories: Many[str] = ()
    once: Occurrence | None = None
    weekly: WeeklyTimes | None = None
    notify_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMaintenance(Message):
    """``maintenance.remove``: remove a window, or end only its current time span.

    An automation of Home Assistant removes only what one has added.
    """

    speaker: Speaker
    id: str
    only_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceQuery(Message):
    """``maintenance.list``: the windows with a time span between two times; None has no bound."""

    since: Timestamp | None = None
    until: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindows(Message):
    """The answer of ``maintenance.list``, the next one first."""

    windows: Many[MaintenanceWindow]
