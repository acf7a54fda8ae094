"""What Proxmox VE answers. Source: its API viewer (pve-docs/api-viewer), versions 8 and 9."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Final, Self

import msgspec

from ...sdk.answers import Item, NotKnown, State, known, many, one, parse
from ...sdk.coverage import Gaps
from ...sdk.format import brief
from ...sdk.kits import Job
from .._proxmox.tasks import Task as AnyTask

GUESTS: Final = {"container": "lxc", "vm": "qemu"}
"""Kinds of guests, and the types that Proxmox calls them."""

KINDS: Final = {**GUESTS, "node": "node", "storage": "storage"}
UNKNOWN: Final = ("", "unknown")
_UP: Final = ("running", "online", "available")
_DOWN: Final = ("stopped", "offline")

# It becomes a part of paths.
NODE: Final = r"^[A-Za-z0-9][A-Za-z0-9-]*\Z"
Node = Annotated[str, msgspec.Meta(pattern=NODE)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_-]*\Z")]


COPIES: Final = range(990_000_000, 999_999_000)
"""The numbers of guests that restore drills create for a short time."""


def is_copy(vmid: int) -> bool:
    """Return whether the number of a guest is one of a restore drill: it is neither shown nor watched."""
    return vmid in COPIES


class Resource(Item, rename=None):
    """A guest, a node, or a storage as one node sees it; sizes in bytes, ``cpu`` from 0 to 1.

    While pvestatd does not report, a guest has only type, vmid, node and the status "unknown":
    its name and whether it is a template are missing.
    """

    type: str = ""
    id: str = ""
    node: Node = ""
    vmid: int = 0
    name: str = ""
    template: bool = False
    storage: str = ""
    shared: bool = False
    status: str = ""
    lock: str = ""
    hastate: str = ""
    cpu: float | None = None
    mem: int | None = None
    maxmem: int | None = None
    maxcpu: int | None = None
    tags: str | None = None
    content: str = ""
    plugintype: str = ""
    disk: int | None = None
    maxdisk: int | None = None
    uptime: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when the id of a node, which becomes part of paths, is no name."""
        if self.id.startswith("node/") and not re.match(NODE, self.key):
            raise ValueError("its id is no name of a node")

    @property
    def key(self) -> str:
        """What identifies it: a guest's number, a node's name, a shared storage's name alone."""
        if self.storage:
            return self.storage if self.shared else f"{self.node}/{self.storage}"
        # Some versions name a node by its id alone.
        return str(self.vmid) if self.vmid else self.node or self.id.removeprefix("node/")

    @property
    def title(self) -> str:
        """Its name for people."""
        if self.storage:
            return self.storage if self.shared else f"{self.storage} ({self.node})"
        return self.name or f"{self.type}/{self.vmid}" if self.vmid else self.key

    @property
    def takes_backups(self) -> bool:
        """Whether it is a storage for backups."""
        return "backup" in self.content.split(",")

    @property
    def is_state_known(self) -> bool:
        """Whether its status says that it is up or down."""
        return self.status in (*_UP, *_DOWN)

    @property
    def is_up(self) -> bool:
        """Whether it runs, is online or available. Raises NotKnown when its status does not say."""
        if self.status in UNKNOWN:
            raise NotKnown(t"Proxmox does not know its state at the moment")
        if not self.is_state_known:
            raise NotKnown(t"Proxmox reports the state {brief(self.status)}")
        return self.status in _UP

    @property
    def running(self) -> Self:
        """The same while it is up. Raises NotKnown: what is not up has no load."""
        if not self.is_up:
            raise NotKnown(t"It is {self.status}")
        return self


class Row(Resource, rename=None):
    """One row of the cluster's resources."""

    type: str

    def __post_init__(self) -> None:
        """Raise ValueError when what we list has no identity."""
        super().__post_init__()
        identity = {"lxc": self.vmid, "qemu": self.vmid, "storage": self.storage, "node": self.key}
        is_placed = self.type == "node" or self.node
        if self.type in identity and not (identity[self.type] and is_placed):
            raise ValueError("it has no number, name or node")


