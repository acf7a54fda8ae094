"""What can be done with guests. Power and moves are tasks: Proxmox's own list shows how they ended."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult, Difference

from ...errors import PreconditionFailed, ServiceRefused
from ...sdk.answers import known, parse
from ...sdk.client import Parameter
from ...sdk.description import Action, Call, Control, Gaps, Risk
from ...sdk.display import MIB, Text, brief, size, usage
from ...sdk.fields import number_field, target_field
from ...sdk.kits.about import About, Identity, Refusal
from ...sdk.kits.create_item import CreateItem
from ...sdk.kits.jobs import Job, Jobs, RunJob, always
from ...sdk.kits.set_value import Current, SetValue
from ...sdk.kits.switch import Switch, Turn
from ...sdk.shown import difference, result
from .._proxmox.tasks import Upid
from .client import ProxmoxClient
from .models import GUESTS, GuestConfig, Migration, Row

type Start = Callable[[ProxmoxClient, Call], Awaitable[str]]

TASK_TYPES: Final = {
    "start": ("vzstart", "qmstart", "hastart"),
    "shutdown": ("vzshutdown", "qmshutdown", "hashutdown", "hastop"),
    "reboot": ("vzreboot", "qmreboot"),
    "migrate": ("vzmigrate", "qmigrate", "hamigrate"),
    "rollback": ("vzrollback", "qmrollback"),
    "backup": ("vzdump",),
    "snapshot": ("vzsnapshot", "qmsnapshot"),
    "delete_snapshot": ("vzdelsnapshot", "qmdelsnapshot"),
}
"""What Proxmox calls the tasks of a command; those of guests under high availability differ."""

REPLICATED: Final = 240.0
"""Seconds for which a replication is waited for, which begins within a minute."""

SETTLE: Final = 120.0
"""Seconds until the new state shows: high availability acts some time after its task has ended."""

POWER_RIGHT: Final = "VM.PowerMgmt"
ABOUT: Final = {
    "restart": ("Restart", "Shuts it down and starts it again.", Risk.MEDIUM, "mdi:restart", POWER_RIGHT),
    "start": ("Start", "Starts it.", Risk.LOW, "mdi:play", POWER_RIGHT),
    "stop": ("Stop", "Shuts it down, by force after one minute.", Risk.HIGH, "mdi:stop", POWER_RIGHT),
    "migrate": ("Move", "Moves it to another node.", Risk.MEDIUM, "mdi:swap-horizontal", "VM.Migrate"),
    "snapshot": ("Take a snapshot of the", "Takes a snapshot.", Risk.LOW, "mdi:camera", "VM.Snapshot"),
    "rollback": (
        "Roll back the",
        "Goes back to the newest snapshot. What changed since then is lost.",
        Risk.HIGH,
        "mdi:backup-restore",
        "VM.Snapshot",
    ),
    "delete_snapshot": (
        "Delete the oldest snapshot of the",
        "Deletes the oldest snapshot. This cannot be undone.",
        Risk.HIGH,
        "mdi:camera-off",
        "VM.Snapshot",
    ),
    "backup": ("Back up the", "Starts a backup.", Risk.LOW, "mdi:archive-arrow-down", "VM.Backup"),
}


NODE: Final = target_field("node", "Node", scope="node")


def _about(key: str, scope: str) -> About:
    name, description, risk, icon, right = ABOUT[key]
    noun = "container" if scope == "container" else "virtual machine"
    interrupts = key in ("restart", "stop", "rollback") or (key == "migrate" and scope == "container")
    return {
        "key": f"{key}_{scope}",
        "name": f"{name} {noun}",
        "description": description,
        "risk": risk,
        "scope": scope,
        "blast_radius": f"Everything in the {noun} is interrupted" if interrupts else f"One {noun}",
        "button": key == "restart",
        "icon": icon,
        "capability": key,
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
    return result(t"State", t"running" if is_running else t"stopped", ok=is_running)


async def _is_moved(client: ProxmoxClient, call: Call) -> CheckResult:
    guest = await client.guest(call)
    is_pending = guest.lock == "migrate" or guest.hastate in ("migrate", "relocate")
    ok = guest.node == call.text("node") or (None if is_pending else False)
    return result(t"Node", t"on {guest.node}", ok=ok)


def _needs(right: str, *, allowed_lock: str = "") -> Refusal[ProxmoxClient]:
    return lambda client, call: client.refusal(call, right, allowed_lock=allowed_lock)


async def _restart_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    is_running = await client.is_running(call)
    reason = await client.refusal(call, POWER_RIGHT)
    return reason if is_running else t"{call.target.name} is not running"


async def _move_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    node, name = call.text("node"), call.target.name
    if (await client.guest(call)).node == node:
        return t"{name} is already on {node}"
    if node not in await client.nodes_online():
        return t"Node {node} is not online"
    try:
        answer = await client.get(f"{await client.path(call)}/migrate", target=node)
    except ServiceRefused:
        answer = {}  # versions before 9 do not answer this for containers
    plan = parse(Migration, answer, "preconditions")
    if plan.local_resources:
        return t"{name} uses devices of its node: {', '.join(plan.local_resources)}"
    if reason := (plan.not_allowed_nodes | plan.not_allowed).get(node):
        return t"{node} cannot run {name}: {brief(str(reason))}"
    return await client.refusal(call, "VM.Migrate")


async def _move_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    return (difference(t"Node", (await client.guest(call)).node, call.text("node")),)


def _move_form(call: Call, is_running: bool) -> Mapping[str, Parameter]:  # noqa: FBT001 - the state itself
    live = {"online": 1, "with-local-disks": 1} if call.target.kind == "vm" else {"restart": 1}
    return {"target": call.text("node"), **(live if is_running else {})}


RESTART: Final = RunJob(
    start=_started("status/reboot", lambda *_: {"timeout": 60}),
    jobs=_jobs("reboot"),
    changes=always(t"State", t"running", t"restarted"),
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
    note=t"A virtual machine keeps running, a container restarts. Local disks are copied.",
)
POWER: Final = Switch(
    is_on=ProxmoxClient.is_running,
    on=Turn(
        to=True,
        run=_started("status/start", lambda *_: {}),
        jobs=_jobs("start"),
        refusal=_needs(POWER_RIGHT, allowed_lock="suspended"),
    ),
    off=Turn(
        to=False,
        run=_started("status/shutdown", lambda *_: {"timeout": 60, "forceStop": 1}),
        jobs=_jobs("shutdown"),
        refusal=_needs(POWER_RIGHT),
    ),
    words=(t"stopped", t"running"),
    settle=SETTLE,
    identity=ProxmoxClient.identity,
)


async def _roll_back(client: ProxmoxClient, call: Call) -> str:
    newest = (await client.snapshots(call))[0]
    is_running = await client.is_running(call)
    path = f"{await client.path(call)}/snapshot/{newest.name}/rollback"
    return await client.sent(Upid, "POST", path, form={"start": int(is_running)})


async def _roll_back_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    if not await client.snapshots(call):
        return t"{call.target.name} has no snapshot"
    return await client.refusal(call, "VM.Snapshot", allowed_lock="suspended")


async def _roll_back_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    newest = (await client.snapshots(call))[0]
    at = f"of {_time(newest.snaptime)}" if newest.snaptime else "of an unknown time"
    return (difference(t"State", t"now", t"snapshot {newest.name} {at}"),)


async def _delete_oldest(client: ProxmoxClient, call: Call) -> str:
    return await _delete_snapshot(client, call, (await client.snapshots(call))[-1].name)


async def _delete_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    if not (found := await client.snapshots(call)):
        return t"{call.target.name} has no snapshot"
    if any(one.snaptime is None for one in found):
        return t"Proxmox does not report which snapshot is the oldest"
    return await client.refusal(call, "VM.Snapshot")


async def _delete_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    oldest = (await client.snapshots(call))[-1]
    before = f"{oldest.name} of {_time(known(oldest.snaptime))}"
    return (difference(t"Oldest snapshot", before, t"deleted"),)


async def _back_up(client: ProxmoxClient, call: Call) -> str:
    guest, storage = await client.guest(call), known(await client.backup_storage(call))
    form = {"vmid": call.target.id, "storage": storage.storage, "mode": "snapshot"}
    return await client.sent(Upid, "POST", f"nodes/{guest.node}/vzdump", form=form)


async def _backup_refusal(client: ProxmoxClient, call: Call) -> Text | None:
    storage = await client.backup_storage(call)
    if storage is None:
        return t"No storage for backups is available on the node of {call.target.name}"
    path = f"/storage/{storage.storage}"
    if "Datastore.AllocateSpace" not in await client.rights(path):
        return t"The token lacks the right Datastore.AllocateSpace on {path}"
    return await client.refusal(call, "VM.Backup")


async def _backup_changes(client: ProxmoxClient, call: Call) -> tuple[Difference, ...]:
    storage = known(await client.backup_storage(call))
    return (difference(t"Backup", t"none", t"on {storage.title}"),)


def _time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _with_snapshot(place: int) -> Identity[ProxmoxClient]:
    """Return what identifies a guest with one of its snapshots: only the approved one may be used."""

    async def identity(client: ProxmoxClient, call: Call) -> str:
        found = (await client.snapshots(call))[place:][:1]
        return " ".join([await client.identity(call), *(f"{one.name} {one.snaptime}" for one in found)])

    return identity


DELETE_OLDEST: Final = RunJob(
    start=_delete_oldest,
    jobs=_jobs("delete_snapshot"),
    changes=_delete_changes,
    refusal=_delete_refusal,
    identity=_with_snapshot(-1),
)
ROLL_BACK: Final = RunJob(
    start=_roll_back,
    jobs=_jobs("rollback"),
    changes=_roll_back_changes,
    refusal=_roll_back_refusal,
    identity=_with_snapshot(0),
)
BACKUP: Final = RunJob(
    start=_back_up,
    jobs=_jobs("backup"),
    changes=_backup_changes,
    refusal=_backup_refusal,
    waits=False,
    identity=ProxmoxClient.identity,
)


async def _newest_replication(client: ProxmoxClient, call: Call) -> Job:
    return (await client.replication(call))[1].job


REPLICATE: Final = RunJob[ProxmoxClient](
    start=ProxmoxClient.replicate,
    jobs=Jobs(read=ProxmoxClient.replicated, newest=_newest_replication, seconds=REPLICATED),
    changes=always(t"Replication", t"as scheduled", t"run now"),
    note=t"It begins within a minute. The token needs VM.Replicate.",
)


async def _snapshot_names(client: ProxmoxClient, call: Call) -> tuple[str, ...]:
    return tuple(one.name for one in await client.snapshots(call))


async def _take_snapshot(client: ProxmoxClient, call: Call, name: str) -> str:
    return await client.sent(Upid, "POST", f"{await client.path(call)}/snapshot", form={"snapname": name})


async def _delete_snapshot(client: ProxmoxClient, call: Call, name: str) -> str:
    return await client.sent(Upid, "DELETE", f"{await client.path(call)}/snapshot/{name}")


SNAPSHOT: Final = CreateItem(
    label=t"Snapshot",
    names=_snapshot_names,
    create=_take_snapshot,
    delete=_delete_snapshot,
    jobs=_jobs("snapshot"),
    refusal=_needs("VM.Snapshot"),
    identity=ProxmoxClient.identity,
)


async def _memory(client: ProxmoxClient, call: Call) -> Current:
    config = await client.one(GuestConfig, f"{await client.path(call)}/config")
    status = await client.status(call)
    # The memory of a virtual machine changes with its next start, unless it has hotplug.
    is_effective = True if not status.is_up or call.target.kind == "vm" else None
    if is_effective is None and status.maxmem is not None:
        is_effective = status.maxmem == config.memory_mib * MIB
    text = f"{config.memory_mib} MiB configured, memory in use: {usage(status.mem, status.maxmem)}"
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
    "container": "It applies at once, without a restart.",
    "vm": "It applies with the next start of the virtual machine, unless hotplug is on for it.",
}
MIB_FIELD: Final = number_field("memory_mib", "Memory", least=128, most=262_144, unit="MiB")
CORES: Final = number_field("cores", "Cores", least=1, most=512)


def _settings(scope: str) -> Iterator[Action[ProxmoxClient]]:
    noun = "container" if scope == "container" else "virtual machine"
    memory = SetValue(
        argument="memory_mib",
        label=t"Memory limit",
        read=_memory,
        write=_setting("memory"),
        refusal=_memory_refusal,
        unit="MiB",
        note=f"{LATER[scope]} Swap stays as it is.",
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


ACTIONS: Final = (
    *(action for scope in GUESTS for action in _settings(scope)),
    *(RESTART.action(**_about("restart", scope)) for scope in GUESTS),
    *(POWER.turn_on(**_about("start", scope)) for scope in GUESTS),
    *(POWER.turn_off(**_about("stop", scope)) for scope in GUESTS),
    *(MOVE.action(**_about("migrate", scope)) for scope in GUESTS),
    *(SNAPSHOT.action(**_about("snapshot", scope)) for scope in GUESTS),
    *(ROLL_BACK.action(**_about("rollback", scope)) for scope in GUESTS),
    *(DELETE_OLDEST.action(**_about("delete_snapshot", scope)) for scope in GUESTS),
    *(BACKUP.action(**_about("backup", scope)) for scope in GUESTS),
    REPLICATE.action(
        key="replicate",
        name="Run replication",
        description="Replicates a guest to the other node now.",
        risk=Risk.LOW,
        scope="replication",
        blast_radius="The network and the storage of two nodes are busy",
        icon="mdi:content-copy",
    ),
)
CONTROLS: Final = (
    *(
        Control.number(key, name, reading, action=action, argument=argument, scope=scope)
        for scope, key, name, reading, action, argument in (
            ("container", "memory", "Memory limit", "memory_limit", "set_memory", "memory_mib"),
            ("vm", "memory_vm", "Memory limit", "memory_limit", "set_memory_vm", "memory_mib"),
            ("container", "cores_container", "CPU cores", "cores", "set_cores_container", "cores"),
            ("vm", "cores_vm", "CPU cores", "cores", "set_cores_vm", "cores"),
        )
    ),
    *(
        Control.switch(
            f"power_{scope}", "Power", "running", on=f"start_{scope}", off=f"stop_{scope}", scope=scope
        )
        for scope in GUESTS
    ),
)
