"""Proxmox VE's rows, built from the world. Booleans are 0 and 1, sizes are in bytes."""

from collections.abc import Mapping, Sequence

from lab.guest import GIB, GuestKind, GuestView
from lab.wire import Json, JsonObject
from lab.world import NodeView, Task

_CONTENT = {"local": "backup,iso,vztmpl", "local-lvm": "images,rootdir"}


def node_row(node: NodeView) -> JsonObject:
    """Return a row of /nodes. An unreachable node has only a name."""
    row: JsonObject = {"id": f"node/{node.name}", "node": node.name, "type": "node", "level": ""}
    if not node.is_online:
        return {**row, "status": "offline"}
    return {
        **row,
        "status": "online",
        "cpu": node.cpu,
        "maxcpu": node.cpus,
        "mem": node.memory,
        "maxmem": node.memory_limit,
        "disk": node.disk,
        "maxdisk": node.disk_limit,
        "uptime": node.uptime,
    }


def node_resource(node: NodeView) -> JsonObject:
    """Return a node's row of /cluster/resources."""
    return {**node_row(node), "cgroup-mode": 2} if node.is_online else node_row(node)


def node_status(node: NodeView) -> JsonObject:
    """Return the data of /nodes/{node}/status."""
    return {
        "boot-info": {"mode": "efi", "secureboot": 0},
        "cpu": node.cpu,
        "cpuinfo": {
            "cores": node.cpus // 2,
            "cpus": node.cpus,
            "model": "Intel(R) N305",
            "sockets": 1,
            "mhz": "1800.000",
        },
        "current-kernel": {
            "machine": "x86_64",
            "release": "6.17.2-1-pve",
            "sysname": "Linux",
            "version": "#1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1",
        },
        "idle": 0,
        "ksm": {"shared": 0},
        "kversion": "Linux 6.17.2-1-pve #1 SMP PREEMPT_DYNAMIC PMX 6.17.2-1",
        "loadavg": [
            f"{node.cpu * node.cpus:.2f}",
            f"{node.cpu * node.cpus:.2f}",
            f"{node.cpu * node.cpus:.2f}",
        ],
        "memory": {
            "available": node.memory_limit - node.memory,
            "free": node.memory_limit - node.memory,
            "total": node.memory_limit,
            "used": node.memory,
        },
        "pveversion": "pve-manager/9.1.4/6f0d3a5c2b1e4d7f",
        "rootfs": {
            "avail": node.disk_limit - node.disk,
            "free": node.disk_limit - node.disk,
            "total": node.disk_limit,
            "used": node.disk,
        },
        "swap": {"free": 8 * GIB, "total": 8 * GIB, "used": 0},
        "uptime": node.uptime,
        "wait": 0.001,
    }


def cluster_status(nodes: Sequence[NodeView], *, has_quorum: bool) -> Json:
    """What /cluster/status answers: the cluster, then its nodes."""
    online = sum(node.is_online for node in nodes)
    rows: list[Json] = [
        {
            "id": "cluster",
            "name": "homelab",
            "nodes": len(nodes),
            "quorate": int(has_quorum and online > len(nodes) / 2),
            "type": "cluster",
            "version": len(nodes),
        }
    ]
    for number, node in enumerate(nodes, start=1):
        rows.append(
            {
                "id": f"node/{node.name}",
                "ip": node.address,
                "level": "",
                "local": int(number == 1),
                "name": node.name,
                "nodeid": number,
                "online": int(node.is_online),
                "type": "node",
            }
        )
    return rows


def storage_rows(node: NodeView) -> list[Json]:
    """Return the rows of /nodes/{node}/storage."""
    return [
        {
            "active": 1,
            "avail": node.disk_limit - node.disk,
            "content": content,
            "enabled": 1,
            "shared": 0,
            "storage": name,
            "total": node.disk_limit,
            "type": "dir" if name == "local" else "lvmthin",
            "used": node.disk,
            "used_fraction": node.disk / node.disk_limit,
        }
        for name, content in _CONTENT.items()
    ]


def storage_resources(node: NodeView, shares: Mapping[tuple[str, str], float]) -> list[Json]:
    """A node's storage as rows of /cluster/resources; `shares` overrides how full it is."""
    return [
        {
            "content": content,
            "disk": _stored(node, name, shares) if node.is_online else 0,
            "id": f"storage/{node.name}/{name}",
            "maxdisk": node.disk_limit if node.is_online else 0,
            "node": node.name,
            "plugintype": "dir" if name == "local" else "lvmthin",
            "shared": 0,
            "status": "available" if node.is_online else "unknown",
            "storage": name,
            "type": "storage",
        }
        for name, content in _CONTENT.items()
    ]


