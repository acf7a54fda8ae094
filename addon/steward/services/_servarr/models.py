"""What the Servarr programs answer. Source: their openapi.json (API v3, Prowlarr v1)."""

from typing import Any, Final

import msgspec

from ...sdk.answers import Item, State, Time, any_known, known, many, one
from ...sdk.display import Text, brief
from ...sdk.kits import Job

IMAGES: Final = ("/snap/", "/var/lib/snapd/")
"""Mounts of read-only images: they are always full."""

LEVELS: Final = ("error", "warning", "notice", "ok")
"""How bad a health message is, the worst first."""


WAITING: Final = ("delay", "fallback", "downloadClientUnavailable")
"""States of what was not sent to a download client yet."""

MOST_READ: Final = 1000
"""Downloads that are read, to show the worst first."""

UNKNOWN_ITEMS: Final = {f"includeUnknown{one}Items": True for one in ("Movie", "Series", "Artist", "Author")}
"""Asks for downloads that the library does not know; each program ignores the names of the others."""


class Status(Item):
    """The program itself. ``start_time`` is by its own clock."""

    version: str
    start_time: Time


class Health(Item):
    """One problem that the program reports about itself."""

    type: str
    source: str = ""
    message: str = ""

    @property
    def level(self) -> str:
        """How bad it is; a level that is not known is a warning."""
        return self.type if self.type in LEVELS else "warning"


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
        return any_known(self.errors, self.unknown_errors)

    @property
    def has_warnings(self) -> bool:
        """Whether any download is stuck. Raises NotKnown when that is not reported."""
        return any_known(self.warnings, self.unknown_warnings)


class Disk(Item):
    """One mount. Sizes in bytes, None when the program cannot tell."""

    path: str
    free_space: int | None = None
    total_space: int | None = None

    @property
    def is_image(self) -> bool:
        """Whether it is a read-only image, which is always full."""
        return self.path.startswith(IMAGES)

    @property
    def used_space(self) -> int | None:
        """Bytes in use, None when that is not known."""
        if self.free_space is None or self.total_space is None:
            return None
        return self.total_space - self.free_space


class Messages(Item):
    """Why a download is stuck."""

    messages: tuple[str, ...] = ()


class Download(Item):
    """One row of the queue. ``left`` in bytes.

    What waits to be sent to a download client is not tracked yet.
    """

    id: int
    title: str = ""
    status: str | None = None
    tracked_download_status: str | None = None
    tracked_download_state: str | None = None
    left: float | None = msgspec.field(default=None, name="sizeleft")
    status_messages: tuple[Messages, ...] = ()
    error_message: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether it is certain that it failed."""
        is_failed = self.status == "failed" or self.tracked_download_state in ("failed", "failedPending")
        return is_failed or self.tracked_download_status == "error"

    @property
    def condition(self) -> str:
        """How it goes: failed, blocked, stuck or ok. Raises NotKnown."""
        if self.has_failed:
            return "failed"
        if self.status in WAITING:
            return "ok"
        known(self.status)
        state = known(self.tracked_download_state)
        has_warning = known(self.tracked_download_status) == "warning"
        if state == "importBlocked" or (state == "importPending" and has_warning):
            return "blocked"
        return "stuck" if has_warning or self.status == "warning" else "ok"

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything it says about why it is stuck."""
        return (*(text for one in self.status_messages for text in one.messages), self.error_message)


class RootFolder(Item):
    """One folder of the library."""

    path: str
    accessible: bool | None = None


class Named(Item):
    """A series, an artist or an author."""

    title: str = ""
    artist_name: str = ""
    author_name: str = ""


class Wanted(Item):
    """A film, an episode, an album or a book that is missing."""

    id: int
    title: str = ""
    year: int | None = None
    season_number: int | None = None
    episode_number: int | None = None
    series: Named = Named()
    artist: Named = Named()
    author: Named = Named()

    def __str__(self) -> str:
        season = self.season_number
        number = "" if season is None else f"S{season:02}E{self.episode_number or 0:02}"
        year = f"({self.year})" if self.year else ""
        names = (self.series.title, self.artist.artist_name, self.author.author_name)
        parts = (*names, number, self.title, year)
        return brief(" ".join(filter(None, parts)), 100)


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

    @property
    def job(self) -> Job:
        """The command as kits read it."""
        is_running = self.status in ("queued", "started")
        ok = None if is_running or not self.status else self.status == "completed"
        text = self.message or self.status or "the program reports no status"
        return Job(handle=str(self.id), is_running=is_running, ok=ok, text=text, order=self.id)


class Backup(Item):
    """One backup. ``type`` is manual, scheduled or update."""

    id: int
    name: str
    type: str
    time: Time


class ProgramState(State):
    """What every program of the family answers to one poll."""

    status = one("system/status", Status)
    health = many("health", Health, optional=True)

    def complete(self, client: Any) -> None:
        """Take whether it has run its health checks."""
        if not client.settling.is_settled(self.status.start_time):
            self.gaps.add("health", "The program has not run its health checks since it started")

    def count(self, level: str) -> int:
        """Return how many health messages have this level. Raises NotKnown."""
        return sum(one.level == level for one in self.health)

    def health_error(self) -> str | None:
        """Return the errors that it reports about itself. Raises NotKnown."""
        errors = (one for one in self.health if one.level == "error")
        return "; ".join(brief(one.message or "no reason given") for one in errors) or None


class QueueState(ProgramState):
    """A program that downloads: with a queue, disks and a library."""

    queue = one("queue/status", QueueStatus, optional=True)
    downloads = many(
        "queue",
        Download,
        below="records",
        total="totalRecords",
        optional=True,
        pageSize=MOST_READ,
        **UNKNOWN_ITEMS,
    )
    disks = many("diskspace", Disk, optional=True)
    root_folders = many("rootfolder", RootFolder, optional=True)
    missing = one("wanted/missing", int, below="totalRecords", optional=True, pageSize=1)

    @property
    def least_free(self) -> int:
        """Bytes free on the fullest mount. Raises NotKnown when no mount has a known size."""
        sizes = [disk.free_space for disk in self.disks if not disk.is_image and disk.free_space is not None]
        return known(min(sizes, default=None))

    def number(self, condition: str) -> int:
        """Return how many downloads are in this condition. Raises NotKnown."""
        return sum(one.condition == condition for one in self.downloads)

    def failed(self) -> Text | None:
        """Return that downloads have failed. Raises NotKnown."""
        failed = self.number("failed")
        return t"Failed downloads in the queue: {failed}" if failed else None

    def import_blocked(self) -> Text | None:
        """Return that finished downloads are not imported. Raises NotKnown."""
        blocked = self.number("blocked")
        return t"Finished downloads that are not imported: {blocked}" if blocked else None

    def stuck(self) -> Text | None:
        """Return that downloads are stuck. Raises NotKnown."""
        stuck = self.number("stuck")
        return t"Downloads in the queue that are stuck: {stuck}" if stuck else None

    def root_folder_gone(self) -> Text | None:
        """Return which folders of the library cannot be reached. Raises NotKnown."""
        gone = [brief(one.path, 100) for one in self.root_folders if not known(one.accessible)]
        return t"Not accessible: {', '.join(gone)}" if gone else None
