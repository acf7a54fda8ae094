"""Gives a container more or less memory."""

from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.incidents import CheckResult, Difference

from ...description import Action, Call, DryRun, Effect
from ...errors import PreconditionFailed
from ...tasks import task_group
from .._words import MIB, size, usage
from .client import ProxmoxClient
from .models import GuestRef


def _goal(call: Call) -> int:
    return int(call.number("memory_mib"))


async def _dry_run(client: ProxmoxClient, call: Call) -> DryRun:
    config = await client.guest_config(GuestRef.parse(call.target.id))
    goal = _goal(call)
    change = Difference(field="memory", before=f"{config.memory_mib} MiB", after=f"{goal} MiB")
    return DryRun(
        differences=(change,) if goal != config.memory_mib else (),
        baseline={"memory_mib": config.memory_mib, "digest": config.digest},
        note=f"Swap stays at {config.swap_mib} MiB. The limit holds at once, without a restart.",
    )


async def _precheck(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> None:
    guest, name, goal = GuestRef.parse(call.target.id), call.target.name, _goal(call)
    async with task_group() as calls:
        read_config = calls.create_task(client.guest_config(guest))
        read_status = calls.create_task(client.guest_status(guest))
        read_node = calls.create_task(client.node_status(guest.node))
    config, status, node = read_config.result(), read_status.result(), read_node.result()
    if config.digest != baseline["digest"] or config.memory_mib != baseline["memory_mib"]:
        raise PreconditionFailed(f"The configuration of {name} was changed since it was looked at")
    if config.lock is not None:
        raise PreconditionFailed(f"{name} is locked ({config.lock})")
    if status.is_running and goal * MIB < status.memory_used:
        raise PreconditionFailed(f"{name} uses {size(status.memory_used)}: {goal} MiB are too few")
    more = (goal - config.memory_mib) * MIB
    if more > node.memory_free:
        raise PreconditionFailed(
            f"Node {guest.node} has {size(node.memory_free)} free: {size(more)} more are too many"
        )


async def _execute(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> str:
    await client.set_memory(GuestRef.parse(call.target.id), _goal(call), str(baseline["digest"]))
    return f"Memory of {call.target.name} set to {_goal(call)} MiB"


async def _probe(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> Effect:
    config = await client.guest_config(GuestRef.parse(call.target.id))
    if config.memory_mib == _goal(call):
        return Effect.DONE
    return Effect.NOT_DONE if config.memory_mib == baseline["memory_mib"] else Effect.UNKNOWN


async def _verify(client: ProxmoxClient, call: Call, _: Mapping[str, Value]) -> CheckResult:
    guest, goal = GuestRef.parse(call.target.id), _goal(call)
    async with task_group() as calls:
        read_config = calls.create_task(client.guest_config(guest))
        read_status = calls.create_task(client.guest_status(guest))
    config, status = read_config.result(), read_status.result()
    in_force = not status.is_running or status.memory_limit == goal * MIB
    return CheckResult(
        name="Memory limit",
        ok=config.memory_mib == goal and in_force,
        text=f"{config.memory_mib} MiB configured, {usage(status.memory_used, status.memory_limit)} in use",
    )


async def _undo(client: ProxmoxClient, call: Call, baseline: Mapping[str, Value]) -> str:
    guest, before = GuestRef.parse(call.target.id), baseline["memory_mib"]
    config = await client.guest_config(guest)
    if config.memory_mib == before:
        return f"{call.target.name} has its {before} MiB already"
    if config.memory_mib != _goal(call) or not isinstance(before, int):
        raise PreconditionFailed(f"{call.target.name} has {config.memory_mib} MiB: somebody else changed it")
    await client.set_memory(guest, before, config.digest)
    return f"Memory of {call.target.name} set back to {before} MiB"


SET_MEMORY: Final = Action(
    key="set_memory",
    name="Set memory",
    description="Changes the memory limit of a container while it runs.",
    risk=Risk.MEDIUM,
    dry_run=_dry_run,
    precheck=_precheck,
    execute=_execute,
    probe=_probe,
    verify=_verify,
    undo=_undo,
    idempotent=True,
    scope="container",
    arguments=(
        Field(
            key="memory_mib",
            kind=SettingKind.NUMBER,
            name="Memory",
            minimum=128,
            maximum=262_144,
            unit="MiB",
        ),
    ),
    blast_radius="One container, which keeps running",
    icon="mdi:memory",
)
