"""Reads Proxmox VE's JSON. Shapes: https://pve.proxmox.com/pve-docs/api-viewer/.

All parsers raise ServiceMalformed when something needed is missing.
"""

import re
from collections.abc import Iterator
from typing import Final

from ...errors import ServiceMalformed
from .._json import Row, rows
from .models import (
    Cluster,
    Guest,
    GuestConfig,
    GuestKind,
    GuestRef,
    GuestStatus,
    Load,
    Node,
    NodeStatus,
    Storage,
    Task,
)

DEFAULT_MEMORY_MIB: Final = 512
"""What Proxmox gives a container whose configuration names no memory or swap."""

_UPID: Final = re.compile(r"UPID:[^/\s]+")
_SHOWN: Final = (
    "hostname",
    "name",
    "ostype",
    "cores",
    "cpulimit",
    "memory",
    "balloon",
    "swap",
    "rootfs",
    "onboot",
    "startup",
    "unprivileged",
    "features",
    "protection",
    "tags",
)


def parse_version(value: object) -> str:
    """Return the version of ``/version``."""
    return Row(value, "version").text("version")


def parse_cluster(version: object, resources: object) -> Cluster:
    """Return the cluster from ``/version`` and ``/cluster/resources``; templates are left out."""
    table = list(rows(resources, "resource"))
    return Cluster(
        version=parse_version(version),
        nodes=tuple(_node(row) for row in _of_type(table, "node")),
        guests=tuple(
            _guest(row, kind)
            for kind in GuestKind
            for row in _of_type(table, kind)
            if not row.flag("template", default=False)
        ),
        storages=tuple(_storage(row) for row in _of_type(table, "storage")),
    )


def parse_guest_status(value: object) -> GuestStatus:
    """Return the guest of ``…/status/current``."""
    row = Row(value, "guest status")
    return GuestStatus(
        is_running=row.text("status") == "running",
        memory_used=row.integer("mem", 0),
        memory_limit=row.integer("maxmem"),
        swap_used=row.integer("swap", 0),
        swap_limit=row.integer("maxswap", 0),
        disk_used=row.integer("disk", 0),
        disk_limit=row.integer("maxdisk", 0),
        cpu=row.number("cpu", 0.0),
        cores=row.number("cpus", 0.0),
        uptime=row.integer("uptime", 0),
        lock=row.text("lock", None),
    )


def parse_guest_config(value: object) -> GuestConfig:
    """Return the configuration of ``…/config``; notes and raw LXC keys are left out."""
    row = Row(value, "guest config")
    return GuestConfig(
        digest=row.text("digest"),
        memory_mib=row.integer("memory", DEFAULT_MEMORY_MIB),
        swap_mib=row.integer("swap", DEFAULT_MEMORY_MIB),
        lock=row.text("lock", None),
        settings=tuple((key, row.scalar(key)) for key in _SHOWN if key in row),
    )


def parse_node_status(value: object) -> NodeStatus:
    """Return the node of ``/nodes/{node}/status``."""
    row = Row(value, "node status")
    memory, disk = row.row("memory"), row.row("rootfs") if "rootfs" in row else None
    return NodeStatus(
        cpu=row.number("cpu", 0.0),
        cpus=row.row("cpuinfo").integer("cpus", 0) if "cpuinfo" in row else 0,
        memory_used=memory.integer("used"),
        memory_limit=memory.integer("total"),
        disk_used=disk.integer("used", 0) if disk else 0,
        disk_limit=disk.integer("total", 0) if disk else 0,
        load_average=tuple(str(one) for one in row.items("loadavg")[:3]),
        uptime=row.integer("uptime", 0),
        version=row.text("pveversion", ""),
    )


def parse_tasks(value: object) -> tuple[Task, ...]:
    """Return the tasks of ``/nodes/{node}/tasks``, newest first."""
    tasks = (_task(row, row.text("status", "") if "endtime" in row else None) for row in rows(value, "task"))
    return tuple(sorted(tasks, key=lambda task: task.started_at, reverse=True))


def parse_task(value: object) -> Task:
    """Return the task of ``…/tasks/{upid}/status``."""
    row = Row(value, "task status")
    return _task(row, None if row.text("status") == "running" else row.text("exitstatus", ""))


def parse_upid(value: object) -> str:
    """Return the task id a power command answers with."""
    return _upid(Row({"upid": value}, "answer"))


def _upid(row: Row) -> str:
    upid = row.text("upid")
    if not _UPID.fullmatch(upid):  # it becomes part of a path
        raise ServiceMalformed("task: upid is none")
    return upid


def _of_type(table: list[Row], wanted: str) -> Iterator[Row]:
    return (row for row in table if row.text("type") == wanted)


def _node(row: Row) -> Node:
    # Small installations and old versions name a node by its id alone.
    name = row.text("node", "") or row.text("id").removeprefix("node/")
    is_online = {"online": True, "offline": False}.get(row.text("status", ""))
    return Node(name=name, is_online=is_online, load=_load(row) if is_online else None)


def _guest(row: Row, kind: GuestKind) -> Guest:
    ref = GuestRef(node=row.text("node"), kind=kind, vmid=row.integer("vmid"))
    is_running = row.text("status", "") == "running"
    return Guest(
        ref=ref,
        name=row.text("name", "") or f"{kind}/{ref.vmid}",
        is_running=is_running,
        load=_load(row) if is_running else None,
    )


def _storage(row: Row) -> Storage:
    return Storage(
        node=row.text("node"),
        name=row.text("storage"),
        is_available=row.text("status", "") == "available",
        is_shared=row.flag("shared", default=False),
        used=row.integer("disk", 0),
        limit=row.integer("maxdisk", 0),
    )


def _load(row: Row) -> Load:
    return Load(
        cpu=row.number("cpu", 0.0),
        memory_used=row.integer("mem", 0),
        memory_limit=row.integer("maxmem", 0),
        disk_used=row.integer("disk", 0),
        disk_limit=row.integer("maxdisk", 0),
        uptime=row.integer("uptime", 0),
    )


def _task(row: Row, outcome: str | None) -> Task:
    return Task(
        upid=_upid(row),
        kind=row.text("type"),
        user=row.text("user", ""),
        started_at=row.unix_time("starttime"),
        outcome=outcome,
    )
