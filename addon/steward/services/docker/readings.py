"""What is read of the engine and its containers, and what is wrong with them."""

from collections.abc import Callable
from typing import Any, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.incidents import Severity

from ...sdk.description import Check, ResourceKind, Role, Sensor
from ...sdk.format import GIB, MIB, percent
from ...sdk.readings import known
from .client import CONTAINERS
from .models import Container, DockerState


def _percent(key: str, name: str, icon: str, value: Callable[[Container], Any]) -> Sensor[Container]:
    return Sensor(
        key=key, name=name, value=value, unit="%", state_class="measurement", icon=icon, precision=1
    )


def _memory(key: str, name: str, value: Callable[[Container], int], *, diagnostic: bool) -> Sensor[Container]:
    return Sensor(
        key=key,
        name=name,
        value=lambda one: round(value(one) / MIB),
        unit="MiB",
        device_class="data_size",
        state_class="measurement",
        enabled_by_default=diagnostic,
        diagnostic=diagnostic,
    )


def _about(
    key: str, name: str, value: Callable[[Container], Value], device_class: str | None = None
) -> Sensor[Container]:
    return Sensor(key=key, name=name, value=value, device_class=device_class, diagnostic=True)


def _count(key: str, name: str, icon: str, matches: Callable[[Container], bool]) -> Sensor[DockerState]:
    return Sensor(
        key=key,
        name=name,
        value=lambda state: state.count(matches),
        state_class="measurement",
        icon=icon,
    )


def _check(
    key: str, name: str, severity: Severity, problem: Callable[[Container], str | None]
) -> Check[Container]:
    return Check(key=key, name=name, severity=severity, problem=problem, scope="container")


CONTAINER: Final = ResourceKind[DockerState, Container](
    key="container",
    name="Container",
    items=lambda state: state.containers,
    # The id is another one whenever Compose recreates the container; the name stays.
    id=lambda one: one.details.name,
    title=lambda one: one.details.name,
    labels=lambda one: one.labels,
    role=Role.HOST,
    is_device=True,
    part=CONTAINERS,
    icon="mdi:docker",
    sensors=(
        Sensor(
            key="running",
            name="Running",
            value=lambda one: one.details.is_up,
            platform=Platform.BINARY_SENSOR,
            device_class="running",
        ),
        Sensor(
            key="health",
            name="Health",
            value=lambda one: one.health,
            device_class="enum",
            options=("healthy", "unhealthy", "starting", "none"),
            icon="mdi:heart-pulse",
        ),
        _percent("cpu", "CPU usage", "mdi:cpu-64-bit", lambda one: known(one.cpu)),
        _percent(
            "memory_share",
            "Memory usage",
            "mdi:memory",
            lambda one: percent(one.memory_used, one.memory_limit),
        ),
        _memory("memory_used", "Memory used", lambda one: one.memory_used, diagnostic=False),
        _memory("memory_limit", "Memory limit", lambda one: one.memory_limit, diagnostic=True),
        _about("restart_count", "Restarts", lambda one: one.details.restart_count),
        _about("started_at", "Running since", lambda one: one.started_at, "timestamp"),
        _about("exit_code", "Exit code", lambda one: one.exit_code),
        _about("image", "Image", lambda one: one.details.config.image),
    ),
)
SENSORS: Final[tuple[Sensor[DockerState], ...]] = (
    _count("containers_running", "Containers running", "mdi:docker", lambda one: one.details.is_up),
    _count("containers_stopped", "Containers stopped", "mdi:stop", lambda one: not one.details.is_up),
    _count("containers_unhealthy", "Containers unhealthy", "mdi:heart-broken", lambda one: one.is_unhealthy),
    Sensor(
        key="disk_used",
        name="Disk used",
        value=lambda state: round(known(state.disk).used / GIB, 1),
        unit="GiB",
        device_class="data_size",
        state_class="measurement",
        precision=1,
    ),
    Sensor(key="version", name="Version", value=lambda state: state.version.version, diagnostic=True),
)
CHECKS: Final = (
    _check("container_unhealthy", "Container unhealthy", Severity.WARNING, Container.unhealthy),
    _check("container_restarting", "Container restarts in a loop", Severity.WARNING, Container.restarting),
    _check("container_exited", "Container ended with an error", Severity.WARNING, Container.ended),
    _check(
        "container_paused",
        "Container paused",
        Severity.INFO,
        lambda one: "It is paused: its programs stand still" if one.state.paused else None,
    ),
)
