"""Starts, stops and restarts guests. What was done is told by Proxmox's own list of tasks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult, Difference

from ...description import Action, Call, DryRun, Effect
from ...errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceRefused
from .._words import brief, span
from .client import ProxmoxClient
from .models import GuestKind, GuestRef, GuestStatus, Task

TASK_SECONDS: Final = 120.0
"""How long a task may take: the guest has 60 s to shut down in good order."""

SETTLE_SECONDS: Final = 30.0
"""How long the goal may take to show after the task has ended."""

_LOOK_AGAIN: Final = 0.5
_LATE_TASK: Final = 1.0
"""A request that lost its answer may still be about to begin its task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """One of Proxmox's power commands: what it needs and what it leads to."""

    command: str
    from_running: bool
    to_running: bool
    icon: str
    parameters: Mapping[str, int] = field(default_factory=dict)

    def task_kind(self, kind: GuestKind) -> str:
        """Return what Proxmox calls the task."""
        return f"{'vz' if kind is GuestKind.CONTAINER else 'qm'}{self.command}"

    @property
    def change(self) -> Difference:
        """What it changes, in words."""
        before, after = _word(running=self.from_running), _word(running=self.to_running)
        return Difference(field="state", before=before, after=f"{after} anew" if before == after else after)


START: Final = Power(command="start", from_running=False, to_running=True, icon="mdi:play")
STOP: Final = Power(
    command="shutdown",
    from_running=True,
    to_running=False,
    icon="mdi:stop",
    parameters={"timeout": 60, "forceStop": 1},
)
RESTART: Final = Power(
    command="reboot", from_running=True, to_running=True, icon="mdi:restart", parameters={"timeout": 60}
)


