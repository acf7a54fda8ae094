"""What Radarr tells, typed. Shapes: Radarr's own openapi.json, version 3 of its API.

All parsers raise ServiceMalformed when something needed is missing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .._json import Row, rows


class HealthLevel(StrEnum):
    """How bad a health message is."""

    OK = "ok"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The program itself. ``started_at`` is by its own clock."""

    version: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One thing Radarr says is wrong with it."""

    level: HealthLevel
    source: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """The download queue in short."""

    total: int
    has_errors: bool
    has_warnings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One mount Radarr sees. Sizes in bytes."""

    path: str
    free: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One row of the queue. ``left`` in bytes."""

    title: str
    status: str
    tracked_status: str
    tracked_state: str
    left: float
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the log."""

    at: datetime
    level: str
    logger: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something Radarr was told to do."""

    id: int
    name: str
    status: str

    @property
    def is_open(self) -> bool:
        """Whether it waits or works."""
        return self.status in ("queued", "started")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything one poll reads."""

    status: Status
    health: tuple[Health, ...]
    queue: QueueStatus
    disks: tuple[Disk, ...]

    def health_of(self, level: HealthLevel) -> tuple[Health, ...]:
        """Return the health messages of one level."""
        return tuple(one for one in self.health if one.level is level)

    @property
    def least_free(self) -> int | None:
        """Bytes free on the fullest mount, None when Radarr sees none."""
        return min((disk.free for disk in self.disks), default=None)


def parse_status(value: object) -> Status:
    """Return what ``/system/status`` tells."""
    row = Row(value, "system status")
    return Status(version=row.text("version"), started_at=row.moment("startTime"))


def parse_health(value: object) -> tuple[Health, ...]:
    """Return what ``/health`` tells; a level we do not know is a warning."""
    return tuple(
        Health(
            level=_level(row.text("type")),
            source=row.text("source", ""),
            message=row.text("message", ""),
        )
        for row in rows(value, "health")
    )


def parse_queue_status(value: object) -> QueueStatus:
    """Return what ``/queue/status`` tells."""
    row = Row(value, "queue status")
    return QueueStatus(
        total=row.integer("totalCount"),
        has_errors=row.flag("errors", default=False) or row.flag("unknownErrors", default=False),
        has_warnings=row.flag("warnings", default=False) or row.flag("unknownWarnings", default=False),
    )


def parse_disks(value: object) -> tuple[Disk, ...]:
    """Return what ``/diskspace`` tells."""
    return tuple(
        Disk(path=row.text("path", ""), free=row.integer("freeSpace"), total=row.integer("totalSpace", 0))
        for row in rows(value, "disk")
    )


def parse_queue(value: object) -> tuple[Download, ...]:
    """Return one page of ``/queue``."""
    return tuple(_download(row) for row in Row(value, "queue").rows("records"))


def parse_log(value: object) -> tuple[LogLine, ...]:
    """Return one page of ``/log``."""
    return tuple(
        LogLine(
            at=row.moment("time"),
            level=row.text("level", ""),
            logger=row.text("logger", ""),
            message=row.text("message", ""),
        )
        for row in Row(value, "log").rows("records")
    )


def parse_total(value: object) -> int:
    """Return how many records there are beyond the page that was asked for."""
    return Row(value, "page").integer("totalRecords")


def parse_command(value: object) -> Command:
    """Return one row of ``/command``."""
    return _command(Row(value, "command"))


def parse_commands(value: object) -> tuple[Command, ...]:
    """Return what ``/command`` tells, newest first."""
    found = map(_command, rows(value, "command"))
    return tuple(sorted(found, key=lambda command: command.id, reverse=True))


def _level(text: str) -> HealthLevel:
    return HealthLevel(text) if text in set(HealthLevel) else HealthLevel.WARNING


def _command(row: Row) -> Command:
    return Command(id=row.integer("id"), name=row.text("name", ""), status=row.text("status", ""))


def _download(row: Row) -> Download:
    messages = [str(text) for one in _messages(row) for text in one.items("messages")]
    if "errorMessage" in row:
        messages.append(row.text("errorMessage"))
    return Download(
        title=row.text("title", ""),
        status=row.text("status", ""),
        tracked_status=row.text("trackedDownloadStatus", ""),
        tracked_state=row.text("trackedDownloadState", ""),
        left=row.number("sizeleft", 0.0),
        messages=tuple(messages),
    )


def _messages(row: Row) -> list[Row]:
    return list(row.rows("statusMessages")) if "statusMessages" in row else []
