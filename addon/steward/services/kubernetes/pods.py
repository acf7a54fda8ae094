"""Pods and jobs: their containers, why they wait or ended, and what they use."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import force_setattr as set_once

from ...sdk.answers import Item, NotKnown, Time, Unknown, known
from ...sdk.database_links import NONE as NO_LINKS
from ...sdk.database_links import DatabaseLinks, database_links, names_database
from ...sdk.display import Text, brief
from .._kubernetes.models import Condition, Meta, condition

LATELY: Final = 3600.0
"""Seconds for which the end of a container by lack of memory is a problem."""

SETTLED: Final = {False: 60.0, True: 600.0}
"""Seconds that a container must run until it is fine; more after a restart, because the kubelet waits."""

IMAGE: Final = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})
START: Final = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"}
)
SYSTEM: Final = ("/dev", "/etc", "/lib/modules", "/proc", "/run", "/sys", "/var/run")
"""Folders of a node which hold no data of a pod."""

NO_METRICS: Final = Unknown("The metrics server of the cluster does not report it")
_QUANTITY: Final = re.compile(r"(\d+(?:\.\d+)?(?:[eE]-?\d{1,2})?)([numkMGTP]|[KMGTP]i)?")
_POWERS: Final = {"n": -3, "u": -2, "m": -1, "": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


def quantity(text: str | None) -> float:
    """Return an amount such as 250m or 1Gi as a number. Raises NotKnown."""
    match = _QUANTITY.fullmatch(known(text))
    if match is None:
        raise NotKnown(t"{brief(str(text), 20)} is not an amount")
    prefix = match[2] or ""
    return float(match[1]) * (1024.0 if prefix.endswith("i") else 1000.0) ** _POWERS[prefix.removesuffix("i")]


def first[T](
    found: Iterable[T], problem: Callable[[T], Text | None], missing: str | None = None
) -> Text | None:
    """Return the first problem, None when there is none. Raises NotKnown when one cannot be judged."""
    unknown = missing
    for item in found:
        try:
            text = problem(item)
        except NotKnown as err:
            unknown = unknown or str(err)
            continue
        if text is not None:
            return text
    if unknown is not None:
        raise NotKnown(unknown)
    return None


class Named(Item):
    """The name of a node, or of what an event is about."""

    name: str


class Placed(Named):
    """The name of a pod."""

    namespace: str


class Amounts(Item):
    """Processor and memory: in use, or as limits or requests."""

    cpu: str | None = None
    memory: str | None = None


class ContainerUsage(Item):
    """What one container uses."""

    name: str
    usage: Amounts


class PodUsage(Item):
    """What the containers of a pod use."""

    metadata: Placed
    containers: tuple[ContainerUsage, ...]


class Waiting(Item):
    """Why a container waits."""

    reason: str | None = None
    message: str = ""


class Ran(Item):
    """A container that runs, or the end of one."""

    started_at: Time | None = None
    finished_at: Time | None = None
    exit_code: int | None = None
    reason: str | None = None


class ContainerState(Item):
    """One of the three is set."""

    waiting: Waiting | None = None
    running: Ran | None = None
    terminated: Ran | None = None


class ContainerStatus(Item):
    """What a container does, and how it ended last. ``image_id`` ends with the digest."""

    name: str
    restart_count: int
    image_id: str = msgspec.field(name="imageID", default="")
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()

    @property
    def last_end(self) -> Ran | None:
        """How it ended last, None if it never did. Raises NotKnown."""
        ended = self.state.terminated or self.last_state.terminated
        if ended is None and (self.restart_count or self.state == ContainerState()):
            raise NotKnown(t"It is not reported how {self.name} ended")
        return ended

    def crashes(self, now: datetime) -> Text | None:
        """Return that it ends again and again. Raises NotKnown until it has run long enough."""
        if self.waits(frozenset({"CrashLoopBackOff"}), "") is not None:
            code = self.last_end.exit_code if self.last_end else None
            return (
                t"{self.name} ends again and again{'' if code is None else f', last with exit code {code}'}"
            )
        if self.state.running is not None:
            ran = (now - known(self.state.running.started_at)).total_seconds()
            if ran < SETTLED[self.restart_count > 0]:
                raise NotKnown(t"{self.name} was started a short time ago")
        elif self.state.terminated is not None and self.state.terminated.exit_code != 0:
            raise NotKnown(t"{self.name} has ended and is not started again so far")
        return None

    def waits(self, reasons: Collection[str], says: str) -> str | None:
        """Return that it waits for one of these reasons. Raises NotKnown when its state is not reported."""
        if self.state == ContainerState():
            raise NotKnown(t"The state of {self.name} is not reported")
        waiting = self.state.waiting
        if waiting is None or known(waiting.reason) not in reasons:
            return None
        return f"{self.name} {says}: {brief(waiting.message or str(waiting.reason))}"

    def lacked_memory(self, now: datetime) -> Text | None:
        """Return that it ended for lack of memory a short time ago. Raises NotKnown."""
        end = self.last_end
        if end is None or known(end.reason) != "OOMKilled":
            return None
        is_old = (now - known(end.finished_at)).total_seconds() > LATELY
        return None if is_old else t"{self.name} ran out of memory at {end.finished_at:%H:%M} UTC"


class Resources(Item):
    """How much a container may use, and how much is reserved for it."""

    limits: Amounts = Amounts()
    requests: Amounts = Amounts()


class Variable(Item):
    """An environment variable. Its value is not kept: it may be a secret. "" stands for one elsewhere."""

    name: str
    value: str = ""


class ContainerPort(Item):
    """A port that a container listens on."""

    container_port: int


class Container(Item):
    """A container as it is wanted. ``env_from`` are config maps and secrets with further variables.

    ``databases`` is which databases its variables name, ``hidden`` the names of variables about databases
    whose values are in another object.
    """

    name: str
    image: str
    resources: Resources = Resources()
    env: tuple[Variable, ...] = ()
    env_from: tuple[Item, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    databases: DatabaseLinks = NO_LINKS
    hidden: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Forget the values of the environment, but which databases they name."""
        environment = {one.name: one.value for one in self.env if one.value}
        if environment:
            set_once(self, "databases", database_links(environment))
        hidden = tuple(one.name for one in self.env if not one.value and names_database(one.name))
        set_once(self, "hidden", hidden)
        set_once(self, "env", tuple(Variable(name=one.name) for one in self.env))


