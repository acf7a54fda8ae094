"""The state of the simulated homelab, which all simulators share."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from lab.changes import Changes
from lab.clock import Clock, SystemClock
from lab.guest import ConfigValue, Guest, GuestKind, GuestView
from lab.population import RADARR, Node, all_guests, all_nodes
from lab.wire import Json

_PEAK_SHARE = 0.95
_PRESSURE_SHARE = 0.90
_SLOW_CLIMB_SECONDS = 6 * 3600.0
_UPTIME_AT_START = 12 * 86400.0


_KINDS = {"qmmigrate": "qmigrate", "qmdump": "vzdump"}
"""What Proxmox calls the tasks of virtual machines that do not follow the rule."""


class UnknownGuestError(LookupError):
    """There is no guest with this number."""


class ConfigChangedError(Exception):
    """The configuration has changed since the caller read it."""


class GuestStateError(Exception):
    """The guest's state does not allow the action; the text is that of Proxmox."""


class PowerAction(StrEnum):
    """A power action of a guest."""

    START = "start"
    STOP = "stop"
    SHUTDOWN = "shutdown"
    REBOOT = "reboot"


@dataclass(frozen=True, slots=True)
class Effect:
    """An effective write: `at` is wall time, `body` the request's body."""

    at: float
    service: str
    method: str
    path: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A Proxmox task. `started_at` is wall time; `exit_status` is set at the end."""

    upid: str
    node: str
    kind: str
    target: str
    user: str
    pid: int
    pstart: int
    started_at: int
    duration: float
    exit_status: str

    def is_running(self, wall: float) -> bool:
        """Return whether the task is running."""
        return wall < self.started_at + self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A Proxmox node. Sizes are in bytes, `cpu` and `share` are from 0 to 1."""

    name: str
    address: str
    is_online: bool
    cpus: int
    cpu: float
    memory: int
    memory_limit: int
    disk: int
    disk_limit: int
    uptime: int


