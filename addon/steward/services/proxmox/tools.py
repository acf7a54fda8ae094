"""What can be asked of a cluster."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from ...errors import ServiceMalformed
from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing, span, usage
from .client import ProxmoxClient
from .models import GUESTS

SHOWN: Final = (
    *("hostname", "name", "ostype", "cores", "cpulimit", "memory", "balloon", "swap", "rootfs", "onboot"),
    *("startup", "unprivileged", "features", "protection", "tags", "lock"),
)
"""Settings of a guest that are shown. Its notes and its raw keys may hold secrets."""


async def _status(client: ProxmoxClient, call: Call) -> Answer:
    node, now = (await client.guest(call)).node, await client.status(call)
    is_timed = now.status == "running" and now.uptime is not None
    state = f"running for {span(now.uptime or 0)}" if is_timed else now.status or "not known"
    lines = [
        f"State: {state} on {node}" + (f", locked ({now.lock})" if now.lock else ""),
        f"Memory: {usage(now.mem, now.maxmem)}",
        f"CPU: {_share(now.cpu)}",
        f"Disk: {usage(now.disk or None, now.maxdisk)}",
    ]
    return Answer(title=f"Status of {call.target.name}", text="\n".join(lines))


def _share(cpu: float | None) -> str:
    return "not reported" if cpu is None else f"{100 * cpu:.0f} %"


async def _config(client: ProxmoxClient, call: Call) -> Answer:
    config = await client.get(f"{await client.path(call)}/config")
    if not isinstance(config, Mapping):
        raise ServiceMalformed("The configuration is not an object")
    lines = [f"{key}: {brief(str(config[key]), 120)}" for key in SHOWN if key in config]
    return Answer(title=f"Configuration of {call.target.name}", text=listing(lines, "Nothing is set"))


async def _node(client: ProxmoxClient, call: Call) -> Answer:
    node = call.target.id if call.target.kind == "node" else (await client.guest(call)).node
    now = await client.node_status(node)
    lines = [
        f"Up for {'an unknown time' if now.uptime is None else span(now.uptime)}, {now.pveversion}",
        f"Memory: {usage(now.memory.used, now.memory.total)}",
        f"CPU: {_share(now.cpu)}, load {' '.join(now.loadavg[:3]) or 'not reported'}",
        f"Disk: {usage(now.rootfs.used, now.rootfs.total) if now.rootfs else 'not reported'}",
    ]
    return Answer(title=f"Node {node}", text="\n".join(lines))


async def _tasks(client: ProxmoxClient, call: Call) -> Answer:
    lines = [
        f"{datetime.fromtimestamp(task.starttime, UTC):%Y-%m-%d %H:%M:%S} {task.type} by {task.user}: "
        + ("running" if task.outcome is None else brief(task.outcome, 120) or "ended")
        for task in await client.tasks(call)
    ]
    if unread := await client.tasks_unread():
        lines.append(unread)
    return Answer(title=f"Tasks of {call.target.name}", text=listing(lines, "No tasks are on record"))


_GUEST_TOOLS: Final = (
    ("status", "Status", "State, memory, CPU and disk now.", _status, "status", ("VM.Audit",)),
    ("config", "Configuration", "Limits and settings.", _config, "config", ("VM.Audit",)),
    (
        "host_status",
        "Status of its node",
        "How busy the node is.",
        _node,
        None,
        ("Sys.Audit",),
    ),
    ("recent_tasks", "Recent tasks", "What was done with it, and how that ended.", _tasks, "tasks", ()),
)
TOOLS: Final = (
    *(
        Tool(
            key=key if scope == "container" and "_" in key else f"{scope}_{key}",
            name=name,
            description=description,
            read=read,
            scope=scope,
            capability=capability,
            needs=needs,
        )
        for scope in GUESTS
        for key, name, description, read, capability, needs in _GUEST_TOOLS
    ),
    Tool[ProxmoxClient](
        key="node_status",
        name="Node status",
        description="Memory, CPU, load and disk of a node now.",
        read=_node,
        scope="node",
        capability="status",
        needs=("Sys.Audit",),
    ),
)
