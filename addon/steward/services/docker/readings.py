"""What is read of the engine and its containers, and what is wrong with them."""

from typing import Final

from homelab_steward.contract.incidents import Severity

from ...sdk.description import Call, Check, Outage, ResourceKind, Role, Sensor, Stop
from ...sdk.format import percent
from ...sdk.readings import known
from ...sdk.sensors import count, diagnostic, flag, gibibytes, mebibytes, percentage, since
from .client import CONTAINERS, DockerClient
from .models import Container, DockerState

HEALTH: Final = ("healthy", "unhealthy", "starting", "none")

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
        flag("running", "Running", lambda one: one.details.is_up, "running"),
        Sensor(
            key="health", name="Health", value=lambda one: one.health, device_class="enum", options=HEALTH
        ),
        percentage("cpu", "CPU usage", lambda one: one.cpu, "mdi:cpu-64-bit"),
        percentage(
            "memory_share",
            "Memory usage",
            lambda one: percent(one.memory_used, one.memory_limit),
            "mdi:memory",
        ),
        mebibytes("memory_used", "Memory used", lambda one: one.memory_used, enabled=False),
        mebibytes("memory_limit", "Memory limit", lambda one: one.memory_limit, diagnostic=True),
        diagnostic("restart_count", "Restarts", lambda one: one.details.restart_count),
        since("started_at", "Running since", lambda one: one.started),
        diagnostic("exit_code", "Exit code", lambda one: one.exit_code),
        diagnostic("image", "Image", lambda one: one.details.config.image),
    ),
)
SENSORS: Final[tuple[Sensor[DockerState], ...]] = (
    count("containers_running", "Containers running", lambda state: state.count(Container.is_up)),
    count("containers_stopped", "Containers stopped", lambda state: state.count(Container.is_down)),
    count("containers_unhealthy", "Containers unhealthy", lambda state: state.count(Container.is_unhealthy)),
    gibibytes("disk_used", "Disk used", lambda state: known(state.disk).used),
    diagnostic("version", "Version", lambda state: state.version.version),
)


async def _why_stopped(client: DockerClient, call: Call) -> Stop:
    return (await client.inspect(call)).stop(client.clock.now())


CHECKS: Final = tuple(
    Check(
        key=f"container_{key}",
        name=name,
        severity=severity,
        problem=problem,
        scope="container",
        outage=outage,
    )
    for key, name, severity, problem, outage in (
        ("unhealthy", "Container unhealthy", Severity.WARNING, Container.unhealthy, None),
        ("restarting", "Container restarts in a loop", Severity.WARNING, Container.restarting, None),
        (
            "exited",
            "Container not running",
            Severity.WARNING,
            Container.ended,
            Outage(why=_why_stopped, learns=False),
        ),
        ("paused", "Container paused", Severity.INFO, Container.paused, None),
    )
)
