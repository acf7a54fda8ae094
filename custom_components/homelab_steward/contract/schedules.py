"""What the app does on a schedule, and the messages that schedules send."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Timestamp
from .devices import MatchPair
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
    ``is_silent``: there was nothing to say, so that it is not sent. ``reached_nobody``: no front end that
    it is for could be reached when it was made. ``pairs`` are what people can answer with a tap.
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
    reached_nobody: bool = False
    deliver_to: Many[Delivery] = ()
    pairs: Many[MatchPair] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSettings(Message):
    """What a scheduled question says, with the keys of its file; the app checks all of it.

    ``tools`` are instances with a tool of theirs, as "nas/pools". ``zone`` is "" for that of the household.
    """

    title: str
    cron: str
    zone: str = ""
    rules: Many[str] = ()
    tools: Many[str] = ()
    prompt: str = ""
    models: str = "local"
    tokens: int = 4_000
    deliver_to: Many[str] = ("telegram", "phone")
    send: str = "findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Message):
    """One schedule. ``cron`` is "" for one that runs every ``every_hours``; ``said`` is that in words.

    ``due_at`` is the time that the last run belongs to, ``reason`` why it failed. ``is_own``: a file of the
    household, not of the app; ``is_changed``: one of the app that such a file changes. ``question`` is None
    for one that is no question. ``version`` is that of its file, "" without one. ``read_only`` says why front
    ends cannot change the file, "" if they can.
    """

    id: str
    title: str
    kind: ScheduleKind
    cron: str = ""
    zone: str = "UTC"
    every_hours: float | None = None
    said: str = ""
    is_own: bool = False
    is_changed: bool = False
    is_enabled: bool = True
    next_at: Timestamp | None = None
    due_at: Timestamp | None = None
    result: ScheduleResult = ScheduleResult.NEVER
    failures: int = 0
    reason: str = ""
    last: ScheduledMessage | None = None
    question: QuestionSettings | None = None
    version: str = ""
    read_only: str = ""


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
class Choice(Message):
    """Something that a question can use: its id in a file, and its name for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules(Message):
    """The answer of ``steward.schedules``. ``wrong`` says which files cannot be used, and why.

    ``rules`` and ``tools`` are what a question can use, ``zone`` is the time zone of the household.
    """

    schedules: Many[Schedule] = ()
    planned: Many[PlannedRun] = ()
    wrong: Many[str] = ()
    rules: Many[Choice] = ()
    tools: Many[Choice] = ()
    zone: str = "UTC"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSchedule(Message):
    """``schedules.save``: write the file of a question; "" as ``id`` makes a new one.

    ``version`` is that of the file that was changed. Of a question of the app, only ``cron``, ``zone`` and
    ``deliver_to`` change. ``only_check``: nothing is written.
    """

    speaker: Speaker
    question: QuestionSettings
    id: str = ""
    version: str = ""
    only_check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake(Message):
    """What is wrong with a key of a question; ``key`` is "" for the whole."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSchedule(Message):
    """The answer of ``schedules.save``: what is wrong, else when it runs next.

    ``schedule`` is what was saved, None if nothing was.
    """

    mistakes: Many[Mistake] = ()
    said: str = ""
    next_at: Many[Timestamp] = ()
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSchedule(Message):
    """``schedules.remove``: remove the file of a question; one of the app is as it was then.

    ``version`` is that of the file.
    """

    speaker: Speaker
    id: str
    version: str
