"""What the Servarr programs answer. Source: their openapi.json (API v3, Prowlarr v1)."""

from enum import StrEnum

import msgspec

from ...sdk.parse import Item, Time
from ...sdk.readings import NotKnown, known
from ...sdk.state import State, many, one

IMAGES = ("/snap/", "/var/lib/snapd/")
"""Mounts of read-only images: they are always full."""


class HealthLevel(StrEnum):
    """How bad a health message is."""

    OK = "ok"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


class Status(Item):
    """The program itself. ``start_time`` is by its own clock."""

    version: str
    start_time: Time


def any_of(*flags: bool | None) -> bool:
    """Return whether a flag is set. Raises NotKnown when none is and one is not reported."""
    return any(flags) or any(known(flag) for flag in flags)


class Health(Item):
    """One problem that the program reports about itself."""

    type: str
    source: str = ""
    message: str = ""

    @property
    def level(self) -> HealthLevel:
        """How bad it is; a level that is not known is a warning."""
        return HealthLevel(self.type) if self.type in set(HealthLevel) else HealthLevel.WARNING


class QueueStatus(Item):
    """The download queue in short; items of unknown films or series are counted too."""

    total_count: int
    errors: bool | None = None
    warnings: bool | None = None
    unknown_errors: bool | None = None
    unknown_warnings: bool | None = None

    @property
    def has_errors(self) -> bool:
        """Whether any download failed. Raises NotKnown when that is not reported."""
        return any_of(self.errors, self.unknown_errors)

    @property
    def has_warnings(self) -> bool:
        """Whether any download is stuck. Raises NotKnown when that is not reported."""
        return any_of(self.warnings, self.unknown_warnings)


class Disk(Item):
    """One mount. Sizes in bytes, None when the program cannot tell."""

    path: str
    free_space: int | None = None
    total_space: int | None = None

    @property
    def is_image(self) -> bool:
        """Whether it is a read-only image, which is always full."""
        return self.path.startswith(IMAGES)


class Messages(Item):
    """Why a download is stuck."""

    messages: tuple[str, ...] = ()


class Download(Item):
    """One row of the queue. ``left`` in bytes."""

    id: int
    title: str = ""
    status: str = ""
    tracked_download_status: str = "ok"
    tracked_download_state: str = ""
    left: float = msgspec.field(default=0.0, name="sizeleft")
    status_messages: tuple[Messages, ...] = ()
    error_message: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything it says about why it is stuck."""
        texts = [text for one in self.status_messages for text in one.messages]
        return (*texts, self.error_message) if self.error_message else tuple(texts)


class LogLine(Item):
    """One line of the log."""

    time: Time
    level: str = ""
    logger: str = ""
    message: str = ""


class Command(Item):
    """A command the program was given."""

    id: int
    name: str = ""
    status: str = ""
    message: str = ""


class Total(Item):
    """How many records there are beyond the page that was asked for."""

    total_records: int


class ProgramState(State):
    """What every program of the family answers to one poll.

    ``is_settled`` is False while its health checks may not have run since it started: an
    empty list then says nothing.
    """

    status = one("system/status", Status)
    health = many("health", Health, optional=True)
    is_settled: bool = True

    def count(self, level: HealthLevel) -> int:
        """Return how many health messages have this level. Raises NotKnown before it settled."""
        found = sum(one.level is level for one in self.health)
        if found == 0 and not self.is_settled:
            raise NotKnown("The program has not run its health checks since it started")
        return found


class QueueState(ProgramState):
    """A program that downloads: with a queue and disks."""

    queue = one("queue/status", QueueStatus, optional=True)
    disks = many("diskspace", Disk, optional=True)

    @property
    def least_free(self) -> int:
        """Bytes free on the fullest mount. Raises NotKnown when no mount has a known size."""
        sizes = [disk.free_space for disk in self.disks if not disk.is_image and disk.free_space is not None]
        return known(min(sizes, default=None))
