"""What Proxmox VE tells, typed."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from ...errors import PreconditionFailed
from .._words import percent

_NODE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_GUEST_ID: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)/(lxc|qemu)/([1-9][0-9]{0,8})")


def check_node(target_id: str) -> str:
    """Return the name of a node.

    Raises:
        PreconditionFailed: when it cannot be one.
    """
    if _NODE_ID.fullmatch(target_id) is None:
        raise PreconditionFailed("This is no node of the cluster")
    return target_id


class GuestKind(StrEnum):
    """The two kinds of guests, as Proxmox's paths call them."""

    CONTAINER = "lxc"
    VM = "qemu"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestRef:
    """Where a guest is."""

    node: str
    kind: GuestKind
    vmid: int

    @classmethod
    def parse(cls, target_id: str) -> Self:
        """Return the guest called ``pve1/lxc/105``.

        Raises:
            PreconditionFailed: when that is no guest.
        """
        match = _GUEST_ID.fullmatch(target_id)
        if match is None:
            raise PreconditionFailed("This is no guest of the cluster")
        node, kind, vmid = match.groups()
        return cls(node=node, kind=GuestKind(kind), vmid=int(vmid))

    def __str__(self) -> str:
        return f"{self.node}/{self.kind}/{self.vmid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How busy something is: CPU from 0 to 1, sizes in bytes, uptime in seconds."""

    cpu: float
    memory_used: int
    memory_limit: int
    disk_used: int
    disk_limit: int
    uptime: int

    @property
    def memory_share(self) -> float | None:
        """Memory used in percent."""
        return percent(self.memory_used, self.memory_limit)

    @property
    def disk_share(self) -> float | None:
        """Disk used in percent; None where Proxmox does not know it (virtual machines)."""
        return percent(self.disk_used, self.disk_limit) if self.disk_used else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A machine of the cluster.

    ``is_online`` is None where we are not told; ``load`` is None unless it is online.
    """

    name: str
    is_online: bool | None
    load: Load | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """A container or virtual machine. ``load`` is None while it is not running."""

    ref: GuestRef
    name: str
    is_running: bool
    load: Load | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """A storage as one node sees it. Sizes in bytes."""

    node: str
    name: str
    is_available: bool
    is_shared: bool
    used: int
    limit: int

    @property
    def share(self) -> float | None:
        """Space used in percent."""
        return percent(self.used, self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Everything one poll reads."""

    version: str
    nodes: tuple[Node, ...]
    guests: tuple[Guest, ...]
    storages: tuple[Storage, ...]

    def guests_of(self, kind: GuestKind) -> tuple[Guest, ...]:
        """Return the containers, or the virtual machines."""
        return tuple(guest for guest in self.guests if guest.ref.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestStatus:
    """A guest right now. Sizes in bytes, uptime in seconds; ``lock`` names who holds it."""

    is_running: bool
    memory_used: int
    memory_limit: int
    swap_used: int
    swap_limit: int
    disk_used: int
    disk_limit: int
    cpu: float
    cores: float
    uptime: int
    lock: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestConfig:
    """A guest's configuration. ``digest`` changes with every word of it; sizes in MiB.

    ``settings`` are the harmless ones, in words.
    """

    digest: str
    memory_mib: int
    swap_mib: int
    lock: str | None
    settings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """A node right now. Sizes in bytes, uptime in seconds."""

    cpu: float
    cpus: int
    memory_used: int
    memory_limit: int
    disk_used: int
    disk_limit: int
    load_average: tuple[str, ...]
    uptime: int
    version: str

    @property
    def memory_free(self) -> int:
        """Bytes that can still be given away."""
        return max(0, self.memory_limit - self.memory_used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something Proxmox did or does. ``outcome`` is None while it runs, "OK" when it went well."""

    upid: str
    kind: str
    user: str
    started_at: datetime
    outcome: str | None

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.outcome is None

    @property
    def went_well(self) -> bool:
        """Whether it ended and did what it should; warnings are told and no failure."""
        return self.outcome is not None and (self.outcome == "OK" or self.outcome.startswith("WARNINGS"))
