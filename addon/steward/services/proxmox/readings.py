"""What is read of a cluster and its nodes, guests and storages, and what is wrong with them."""

from collections.abc import Callable, Mapping
from typing import Final

from homelab_steward.contract.state import ResourceKey

from ...sdk.checks import critical, warning
from ...sdk.description import Outage, ResourceKind, Role, Sensor
from ...sdk.readings import known
from ...sdk.sensors import count, diagnostic, flag, gibibytes, load, percentage, share
from .models import Cluster, Resource, has_quorum
from .stops import why_stopped

STORAGE_WARNING: Final = 90.0
STORAGE_CRITICAL: Final = 97.0
MEMORY_WARNING: Final = 95.0
NODE_REBOOT: Final = 60.0
"""Seconds that a node must be offline before it is a problem."""

NOUNS: Final = {"lxc": "Container", "qemu": "Virtual machine"}

type Labels = Callable[[Resource], Mapping[str, str]]


def _memory_share(one: Resource) -> float:
    return share(one.running.mem, one.maxmem)


def _disk_share(one: Resource) -> float:
    """Return disk used in percent; virtual machines report 0, which says nothing."""
    return share(one.running.disk or None, one.maxdisk)


_LOAD: Final[tuple[Sensor[Resource], ...]] = load(
    used=lambda one: one.running.mem,
    limit=lambda one: one.maxmem,
    cpu=lambda one: round(100 * known(one.running.cpu), 1),
    uptime=lambda one: one.running.uptime,
)
_DISK: Final = percentage("disk_share", "Disk usage", _disk_share, "mdi:harddisk")
_ONLINE: Final[Sensor[Resource]] = flag("online", "Online", lambda one: one.is_up, "connectivity")
_RUNNING: Final[Sensor[Resource]] = flag("running", "Running", lambda one: one.is_up, "running")
_STORAGE: Final[tuple[Sensor[Resource], ...]] = (
    flag("available", "Available", lambda one: one.is_up, "connectivity"),
    percentage("share", "Space usage", _disk_share, "mdi:database"),
    gibibytes("used", "Space used", lambda one: one.running.disk),
)


def _guest_labels(one: Resource) -> Mapping[str, str]:
    labels = {"vmid": one.key, "name": one.title, "guest": one.title, "node": one.node}
    return {"id": f"{one.type}/{one.vmid}", **labels}


def _storage_labels(one: Resource) -> Mapping[str, str]:
    if one.shared:  # a monitor may name it by any of its nodes
        return {"storage": one.storage}
    return {"id": f"storage/{one.node}/{one.storage}", "storage": one.storage, "node": one.node}


def _node_of(one: Resource) -> ResourceKey | None:
    return None if one.shared or one.type == "node" else ResourceKey(kind="node", id=one.node)


def _kind(key: str, name: str, labels: Labels, *sensors: Sensor[Resource]) -> ResourceKind[Cluster, Resource]:
    return ResourceKind(
        key=key,
        name=name,
        items=lambda cluster: cluster.of(key),
        id=lambda one: one.key,
        title=lambda one: one.title,
        labels=labels,
        parent=_node_of,
        sensors=sensors,
        role=Role.STORAGE if key == "storage" else Role.HOST,
        is_device=True,
        part="resources",
    )


def _node_labels(one: Resource) -> Mapping[str, str]:
    return {"id": f"node/{one.key}", "node": one.key}


RESOURCES: Final = (
    _kind("node", "Node", _node_labels, _ONLINE, *_LOAD, _DISK),
    _kind("container", "Container", _guest_labels, _RUNNING, *_LOAD, _DISK),
    _kind("vm", "Virtual machine", _guest_labels, _RUNNING, *_LOAD),
    _kind("storage", "Storage", _storage_labels, *_STORAGE),
)
SENSORS: Final[tuple[Sensor[Cluster], ...]] = (
    count(
        "nodes_online",
        "Nodes online",
        lambda cluster: sum(node.is_up for node in cluster.of("node")),
        "mdi:server-network",
    ),
    count("guests_running", "Guests running", lambda cluster: cluster.guests_running, "mdi:cube-outline"),
    diagnostic("version", "Version", lambda cluster: cluster.version.version),
)


def _fills(above: float, up_to: float) -> Callable[[Resource], str | None]:
    def problem(one: Resource) -> str | None:
        share = _disk_share(one)
        return f"Storage {one.title} is {share:g} % full" if above < share <= up_to else None

    return problem


def _memory_is_short(one: Resource) -> str | None:
    share = _memory_share(one)
    return f"Container {one.title} uses {share:g} % of its memory" if share > MEMORY_WARNING else None


def _is_offline(one: Resource) -> str | None:
    return None if one.is_up else f"Node {one.title} is offline"


def _is_stopped(one: Resource) -> str | None:
    if one.is_up:
        return None
    locked = f" and is locked ({one.lock})" if one.lock else ""
    return f"{NOUNS[one.type]} {one.title} is not running{locked}"


def _no_quorum(cluster: Cluster) -> str | None:
    is_quorate = has_quorum(cluster.members, len(tuple(cluster.of("node"))))
    return None if is_quorate else "The cluster has no quorum and accepts no changes"


CHECKS: Final = (
    critical("node_offline", "Node offline", _is_offline, "node", Outage(confirm=NODE_REBOOT)),
    warning("container_stopped", "Container stopped", _is_stopped, "container", Outage(why=why_stopped)),
    warning("vm_stopped", "Vm stopped", _is_stopped, "vm", Outage(why=why_stopped)),
    critical("no_quorum", "No quorum", _no_quorum),
    warning(
        "storage_nearly_full", "Storage nearly full", _fills(STORAGE_WARNING, STORAGE_CRITICAL), "storage"
    ),
    critical("storage_full", "Storage full", _fills(STORAGE_CRITICAL, float("inf")), "storage"),
    warning("container_memory", "Container memory", _memory_is_short, "container"),
)
