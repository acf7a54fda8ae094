"""When a weekly report is due. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..settings.model import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A day of the week (0 is Monday) and a local time; ``zone`` is a name such as "Europe/Vienna"."""

    weekday: int
    at: time
    zone: str

    def last_due(self, now: datetime) -> datetime:
        """Return the last time at or before ``now`` at which a report was due, in UTC."""
        zone = ZoneInfo(self.zone)
        day = now.astimezone(zone).date()
        day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        due = datetime.combine(day, self.at, zone).astimezone(UTC)
        if due > now:
            due = datetime.combine(day - timedelta(days=7), self.at, zone).astimezone(UTC)
        return due


def schedule_of(settings: Settings) -> Schedule | None:
    """Return when the weekly report is due, None when it is made on request only."""
    weekly = settings.weekly
    if weekly.weekday is None:
        return None
    return Schedule(weekday=weekly.weekday.number, at=time.fromisoformat(weekly.at), zone=settings.time_zone)


def report_id(until: datetime, zone: str) -> str:
    """Return the id of the report that ends at a time: the local date."""
    return until.astimezone(ZoneInfo(zone)).date().isoformat()
