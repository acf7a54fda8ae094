"""What is read of containers, and what is wrong with them."""

from typing import Any, Final

from ...sdk.description import Call, Installs, Outage, ResourceKind, Role, Sensor, Stop, Updates
from ...sdk.display import notice, warning
from ...sdk.sensors import choice, count, diagnostic, flag, load, restarts, served, started
from .client import CONTAINERS, ContainerClient
from .containers import Container, Containers

STATES: Final = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
HEALTH: Final = ("healthy", "unhealthy", "starting", "none")

_LOAD: Final[tuple[Sensor[Container], ...]] = load(
    used=lambda one: one.memory_used, limit=lambda one: one.memory_limit, cpu=lambda one: one.cpu
)
CONTAINER: Final = ResourceKind[Any, Container](
    key="container",
    items=lambda state: state.containers,
    id=lambda one: one.key,
    title=lambda one: one.details.name,
    labels=lambda one: one.labels,
    marks=lambda one: one.details.config.labels.keys(),
    role=Role.HOST,
    is_device=True,
    part=CONTAINERS,
    icon="mdi:docker",
    updates=Updates(
        action="update",
        image=lambda one: one.running_image,
        arguments={"version": Installs.VERSION, "digest": Installs.REVISION},
        identity=lambda one: one.identity,
    ),
    sensors=(
        flag("running", "Running", lambda one: one.details.is_up, "running"),
        choice("state", "State", lambda one: one.state.status, STATES, diagnostic=True, enabled=False),
        choice("health", "Health", lambda one: one.health, HEALTH),
        *_LOAD,
        restarts(lambda one: one.details.restart_count),
        started(lambda one: one.started),
        diagnostic("exit_code", "Exit code", lambda one: one.exit_code),
        diagnostic("image", "Image", lambda one: one.details.config.image),
        diagnostic("image_id", "Image ID", lambda one: one.details.image_id or None, enabled=False),
        flag(
            "as_root",
            "Runs as root",
            lambda one: one.details.config.as_root,
            diagnostic=True,
            enabled=False,
        ),
        flag(
            "privileged",
            "Privileged",
            lambda one: one.details.host_config.privileged,
            diagnostic=True,
            enabled=False,
        ),
    ),
)
COUNTS: Final[tuple[Sensor[Containers], ...]] = (
    served("containers_running", "Containers running", lambda state: state.count(Container.is_up)),
    count("containers_stopped", "Containers stopped", lambda state: state.count(Container.is_down)),
    count("containers_unhealthy", "Containers unhealthy", lambda state: state.count(Container.is_unhealthy)),
)


async def _why_stopped(client: ContainerClient, call: Call) -> Stop:
    return (await client.inspect(call)).stop(client.clock.now())


_ENDED: Final = Outage(why=_why_stopped, learns=False)
CHECKS: Final = (
    warning("container_unhealthy", "Container unhealthy", Container.unhealthy, "container"),
    warning("container_restarting", "Container restarts in a loop", Container.restarting, "container"),
    warning("container_exited", "Container not running", Container.ended, "container", _ENDED),
    warning("container_memory", "Container memory", Container.memory_short, "container"),
    notice("container_paused", "Container paused", Container.paused, "container"),
)