class ClaimSource(Item):
    """The volume claim that a volume of a pod is."""

    claim_name: str
    read_only: bool = False


class FolderSource(Item):
    """A folder of the node, or of a server, that a volume of a pod is."""

    path: str
    read_only: bool = False


class PodVolume(Item):
    """A volume of a pod; one of its fields besides the name is set."""

    name: str
    persistent_volume_claim: ClaimSource | None = None
    host_path: FolderSource | None = None
    nfs: FolderSource | None = None
    config_map: Item | None = None
    downward_api: Item | None = msgspec.field(name="downwardAPI", default=None)
    empty_dir: Item | None = None
    ephemeral: Item | None = None
    image: Item | None = None
    projected: Item | None = None
    secret: Item | None = None

    @property
    def claim(self) -> str:
        """The name of the volume claim that data may be written to, "" when it is none."""
        source = self.persistent_volume_claim
        return source.claim_name if source is not None and not source.read_only else ""

    @property
    def any_claim(self) -> str:
        """The name of the volume claim that it is, also one that is only read, "" when it is none."""
        source = self.persistent_volume_claim
        return source.claim_name if source is not None else ""

    @property
    def has_data(self) -> bool:
        """Whether data may be written to it that is there after the pod."""
        own = (self.config_map, self.downward_api, self.empty_dir, self.ephemeral, self.image)
        if any(one is not None for one in (*own, self.projected, self.secret)):
            return False
        source = self.persistent_volume_claim or self.nfs or self.host_path
        is_system = self.host_path is not None and self.host_path.path.startswith(SYSTEM)
        return not is_system and (source is None or not source.read_only)


class PodSpec(Item):
    """The containers and volumes of a pod, and its node once it has one."""

    containers: tuple[Container, ...]
    node_name: str = ""
    volumes: tuple[PodVolume, ...] = ()


class PodStatus(Item):
    """What a pod does."""

    phase: str
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Owner(Item):
    """What a pod or a revision belongs to."""

    kind: str
    name: str
    uid: str


class OwnedMeta(Meta):
    """The metadata of what may belong to something else."""

    owner_references: tuple[Owner, ...] = ()


class Pod(Item):
    """One pod."""

    metadata: OwnedMeta
    spec: PodSpec
    status: PodStatus

    @property
    def is_up(self) -> bool:
        """Whether it runs."""
        return self.status.phase == "Running" and self.metadata.deletion_timestamp is None

    @property
    def restarts(self) -> int:
        """How often its containers were restarted."""
        return sum(one.restart_count for one in self.statuses)

    @property
    def statuses(self) -> tuple[ContainerStatus, ...]:
        """What its containers do. Raises NotKnown while they are not all reported."""
        if len(self.status.container_statuses) < len(self.spec.containers):
            raise NotKnown(t"Its containers are not reported so far")
        return self.status.init_container_statuses + self.status.container_statuses

    def container(self, name: str) -> Container | None:
        """Return its container with this name, None when it has none."""
        return next((one for one in self.spec.containers if one.name == name), None)

    def digest(self, name: str) -> str:
        """Return the digest of the image that a container runs, "" when it is not reported."""
        found = (one.image_id for one in self.status.container_statuses if one.name == name)
        return next(found, "").rpartition("@")[2]

    def fails(self) -> bool:
        """Return whether a container cannot start or ends again and again."""
        own = self.status.init_container_statuses + self.status.container_statuses
        waiting = {one.state.waiting.reason for one in own if one.state.waiting}
        return bool(waiting & {*IMAGE, *START, "CrashLoopBackOff"})

    def unscheduled(self) -> Text | None:
        """Return why no node can run it. Raises NotKnown."""
        found = condition(self.status.conditions, "PodScheduled")
        is_bad = found.status == "False" and found.reason != "SchedulingGated"
        return t"No node can run it: {brief(found.message or found.reason)}" if is_bad else None


class JobStatus(Item):
    """How a job goes; a condition says when it is over."""

    conditions: tuple[Condition, ...] = ()


class Job(Item):
    """One run of something that ends, such as of a cron job."""

    metadata: OwnedMeta
    status: JobStatus

    @property
    def runs_of(self) -> str:
        """The cron job that it is a run of, else itself."""
        owner = next((one.name for one in self.metadata.owner_references), self.metadata.name)
        return f"{self.metadata.namespace}/{owner}"

    def failed(self) -> Text | None:
        """Return that it failed. Raises NotKnown while it is not over."""
        over = {one.type: one for one in self.status.conditions if one.status == "True"}
        if "Failed" in over:
            return t"{self.runs_of} failed: {brief(over['Failed'].message or over['Failed'].reason)}"
        if not {"Complete", "SuccessCriteriaMet", "Suspended"} & over.keys():
            raise NotKnown(t"{self.runs_of} is not over")
        return None
