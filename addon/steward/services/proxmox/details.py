"""What takes a call for each node, storage or guest, and is read every ten minutes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from ...errors import ServiceError
from ...sdk.coverage import Gaps
from ...tasks import task_group
from .._proxmox.client import TokenClient
from .guest_network import macs_in
from .models import Backup, Details, GuestSnapshot, NodeTime, Package, Replication, Resource, Task

EVERY: Final = 600.0
LONGEST: Final = 10.0
"""Seconds after which a node that is slow is left out."""

MANAGER: Final = "pve-manager"
"""The package whose version is the version of Proxmox VE."""

PARTS: Final = ("clocks", "updates", "replication", "backup tasks", "backups", "snapshots")
AT_ONCE: Final = 4
"""Calls at the same time."""

MOST_TASKS: Final = 50

type Call = Callable[[], Awaitable[None]]


async def read_details(client: TokenClient, rows: tuple[Resource, ...], longest: timedelta) -> Details:
    """Read everything; what fails costs itself and is a gap, but for what only identifies guests."""
    found, limit = Details(client.clock.now(), longest), asyncio.Semaphore(AT_ONCE)
    up = {row.key for row in rows if row.type == "node" and row.status == "online"}

    async def part(name: str, call: Call) -> None:
        try:
            async with limit:
                await call()
        except ServiceError as err:
            found.gaps.add(name, str(err))

    try:
        async with asyncio.timeout(LONGEST), task_group() as calls:
            for name, call in _calls(client, found, rows, up):
                calls.create_task(part(name, call))
    except TimeoutError:
        for name in PARTS:
            found.gaps.add(name, f"Not everything was read within {LONGEST:g} s")
    for backups in found.backups.values():
        backups.sort(key=lambda one: -one.ctime)
    return found


def _calls(
    client: TokenClient, found: Details, rows: tuple[Resource, ...], up: set[str]
) -> Iterator[tuple[str, Call]]:
    """Yield what is to be read, each with the name of its part."""
    for node in sorted(up):
        yield "clocks", partial(_clock, client, found, node)
        yield "updates", partial(_updates, client, found, node)
        yield "replication", partial(_replications, client, found, node)
        yield "backup tasks", partial(_tasks, client, found, node)
    for row in _storages(rows, up):
        yield "backups", partial(_backups, client, found, row)
    for row in rows:
        if row.vmid and row.node in up and not row.template:
            yield "snapshots", partial(_snapshots, client, found, row)
    # Last: they only identify guests, and what is slow costs what comes last.
    for row in rows:
        if row.vmid and row.node in up and not row.template:
            yield "network", partial(_network, client, found, row)


def _storages(rows: tuple[Resource, ...], up: set[str]) -> list[Resource]:
    """Return the storages for backups, a shared one once, by a node that reaches it."""
    found: dict[str, Resource] = {}
    for row in rows:
        if row.storage and row.node in up and row.status == "available" and row.takes_backups:
            found.setdefault(row.key, row)
    return [*found.values()]


async def _clock(client: TokenClient, found: Details, node: str) -> None:
    time = await client.one(NodeTime, f"nodes/{node}/time")
    found.clocks[node] = round(time.time - client.clock.now().timestamp())


async def _updates(client: TokenClient, found: Details, node: str) -> None:
    packages = await client.many(Package, f"nodes/{node}/apt/versions", found.gaps)
    found.updates[node] = sum(one.is_outdated for one in packages)
    found.programs.update((node, one) for one in packages if one.package == MANAGER)


async def _replications(client: TokenClient, found: Details, node: str) -> None:
    path = f"nodes/{node}/replication"
    for one in await client.many(Replication, path, odd := Gaps()):
        found.replications[one.id] = one
    _pass_on(odd, path, found, "replication")


async def _tasks(client: TokenClient, found: Details, node: str) -> None:
    path = f"nodes/{node}/tasks"
    tasks = await client.many(Task, path, odd := Gaps(), typefilter="vzdump", source="all", limit=MOST_TASKS)
    _pass_on(odd, path, found, "backup tasks")
    found.tasks[node] = tuple(sorted(tasks, key=lambda one: -one.starttime))


async def _backups(client: TokenClient, found: Details, row: Resource) -> None:
    path = f"nodes/{row.node}/storage/{row.storage}/content"
    for one in await client.many(Backup, path, odd := Gaps(), content="backup"):
        found.backups[one.vmid].append(one)
    _pass_on(odd, path, found, "backups")


async def _snapshots(client: TokenClient, found: Details, row: Resource) -> None:
    path = f"nodes/{row.node}/{row.type}/{row.vmid}/snapshot"
    rows = await client.many(GuestSnapshot, path, odd := Gaps())
    _pass_on(odd, path, found, "snapshots")
    if not odd.of(path):
        found.snapshots[row.vmid] = tuple(one for one in rows if one.name != "current")


async def _network(client: TokenClient, found: Details, row: Resource) -> None:
    config = await client.one(dict[str, object], f"nodes/{row.node}/{row.type}/{row.vmid}/config")
    found.macs[row.vmid] = macs_in(config)


def _pass_on(odd: Gaps, path: str, found: Details, part: str) -> None:
    if (reason := odd.of(path)) is not None:
        found.gaps.add(part, reason)
