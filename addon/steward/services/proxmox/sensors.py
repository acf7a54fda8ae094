"""What Home Assistant shows of a cluster: readings, the things in it, and what is wrong."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.incidents import Severity

from ...description import Check, Finding, ResourceKind, Sensor
from .._words import GIB, MIB
from .models import Cluster, Guest, GuestKind, Load, Node, Storage

STORAGE_WARNING: Final = 90.0
STORAGE_CRITICAL: Final = 97.0
MEMORY_WARNING: Final = 95.0


class _Loaded(Protocol):
    """What nodes and guests have in common."""

    @property
    def load(self) -> Load | None:
        """How busy it is, None while it is away."""


def _of(value: Callable[[Load], Value]) -> Callable[[_Loaded], Value]:
    return lambda item: None if item.load is None else value(item.load)


_LOAD: Final = (
    Sensor[_Loaded](
        key="memory_share",
        name="Memory usage",
        value=_of(lambda load: load.memory_share),
        unit="%",
        state_class="measurement",
        icon="mdi:memory",
        precision=1,
    ),
    Sensor[_Loaded](
        key="memory_used",
        name="Memory used",
        value=_of(lambda load: round(load.memory_used / MIB)),
        unit="MiB",
        device_class="data_size",
        state_class="measurement",
        enabled_by_default=False,
    ),
    Sensor[_Loaded](
        key="memory_limit",
        name="Memory limit",
        value=_of(lambda load: round(load.memory_limit / MIB)),
        unit="MiB",
        device_class="data_size",
        state_class="measurement",
        diagnostic=True,
    ),
    Sensor[_Loaded](
        key="cpu",
        name="CPU usage",
        value=_of(lambda load: round(100 * load.cpu, 1)),
        unit="%",
        state_class="measurement",
        icon="mdi:cpu-64-bit",
        precision=1,
    ),
    Sensor[_Loaded](
        key="uptime",
        name="Uptime",
        value=_of(lambda load: load.uptime),
        unit="s",
        device_class="duration",
        diagnostic=True,
        enabled_by_default=False,
    ),
)
_DISK: Final = Sensor[_Loaded](
    key="disk_share",
    name="Disk usage",
    value=_of(lambda load: load.disk_share),
    unit="%",
    state_class="measurement",
    icon="mdi:harddisk",
    precision=1,
)


_RUNNING: Final = Sensor[Guest](
    key="running",
    name="Running",
    value=lambda guest: guest.is_running,
    platform=Platform.BINARY_SENSOR,
    device_class="running",
)


def _guest_labels(guest: Guest) -> Mapping[str, str]:
    return {
        "id": f"{guest.ref.kind}/{guest.ref.vmid}",
        "vmid": str(guest.ref.vmid),
        "name": guest.name,
        "guest": guest.name,
        "node": guest.ref.node,
    }


def _guests(kind: GuestKind, key: str, name: str, *more: Sensor[_Loaded]) -> ResourceKind[Cluster, Guest]:
    return ResourceKind(
        key=key,
        name=name,
        items=lambda cluster: cluster.guests_of(kind),
        id=lambda guest: str(guest.ref),
        title=lambda guest: guest.name,
        labels=_guest_labels,
        sensors=(_RUNNING, *_LOAD, *more),
    )


_NODES: Final = ResourceKind[Cluster, Node](
    key="node",
    name="Node",
    items=lambda cluster: cluster.nodes,
    id=lambda node: node.name,
    title=lambda node: node.name,
    labels=lambda node: {"id": f"node/{node.name}", "node": node.name},
    sensors=(
        Sensor(
            key="online",
            name="Online",
            value=lambda node: node.is_online,
            platform=Platform.BINARY_SENSOR,
            device_class="connectivity",
        ),
        *_LOAD,
        _DISK,
    ),
)

_STORAGES: Final = ResourceKind[Cluster, Storage](
    key="storage",
    name="Storage",
    items=lambda cluster: cluster.storages,
    id=lambda storage: f"{storage.node}/storage/{storage.name}",
    title=lambda storage: f"{storage.name} ({storage.node})",
    labels=lambda storage: {
        "id": f"storage/{storage.node}/{storage.name}",
        "storage": storage.name,
        "node": storage.node,
    },
    sensors=(
        Sensor(
            key="available",
            name="Available",
            value=lambda storage: storage.is_available,
            platform=Platform.BINARY_SENSOR,
            device_class="connectivity",
        ),
        Sensor(
            key="share",
            name="Space usage",
            value=lambda storage: storage.share,
            unit="%",
            state_class="measurement",
            icon="mdi:database",
            precision=1,
        ),
        Sensor(
            key="used",
            name="Space used",
            value=lambda storage: round(storage.used / GIB, 1),
            unit="GiB",
            device_class="data_size",
            state_class="measurement",
            enabled_by_default=False,
            precision=1,
        ),
    ),
)

RESOURCES: Final = (
    _NODES,
    _guests(GuestKind.CONTAINER, "container", "Container", _DISK),
    _guests(GuestKind.VM, "vm", "Virtual machine"),
    _STORAGES,
)

SENSORS: Final = (
    Sensor[Cluster](
        key="nodes_online",
        name="Nodes online",
        value=lambda cluster: sum(node.is_online is True for node in cluster.nodes),
        state_class="measurement",
        icon="mdi:server-network",
    ),
    Sensor[Cluster](
        key="guests_running",
        name="Guests running",
        value=lambda cluster: sum(guest.is_running for guest in cluster.guests),
        state_class="measurement",
        icon="mdi:cube-outline",
    ),
    Sensor[Cluster](
        key="version",
        name="Version",
        value=lambda cluster: cluster.version,
        diagnostic=True,
    ),
)


def _offline_nodes(cluster: Cluster) -> Iterator[Finding]:
    for node in cluster.nodes:
        if node.is_online is False:
            yield Finding(
                text=f"Node {node.name} is offline",
                kind="node",
                target_id=node.name,
                target_name=node.name,
            )


def _full_storages(above: float, up_to: float) -> Callable[[Cluster], Iterator[Finding]]:
    def find(cluster: Cluster) -> Iterator[Finding]:
        told: set[str] = set()
        for storage in cluster.storages:
            share = storage.share
            if share is None or not above < share <= up_to or storage.name in told:
                continue
            if storage.is_shared:  # every node sees the same one: tell it once
                told.add(storage.name)
            yield Finding(
                text=f"Storage {storage.name} on {storage.node} is {share:g} % full",
                kind="storage",
                target_id=f"{storage.node}/storage/{storage.name}",
                target_name=f"{storage.name} ({storage.node})",
            )

    return find


def _pressed_containers(cluster: Cluster) -> Iterator[Finding]:
    for guest in cluster.guests_of(GuestKind.CONTAINER):
        share = guest.load.memory_share if guest.load else None
        if share is not None and share > MEMORY_WARNING:
            yield Finding(
                text=f"Container {guest.name} uses {share:g} % of its memory",
                kind="container",
                target_id=str(guest.ref),
                target_name=guest.name,
            )


CHECKS: Final = (
    Check(key="node_offline", name="Node offline", severity=Severity.CRITICAL, find=_offline_nodes),
    Check(
        key="storage_nearly_full",
        name="Storage nearly full",
        severity=Severity.WARNING,
        find=_full_storages(STORAGE_WARNING, STORAGE_CRITICAL),
    ),
    Check(
        key="storage_full",
        name="Storage full",
        severity=Severity.CRITICAL,
        find=_full_storages(STORAGE_CRITICAL, float("inf")),
    ),
    Check(
        key="container_memory",
        name="Container memory",
        severity=Severity.WARNING,
        find=_pressed_containers,
    ),
)