class GuestConfig(Item, rename=None):
    """A guest's configuration. ``digest`` changes with every change of it; ``memory`` in MiB.

    A container without ``cores`` may use all of its node. The memory of a virtual machine may be
    written as ``current=2048``.
    """

    digest: str
    memory: int | str = 512
    cores: int | None = None

    @property
    def memory_mib(self) -> int:
        """The memory. Raises ServiceMalformed when it is no number."""
        return parse(int, str(self.memory).partition(",")[0].removeprefix("current="), "memory")


class Feature(Item):
    """Whether a guest can do something with all its disks, such as a snapshot."""

    has_feature: bool


class GuestSnapshot(Item, rename=None):
    """A snapshot; the one called "current" is the guest itself, and has no time."""

    name: Name
    snaptime: int | None = None


class Verification(Item, rename=None):
    """How Proxmox Backup Server verified a backup: ok or failed."""

    state: str


class Backup(Item, rename=None):
    """A backup on a storage. ``verification`` is missing while it was never verified."""

    volid: str
    vmid: int
    ctime: int
    verification: Verification | None = None


class NodeTime(Item, rename=None):
    """The clock of a node, in seconds since 1970."""

    time: int


class Package(Item, rename="pascal"):
    """A package of Proxmox: the version that can be had, and the one that is installed."""

    package: str
    version: str
    old_version: str | None = None

    @property
    def is_outdated(self) -> bool:
        """Whether a newer version can be had. A package that is not installed has no old one."""
        return self.old_version not in (None, self.version)


class Replication(Item, rename=None):
    """A replication of a guest to another node.

    ``last_try`` is when its last run began, ``pid`` the process of one that runs.
    """

    id: str
    guest: int
    target: str
    fail_count: int | None = None
    last_sync: int | None = None
    last_try: int | None = None
    pid: int | None = None
    error: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether its last run failed. Raises NotKnown."""
        return known(self.fail_count) > 0

    @property
    def job(self) -> Job:
        """Its run now or its last one. Raises NotKnown."""
        began, text = known(self.last_try), brief(self.error or "it failed", 200)
        if self.pid is not None:
            return Job(handle=str(began), is_running=True, order=began)
        is_good = not self.has_failed
        text = "replicated" if is_good else text
        return Job(handle=str(began), is_running=False, ok=is_good, text=text, order=began)


class Amount(Item, rename=None):
    """Used and total bytes."""

    used: int
    total: int


class NodeStatus(Item, rename=None):
    """A node as it is now; ``uptime`` in seconds."""

    memory: Amount
    cpu: float | None = None
    rootfs: Amount | None = None
    loadavg: tuple[str, ...] = ()
    uptime: int | None = None
    pveversion: str = ""


class Task(AnyTask, rename=None, kw_only=True):
    """A task of a node; ``id`` is the number of a guest, empty for several."""

    type: str
    id: str = ""


class LogLine(Item, rename=None):
    """One line of a task's log."""

    t: str


class Migration(Item, rename=None):
    """What prevents moving a guest; containers and virtual machines spell it differently."""

    local_resources: tuple[str, ...] = ()
    not_allowed_nodes: dict[str, object] = msgspec.field(default_factory=dict)
    not_allowed: dict[str, object] = msgspec.field(default_factory=dict, name="not-allowed-nodes")


class Member(Item, rename=None):
    """The cluster itself, or one of its nodes. Only the cluster has ``quorate``, only a node ``ip``."""

    type: str
    name: str = ""
    ip: str = ""
    quorate: bool | None = None


def identity_of(members: Iterable[Member]) -> str:
    """Return the nodes with their addresses, which are the same whichever node answers."""
    return ",".join(sorted(f"{one.name}={one.ip}" for one in members if one.name and one.ip))


def has_quorum(members: Iterable[Member], nodes: int) -> bool:
    """Return whether the cluster accepts changes. Raises NotKnown.

    A node without a cluster, which is then the only one of ``nodes``, needs no quorum.
    """
    types = {member.type: member for member in members}
    if "cluster" in types:
        return known(types["cluster"].quorate)
    if nodes != 1 or "node" not in types:
        raise NotKnown(t"Proxmox does not report the quorum")
    return True


class Version(Item, rename=None):
    """The version of the node that answers."""

    version: str


