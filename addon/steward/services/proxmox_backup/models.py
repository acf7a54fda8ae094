"""What Proxmox Backup Server answers. Source: its API viewer, versions 3 and 4."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, known, many, one
from .._proxmox.tasks import UNKNOWN, Upid, is_good
from .._proxmox.tasks import Task as AnyTask

RETIRED: Final = timedelta(days=60)
"""Age of the last backup from which on its guest may be gone."""

JOBS: Final = {"verify": "Verification", "prune": "Prune", "sync": "Sync", "gc": "Garbage collection"}

# They become parts of paths.
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*\Z")]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=4_000_000_000)]


class Datastore(Item, rename="kebab"):
    """A datastore; sizes in bytes. One that cannot be read has an ``error``."""

    store: Name
    total: int | None = None
    used: int | None = None
    error: str | None = None


class Verification(Item, rename=None):
    """How the verification of a snapshot ended: ok or failed."""

    state: str


class Snapshot(Item, rename="kebab"):
    """One backup. ``verification`` is missing while it was never verified."""

    backup_type: str
    backup_id: str
    backup_time: Seconds
    comment: str | None = None
    verification: Verification | None = None

    @property
    def at(self) -> datetime:
        """When it was made."""
        return datetime.fromtimestamp(self.backup_time, UTC)


class Task(AnyTask, rename=None, kw_only=True):
    """A task of the server; ``worker_id`` names what it is about, beginning with the datastore."""

    worker_type: str = ""
    worker_id: str | None = None


class MaintenanceJob(Item, rename="kebab"):
    """A job that runs on a schedule. Garbage collection has no id of its own."""

    store: Name
    id: Name = ""
    disable: bool = False
    last_run_state: str | None = None
    last_run_upid: Upid | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The backups of one guest or host in one place, newest first."""

    store: str
    namespace: str
    snapshots: tuple[Snapshot, ...]
    now: datetime
    longest: timedelta
    tasks: tuple[Task, ...] | None

    @property
    def newest(self) -> Snapshot:
        """The last backup."""
        return self.snapshots[0]

    @property
    def name(self) -> str:
        """What it is a backup of, such as vm/100."""
        return f"{self.newest.backup_type}/{self.newest.backup_id}"

    @property
    def key(self) -> str:
        """What identifies it."""
        return f"{self.store}:{self.namespace}:{self.name}"

    @property
    def title(self) -> str:
        """Its name for people: the comment of a backup is the name of the guest."""
        name = f"{self.newest.comment} ({self.name})" if self.newest.comment else self.name
        return f"{name} in {self.store}/{self.namespace}".rstrip("/")

    @property
    def is_verified(self) -> bool:
        """Whether the last verified backup is good. Raises NotKnown."""
        checked = next((one.verification for one in self.snapshots if one.verification), None)
        if checked is None or checked.state not in ("ok", "failed"):
            raise NotKnown(t"None of its backups was verified")
        return checked.state == "ok"

    @property
    def age(self) -> timedelta:
        """The age of the last backup. Raises NotKnown when its guest may be gone."""
        age = self.now - self.newest.at
        if age > RETIRED:
            raise NotKnown(t"Its last backup is so old that its guest may be gone")
        return age

    @property
    def failed(self) -> Task | None:
        """The task of a backup that failed since the last one. Raises NotKnown."""
        since = self.newest.backup_time
        for task in known(self.tasks):
            where = (task.worker_id or "").partition(":")
            is_ours = where[0] == self.store and where[2].endswith(self.name)
            if is_ours and task.starttime > since:
                if task.outcome in (None, *UNKNOWN):
                    raise NotKnown(t"Its last backup runs, or it is not known how it ended")
                return None if is_good(task.outcome or "") else task
        return None


class Version(Item, rename=None):
    """The version of the server."""

    version: str


class Amount(Item, rename=None):
    """Used and total bytes."""

    used: int
    total: int


class Node(Item, rename=None):
    """The machine; ``uptime`` in seconds, ``cpu`` from 0 to 1."""

    memory: Amount
    cpu: float | None = None
    uptime: int | None = None


class Server(State):
    """Everything that one poll reads."""

    version = one("version", Version)
    datastores = many("status/datastore-usage", Datastore)
    node = one("nodes/localhost/status", Node, optional=True)
    permissions = one("access/permissions", dict[str, dict[str, int]], optional=True)
    verify = many("admin/verify", MaintenanceJob, optional=True)
    prune = many("admin/prune", MaintenanceJob, optional=True)
    sync = many("admin/sync", MaintenanceJob, optional=True)
    gc = many("admin/gc", MaintenanceJob, optional=True)
    groups: tuple[Group, ...] = ()

    @property
    def jobs(self) -> Iterator[tuple[str, MaintenanceJob]]:
        """All jobs with their kind."""
        for kind in JOBS:
            endpoint = getattr(type(self), kind)
            yield from ((kind, job) for job in self.read_or(endpoint, ()))