def _stored(node: NodeView, name: str, shares: Mapping[tuple[str, str], float]) -> int:
    share = shares.get((node.name, name))
    return node.disk if share is None else int(share * node.disk_limit)


def migration(guest: GuestView, nodes: Sequence[NodeView]) -> JsonObject:
    """The answer of GET …/migrate; containers and machines spell the nodes differently."""
    allowed: list[Json] = [node.name for node in nodes if node.is_online and node.name != guest.node]
    if guest.kind is GuestKind.LXC:
        return {"running": int(guest.is_running), "allowed-nodes": allowed}
    empty: JsonObject = {"local_disks": [], "local_resources": [], "mapped-resources": []}
    return {"running": int(guest.is_running), "allowed_nodes": allowed, **empty}


def guest_row(guest: GuestView) -> JsonObject:
    """Return a row of /nodes/{node}/lxc or …/qemu."""
    row: JsonObject = {
        "cpu": guest.cpu,
        "cpus": guest.cores,
        "disk": guest.disk,
        "diskread": 0,
        "diskwrite": 0,
        "maxdisk": guest.disk_limit,
        "maxmem": guest.memory_limit,
        "mem": guest.memory,
        "name": guest.name,
        "netin": 0,
        "netout": 0,
        "status": "running" if guest.is_running else "stopped",
        "tags": guest.tags,
        "uptime": guest.uptime,
        "vmid": guest.vmid,
    }
    if guest.is_running:
        row["pid"] = 10_000 + guest.vmid
    if guest.lock is not None:
        row["lock"] = guest.lock
    if guest.kind is GuestKind.LXC:
        return {**row, "type": "lxc", "maxswap": guest.swap_limit, "swap": 0, **_pressure(guest)}
    return row


def guest_status(guest: GuestView) -> JsonObject:
    """Return the data of …/status/current."""
    status: JsonObject = {**guest_row(guest), "ha": {"managed": 0}}
    if guest.kind is GuestKind.VM:
        status["qmpstatus"] = str(status["status"])
        status["agent"] = 1
    return status


def guest_resource(guest: GuestView) -> JsonObject:
    """Return a guest's row of /cluster/resources."""
    row: JsonObject = {
        "cpu": guest.cpu,
        "disk": guest.disk,
        "diskread": 0,
        "diskwrite": 0,
        "id": f"{guest.kind}/{guest.vmid}",
        "maxcpu": guest.cores,
        "maxdisk": guest.disk_limit,
        "maxmem": guest.memory_limit,
        "mem": guest.memory,
        "memhost": guest.memory,
        "name": guest.name,
        "netin": 0,
        "netout": 0,
        "node": guest.node,
        "status": "running" if guest.is_running else "stopped",
        "tags": guest.tags,
        "template": 0,
        "type": str(guest.kind),
        "uptime": guest.uptime,
        "vmid": guest.vmid,
    }
    return row if guest.lock is None else {**row, "lock": guest.lock}


def task_row(task: Task, wall: float) -> JsonObject:
    """Return a row of /nodes/{node}/tasks, without end and status while the task runs."""
    row = _task(task)
    if task.is_running(wall):
        return row
    return {**row, "endtime": int(task.started_at + task.duration), "status": task.exit_status}


def task_status(task: Task, wall: float) -> JsonObject:
    """Return the data of …/tasks/{upid}/status."""
    if task.is_running(wall):
        return {**_task(task), "status": "running"}
    return {**_task(task), "status": "stopped", "exitstatus": task.exit_status}


def task_log(task: Task, wall: float) -> Json:
    """Return the data of …/tasks/{upid}/log."""
    lines = [f"starting task {task.upid}"]
    if not task.is_running(wall):
        lines.append("TASK OK" if task.exit_status == "OK" else f"TASK ERROR: {task.exit_status}")
    return [{"n": number, "t": line} for number, line in enumerate(lines, start=1)]


def _task(task: Task) -> JsonObject:
    user, _, token = task.user.partition("!")
    row: JsonObject = {
        "id": task.target,
        "node": task.node,
        "pid": task.pid,
        "pstart": task.pstart,
        "starttime": task.started_at,
        "type": task.kind,
        "upid": task.upid,
        "user": user,
    }
    return {**row, "tokenid": token} if token else row


def _pressure(guest: GuestView) -> JsonObject:
    stalled = round(max(guest.share - 0.9, 0.0) * 200, 2)
    return {
        "pressurecpusome": 0.0,
        "pressureiofull": 0.0,
        "pressureiosome": 0.0,
        "pressurememoryfull": round(stalled / 2, 2),
        "pressurememorysome": stalled,
    }
