"""What a Docker Engine answers about its containers. Source: its API, versions 1.41 to 1.51."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec

from ...sdk.answers import Item, NotKnown, Time, Unknown, known
from ...sdk.description import RunningImage, Stop
from ...sdk.display import Text, brief, percent
from ...sdk.image_names import built_at
from .images import ImageDetails
from .mounts import Data, Mount, Volume
from .ports import PortBinding, ports_of
from .stats import Stats

SETTLED: Final = 60.0
"""Seconds after a start within which a container may still fail."""

LOOP: Final = 3
"""Restarts in the last ten minutes that make a loop."""

COMPOSE_LABEL: Final = "container_label_com_docker_compose_"
"""How cAdvisor names the labels of Compose."""

MANAGERS: Final = {
    "com.docker.swarm.task.id": "Docker Swarm",
    "io.kubernetes.pod.uid": "Kubernetes",
    "supervisor_managed": "Home Assistant Supervisor",
}
"""Labels of containers that something else makes and replaces."""

STOP_TIMEOUT: Final = 10
"""Seconds a program has to stop when its container does not say."""

SHORT: Final = 95.0
"""Percent of the memory limit above which the kernel soon ends programs."""

OLD: Final = 600.0
"""Seconds after which the end of a container that nothing starts again is no news."""

NANO: Final = 1_000_000_000
"""Billionths of a core that are one core."""

NEVER: Final = 1
"""The year of a time that was not yet."""

ROOT: Final = ("", "0", "root")
"""The users that are root; without one a container runs as root."""

STOPPED: Final = (137, 143)
"""Exit codes of a container that was stopped from outside (SIGKILL, SIGTERM)."""


class Info(Item, rename="pascal"):
    """The machine that the engine runs on."""

    name: str


class Image(Item, rename="pascal"):
    """One image. ``size`` is in bytes."""

    id: str
    repo_tags: tuple[str, ...] = ()
    repo_digests: tuple[str, ...] = ()
    size: int | None = None


class Listed(Item, rename="pascal"):
    """One row of the list. Without a name, which is so during a removal, it cannot be identified."""

    id: str
    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    labels: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """Its own name; other names are links from other containers (``/other/alias``)."""
        return min(self.names, key=lambda one: one.count("/")).removeprefix("/")


class Volumes(Item, rename="pascal"):
    """The volumes of an engine."""

    volumes: tuple[Volume, ...] = ()


class HealthRun(Item, rename="pascal"):
    """One run of a health check."""

    output: str = ""


class Health(Item, rename="pascal"):
    """The health check. It keeps its last result when the container is stopped."""

    status: str
    log: tuple[HealthRun, ...] = ()


class Condition(Item, rename="pascal"):
    """What a container does. It counts as running while it is paused or between two restarts."""

    status: str
    running: bool
    paused: bool
    restarting: bool
    is_oom_killed: bool = msgspec.field(name="OOMKilled")
    exit_code: int
    started_at: Time
    finished_at: Time
    error: str = ""
    health: Health = Health(status="none")


class Policy(Item, rename="pascal"):
    """When the engine starts a container again by itself."""

    name: str


class HostConfig(Item, rename="pascal"):
    """Limits, 0 when there is none. ``memory`` and ``memory_swap`` (both together) are in bytes."""

    memory: int
    restart_policy: Policy
    auto_remove: bool = False
    memory_swap: int = 0
    nano_cpus: int = 0
    port_bindings: Mapping[str, tuple[PortBinding, ...]] = {}
    privileged: bool | None = None


class Config(Item, rename="pascal"):
    """What it was made from. The command and the values of the environment are not kept: they hold secrets.

    ``env`` are the names of its environment variables.
    """

    image: str
    tty: bool
    user: str | None = None
    labels: Mapping[str, str] = {}
    stop_timeout: int | None = None
    env: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Forget the values of the environment."""
        msgspec.structs.force_setattr(self, "env", tuple(one.partition("=")[0] for one in self.env))

    @property
    def stop_takes(self) -> float:
        """Seconds after which the engine kills a program that does not stop; less than 0 is never."""
        seconds = STOP_TIMEOUT if self.stop_timeout is None else self.stop_timeout
        return seconds if seconds >= 0 else float("inf")

    @property
    def as_root(self) -> bool | None:
        """Whether its first process is root, None if that is not known."""
        return None if self.user is None else self.user.partition(":")[0] in ROOT

    @property
    def manager(self) -> str | None:
        """What makes and replaces the container by itself, None when nothing does."""
        return next((name for label, name in MANAGERS.items() if label in self.labels), None)

    def compose(self, part: str) -> str:
        """Return its project or service in Compose, "" when it has none."""
        return self.labels.get(f"com.docker.compose.{part}", "")


