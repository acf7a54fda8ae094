"""What TrueNAS answers. Source: its API reference (JSON-RPC 2.0), versions 25.04 and 25.10."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, known, many, one
from ...sdk.kits import Job

OWN_CHECKS: Final = ("SMART", "VolumeStatus", "ZpoolCapacity", "ReplicationFailed", "Snapshot", "HasUpdate")
"""How the names of alerts begin that our own checks and sensors show."""

ERRORS: Final = ("ERROR", "CRITICAL", "ALERT", "EMERGENCY")
WARNINGS: Final = ("WARNING",)
DAILY, WEEKLY, MONTHLY = timedelta(days=2), timedelta(days=9), timedelta(days=35)


class Date(Item, rename=None):
    """A time as TrueNAS writes it, in milliseconds since 1970."""

    ms: Annotated[int, msgspec.Meta(ge=0, le=4_000_000_000_000)] = msgspec.field(name="$date")

    @property
    def at(self) -> datetime:
        """The aware UTC time."""
        return datetime.fromtimestamp(self.ms / 1000, UTC)


class Scan(Item, rename=None):
    """The last or current scrub or resilver of a pool."""

    function: str | None = None
    state: str | None = None
    errors: int | None = None
    end_time: Date | None = None


class Errors(Item, rename=None):
    """Errors of a device since they were last cleared."""

    read_errors: int
    write_errors: int
    checksum_errors: int


class Vdev(Item, rename=None):
    """A device of a pool, or a group of them."""

    type: str
    status: str
    disk: str | None = None
    stats: Errors | None = None
    children: tuple[Vdev, ...] = ()

    def all(self) -> Iterator[Vdev]:
        """Yield it and everything below."""
        yield self
        for child in self.children:
            yield from child.all()


class Pool(Item, rename=None):
    """A pool; sizes in bytes."""

    name: str
    guid: str
    status: str
    size: int | None = None
    allocated: int | None = None
    scan: Scan | None = None
    topology: dict[str, tuple[Vdev, ...]] | None = None

    @property
    def vdevs(self) -> Iterator[Vdev]:
        """All its devices. Raises NotKnown."""
        return (one for group in known(self.topology).values() for vdev in group for one in vdev.all())

    @property
    def scrub(self) -> Scan:
        """Its last scrub. Raises NotKnown: a resilver takes the place of it."""
        if known(self.scan).function != "SCRUB":
            raise NotKnown(t"TrueNAS does not report a scrub")
        return known(self.scan)


class Disk(Item, rename=None):
    """A disk. The identifier holds its serial number; the name may change at every start."""

    identifier: str
    name: str
    serial: str = ""
    model: str | None = None
    size: int | None = None
    pool: str | None = None


class Property(Item, rename=None):
    """A property of a dataset as a number; a quota that is not set is 0."""

    rawvalue: int | None = None


class Dataset(Item, rename=None):
    """A dataset or volume; sizes in bytes. ``mountpoint`` is None when it is not mounted, or a volume."""

    id: str
    pool: str
    used: Property | None = None
    available: Property | None = None
    quota: Property | None = None
    usedbysnapshots: Property | None = None
    mountpoint: str | None = None


class Run(Item, rename=None):
    """How a task ended the last time."""

    state: str
    datetime: Date | None = None
    error: str | None = None


class Replication(Item, rename=None):
    """A replication task."""

    id: int
    name: str
    enabled: bool | None = None
    state: Run | None = None


class Schedule(Item, rename=None):
    """When a task runs, as cron writes it."""

    dom: str
    dow: str

    @property
    def longest(self) -> timedelta:
        """The time after which a run is missing."""
        if self.dow != "*":
            return WEEKLY
        return DAILY if self.dom == "*" else MONTHLY


class SnapshotTask(Item, rename=None):
    """A task that takes snapshots of a dataset."""

    id: int
    dataset: str
    schedule: Schedule | None = None
    enabled: bool | None = None
    state: Run | None = None


class App(Item, rename=None):
    """An app. The states are CRASHED, DEPLOYING, RUNNING, STOPPED and STOPPING.

    ``version`` and ``latest_version`` are of its package in the catalogue of apps; ``human_version``
    contains the version of the program too.
    """

    id: str
    name: str
    state: str
    version: str | None = None
    human_version: str | None = None
    latest_version: str | None = None
    upgrade_available: bool | None = None


class Alert(Item, rename=None):
    """An alert of TrueNAS about itself."""

    uuid: str
    klass: str
    level: str
    dismissed: bool
    args: object = None
    text: str = ""
    formatted: str = ""

    @property
    def disk(self) -> str | None:
        """The serial number or the name of the disk that it is about, None when it does not say.

        Newer versions name the serial number, others a device such as ``/dev/sda ('KH4A001')``.
        """
        args = self.args if isinstance(self.args, dict) else {}
        serial, device = args.get("serial"), str(args.get("device") or "")
        return str(serial) if serial else device.partition(" ")[0].removeprefix("/dev/") or None


class System(Item, rename=None):
    """The machine."""

    version: str
    hostname: str
    uptime_seconds: float | None = None
    boottime: Date | None = None
    datetime: Date | None = None


class User(Item, rename=None):
    """Who is logged in. ``privilege`` holds the roles, those that are part of others included."""

    privilege: dict[str, object]


class JobRow(Item, rename=None):
    """A job; the states are WAITING, RUNNING, SUCCESS, FAILED and ABORTED."""

    id: int
    method: str
    state: str
    arguments: tuple[object, ...] = ()
    error: str | None = None
    time_started: Date | None = None

    @property
    def job(self) -> Job:
        """The job as kits read it."""
        ok = {"SUCCESS": True, "FAILED": False, "ABORTED": False}.get(self.state)
        is_running = self.state in ("WAITING", "RUNNING")
        text = self.error or self.state.lower()
        return Job(handle=str(self.id), is_running=is_running, ok=ok, text=text, order=self.id)


class Nas(State):
    """Everything that one poll reads."""

    system = one("system.info", System)
    pools = many("pool.query", Pool)
    disks = many("disk.query", Disk, optional=True)
    temperatures = one("disk.temperatures", dict[str, float | None], optional=True)
    datasets = many("pool.dataset.query", Dataset, optional=True)
    replications = many("replication.query", Replication, optional=True)
    snapshot_tasks = many("pool.snapshottask.query", SnapshotTask, optional=True)
    apps = many("app.query", App, optional=True)
    alerts = many("alert.list", Alert, optional=True)
    user = one("auth.me", User, optional=True)
