"""A container at one poll: what is shown of it, and what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ...sdk.answers import NotKnown, Unknown, known
from ...sdk.description import Identity, RunningImage
from ...sdk.display import Text, brief, percent
from ...sdk.image_names import built_at
from .images import ImageDetails
from .models import Condition, Details
from .mounts import Data
from .stats import Stats

SETTLED: Final = 60.0
"""Seconds after a start within which a container may still fail."""

LOOP: Final = 3
"""Restarts in the last ten minutes that make a loop."""

COMPOSE_LABEL: Final = "container_label_com_docker_compose_"
"""How cAdvisor names the labels of Compose."""

SHORT: Final = 95.0
"""Percent of the memory limit above which the kernel soon ends programs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container at one poll. ``restarts`` counts those of the last ten minutes.

    ``place`` is the id of its engine, "" when the service has only one. ``engine`` tells the engine from
    every other one, whichever service shows it; "" when that is not known.
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
    engine: str = ""

    @property
    def identity(self) -> Identity:
        """What tells it from every other container."""
        place = f"{self.engine}/{self.details.name}" if self.engine else ""
        return Identity(place, self.details.id)

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
            places=self.data.places,
            has_all_variables=True,
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