class World:
    """The nodes and guests, and their changes over the time of the given clock.

    `task_seconds` is the duration of a power action of Proxmox, `boot_seconds` the time that
    a program is not available after a restart of it or of its guest. `effects` lists every
    write that took effect in any simulator, in order. `storage_shares` overrides how
    full a storage is, by node and name.
    """

    def __init__(
        self, clock: Clock | None = None, *, task_seconds: float = 1.0, boot_seconds: float = 0.5
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.changes = Changes()
        self.effects: list[Effect] = []
        self._task_seconds = task_seconds
        self._pids = itertools.count(0x1A2B3)
        self._epoch = self.clock.time() - self.clock.monotonic()
        self._started_at = self.clock.monotonic() - _UPTIME_AT_START
        self.storage_shares: dict[tuple[str, str], float] = {}
        self._offline: set[str] = set()
        self._leaks: dict[int, float] = {}  # the final memory of a guest with a memory leak
        self._tasks: dict[str, Task] = {}
        self._next_failure: str | None = None
        self._hidden_next: dict[int, float] = {}
        self._hidden_until: dict[int, float] = {}
        self._most: dict[int, int] = {}  # the limit in MiB above which a guest does not run
        self._nodes = {node.name: node for node in all_nodes()}
        self._guests = {guest.vmid: guest for guest in all_guests(boot_seconds, self._started_at)}

    # -- state -------------------------------------------------------------------------------

    def now(self) -> float:
        """Return the monotonic time in seconds."""
        return self.clock.monotonic()

    def wall(self, moment: float | None = None) -> float:
        """Return the wall time of a monotonic time (default: now)."""
        return self._epoch + (self.now() if moment is None else moment)

    def moment(self, wall: float) -> float:
        """Return the monotonic time of a wall time."""
        return wall - self._epoch

    @property
    def started_at(self) -> float:
        """The monotonic start time of nodes and guests."""
        return self._started_at

    def guest(self, vmid: int, moment: float | None = None) -> GuestView:
        """Return a guest now or at another time. Raises UnknownGuestError."""
        return self._guest(vmid).view(self.now() if moment is None else moment)

    def guests(self, moment: float | None = None) -> tuple[GuestView, ...]:
        """Return all guests, by number."""
        return tuple(self.guest(vmid, moment) for vmid in sorted(self._guests))

    def config(self, vmid: int) -> dict[str, ConfigValue]:
        """Return a guest's configuration without the digest. Raises UnknownGuestError."""
        return dict(self._guest(vmid).config)

    def node(self, name: str, moment: float | None = None) -> NodeView | None:
        """Return a node, None for an unknown name."""
        node = self._nodes.get(name)
        return None if node is None else self._node_view(node, self.now() if moment is None else moment)

    def nodes(self, moment: float | None = None) -> tuple[NodeView, ...]:
        """Return all nodes, by name."""
        at = self.now() if moment is None else moment
        return tuple(self._node_view(self._nodes[name], at) for name in sorted(self._nodes))

    def task(self, upid: str) -> Task | None:
        """Return a task by its UPID."""
        return self._tasks.get(upid)

    def tasks(self, node: str) -> tuple[Task, ...]:
        """Return a node's tasks, newest first."""
        return tuple(task for task in reversed(self._tasks.values()) if task.node == node)

    def app_is_up(self, vmid: int) -> bool:
        """Return whether the program in a guest responds."""
        return self._guest(vmid).app_is_up(self.now())

    def app_started_at(self, vmid: int) -> float:
        """Return the start time of the program in a guest, as wall time."""
        return self.wall(self._guest(vmid).app_started_at(self.now()))

    def is_under_pressure(self, vmid: int) -> bool:
        """Return whether a guest is under memory pressure."""
        return self.guest(vmid).share >= _PRESSURE_SHARE

    def effects_of(self, service: str, method: str | None = None) -> tuple[Effect, ...]:
        """Return the effects of one service, or of one of its methods."""
        return tuple(e for e in self.effects if e.service == service and method in (None, e.method))

    def is_reported(self, vmid: int) -> bool:
        """Return whether pvestatd reports the state of a guest."""
        return self.now() >= self._hidden_until.get(vmid, 0.0)

    # -- changes -----------------------------------------------------------------------------

    def record(self, service: str, method: str, path: str, body: Mapping[str, Json]) -> Effect:
        """Record an effect."""
        effect = Effect(self.wall(), service, method, path, MappingProxyType(dict(body)))
        self.effects.append(effect)
        for vmid, seconds in self._hidden_next.items():
            self._hidden_until[vmid] = self.now() + seconds
        self._hidden_next.clear()
        self.changes.notify()
        return effect

    def start_memory_pressure(self, vmid: int = RADARR, climb_seconds: float = 5.0) -> None:
        """Let a guest's memory rise to 95 % of its current limit.

        A higher limit does not increase its memory. A restart sets it to idle, from where it
        rises again over six hours.
        """
        guest = self._guest(vmid)
        self._leaks[vmid] = _PEAK_SHARE * guest.view(self.now()).memory_limit
        guest.climb(self._leaks[vmid], self.now(), climb_seconds)
        self.changes.notify()

    def stop_memory_pressure(self, vmid: int = RADARR, fall_seconds: float = 0.0) -> None:
        """Let a guest's memory fall to idle."""
        guest = self._guest(vmid)
        self._leaks.pop(vmid, None)
        guest.climb(guest.idle_memory, self.now(), fall_seconds)
        self.changes.notify()

    def set_config(self, vmid: int, changes: Mapping[str, ConfigValue], digest: str | None = None) -> None:
        """Change the configuration of a guest, including a running one.

        Raises ConfigChangedError if `digest` is given and is not the current one.
        """
        guest = self._guest(vmid)
        if digest is not None and digest != guest.digest():
            raise ConfigChangedError
        guest.apply(dict(changes), self.now())
        self._end_or_boot(guest, vmid)
        self.changes.notify()

    def power(self, vmid: int, action: PowerAction, user: str = "root@pam") -> Task:
        """Start, stop, shut down or reboot a guest; the task takes `task_seconds`.

        Raises GuestStateError if the guest's state does not allow it.
        """
        guest = self._guest(vmid)
        self._check_power(guest, action)
        exit_status = self._next_failure or "OK"
        self._next_failure = None
        if exit_status == "OK":
            self._move(guest, action)
        guest.lock = action
        guest.busy_until = self.now() + self._task_seconds
        task = self._new_task(guest, action, user, exit_status)
        self.changes.notify()
        return task

    def hide_after_next_effect(self, vmid: int, seconds: float) -> None:
        """Let pvestatd not report a guest for some seconds from the next effect on."""
        self._hidden_next[vmid] = seconds

    def report_again(self, vmid: int) -> None:
        """Let pvestatd report a guest from now on."""
        self._hidden_until.pop(vmid, None)
        self.changes.notify()

    def limit_memory(self, vmid: int, most_mib: int) -> None:
        """Let a container end when its limit is set above this, and boot when it is set back."""
        self._most[vmid] = most_mib

    def crash(self, vmid: int) -> None:
        """Let a guest end by itself: no task is on record."""
        self._guest(vmid).stop(self.now())
        self.changes.notify()

    def migrate(self, vmid: int, node: str, user: str = "root@pam") -> Task:
        """Move a guest to another node; the task takes `task_seconds`.

        Raises `GuestStateError` when the guest is busy.
        """
        guest = self._guest(vmid)
        if self.now() < guest.busy_until:
            raise GuestStateError(f"{_word(guest)} is locked ({guest.lock})")
        task = self._new_task(guest, "migrate", user, "OK")
        guest.lock = "migrate"
        guest.busy_until = self.now() + self._task_seconds
        guest.move(guest.busy_until, node)
        self.changes.notify()
        return task

    def work_on(self, vmid: int, action: str, user: str = "root@pam") -> Task:
        """Start a task that leaves a guest's state as it is, such as ``snapshot`` or ``dump``.

        Raises `GuestStateError` when the guest is busy.
        """
        guest = self._guest(vmid)
        if self.now() < guest.busy_until:
            raise GuestStateError(f"{_word(guest)} is locked ({guest.lock})")
        exit_status = self._next_failure or "OK"
        self._next_failure = None
        task = self._new_task(guest, action, user, exit_status)
        guest.lock = {"dump": "backup"}.get(action, action)
        guest.busy_until = self.now() + self._task_seconds
        self.changes.notify()
        return task

    def end_task(self, task: Task, exit_status: str) -> None:
        """Let a task end with another status than it would."""
        self._tasks[task.upid] = replace(task, exit_status=exit_status)

    def back_up_node(self, node: str, exit_status: str = "OK") -> Task:
        """Run the backup of all guests of a node: its task names none of them."""
        task = self._task(node, "vzdump", "", "root@pam", exit_status)
        self.changes.notify()
        return task

    def restart_app(self, vmid: int, after: float = 0.0) -> None:
        """Restart the program inside a guest, `after` seconds from now."""
        guest = self._guest(vmid)
        guest.restart_app(self.now() + after, *self._after_boot(guest))
        self.changes.notify()

    def fail_next_task(self, exit_status: str = "command 'lxc-stop' failed: exit code 1") -> None:
        """Let the next power action fail with this status."""
        self._next_failure = exit_status

    def set_node_online(self, name: str, *, is_online: bool) -> None:
        """Disconnect a node from the cluster, or reconnect it."""
        (self._offline.discard if is_online else self._offline.add)(name)
        self.changes.notify()

    # -- internals ---------------------------------------------------------------------------

    def _guest(self, vmid: int) -> Guest:
        try:
            return self._guests[vmid]
        except KeyError:
            raise UnknownGuestError(f"there is no guest with the number {vmid}") from None

    def _end_or_boot(self, guest: Guest, vmid: int) -> None:
        is_running = guest.view(self.now()).is_running
        fits = int(guest.config["memory"]) <= self._most.get(vmid, int(guest.config["memory"]))
        if is_running and not fits:
            guest.stop(self.now())
        elif fits and not is_running and vmid in self._most:
            guest.boot(self.now(), *self._after_boot(guest))

    def _check_power(self, guest: Guest, action: PowerAction) -> None:
        word = _word(guest)
        if self.now() < guest.busy_until:
            raise GuestStateError(f"{word} is locked ({guest.lock})")
        is_running = guest.view(self.now()).is_running
        if action is PowerAction.START and is_running:
            raise GuestStateError(f"{word} {guest.vmid} already running")
        if action is not PowerAction.START and not is_running:
            raise GuestStateError(f"{word} {guest.vmid} not running")

    def _move(self, guest: Guest, action: PowerAction) -> None:
        now, step = self.now(), self._task_seconds / 4
        if action is not PowerAction.START:
            guest.stop(now + step)
        if action in (PowerAction.START, PowerAction.REBOOT):
            guest.boot(now + 3 * step, *self._after_boot(guest))

    def _after_boot(self, guest: Guest) -> tuple[float, float]:
        return self._leaks.get(guest.vmid, guest.idle_memory), _SLOW_CLIMB_SECONDS

    def _new_task(self, guest: Guest, action: str, user: str, exit_status: str) -> Task:
        kind = ("vz" if guest.kind is GuestKind.LXC else "qm") + action
        node = guest.node(self.now())
        return self._task(node, _KINDS.get(kind, kind), str(guest.vmid), user, exit_status)

    def _task(self, node: str, kind: str, target: str, user: str, exit_status: str) -> Task:
        wall = int(self.wall())
        pid, pstart = next(self._pids), int((self.now() - self._started_at) * 100)
        upid = f"UPID:{node}:{pid:08X}:{pstart:08X}:{wall:08X}:{kind}:{target}:{user}:"
        task = Task(
            upid=upid,
            node=node,
            kind=kind,
            target=target,
            user=user,
            pid=pid,
            pstart=pstart,
            started_at=wall,
            duration=self.wall() - wall + self._task_seconds,
            exit_status=exit_status,
        )
        self._tasks[upid] = task
        return task

    def _node_view(self, node: Node, moment: float) -> NodeView:
        is_online = node.name not in self._offline
        guests = [guest.view(moment) for guest in self._guests.values() if guest.node(moment) == node.name]
        return NodeView(
            name=node.name,
            address=node.address,
            is_online=is_online,
            cpus=node.cpus,
            cpu=round(0.03 + sum(guest.cpu * guest.cores for guest in guests) / node.cpus, 4),
            memory=node.own_memory + sum(guest.memory for guest in guests),
            memory_limit=node.memory_limit,
            disk=node.disk,
            disk_limit=node.disk_limit,
            uptime=int(moment - self._started_at),
        )


def _word(guest: Guest) -> str:
    return "CT" if guest.kind is GuestKind.LXC else "VM"