@dataclass(slots=True)
class Details:
    """What was found: by node, or by the number of a guest. What is missing was not read.

    ``clocks`` are seconds that a node is ahead of us, ``updates`` packages that wait,
    ``programs`` the package of Proxmox VE itself. Backups and tasks of backups are newest first.
    ``macs`` are the MAC addresses of guests.
    ``longest`` is how old a last backup may be. ``gaps`` says for each part why something is missing.
    """

    read_at: datetime
    longest: timedelta
    gaps: Gaps = field(default_factory=Gaps)
    clocks: dict[str, float] = field(default_factory=dict)
    updates: dict[str, int] = field(default_factory=dict)
    programs: dict[str, Package] = field(default_factory=dict)
    tasks: dict[str, tuple[Task, ...]] = field(default_factory=dict)
    snapshots: dict[int, tuple[GuestSnapshot, ...]] = field(default_factory=dict)
    backups: dict[int, list[Backup]] = field(default_factory=lambda: defaultdict(list))
    replications: dict[str, Replication] = field(default_factory=dict)
    macs: dict[int, frozenset[str]] = field(default_factory=dict)

    def whole(self, part: str) -> None:
        """Raise NotKnown when something of a part is missing."""
        if (reason := self.gaps.of(part)) is not None:
            raise NotKnown(reason)


class Shown(Resource, rename=None, kw_only=True):
    """A resource with what is read seldom."""

    details: Details

    @property
    def program(self) -> Package:
        """The package of Proxmox VE on a node. Raises NotKnown."""
        return known(self.details.programs.get(self.node))

    def last_backups(self) -> list[Backup]:
        """Return a guest's backups, newest first. Raises NotKnown when none was found."""
        if not (found := self.details.backups.get(self.vmid)):
            self.details.whole("backups")
            raise NotKnown(t"No backup was found")
        return found

    def last_backup_task(self) -> Task | None:
        """Return the last backup of a guest alone, or of several on a node. Raises NotKnown."""
        self.details.whole("backup tasks")
        subject = str(self.vmid) if self.vmid else ""
        tasks = self.details.tasks.get(self.node, ()) if not self.vmid else self._all_tasks()
        return next((one for one in tasks if one.id == subject), None)

    def _all_tasks(self) -> list[Task]:
        found = [one for tasks in self.details.tasks.values() for one in tasks]
        return sorted(found, key=lambda one: -one.starttime)

    def snapshots(self) -> tuple[GuestSnapshot, ...]:
        """Return a guest's snapshots. Raises NotKnown."""
        if self.vmid not in self.details.snapshots:
            self.details.whole("snapshots")
            raise NotKnown(t"Its snapshots were not read")
        return self.details.snapshots[self.vmid]


class Cluster(State):
    """Everything one poll reads. ``rows`` are the resources with the names that are remembered."""

    version = one("version", Version)
    resources = many("cluster/resources", Row)
    permissions = one("access/permissions", dict[str, dict[str, int]], optional=True)
    members = many("cluster/status", Member, optional=True)
    rows: tuple[Shown, ...] = ()
    details: Details
    gaps: Gaps

    def of(self, *kinds: str) -> Iterator[Shown]:
        """Return the resources of these kinds without templates.

        A shared storage is listed once, as a node that reaches it sees it.
        """
        types = [KINDS[kind] for kind in kinds]
        found: dict[str, Shown] = {}
        for row in self.rows:
            if row.type in types and not row.template and (row.key not in found or row.status in _UP):
                found[row.key] = row
        return iter(found.values())

    def granted(self, right: str = "") -> Iterator[tuple[str, str]]:
        """Return the rights of the token, each with the path it has it on. Raises NotKnown."""
        pairs = ((path, name) for path, rights in self.permissions.items() for name in rights)
        return (pair for pair in pairs if right in ("", pair[1]))

    @property
    def guests_running(self) -> int:
        """How many guests run. Raises NotKnown when guests are hidden or in an unknown state."""
        hidden = next(filter(None, map(self.gaps.of, ("resources", *GUESTS))), None)
        if hidden is not None:
            raise NotKnown(hidden)
        return sum(guest.is_up for guest in self.of(*GUESTS))
