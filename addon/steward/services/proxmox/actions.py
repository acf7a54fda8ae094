"""What can be done with guests. Power and moves are tasks: Proxmox's own list shows how they ended."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import CheckResult, Difference

from ...errors import ServiceRefused
from ...sdk.description import Call, Control
from ...sdk.fields import number_field, target_field
from ...sdk.format import MIB, brief, size, usage
from ...sdk.kits.about import About, Refusal
from ...sdk.kits.jobs import Jobs, RunJob, always
from ...sdk.kits.set_value import Current, SetValue
from ...sdk.kits.switch import Switch, Turn
from ...sdk.parse import parse
from ...sdk.typed_calls import Parameter
from .._proxmox.tasks import Upid
from .client import ProxmoxClient
from .models import GUESTS, GuestConfig, Migration

type Start = Callable[[ProxmoxClient, Call], Awaitable[str]]

TASK_TYPES: Final = {
    "start": ("vzstart", "qmstart", "hastart"),
    "shutdown": ("vzshutdown", "qmshutdown", "hashutdown", "hastop"),
    "reboot": ("vzreboot", "qmreboot"),
    "migrate": ("vzmigrate", "qmigrate", "hamigrate"),
}
"""What Proxmox calls the tasks of a command; those of guests under high availability differ."""

SETTLE: Final = 120.0
"""Seconds until the new state shows: high availability acts some time after its task has ended."""

ABOUT: Final = {
    "restart": ("Restart", "Shuts it down and starts it again.", Risk.MEDIUM, "mdi:restart", "VM.PowerMgmt"),
    "start": ("Start", "Starts it.", Risk.LOW, "mdi:play", "VM.PowerMgmt"),
    "stop": ("Stop", "Shuts it down, by force after one minute.", Risk.HIGH, "mdi:stop", "VM.PowerMgmt"),
    "migrate": ("Move", "Moves it to another node.", Risk.MEDIUM, "mdi:swap-horizontal", "VM.Migrate"),
}


NODE: Final = target_field("node", "Node", scope="node")


def _about(key: str, scope: str) -> About:
    name, description, risk, icon, right = ABOUT[key]
    noun = "container" if scope == "container" else "virtual machine"
    interrupts = key in ("restart", "stop") or (key == "migrate" and scope == "container")
    return {
        "key": f"{key}_{scope}",
        "name": f"{name} {noun}",
        "description": description,
        "risk": risk,
        "scope": scope,
        "blast_radius": f"Everything in the {noun} is interrupted" if interrupts else f"One {noun}",
        "button": key == "restart",
        "icon": icon,
        "capability": None if key == "migrate" else key,
        "interrupts": interrupts,
        "arguments": (NODE,) if key == "migrate" else (),
        "needs": (right,),
    }


def _started(command: str, form: Callable[[Call, bool], Mapping[str, Parameter]]) -> Start:
    """Return what starts a task; ``form`` gets the call and whether the guest runs."""

    async def start(client: ProxmoxClient, call: Call) -> str:
        parameters = form(call, await client.is_running(call))
        return await client.sent(Upid, "POST", f"{await client.path(call)}/{command}", form=parameters)

    return start


def _jobs(command: str) -> Jobs[ProxmoxClient]:
    return Jobs(
        read=lambda client, _, upid: client.job(upid),
        newest=lambda client, call: client.newest_job(call, TASK_TYPES[command]),
        unread=lambda client, _: client.tasks_unread(),
    )


async def _runs(client: ProxmoxClient, call: Call) -> CheckResult:
    is_running = await client.is_running(call)
    return CheckResult(name="State", ok=is_running, text="running" if is_running else "stopped")


async def _is_moved(client: ProxmoxClient, call: Call) -> CheckResult:
    guest = await client.guest(call)
    is_pending = guest.lock == "migrate" or guest.hastate in ("migrate", "relocate")
    ok = guest.node == call.text("node") or (None if is_pending else False)
    return CheckResult(name="Node", ok=ok, text=f"on {guest.node}")


def _needs(right: str, *, allowed_lock: str = "") -> Refusal[ProxmoxClient]:
    return lambda client, call: client.refusal(call, right, allowed_lock=allowed_lock)


async def _restart_refusal(client: ProxmoxClient, call: Call) -> str | None:
    is_running = await client.is_running(call)
    reason = await client.refusal(call, "VM.PowerMgmt")
    return reason if is_running else f"{call.target.name} is not running"


async def _move_refusal(client: ProxmoxClient, call: Call) -> str | None:
    node, name = call.text("node"), call.target.name
    if (await client.guest(call)).node == node:
        return f"{name} is already on {node}"
    if node not in await client.nodes_online():
        return f"Node {node} is not online"
    try:
        answer = await client.get(f"{await client.path(call)}/migrate", target=node)
    except ServiceRefused:
        answer = {}  # versions before 9 do not answer this for containers
    plan = parse(Migration, answer, "preconditions")
    if plan.local_resources:
        return f"{name} uses devices of its node: {', '.join(plan.local_resources)}"
    if reason := (plan.not_allowed_nodes | plan.not_allowed).get(node):
        return f"{node} cannot run {name}: {brief(str(reason))}"
    return await client.refusal(call, "VM.Migrate")


async def _move_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    return (Difference(field="Node", before=(await client.guest(call)).node, after=call.text("node")),)


def _move_form(call: Call, is_running: bool) -> Mapping[str, Parameter]:  # noqa: FBT001 - the state itself
    live = {"online": 1, "with-local-disks": 1} if call.target.kind == "vm" else {"restart": 1}
    return {"target": call.text("node"), **(live if is_running else {})}


RESTART: Final = RunJob(
    start=_started("status/reboot", lambda *_: {"timeout": 60}),
    jobs=_jobs("reboot"),
    changes=always("State", "running", "restarted"),
    refusal=_restart_refusal,
    goal=_runs,
    identity=ProxmoxClient.identity,
)
MOVE: Final = RunJob(
    start=_started("migrate", _move_form),
    jobs=_jobs("migrate"),
    changes=_move_changes,
    refusal=_move_refusal,
    goal=_is_moved,
    identity=ProxmoxClient.identity,
    note="A virtual machine keeps running, a container restarts. Local disks are copied.",
)
POWER: Final = Switch(
    is_on=ProxmoxClient.is_running,
    on=Turn(
        to=True,
        run=_started("status/start", lambda *_: {}),
        jobs=_jobs("start"),
        refusal=_needs("VM.PowerMgmt", allowed_lock="suspended"),
    ),
    off=Turn(
        to=False,
        run=_started("status/shutdown", lambda *_: {"timeout": 60, "forceStop": 1}),
        jobs=_jobs("shutdown"),
        refusal=_needs("VM.PowerMgmt"),
    ),
    words=("stopped", "running"),
    settle=SETTLE,
    identity=ProxmoxClient.identity,
)


async def _memory(client: ProxmoxClient, call: Call) -> Current:
    config = await client.one(GuestConfig, f"{await client.path(call)}/config")
    status = await client.status(call)
    is_effective = True if not status.is_up else None
    if status.is_up and status.maxmem is not None:
        is_effective = status.maxmem == config.memory * MIB
    text = f"{config.memory} MiB configured, memory in use: {usage(status.mem, status.maxmem)}"
    return Current(value=config.memory, token=config.digest, is_effective=is_effective, text=text)


async def _memory_refusal(client: ProxmoxClient, call: Call, current: Current) -> str | None:
    goal = int(call.number("memory_mib")) * MIB
    more = goal - int(str(current.value)) * MIB
    guest, status = await client.guest(call), await client.status(call)
    if status.is_up and status.mem is None:
        return f"Proxmox does not report how much memory {call.target.name} uses"
    if status.is_up and status.mem is not None and goal < status.mem:
        return f"{call.target.name} uses {size(status.mem)}: {size(goal)} is too little"
    memory = (await client.node_status(guest.node)).memory
    if more > max(0, memory.total - memory.used):
        return f"Node {guest.node} has {size(memory.total - memory.used)} free: {size(more)} more is too much"
    return await client.refusal(call, "VM.Config.Memory")


async def _write_memory(client: ProxmoxClient, call: Call, value: Value, current: Current) -> None:
    form = {"memory": str(value), "digest": current.token}
    await client.send("PUT", f"{await client.path(call)}/config", form=form)


MEMORY: Final = SetValue(
    argument="memory_mib",
    label="Memory limit",
    read=_memory,
    write=_write_memory,
    refusal=_memory_refusal,
    unit="MiB",
    note="The limit applies at once, without a restart. Swap stays as it is.",
)
MIB_FIELD: Final = number_field("memory_mib", "Memory", least=128, most=262_144, unit="MiB")
ACTIONS: Final = (
    MEMORY.action(
        key="set_memory",
        name="Set memory",
        description="Changes the memory limit of a container while it runs.",
        risk=Risk.MEDIUM,
        deduplicated=True,
        scope="container",
        arguments=(MIB_FIELD,),
        blast_radius="One container, which keeps running",
        icon="mdi:memory",
        capability="set_memory",
        needs=("VM.Config.Memory", "Sys.Audit"),
    ),
    *(RESTART.action(**_about("restart", scope)) for scope in GUESTS),
    *(POWER.turn_on(**_about("start", scope)) for scope in GUESTS),
    *(POWER.turn_off(**_about("stop", scope)) for scope in GUESTS),
    *(MOVE.action(**_about("migrate", scope)) for scope in GUESTS),
)
CONTROLS: Final = (
    Control.number(
        "memory",
        "Memory limit",
        "memory_limit",
        action="set_memory",
        argument="memory_mib",
        scope="container",
    ),
    *(
        Control.switch(
            f"power_{scope}", "Power", "running", on=f"start_{scope}", off=f"stop_{scope}", scope=scope
        )
        for scope in GUESTS
    ),
)
