"""What a Docker Engine answers about its containers. Source: its API, versions 1.41 to 1.51."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

import msgspec

from ...sdk.answers import Item, NotKnown, Time
from ...sdk.database_links import NONE as NO_LINKS
from ...sdk.database_links import DatabaseLinks, database_links
from ...sdk.description import Stop
from ...sdk.display import Text, brief
from .databases import LABEL, OFF, database_of
from .mounts import Dumping, Mount, Volume
from .ports import PortBinding, ports_of

MANAGERS: Final = {
    "com.docker.swarm.task.id": "Docker Swarm",
    "io.kubernetes.pod.uid": "Kubernetes",
    "supervisor_managed": "Home Assistant Supervisor",
}
"""Labels of containers that something else makes and replaces."""

STOP_TIMEOUT: Final = 10
"""Seconds a program has to stop when its container does not say."""

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
    """The engine: its id, and the name of its machine. A copy of a machine has the same id."""

    name: str
    id: str = msgspec.field(name="ID", default="")

    @property
    def place(self) -> str:
        """What tells this engine from every other, "" when it says no id."""
        return f"{self.id}/{self.name}" if self.id else ""


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


class Endpoint(Item, rename="pascal"):
    """The connection of a container to a network: the names and the address that it has there."""

    aliases: tuple[str, ...] = ()
    dns_names: tuple[str, ...] = msgspec.field(name="DNSNames", default=())
    address: str = msgspec.field(name="IPAddress", default="")
    gateway: str = ""


class NetworkSettings(Item, rename="pascal"):
    """The networks of a container by their names."""

    networks: Mapping[str, Endpoint] = {}


class HostConfig(Item, rename="pascal"):
    """Limits, 0 when there is none. ``memory`` and ``memory_swap`` (both together) are in bytes.

    ``links`` are such as ``/db:/app/alias``.
    """

    memory: int
    restart_policy: Policy
    auto_remove: bool = False
    memory_swap: int = 0
    nano_cpus: int = 0
    port_bindings: Mapping[str, tuple[PortBinding, ...]] = {}
    privileged: bool | None = None
    readonly_rootfs: bool = False
    network_mode: str = ""
    links: tuple[str, ...] = ()


class Config(Item, rename="pascal"):
    """What it was made from. The command and the values of the environment are not kept: they hold secrets.

    ``env`` are the names of its environment variables, ``databases`` which databases their values name.
    """

    image: str
    tty: bool
    user: str | None = None
    labels: Mapping[str, str] = {}
    stop_timeout: int | None = None
    env: tuple[str, ...] = ()
    exposed_ports: Mapping[str, object] = {}
    databases: DatabaseLinks = NO_LINKS

    def __post_init__(self) -> None:
        """Forget the values of the environment, but which databases they name."""
        if environment := {
            name: value for name, equal, value in (one.partition("=") for one in self.env) if equal
        }:
            msgspec.structs.force_setattr(self, "databases", database_links(environment))
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
    network_settings: NetworkSettings = NetworkSettings()

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

    def dumping(self, *, may_execute: bool, may_keep: bool) -> Dumping | None:
        """Return the database in it, None when it has none or nobody wants it dumped.

        ``may_execute``: commands may be carried out in containers. ``may_keep``: volumes may be made.
        """
        database = database_of(self.config.image, self.config.env)
        if database is None or self.config.labels.get(LABEL) == OFF:
            return None
        refusal: Text | None = None
        if not may_execute or not may_keep:
            refusal = t"the engine does not let the app do that"
        elif self.host_config.readonly_rootfs:
            refusal = t"its root file system is read-only"
        elif database.secrets and not database.secrets.intersection(self.config.env):
            refusal = t"the password of root is not in its environment"
        return Dumping(database=database, refusal=refusal)

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
