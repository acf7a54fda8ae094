"""What protects the guests of the simulated cluster: snapshots, backups, replication; clocks and updates."""

from collections import defaultdict
from dataclasses import dataclass, field

from lab.guest import GIB, GuestKind, GuestView
from lab.wire import Json, JsonObject
from lab.world import World

HOUR = 3600.0


BEGINS = 20.0
"""Seconds until a replication begins that is scheduled now."""


@dataclass(slots=True)
class Snapshot:
    """A snapshot of a guest, at a wall time."""

    name: str
    taken_at: int


@dataclass(slots=True)
class Backup:
    """A backup of a guest on the storage ``local`` of its node, at a wall time."""

    made_at: int
    node: str
    verification: str | None = "ok"


@dataclass(slots=True)
class Replication:
    """A replication of a guest to the other node."""

    guest: int
    source: str
    target: str
    last_sync: int
    last_try: int
    fail_count: int = 0
    error: str = ""
    is_broken: bool = False
    scheduled_at: float | None = None

    def run(self, now: float) -> None:
        """Run if it was scheduled some time ago."""
        if self.scheduled_at is None or now < self.scheduled_at + BEGINS:
            return
        self.last_try, self.scheduled_at = int(now), None
        if self.is_broken:
            self.fail_count, self.error = self.fail_count + 1, "connection refused"
        else:
            self.fail_count, self.error, self.last_sync = 0, "", int(now)


@dataclass(slots=True)
class Protection:
    """By the number of a guest, or by node.

    ``clocks`` are seconds that a node is ahead, ``updates`` packages that wait.
    """

    world: World
    snapshots: dict[int, list[Snapshot]] = field(default_factory=lambda: defaultdict(list))
    raw: set[int] = field(default_factory=set)
    """Guests with a disk that has no snapshots."""

    backups: dict[int, list[Backup]] = field(default_factory=lambda: defaultdict(list))
    replications: list[Replication] = field(default_factory=list)
    clocks: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    updates: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    hastates: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with a backup of each guest, made twelve hours ago, and two replications."""
        now = int(self.world.wall())
        for guest in self.world.guests():
            self.backups[guest.vmid] = [Backup(int(now - 12 * HOUR), guest.node)]
        for guest in self.world.guests()[1:3]:
            self.snapshots[guest.vmid] = [Snapshot("before_update", int(now - 48 * HOUR))]
            self.replications.append(Replication(guest.vmid, "pve1", "pve2", now - 300, now - 300))

    def snapshot_rows(self, guest: GuestView) -> list[Json]:
        """Return the rows of …/snapshot; the last one is the guest itself."""
        rows: list[Json] = [
            {"name": one.name, "snaptime": one.taken_at, "description": ""}
            for one in self.snapshots[guest.vmid]
        ]
        return [*rows, {"name": "current", "description": "You are here!", "running": int(guest.is_running)}]

    def backup_rows(self, node: str) -> list[Json]:
        """Return the rows of the content of a node's local storage that are backups."""
        return [
            _backup_row(guest, one)
            for guest in self.world.guests()
            for one in self.backups[guest.vmid]
            if one.node == node
        ]

    def replication_rows(self, node: str) -> list[Json]:
        """Return the rows of /nodes/{node}/replication."""
        for one in self.replications:
            one.run(self.world.wall())
        return [
            {
                "id": f"{one.guest}-0",
                "guest": one.guest,
                "jobnum": "0",
                "type": "local",
                "vmtype": "lxc",
                "target": one.target,
                "schedule": "*/15",
                "last_sync": one.last_sync,
                "last_try": one.last_try,
                "fail_count": one.fail_count,
                **({"error": one.error} if one.error else {}),
            }
            for one in self.replications
            if one.source == node
        ]

    def package_rows(self, node: str) -> list[Json]:
        """Return the rows of /nodes/{node}/apt/versions."""
        names = ("pve-manager", "qemu-server", "pve-container")
        return [
            {
                "Package": name,
                "Title": name,
                "Description": f"{name} of Proxmox VE",
                "Arch": "amd64",
                "Origin": "Proxmox",
                "Section": "admin",
                "Priority": "optional",
                "Version": "9.1.5" if place < self.updates[node] else "9.1.4",
                "OldVersion": "9.1.4",
                "CurrentState": "Installed",
            }
            for place, name in enumerate(names)
        ]

    def time_row(self, node: str) -> JsonObject:
        """Return the answer of /nodes/{node}/time."""
        now = int(self.world.wall() + self.clocks[node])
        return {"time": now, "localtime": now, "timezone": "UTC"}


def _backup_row(guest: GuestView, backup: Backup) -> JsonObject:
    kind = "lxc" if guest.kind is GuestKind.LXC else "qemu"
    row: JsonObject = {
        "volid": f"local:backup/vzdump-{kind}-{guest.vmid}-{backup.made_at}.tar.zst",
        "vmid": guest.vmid,
        "ctime": backup.made_at,
        "content": "backup",
        "format": "tar.zst",
        "size": 2 * GIB,
        "subtype": kind,
    }
    if backup.verification is None:
        return row
    return {**row, "verification": {"state": backup.verification, "upid": "UPID:pbs:1:2:3:verify:local:x:"}}
