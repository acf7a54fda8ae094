"""What the app does on a schedule, and the messages that schedules send."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Timestamp
from .state import Speaker


class ScheduleKind(StrEnum):
    """What a schedule does."""

    REPORT = "report"
    BACKUP = "backup"
    QUESTION = "question"


class Delivery(StrEnum):
    """Where a message is sent."""

    TELEGRAM = "telegram"
    PHONE = "phone"


class ScheduleResult(StrEnum):
    """How far the last run is."""

    NEVER = "never"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledMessage(Message):
    """What one run of a schedule found, in the household's language.

    ``lines`` come from readings and rules, the most urgent first. ``summary`` is written by the model
    ``worded_by``; both are "" without one. ``not_checked`` says what could not be checked, and why.
    ``is_silent``: there was nothing to say, so that it is not sent.
    """

    id: str
    schedule_id: str
    title: str
    due_at: Timestamp
    made_at: Timestamp
    lines: Many[str] = ()
    not_checked: Many[str] = ()
    summary: str = ""
    worded_by: str = ""
    is_late: bool = False
    is_silent: bool = False
    deliver_to: Many[Delivery] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Message):
    """One schedule. ``cron`` is "" for one that runs every ``every_hours``.

    ``due_at`` is the time that the last run belongs to, ``reason`` why it failed. ``file`` is the name
    of the file that it was read from, "" for one that the settings have.
    """

    id: str
    title: str
    kind: ScheduleKind
    cron: str = ""
    zone: str = "UTC"
    every_hours: float | None = None
    is_own: bool = False
    is_enabled: bool = True
    next_at: Timestamp | None = None
    due_at: Timestamp | None = None
    result: ScheduleResult = ScheduleResult.NEVER
    failures: int = 0
    reason: str = ""
    last: ScheduledMessage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRun(Message):
    """One time at which a schedule is due."""

    at: Timestamp
    schedule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleQuery(Message):
    """``steward.schedules``: what is planned between two times, none without both; texts in ``language``."""

    since: Timestamp | None = None
    until: Timestamp | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules(Message):
    """The answer of ``steward.schedules``. ``wrong`` says which files cannot be used, and why."""

    schedules: Many[Schedule] = ()
    planned: Many[PlannedRun] = ()
    wrong: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSchedule(Message):
    """``schedules.run``: run a schedule now. Its next time stays."""

    speaker: Speaker
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchSchedule(Message):
    """``schedules.switch``: switch a schedule on or off."""

    speaker: Speaker
    id: str
    is_enabled: bool
