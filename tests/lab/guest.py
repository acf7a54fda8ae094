"""A container or virtual machine: configuration, state, and memory over time."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from lab.timeline import Ramp, Timeline, level

MIB = 1024**2
GIB = 1024**3

type ConfigValue = str | int


class GuestKind(StrEnum):
    """The kinds of guests, as in Proxmox' paths."""

    LXC = "lxc"
    VM = "qemu"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestView:
    """A guest at one time. Sizes are in bytes, `share` is the used share of the memory limit (0 to 1)."""

    vmid: int
    kind: GuestKind
    name: str
    node: str
    is_running: bool
    memory: int
    memory_limit: int
    swap_limit: int
    cores: int
    cpu: float
    disk: int
    disk_limit: int
    uptime: int
    digest: str
    lock: str | None
    tags: str

    @property
    def share(self) -> float:
        """The used share of the memory limit."""
        return self.memory / self.memory_limit


class Guest:
    """The state of one guest as functions of time (monotonic seconds)."""

    def __init__(
        self,
        *,
        vmid: int,
        kind: GuestKind,
        name: str,
        node: str,
        idle_memory: int,
        config: dict[str, ConfigValue],
        disk: int,
        disk_limit: int,
        boot_seconds: float,
        started_at: float,
    ) -> None:
        self.vmid = vmid
        self.kind = kind
        self.name = name
        self._node = Timeline(node)
        self.idle_memory = idle_memory
        self.config = config
        self.disk = disk
        self.disk_limit = disk_limit
        self.boot_seconds = boot_seconds
        self.busy_until = 0.0
        self.lock: str | None = None
        self._started_at = started_at
        self._limit = Timeline(int(config["memory"]) * MIB)
        self._wanted: Timeline[Ramp] = Timeline(level(idle_memory))
        self._running = Timeline(True)
        self._app_up = Timeline(True)

    def view(self, moment: float) -> GuestView:
        """Return the guest at a time."""
        is_running = self._running.at(moment)
        is_busy = moment < self.busy_until
        return GuestView(
            vmid=self.vmid,
            kind=self.kind,
            name=self.name,
            node=self.node(moment),
            is_running=is_running,
            memory=self.memory(moment),
            memory_limit=self._limit.at(moment),
            swap_limit=int(self.config.get("swap", 0)) * MIB,
            cores=int(self.config["cores"]),
            cpu=self._cpu(moment),
            disk=self.disk if is_running and self.kind is GuestKind.LXC else 0,
            disk_limit=self.disk_limit,
            uptime=self._uptime(moment) if is_running else 0,
            digest=self.digest(),
            lock=self.lock if is_busy else None,
            tags=str(self.config.get("tags", "")),
        )

    def node(self, moment: float) -> str:
        """The node it is on."""
        return self._node.at(moment)

    def move(self, moment: float, node: str) -> None:
        """It is on another node from then on."""
        self._node.set(moment, node)

    def memory(self, moment: float) -> int:
        """Return the used bytes: the requested memory, up to the limit."""
        if not self._running.at(moment):
            return 0
        return int(min(self._wanted.at(moment).at(moment), self._limit.at(moment)))

    def app_is_up(self, moment: float) -> bool:
        """Return whether the program in the guest responds."""
        return self._running.at(moment) and self._app_up.at(moment)

    def app_started_at(self, moment: float) -> float:
        """Return the monotonic start time of the program in the guest."""
        started_at = self._app_up.since(moment)
        return self._started_at if started_at is None else started_at

    def digest(self) -> str:
        """Return Proxmox' digest: the SHA-1 of the configuration file."""
        lines = "".join(f"{key}: {value}\n" for key, value in sorted(self.config.items()))
        return hashlib.sha1(lines.encode(), usedforsecurity=False).hexdigest()

    def apply(self, changes: dict[str, ConfigValue], moment: float) -> None:
        """Write the configuration. Limits apply to containers immediately, to machines after a boot."""
        self.config = {**self.config, **changes}
        if self.kind is GuestKind.LXC:
            self._limit.set(moment, int(self.config["memory"]) * MIB)

    def climb(self, target: float, moment: float, seconds: float) -> None:
        """Change the requested memory linearly over time."""
        current = self._wanted.at(moment).at(moment)
        self._wanted.set(moment, Ramp(current, target, moment, seconds))

    def stop(self, moment: float) -> None:
        """Stop the guest at a time."""
        self._running.set(moment, False)

    def boot(self, moment: float, then: float, climb_seconds: float) -> None:
        """Start the guest at a time. Memory starts at idle and changes to `then`."""
        self._running.plan(moment, True)
        self._limit.set(moment, int(self.config["memory"]) * MIB)
        self._restart(moment, then, climb_seconds)

    def restart_app(self, moment: float, then: float, climb_seconds: float) -> None:
        """Restart only the program in the guest."""
        self._restart(moment, then, climb_seconds)

    def _restart(self, moment: float, then: float, climb_seconds: float) -> None:
        self._wanted.set(moment, Ramp(self.idle_memory, then, moment, climb_seconds))
        self._app_up.set(moment, False)
        self._app_up.plan(moment + self.boot_seconds, True)

    def _uptime(self, moment: float) -> int:
        booted_at = self._running.since(moment)
        return int(moment - (self._started_at if booted_at is None else booted_at))

    def _cpu(self, moment: float) -> float:
        if not self._running.at(moment):
            return 0.0
        used = self.memory(moment) / self._limit.at(moment)
        return round(0.02 + 0.6 * max(used - 0.8, 0.0), 4)
