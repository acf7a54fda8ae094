"""Memory and cores of guests."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from homelab_steward.contract.base import Value

from ...errors import PreconditionFailed
from ...sdk.description import Action, Call, Gaps, Risk
from ...sdk.display import MIB, Text, size, usage
from ...sdk.fields import number_field
from ...sdk.kits import Current, SetValue
from ...texts import english, translate
from .client import ProxmoxClient
from .models import GuestConfig, Row


async def _memory(client: ProxmoxClient, call: Call) -> Current:
    config = await client.one(GuestConfig, f"{await client.path(call)}/config")
    status = await client.status(call)
    # The memory of a virtual machine changes with its next start, unless it has hotplug.
    is_effective = True if not status.is_up or call.target.kind == "vm" else None
    if is_effective is None and status.maxmem is not None:
        is_effective = status.maxmem == config.memory_mib * MIB
    used = usage(status.mem, status.maxmem)
    text = translate(t"{config.memory_mib} MiB configured, memory in use: {used}")
    return Current(value=config.memory_mib, token=config.digest, is_effective=is_effective, text=text)


async def _memory_refusal(client: ProxmoxClient, call: Call, current: Current) -> Text | None:
    goal = int(call.number("memory_mib")) * MIB
    more = goal - int(str(current.value)) * MIB
    guest, status = await client.guest(call), await client.status(call)
    if status.is_up and status.mem is None:
        return t"Proxmox does not report how much memory {call.target.name} uses"
    if status.is_up and status.mem is not None and goal < status.mem:
        return t"{call.target.name} uses {size(status.mem)}: {size(goal)} is too little"
    memory = (await client.node_status(guest.node)).memory
    if more > max(0, memory.total - memory.used):
        return t"Node {guest.node} has {size(memory.total - memory.used)} free: {size(more)} more is too much"
    return await client.refusal(call, "VM.Config.Memory")


async def _cores(client: ProxmoxClient, call: Call) -> Current:
    config = await client.one(GuestConfig, f"{await client.path(call)}/config")
    if config.cores is None and call.target.kind == "container":
        raise PreconditionFailed(t"{call.target.name} may use all cores of its node")
    return Current(value=config.cores or 1, token=config.digest)


async def _cores_refusal(client: ProxmoxClient, call: Call, _: Current) -> Text | None:
    guest = await client.guest(call)
    rows = await client.many(Row, "cluster/resources", Gaps(), type="node")
    most = next((row.maxcpu for row in rows if row.key == guest.node), None)
    if most is not None and call.number("cores") > most:
        return t"Node {guest.node} has {most} cores"
    return await client.refusal(call, "VM.Config.CPU")


def _setting(key: str) -> Callable[[ProxmoxClient, Call, Value, Current], Awaitable[None]]:
    async def write(client: ProxmoxClient, call: Call, value: Value, current: Current) -> None:
        form = {key: str(value), "digest": current.token}
        await client.send("PUT", f"{await client.path(call)}/config", form=form)

    return write


LATER: Final = {
    "container": english("It applies at once, without a restart."),
    "vm": english("It applies with the next start of the virtual machine, unless hotplug is on for it."),
}
MEMORY_NOTE: Final = {
    "container": english("It applies at once, without a restart. Swap stays as it is."),
    "vm": english(
        "It applies with the next start of the virtual machine, unless hotplug is on for it. "
        "Swap stays as it is."
    ),
}
MIB_FIELD: Final = number_field("memory_mib", "Memory", least=128, most=262_144, unit="MiB")
CORES: Final = number_field("cores", "Cores", least=1, most=512)


def limit_actions(scope: str) -> Iterator[Action[ProxmoxClient]]:
    """Yield the actions that set memory and cores of a kind of guest."""
    noun = "container" if scope == "container" else "virtual machine"
    memory = SetValue(
        argument="memory_mib",
        label=t"Memory limit",
        read=_memory,
        write=_setting("memory"),
        refusal=_memory_refusal,
        unit="MiB",
        note=MEMORY_NOTE[scope],
    )
    yield memory.action(
        key="set_memory" if scope == "container" else "set_memory_vm",
        name=f"Set memory of the {noun}",
        description=f"Changes the memory limit. {LATER[scope]}",
        risk=Risk.MEDIUM,
        deduplicated=True,
        scope=scope,
        arguments=(MIB_FIELD,),
        blast_radius=f"One {noun}, which keeps running",
        capability="set_memory",
        needs=("VM.Config.Memory", "Sys.Audit"),
    )
    cores = SetValue(
        argument="cores",
        label=t"Cores",
        read=_cores,
        write=_setting("cores"),
        refusal=_cores_refusal,
        note=LATER[scope],
    )
    yield cores.action(
        key=f"set_cores_{scope}",
        name=f"Set cores of the {noun}",
        description=f"Changes how many processor cores it may use. {LATER[scope]}",
        risk=Risk.MEDIUM,
        deduplicated=True,
        scope=scope,
        arguments=(CORES,),
        blast_radius=f"One {noun}, which keeps running",
        capability="set_cpu",
        needs=("VM.Config.CPU",),
    )
