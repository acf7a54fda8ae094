"""What a Synology NAS answers. Sources: its API list of DSM 7, and answers that others recorded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from ...sdk.answers import Busy, Item, NotKnown, State, known, many, one, unix_time
from ...sdk.display import brief, share

ATTENTION: Final = "attention"
"""Nothing is lost so far, but a person should look at it."""

GOOD: Final = ("normal", "has_unverified_disk", ATTENTION)
BAD: Final = (
    "degrade",
    "degraded",
    "crashed",
    "read_only",
    "warning",
    "critical",
    "failing",
    "abnormal",
    "fail",
)


def is_bad(status: str) -> bool:
    """Return whether a status is bad. Raises NotKnown for one that is not known."""
    if status in BAD:
        return True
    if status in GOOD or status.startswith("background"):
        return False
    raise NotKnown(t"The NAS reports the status {brief(status)}")


class Info(Item, rename=None):
    """The NAS; ``uptime`` in seconds, ``temperature`` in °C."""

    model: str
    serial: str
    version_string: str
    temperature: float | None = None
    temperature_warn: bool | None = None
    uptime: int | None = None


class Cpu(Item, rename=None):
    """The load in percent."""

    user_load: float
    system_load: float
    other_load: float


class Memory(Item, rename=None):
    """The memory in KiB."""

    total_real: int
    avail_real: int
    cached: int
    buffer: int


class Utilization(Item, rename=None):
    """The load of the NAS."""

    cpu: Cpu
    memory: Memory


class Size(Item, rename=None):
    """Sizes in bytes."""

    total: int
    used: int


class Disk(Item, rename=None):
    """A disk. Its id is its slot; its serial number goes with it."""

    id: str
    name: str
    serial: str
    status: str
    model: str = ""
    smart_status: str | None = None
    temp: float | None = None
    exceed_bad_sector_thr: bool | None = None
    below_remain_life_thr: bool | None = None


class Volume(Item, rename=None):
    """A volume, on which shares are."""

    id: str
    status: str
    size: Size | None = None


class Pool(Item, rename=None):
    """A storage pool. ``last_done_time`` is when the last scrub ended, 0 when none did.

    ``read_at`` is when the pool was read.
    """

    id: str
    status: str
    device_type: str = ""
    last_done_time: int | None = None
    read_at: datetime | None = None

    @property
    def last_scrub(self) -> datetime:
        """When the last scrub ended. Raises NotKnown when none was made."""
        if not known(self.last_done_time):
            raise NotKnown(t"No scrub was made so far")
        return unix_time(known(self.last_done_time), f"pool {self.id}: last_done_time")

    @property
    def scrub_age(self) -> timedelta:
        """How long ago the last scrub ended. Raises NotKnown."""
        return known(self.read_at) - self.last_scrub


class Share(Item, rename=None):
    """A shared folder. ``quota_value`` is 0 without a quota, and both are in MiB; only Btrfs has them."""

    name: str
    vol_path: str = ""
    quota_value: float | None = None
    share_quota_used: float | None = None

    @property
    def used_of_quota(self) -> float:
        """How much of its quota is used, in percent. Raises NotKnown when it has none."""
        if not known(self.quota_value):
            raise NotKnown(t"It has no quota")
        return share(self.share_quota_used, self.quota_value)


class Snapshot(Item, rename=None):
    """A snapshot of a shared folder; ``time`` is its name, such as GMT+01-2026.11.18-02.00.05."""

    time: str
    desc: str = ""
    lock: bool | None = None

    def __str__(self) -> str:
        about = f": {brief(self.desc, 60)}" if self.desc else ""
        return f"{brief(self.time, 60)}{about}{', locked' if self.lock else ''}"


class PackageStatus(Item, rename=None):
    """The state of a package: running or stop."""

    status: str


class Package(Item, rename=None):
    """An installed package."""

    id: str
    name: str
    version: str = ""
    additional: PackageStatus | None = None

    @property
    def is_running(self) -> bool:
        """Whether it runs. Raises NotKnown, and Busy while it is started or stopped."""
        status = known(self.additional).status
        if status in ("starting", "stopping", "installing", "upgrading"):
            raise Busy(t"{self.name} is {status}")
        if status not in ("running", "stop"):
            raise NotKnown(t"The NAS reports the status {brief(status)}")
        return status == "running"


class Update(Item, rename=None):
    """Whether there is a newer DSM, and which."""

    available: bool
    version: str | None = None


STATUS: Final = '["status"]'
"""What a list of packages holds besides."""

STORAGE: Final = "SYNO.Storage.CGI.Storage"


class Nas(State):
    """Everything that one poll reads. The three lists of the storage come in one answer."""

    info = one("SYNO.DSM.Info", Info, version=2, method="getinfo")
    disks = many(STORAGE, Disk, below="disks", version=1, method="load_info")
    volumes = many(STORAGE, Volume, below="volumes", version=1, method="load_info")
    pools = many(STORAGE, Pool, below="storagePools", version=1, method="load_info")
    load = one("SYNO.Core.System.Utilization", Utilization, optional=True, version=1, method="get")
    shares = many(
        "SYNO.Core.Share",
        Share,
        below="shares",
        total="total",
        optional=True,
        version=1,
        method="list",
        additional='["share_quota"]',
    )
    packages = many(
        "SYNO.Core.Package",
        Package,
        below="packages",
        optional=True,
        version=2,
        method="list",
        additional=STATUS,
    )
    update = one("SYNO.Core.Upgrade.Server", Update, below="update", optional=True, version=1, method="check")

    @property
    def installed(self) -> str:
        """The version of DSM."""
        return self.info.version_string.removeprefix("DSM ")

    @property
    def newest(self) -> str:
        """The newest version of DSM. Raises NotKnown."""
        return known(self.update.version).removeprefix("DSM ") if self.update.available else self.installed

    def shown_pools(self) -> Iterator[Pool]:
        """Yield the pools with the time at which they were read. Raises NotKnown."""
        return (replace(pool, read_at=self.now) for pool in self.pools)
