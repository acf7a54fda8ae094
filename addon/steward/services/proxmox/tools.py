"""What can be asked of a cluster."""

from datetime import UTC, datetime
from typing import Final

from ...sdk.description import Call, Gaps
from ...sdk.display import brief, list_tool, span, usage
from .client import ProxmoxClient
from .models import GUESTS

SHOWN: Final = (
    *("hostname", "name", "ostype", "cores", "cpulimit", "memory", "balloon", "swap", "rootfs", "onboot"),
    *("startup", "unprivileged", "features", "protection", "tags", "lock"),
)
"""Settings of a guest that are shown. Its notes and its raw keys may hold secrets."""


async def _status(client: ProxmoxClient, _: Gaps, call: Call) -> list[str]:
    node, now = (await client.guest(call)).node, await client.status(call)
    is_timed = now.status == "running" and now.uptime is not None
    state = f"running for {span(now.uptime or 0)}" if is_timed else now.status or "not known"
    return [
        f"State: {state} on {node}" + (f", locked ({now.lock})" if now.lock else ""),
        f"Memory: {usage(now.mem, now.maxmem)}",
        f"CPU: {_share(now.cpu)}",
        f"Disk: {usage(now.disk or None, now.maxdisk)}",
    ]


def _share(cpu: float | None) -> str:
    return "not reported" if cpu is None else f"{100 * cpu:.0f} %"


async def _config(client: ProxmoxClient, _: Gaps, call: Call) -> list[str]:
    config = await client.one(dict[str, object], f"{await client.path(call)}/config")
    return [f"{key}: {brief(str(config[key]), 120)}" for key in SHOWN if key in config]


async def _node(client: ProxmoxClient, _: Gaps, call: Call) -> list[str]:
    node = call.target.id if call.target.kind == "node" else (await client.guest(call)).node
    now = await client.node_status(node)
    return [
        f"{node}: up for {'an unknown time' if now.uptime is None else span(now.uptime)}, {now.pveversion}",
        f"Memory: {usage(now.memory.used, now.memory.total)}",
        f"CPU: {_share(now.cpu)}, load {' '.join(now.loadavg[:3]) or 'not reported'}",
        f"Disk: {usage(now.rootfs.used, now.rootfs.total) if now.rootfs else 'not reported'}",
    ]


async def _tasks(client: ProxmoxClient, gaps: Gaps, call: Call) -> list[str]:
    if unread := await client.tasks_unread():
        gaps.add("tasks", unread)
    return [
        f"{datetime.fromtimestamp(task.starttime, UTC):%Y-%m-%d %H:%M:%S} {task.type} by {task.user}: "
        + ("running" if task.outcome is None else brief(task.outcome, 120) or "ended")
        for task in await client.tasks(call)
    ]


async def _snapshots(client: ProxmoxClient, _: Gaps, call: Call) -> list[str]:
    return [f"{one.name}: {_time(one.snaptime)}" for one in await client.snapshots(call)]


async def _backups(client: ProxmoxClient, gaps: Gaps, call: Call) -> list[str]:
    found = (await client.cluster(gaps)).details.backups.get(int(call.target.id), [])
    return [
        f"{_time(one.ctime)}: {one.volid}, "
        f"verification {one.verification.state if one.verification else 'not done'}"
        for one in found
    ]


def _time(seconds: int | None) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC" if seconds else "at an unknown time"


_GUEST_TOOLS: Final = (
    ("status", "Status", "State, memory, CPU and disk now.", _status, "status", ("VM.Audit",)),
    ("config", "Configuration", "Limits and settings.", _config, "config", ("VM.Audit",)),
    ("host_status", "Status of its node", "How busy the node is.", _node, None, ("Sys.Audit",)),
    ("recent_tasks", "Recent tasks", "What was done with it, and how that ended.", _tasks, "tasks", ()),
    ("snapshots", "Snapshots", "Its snapshots, newest first.", _snapshots, None, ("VM.Audit",)),
    ("backups", "Backups", "Its backups, newest first.", _backups, "backup", ("Datastore.Audit",)),
)
TOOLS: Final = (
    *(
        list_tool(
            key if scope == "container" and "_" in key else f"{scope}_{key}",
            name,
            description,
            read,
            scope=scope,
            capability=capability,
            needs=needs,
        )
        for scope in GUESTS
        for key, name, description, read, capability, needs in _GUEST_TOOLS
    ),
    list_tool(
        "node_status",
        "Status",
        "Memory, CPU, load and disk of a node now.",
        _node,
        scope="node",
        capability="status",
        needs=("Sys.Audit",),
    ),
)
