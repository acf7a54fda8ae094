"""What is read of a cluster and its nodes, guests and storages, and what is wrong with them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.incidents import Severity
from homelab_steward.contract.state import ResourceKey

from ...sdk.description import Check, ResourceKind, Role, Sensor
from ...sdk.format import GIB, MIB, percent
from ...sdk.readings import known
from .models import Cluster, Resource

STORAGE_WARNING: Final = 90.0
STORAGE_CRITICAL: Final = 97.0
MEMORY_WARNING: Final = 95.0

type Labels = Callable[[Resource], Mapping[str, str]]
type Read = Callable[[Resource], Value]
type Problem = Callable[[Any], str | None]


def _memory_share(one: Resource) -> float:
    return known(percent(known(one.running.mem), known(one.maxmem)))


def _disk_share(one: Resource) -> float:
    """Return disk used in percent; virtual machines report 0, which says nothing."""
    return known(percent(known(one.running.disk or None), known(one.maxdisk)))


def _is_up(key: str, name: str) -> Sensor[Resource]:
    device_class = "running" if key == "running" else "connectivity"
    return _sensor(
        key, name, lambda one: one.is_up, platform=Platform.BINARY_SENSOR, device_class=device_class
    )


def _size(key: str, name: str, value: Read, unit: str, **more: Any) -> Sensor[Resource]:
    return _sensor(key, name, value, unit=unit, device_class="data_size", **_MEASURED, **more)


def _share(key: str, name: str, value: Read, icon: str) -> Sensor[Resource]:
    return _sensor(key, name, value, unit="%", icon=icon, precision=1, **_MEASURED)


def _sensor(key: str, name: str, value: Read, **more: Any) -> Sensor[Resource]:
    return Sensor(key=key, name=name, value=value, **more)


_MEASURED: Final[dict[str, Any]] = {"state_class": "measurement"}
_HIDDEN: Final[dict[str, Any]] = {"enabled_by_default": False}
_LOAD: Final = (
    _share("memory_share", "Memory usage", _memory_share, "mdi:memory"),
    _size("memory_used", "Memory used", lambda one: round(known(one.running.mem) / MIB), "MiB", **_HIDDEN),
    _size("memory_limit", "Memory limit", lambda one: round(known(one.maxmem) / MIB), "MiB", diagnostic=True),
    _share("cpu", "CPU usage", lambda one: round(100 * known(one.running.cpu), 1), "mdi:cpu-64-bit"),
    _sensor("uptime", "Uptime", lambda one: one.running.uptime, unit="s", device_class="duration", **_HIDDEN),
)
_DISK: Final = _share("disk_share", "Disk usage", _disk_share, "mdi:harddisk")
_STORAGE: Final = (
    _is_up("available", "Available"),
    _share("share", "Space usage", _disk_share, "mdi:database"),
    _size("used", "Space used", lambda one: round(known(one.running.disk) / GIB, 1), "GiB", precision=1),
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
    _kind("node", "Node", _node_labels, _is_up("online", "Online"), *_LOAD, _DISK),
    _kind("container", "Container", _guest_labels, _is_up("running", "Running"), *_LOAD, _DISK),
    _kind("vm", "Virtual machine", _guest_labels, _is_up("running", "Running"), *_LOAD),
    _kind("storage", "Storage", _storage_labels, *_STORAGE),
)
SENSORS: Final = (
    Sensor[Cluster](
        key="nodes_online",
        name="Nodes online",
        value=lambda cluster: sum(node.is_up for node in cluster.of("node")),
        state_class="measurement",
        icon="mdi:server-network",
    ),
    Sensor[Cluster](
        key="guests_running",
        name="Guests running",
        value=lambda cluster: cluster.guests_running,
        state_class="measurement",
        icon="mdi:cube-outline",
    ),
    Sensor[Cluster](
        key="version", name="Version", value=lambda cluster: cluster.version.version, diagnostic=True
    ),
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


def _no_quorum(cluster: Cluster) -> str | None:
    has_quorum = all(member.quorate for member in cluster.members)
    return None if has_quorum else "The cluster has no quorum and accepts no changes"


def _check(key: str, problem: Problem, scope: str | None, severity: Severity) -> Check[Any]:
    name = key.replace("_", " ").capitalize()
    return Check(key=key, name=name, severity=severity, problem=problem, scope=scope)


CHECKS: Final = (
    _check("node_offline", _is_offline, "node", Severity.CRITICAL),
    _check("no_quorum", _no_quorum, None, Severity.CRITICAL),
    _check("storage_nearly_full", _fills(STORAGE_WARNING, STORAGE_CRITICAL), "storage", Severity.WARNING),
    _check("storage_full", _fills(STORAGE_CRITICAL, float("inf")), "storage", Severity.CRITICAL),
    _check("container_memory", _memory_is_short, "container", Severity.WARNING),
)