class Details(Item, rename="pascal"):
    """One container as the engine inspects it."""

    id: str
    full_name: str = msgspec.field(name="Name")
    state: Condition
    host_config: HostConfig
    config: Config
    restart_count: int
    image_id: str = msgspec.field(name="Image", default="")
    mounts: tuple[Mount, ...] = ()

    @property
    def name(self) -> str:
        """The name without the slash in front."""
        return self.full_name.removeprefix("/")

    @property
    def identity(self) -> str:
        """What stays when it is created again: its project and service in Compose, and its image.

        The image without tag and digest, which an update changes.
        """
        image = self.config.image.partition("@")[0]
        folder, slash, last = image.rpartition("/")
        parts = (self.config.compose("project"), self.config.compose("service"))
        return " ".join((*parts, f"{folder}{slash}{last.partition(':')[0]}"))

    @property
    def uses(self) -> frozenset[str]:
        """Names of its environment variables and labels, and its ports inside and outside."""
        ports = ports_of(self.host_config.port_bindings)
        return frozenset((*self.config.env, *self.config.labels, *ports))

    @property
    def is_up(self) -> bool:
        """Whether it runs, or is paused."""
        return self.state.running and not self.state.restarting

    def start_refusal(self) -> Text | None:
        """Return why the engine would not start it."""
        if self.state.restarting:
            return t"{self.name} is being restarted by its restart policy"
        is_going = self.state.status in ("dead", "removing")
        return t"{self.name} is {self.state.status}: the engine removes it" if is_going else None

    def stop_refusal(self) -> Text | None:
        """Return why it could not be started again."""
        is_removed = self.host_config.auto_remove
        return (
            t"{self.name} would be removed when it stops, because it runs with --rm" if is_removed else None
        )

    def pause_refusal(self) -> Text | None:
        """Return why it cannot be paused."""
        return None if self.is_up else t"{self.name} does not run"

    @property
    def failure(self) -> Text | None:
        """Why it ended with an error, None when it did not."""
        if self.state.error:
            return t"It cannot be started: {brief(self.state.error)}"
        if self.state.is_oom_killed:
            return t"It ended because it ran out of memory"
        if self.state.status == "dead":
            return t"It is dead: the engine could not remove it"
        is_error = self.state.status == "exited" and self.state.exit_code not in (0, *STOPPED)
        return self.ending if is_error else None

    @property
    def ending(self) -> str:
        """How it ended. Raises NotKnown when it did not."""
        if self.state.status != "exited":
            raise NotKnown(t"It is {self.state.status}")
        return f"It ended with exit code {self.state.exit_code}"

    def stop(self, now: datetime) -> Stop:
        """Return whether it is meant to be off: it ended without an error, or long ago.

        The engine starts a container with a restart policy again, unless a person stopped it.
        """
        failure = self.failure
        if failure is None:
            return Stop(True, self.ending)
        is_old = (now - self.state.finished_at).total_seconds() > OLD
        if is_old and self.host_config.restart_policy.name in ("", "no"):
            return Stop(True, t"{failure} on {self.state.finished_at:%Y-%m-%d}")
        return Stop(False, failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container at one poll. ``restarts`` counts those of the last ten minutes.

    ``place`` is the id of its engine, "" when the service has only one.
    """

    place: str
    details: Details
    host: str | None
    taken_at: datetime
    stats: Stats | Unknown
    cpu: float | Unknown
    restarts: int
    image: ImageDetails | Unknown
    data: Data

    @property
    def running_image(self) -> RunningImage | None:
        """The image that it runs from, None when something else replaces it. Raises NotKnown."""
        if self.details.config.manager is not None:
            return None
        image, reference = known(self.image), self.details.config.image
        return RunningImage(
            reference=reference,
            digest=image.digest(reference),
            image_id=image.id,
            platform=image.platform,
            labels=image.config.labels,
            created_at=built_at(image.created),
            way_back=self.data.way_back,
            way_back_text=self.data.text,
            uses=self.details.uses - image.config.labels.keys(),
        )

    @property
    def key(self) -> str:
        """Its name, after that of its engine if there are several.

        Compose recreates a container with another id; the name stays.
        """
        return f"{self.place}/{self.details.name}" if self.place else self.details.name

    @property
    def state(self) -> Condition:
        """What it does."""
        return self.details.state

    @property
    def labels(self) -> Mapping[str, str]:
        """How monitors name it. Its host tells it from one with the same name elsewhere."""
        config, own = self.details.config, self.details.name
        found = {"name": own, "container": own, "container_name": own, "image": config.image}
        for part in ("service", "project"):
            found |= dict.fromkeys((f"compose_{part}", f"{COMPOSE_LABEL}{part}"), config.compose(part))
        return {key: value for key, value in {**found, "host": self.host or ""}.items() if value}

    @property
    def health(self) -> str:
        """healthy, unhealthy, starting or none. Raises NotKnown while no check runs: it is stale."""
        if not self.details.is_up or self.state.paused:
            raise NotKnown(t"The container does not run")
        return self.state.health.status or "none"

    @property
    def exit_code(self) -> int:
        """The last exit code. Raises NotKnown while it is up and before its first start."""
        if self.details.is_up or self.state.status == "created":
            raise NotKnown(t"The container has not ended")
        return self.state.exit_code

    @property
    def started(self) -> datetime:
        """When it was last started. Raises NotKnown while it is not up."""
        if not self.details.is_up:
            raise NotKnown(t"The container does not run")
        return self.state.started_at

    @property
    def memory_used(self) -> int:
        """Bytes. Raises NotKnown."""
        return known(self.stats).memory_stats.used

    @property
    def memory_limit(self) -> int:
        """Bytes. Raises NotKnown when there is no limit."""
        if not self.details.host_config.memory:
            raise NotKnown(t"The container has no memory limit")
        return self.details.host_config.memory

    def is_up(self) -> bool:
        """Return whether it runs, or is paused."""
        return self.details.is_up

    def is_down(self) -> bool:
        """Return whether it does not run."""
        return not self.details.is_up

    def is_unhealthy(self) -> bool:
        """Return whether its health check fails now."""
        return self.details.is_up and self.state.health.status == "unhealthy"

    def paused(self) -> Text | None:
        """Return that it is paused."""
        return t"It is paused: its programs stand still" if self.state.paused else None

    def unhealthy(self) -> Text | None:
        """Return what its health check says is wrong. Raises NotKnown before it has a result."""
        if self.health == "starting":
            raise NotKnown(t"The health check has no result yet")
        log = self.state.health.log
        output = f": {brief(log[-1].output)}" if log else ""
        return t"The health check fails{output}" if self.health == "unhealthy" else None

    def memory_short(self) -> Text | None:
        """Return that it is close to its memory limit. Raises NotKnown while it does not run."""
        if not self.details.host_config.memory:
            return None
        share = percent(self.memory_used, self.memory_limit) or 0.0
        return t"It uses {share:g} % of its memory" if share > SHORT else None

    def restarting(self) -> Text | None:
        """Return that it restarts in a loop. Raises NotKnown until it is up long enough."""
        if self.state.restarting or self.restarts >= LOOP:
            return t"It ends and is restarted again and again, the last exit code is {self.state.exit_code}"
        is_new = abs((self.taken_at - self.state.started_at).total_seconds()) < SETTLED
        if self.details.is_up and (self.restarts or is_new):
            raise NotKnown(t"It was started a short time ago")
        return None

    def ended(self) -> Text | None:
        """Return why it does not run, None when it does. Raises NotKnown."""
        if self.state.restarting:
            raise NotKnown(t"It is being restarted")
        return None if self.state.running else self.details.failure or self.details.ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Containers:
    """The containers of one poll. ``is_whole`` is False when some of them could not be read."""

    containers: tuple[Container, ...]
    is_whole: bool

    def count(self, matches: Callable[[Container], bool]) -> int:
        """Return how many containers match. Raises NotKnown when not all of them were read."""
        if not self.is_whole:
            raise NotKnown(t"Not all containers could be read")
        return sum(matches(one) for one in self.containers)
