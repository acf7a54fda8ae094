"""What the app does on a schedule."""

from dataclasses import dataclass

from .base import Message, Timestamp
from .maintenance import WeeklyTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules(Message):
    """The answer of ``steward.schedules``; None is what has no schedule.

    ``weekly_report`` is when it is sent, without a length. ``next_backup`` is when the next backup of
    the app is made, and ``backup_hours`` is how often.
    """

    weekly_report: WeeklyTimes | None = None
    next_backup: Timestamp | None = None
    backup_hours: float | None = None
