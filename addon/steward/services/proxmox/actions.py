"""What can be done with guests. Power and moves are tasks: Proxmox's own list shows how they ended."""

from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...errors import ServiceRefused
from ...sdk.answers import parse
from ...sdk.client import Parameter
from ...sdk.description import Call, Control, Risk
from ...sdk.display import Text, brief
from ...sdk.fields import target_field
from ...sdk.kits import ITEM_NAME, About, RunJob, Switch, Turn, always, difference, result
from .client import ProxmoxClient
from .guest_tasks import POWER_RIGHT, in_doubt_of, jobs_of, needs, started
from .limits import limit_actions
from .models import GUESTS, Migration
from .snapshots import BACKUP, DELETE_OLDEST, ONLY, REPLICATE, ROLL_BACK, SNAPSHOT

SETTLE: Final = 120.0
"""Seconds until the new state shows: high availability acts some time after its task has ended."""

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
COMMANDS: Final = {"restart": "reboot", "stop": "shutdown"}
"""The commands of actions that are called otherwise."""

ARGUMENTS: Final = {
    "migrate": (target_field("node", "Node", scope="node"),),
    "snapshot": (ITEM_NAME,),
    "rollback": (ONLY,),
}


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
        "arguments": ARGUMENTS.get(key, ()),
        "needs": (right,),
        "in_doubt": in_doubt_of(COMMANDS.get(key, key)),
    }


async def _runs(client: ProxmoxClient, call: Call) -> CheckResult:
    is_running = await client.is_running(call)
    return result(t"State", t"running" if is_running else t"stopped", ok=is_running)


async def _is_moved(client: ProxmoxClient, call: Call) -> CheckResult:
    guest = await client.guest(call)
    is_pending = guest.lock == "migrate" or guest.hastate in ("migrate", "relocate")
    ok = guest.node == call.text("node") or (None if is_pending else False)
    return result(t"Node", t"on {guest.node}", ok=ok)


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
    start=started("status/reboot", lambda *_: {"timeout": 60}),
    jobs=jobs_of("reboot"),
    changes=always(t"State", t"running", t"restarted"),
    refusal=_restart_refusal,
    goal=_runs,
    identity=ProxmoxClient.identity,
)
MOVE: Final = RunJob(
    start=started("migrate", _move_form),
    jobs=jobs_of("migrate"),
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
        run=started("status/start", lambda *_: {}),
        jobs=jobs_of("start"),
        refusal=needs(POWER_RIGHT, allowed_lock="suspended"),
    ),
    off=Turn(
        to=False,
        run=started("status/shutdown", lambda *_: {"timeout": 60, "forceStop": 1}),
        jobs=jobs_of("shutdown"),
        refusal=needs(POWER_RIGHT),
    ),
    words=(t"stopped", t"running"),
    settle=SETTLE,
    identity=ProxmoxClient.identity,
)
ACTIONS: Final = (
    *(action for scope in GUESTS for action in limit_actions(scope)),
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
    Control.update("https://pve.proxmox.com/wiki/Roadmap", installed="installed", scope="node"),
)