def power_action(
    power: Power,
    *,
    key: str,
    name: str,
    description: str,
    risk: Risk,
    scope: str,
    blast_radius: str,
    undo: Power | None = None,
) -> Action[ProxmoxClient]:
    """Return the action that gives a guest of ``scope`` the command ``power``."""

    async def dry_run(client: ProxmoxClient, call: Call) -> DryRun:
        guest = GuestRef.parse(call.target.id)
        _check_state(await client.guest_status(guest), call.target.name, running=power.from_running)
        last = _newest(await client.tasks(guest), power.task_kind(guest.kind))
        return DryRun(differences=(power.change,), baseline={"last_task": last.upid if last else ""})

    async def precheck(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> None:
        guest = GuestRef.parse(call.target.id)
        status = await client.guest_status(guest)
        _check_state(status, call.target.name, running=power.from_running)
        if status.lock is not None:
            raise PreconditionFailed(f"{call.target.name} is locked ({status.lock})")
        if await _task_since(client, guest, power, baseline) is not None:
            raise PreconditionFailed(f"{power.command} was done meanwhile by somebody else")

    async def execute(client: ProxmoxClient, call: Call, _: Mapping[str, Value]) -> str:
        return await _carry_out(client, call, power)

    async def probe(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
        return await _look(client, GuestRef.parse(call.target.id), power, baseline)

    async def verify(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> CheckResult:
        return await _read_back(client, GuestRef.parse(call.target.id), power, baseline)

    return Action(
        key=key,
        name=name,
        description=description,
        risk=risk,
        dry_run=dry_run,
        precheck=precheck,
        execute=execute,
        probe=probe,
        verify=verify,
        undo=None if undo is None else _undo_by(undo),
        scope=scope,
        blast_radius=blast_radius,
        button=True,
        icon=power.icon,
    )


def _undo_by(power: Power) -> Callable[[ProxmoxClient, Call, Mapping[str, Value]], Awaitable[str]]:
    async def undo(client: ProxmoxClient, call: Call, _: Mapping[str, Value]) -> str:
        status = await client.guest_status(GuestRef.parse(call.target.id))
        if status.is_running is power.to_running:
            return f"{call.target.name} is {_word(running=power.to_running)} already"
        return await _carry_out(client, call, power)

    return undo


async def _carry_out(client: ProxmoxClient, call: Call, power: Power) -> str:
    """Give the command once and wait for its task, which is then the effect."""
    guest = GuestRef.parse(call.target.id)
    upid = await client.power(guest, power.command, **power.parameters)
    try:
        task = await client.wait_for_task(guest.node, upid, TASK_SECONDS)
        if task.went_well:
            return f"{power.command} of {call.target.name} ended {task.outcome}"
        status = await client.guest_status(guest)
    except ServiceError as err:
        raise EffectUnknown(f"{power.command} of {call.target.name} began: {err}") from err
    if task.is_running or status.is_running is not power.from_running:
        raise EffectUnknown(f"{power.command} of {call.target.name} did not end well: {_outcome(task)}")
    raise ServiceRefused(f"{power.command} of {call.target.name} failed: {_outcome(task)}")


async def _look(
    client: ProxmoxClient, guest: GuestRef, power: Power, baseline: Mapping[str, Value]
) -> Effect:
    task = await _task_since(client, guest, power, baseline)
    if task is None:
        await client.clock.sleep(_LATE_TASK)
        task = await _task_since(client, guest, power, baseline)
    if task is not None and task.is_running:
        task = await client.wait_for_task(guest.node, task.upid, TASK_SECONDS)
    if task is not None and task.went_well:
        return Effect.DONE
    status = await client.guest_status(guest)
    if status.is_running is not power.from_running:
        return Effect.DONE if status.is_running is power.to_running else Effect.UNKNOWN
    return Effect.UNKNOWN if task is not None and task.is_running else Effect.NOT_DONE


async def _read_back(
    client: ProxmoxClient, guest: GuestRef, power: Power, baseline: Mapping[str, Value]
) -> CheckResult:
    status = await _settled(client, guest, running=power.to_running)
    task = await _task_since(client, guest, power, baseline)
    text = f"running for {span(status.uptime)}" if status.is_running else "stopped"
    was_done = task is not None and task.went_well
    return CheckResult(
        name="State",
        # A restart leaves the state it found: only its task shows that it was done.
        ok=status.is_running is power.to_running and (was_done or power.from_running is not power.to_running),
        text=text if task is None else f"{text}, {task.kind} ended {_outcome(task)}",
    )


async def _settled(client: ProxmoxClient, guest: GuestRef, *, running: bool) -> GuestStatus:
    deadline = client.clock.monotonic() + SETTLE_SECONDS
    while True:
        status = await client.guest_status(guest)
        if status.is_running is running or client.clock.monotonic() >= deadline:
            return status
        await client.clock.sleep(_LOOK_AGAIN)


async def _task_since(
    client: ProxmoxClient, guest: GuestRef, power: Power, baseline: Mapping[str, Value]
) -> Task | None:
    """Return the newest task of this command, None when it is still the one of the baseline."""
    newest = _newest(await client.tasks(guest), power.task_kind(guest.kind))
    return None if newest is None or newest.upid == baseline["last_task"] else newest


def _newest(tasks: tuple[Task, ...], kind: str) -> Task | None:
    return next((task for task in tasks if task.kind == kind), None)


def _check_state(status: GuestStatus, name: str, *, running: bool) -> None:
    if status.is_running is not running:
        raise PreconditionFailed(f"{name} is {_word(running=status.is_running)}")


def _outcome(task: Task) -> str:
    return "still running" if task.outcome is None else brief(task.outcome, 120)


def _word(*, running: bool) -> str:
    return "running" if running else "stopped"


POWER: Final = (
    power_action(
        RESTART,
        key="restart_container",
        name="Restart container",
        description="Shuts a container down in good order and starts it again.",
        risk=Risk.MEDIUM,
        scope="container",
        blast_radius="Everything in one container is away for the time of a restart",
    ),
    power_action(
        START,
        key="start_container",
        name="Start container",
        description="Starts a stopped container.",
        risk=Risk.LOW,
        scope="container",
        blast_radius="One container",
        undo=STOP,
    ),
    power_action(
        STOP,
        key="stop_container",
        name="Stop container",
        description="Shuts a container down, by force if it does not within a minute.",
        risk=Risk.HIGH,
        scope="container",
        blast_radius="Everything in one container is away until it is started again",
        undo=START,
    ),
    power_action(
        RESTART,
        key="restart_vm",
        name="Restart virtual machine",
        description="Shuts a virtual machine down in good order and starts it again.",
        risk=Risk.MEDIUM,
        scope="vm",
        blast_radius="Everything in one virtual machine is away for the time of a restart",
    ),
)
