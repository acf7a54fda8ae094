"""When a weekly report is due. Pure."""

from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from ..settings.model import Settings
from ..timing.times import Cron

JOB_ID: Final = "weekly_report"


def times_of(settings: Settings) -> Cron | None:
    """Return when the weekly report is due, None when it is made on request only."""
    weekly = settings.weekly
    if weekly.weekday is None:
        return None
    at = time.fromisoformat(weekly.at)
    # Cron's days of the week begin with Sunday.
    return Cron(f"{at.minute} {at.hour} * * {(weekly.weekday.number + 1) % 7}", settings.time_zone)


def report_id(until: datetime, zone: str) -> str:
    """Return the id of the report that ends at a time: the local date."""
    return until.astimezone(ZoneInfo(zone)).date().isoformat()
