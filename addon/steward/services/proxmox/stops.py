"""How a guest came to be stopped: by a person, with its node, or by itself."""

from datetime import UTC, datetime
from typing import Final

from ...sdk.answers import Busy
from ...sdk.description import Call, Gaps, Stop
from .client import ProxmoxClient
from .models import Task

STOPS: Final = frozenset(
    {"vzstop", "qmstop", "vzshutdown", "qmshutdown", "vzsuspend", "qmsuspend", "hastop", "hashutdown"}
)
STARTS: Final = frozenset(
    {"vzstart", "qmstart", "vzreboot", "qmreboot", "qmreset", "vzresume", "qmresume", "hastart"}
)
ALL_STOPS: Final = frozenset({"stopall", "suspendall"})
"""Tasks that stop the guests of a node, such as before it is shut down."""

BACKUP: Final = "vzdump"

NOT_ALONE: Final = 900
"""Seconds after the begin of such a task within which it may stop a guest."""


async def why_stopped(client: ProxmoxClient, call: Call) -> Stop:
    """Return how a guest came to be stopped, by the tasks on record. Raises Busy while one runs."""
    tasks = await client.tasks(call)
    running = next((task for task in tasks if task.outcome is None), None)
    if running is not None:
        raise Busy(t"The task {running.type} of {call.target.name} is running")
    lock = (await client.status(call)).lock
    if lock and await _is_backup_running(client, call):
        raise Busy(t"{call.target.name} is locked ({lock})")
    last = next((task for task in tasks if task.type in STOPS | STARTS and task.job.ok), None)
    if last is None or last.type in STARTS:
        return Stop(False, f"No task on record stopped {call.target.name}")
    if await _was_with_node(client, last):
        return Stop(False, f"{call.target.name} was stopped with its node and not started again")
    at = datetime.fromtimestamp(last.starttime, UTC)
    return Stop(True, f"{last.user or 'A task'} stopped it on {at:%Y-%m-%d at %H:%M} UTC")


async def _is_backup_running(client: ProxmoxClient, call: Call) -> bool:
    """Return whether a backup runs on the guest's node. One of many guests names none of them.

    A lock alone is no sign: it stays when a backup or a move has failed.
    """
    node = (await client.guest(call)).node
    tasks = await client.many(Task, f"nodes/{node}/tasks", Gaps(), source="active")
    return any(task.type == BACKUP and task.outcome is None for task in tasks)


async def _was_with_node(client: ProxmoxClient, stop: Task) -> bool:
    """Return whether a guest was stopped by a task that stops all guests of its node."""
    node, begin = stop.upid.split(":")[1], stop.starttime - NOT_ALONE
    tasks = await client.many(Task, f"nodes/{node}/tasks", Gaps(), source="all", limit=100, since=begin)
    return any(task.type in ALL_STOPS and begin <= task.starttime <= stop.starttime for task in tasks)
