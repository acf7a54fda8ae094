"""What can be asked of a cluster."""

from typing import Final

from ...description import Answer, Call, Tool
from .._words import brief, listing, span, usage
from .client import ProxmoxClient
from .models import GuestRef, NodeStatus, Task, check_node


async def _container_status(client: ProxmoxClient, call: Call) -> Answer:
    status = await client.guest_status(GuestRef.parse(call.target.id))
    state = f"running for {span(status.uptime)}" if status.is_running else "stopped"
    lines = [
        f"State: {state}" + (f", locked ({status.lock})" if status.lock else ""),
        f"Memory: {usage(status.memory_used, status.memory_limit)}",
        f"Swap: {usage(status.swap_used, status.swap_limit)}",
        f"CPU: {100 * status.cpu:.0f} % of {status.cores:g} cores",
        f"Disk: {usage(status.disk_used, status.disk_limit)}",
    ]
    return Answer(title=f"Container {call.target.name}", text="\n".join(lines))


async def _container_config(client: ProxmoxClient, call: Call) -> Answer:
    config = await client.guest_config(GuestRef.parse(call.target.id))
    lines = [f"{key}: {brief(value, 120)}" for key, value in config.settings]
    if config.lock:
        lines.append(f"lock: {config.lock}")
    return Answer(title=f"Configuration of {call.target.name}", text=listing(lines, "Nothing is set"))


async def _node_status(client: ProxmoxClient, call: Call) -> Answer:
    return _describe(check_node(call.target.id), await client.node_status(check_node(call.target.id)))


async def _host_status(client: ProxmoxClient, call: Call) -> Answer:
    node = GuestRef.parse(call.target.id).node
    return _describe(node, await client.node_status(node))


def _describe(node: str, status: NodeStatus) -> Answer:
    lines = [
        f"Up for {span(status.uptime)}, {status.version}",
        f"Memory: {usage(status.memory_used, status.memory_limit)}",
        f"CPU: {100 * status.cpu:.0f} % of {status.cpus} cores, load {' '.join(status.load_average)}",
        f"Disk: {usage(status.disk_used, status.disk_limit)}",
    ]
    return Answer(title=f"Node {node}", text="\n".join(lines))


async def _recent_tasks(client: ProxmoxClient, call: Call) -> Answer:
    tasks = await client.tasks(GuestRef.parse(call.target.id))
    lines = [_line(task) for task in tasks]
    return Answer(title=f"Tasks of {call.target.name}", text=listing(lines, "No tasks are on record"))


def _line(task: Task) -> str:
    outcome = "running" if task.outcome is None else brief(task.outcome, 120) or "ended"
    return f"{task.started_at:%Y-%m-%d %H:%M:%S} {task.kind} by {task.user}: {outcome}"


TOOLS: Final = (
    Tool(
        key="container_status",
        name="Container status",
        description="State, memory, swap, CPU and disk of a container right now.",
        read=_container_status,
        scope="container",
    ),
    Tool(
        key="container_config",
        name="Container configuration",
        description="Limits and settings of a container.",
        read=_container_config,
        scope="container",
    ),
    Tool(
        key="host_status",
        name="Status of its node",
        description="How busy the node is that a container runs on.",
        read=_host_status,
        scope="container",
    ),
    Tool(
        key="node_status",
        name="Node status",
        description="Memory, CPU, load and disk of a node right now.",
        read=_node_status,
        scope="node",
    ),
    Tool(
        key="recent_tasks",
        name="Recent tasks",
        description="What was done with a container lately, and how it ended.",
        read=_recent_tasks,
        scope="container",
    ),
)
