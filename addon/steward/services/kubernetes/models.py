"""What the API server answers, and what is wrong with pods, workloads and nodes."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from ...sdk.answers import Item, NotKnown, State, Time, Unknown, known, many, one
from ...sdk.display import Text, brief
from .._kubernetes.client import PAGE
from .._kubernetes.models import Condition, Meta, Review, condition

LATELY: Final = 3600.0
"""Seconds for which the end of a container by lack of memory is a problem."""

SETTLED: Final = {False: 60.0, True: 600.0}
"""Seconds that a container must run until it is fine; more after a restart, because the kubelet waits."""

WORKLOADS: Final = ("deployments", "statefulsets", "daemonsets")
IMAGE: Final = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})
START: Final = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError"}
)
RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
"""The annotation that kubectl writes to restart a workload."""

UNSCHEDULABLE: Final = "node.kubernetes.io/unschedulable"
PRESSURES: Final = ("MemoryPressure", "DiskPressure", "PIDPressure")
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


class NodeUsage(Item):
    """What a node uses."""

    metadata: Named
    usage: Amounts


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


class Container(Item):
    """A container as it is wanted. The environment is not read: it holds secrets."""

    name: str
    image: str
    resources: Resources = Resources()


class PodSpec(Item):
    """The containers of a pod, and its node once it has one."""

    containers: tuple[Container, ...]
    node_name: str = ""


class PodStatus(Item):
    """What a pod does."""

    phase: str
    start_time: Time | None = None
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


class Selector(Item):
    """The labels of the pods of a workload."""

    match_labels: Mapping[str, str] = {}


class TemplateMeta(Item):
    """Metadata of the pods of a workload."""

    annotations: Mapping[str, str] = {}


class Template(Item):
    """What the pods of a workload are made from."""

    spec: PodSpec
    metadata: TemplateMeta = TemplateMeta()


class Strategy(Item):
    """How the pods of a stateful set or a daemon set are replaced."""

    type: str = ""


class WorkloadSpec(Item):
    """What is wanted. A daemon set has no number of replicas. ``paused`` is left out when it is false."""

    selector: Selector
    template: Template
    replicas: int | None = None
    paused: bool = False
    update_strategy: Strategy = Strategy()


class WorkloadStatus(Item):
    """What there is: numbers that are 0 are left out, except those of a daemon set.

    ``update_revision`` is the newest revision of a stateful set.
    """

    observed_generation: int | None = None
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    desired_number_scheduled: int | None = None
    current_number_scheduled: int = 0
    number_ready: int | None = None
    updated_number_scheduled: int = 0
    conditions: tuple[Condition, ...] = ()
    update_revision: str = ""


class Workload(Item):
    """A deployment, a stateful set or a daemon set."""

    metadata: Meta
    spec: WorkloadSpec
    status: WorkloadStatus

    @property
    def wanted(self) -> int:
        """How many pods are wanted. Raises NotKnown."""
        own = self.spec.replicas
        return known(self.status.desired_number_scheduled) if own is None else own

    @property
    def ready(self) -> int:
        """How many pods are ready. Raises NotKnown before the controller has seen what is wanted."""
        known(self.status.observed_generation)
        return (
            self.status.ready_replicas if self.spec.replicas is not None else known(self.status.number_ready)
        )

    @property
    def is_rolled_out(self) -> bool:
        """Whether all pods are as wanted."""
        updated = self.status.updated_replicas + self.status.updated_number_scheduled
        there = self.status.replicas + self.status.current_number_scheduled
        is_seen = known(self.status.observed_generation) >= self.metadata.generation
        return is_seen and updated == there == self.ready == self.wanted

    @property
    def main(self) -> Container:
        """Its first container. Raises NotKnown."""
        if not self.spec.template.spec.containers:
            raise NotKnown(t"It has no container")
        return self.spec.template.spec.containers[0]

    def owns(self, pod: Pod) -> bool:
        """Return whether a pod is one of its pods and is not being deleted."""
        wanted = self.spec.selector.match_labels
        is_ours = bool(wanted) and wanted.items() <= pod.metadata.labels.items()
        is_here = pod.metadata.namespace == self.metadata.namespace
        return is_ours and is_here and pod.metadata.deletion_timestamp is None

    @property
    def restarted(self) -> str:
        """When a restart was requested last, else when it was created."""
        asked = self.spec.template.metadata.annotations.get(RESTARTED)
        return asked or f"{self.metadata.creation_timestamp:%Y-%m-%dT%H:%M:%SZ}"

    def waits_for_person(self) -> Text | None:
        """Return why a change would not replace its pods."""
        if self.spec.paused:
            return t"The rollout of {self.metadata.name} is paused: its pods would not be replaced"
        if self.spec.update_strategy.type == "OnDelete":
            return t"The pods of {self.metadata.name} are replaced only when they are deleted"
        return None

    def stuck(self) -> Text | None:
        """Return why its rollout does not go on. Raises NotKnown while it is under way."""
        if self.status.conditions and self.spec.replicas is not None:
            found = condition(self.status.conditions, "Progressing")
            return t"Its rollout is stuck: {brief(found.message)}" if found.status == "False" else None
        if not self.is_rolled_out:
            raise NotKnown(t"Its rollout is under way")
        return None


class Taint(Item):
    """What keeps pods away from a node."""

    key: str


class NodeSpec(Item):
    """A node that is cordoned has the field and, from the cluster, the taint; otherwise both are left out."""

    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()

    @property
    def is_cordoned(self) -> bool:
        """Whether it takes no new pods."""
        return self.unschedulable or any(one.key == UNSCHEDULABLE for one in self.taints)


class NodeInfo(Item):
    """What runs on a node."""

    kubelet_version: str
    os_image: str = ""
    kernel_version: str = ""
    container_runtime_version: str = ""


class NodeStatus(Item):
    """How a node is, and how much of it pods may use."""

    conditions: tuple[Condition, ...]
    node_info: NodeInfo
    capacity: Amounts = Amounts()
    allocatable: Amounts = Amounts()


class Node(Item):
    """One node."""

    metadata: Meta
    spec: NodeSpec
    status: NodeStatus

    @property
    def is_ready(self) -> bool:
        """Whether its kubelet reports that it is ready. Raises NotKnown."""
        return condition(self.status.conditions, "Ready").status == "True"

    def not_ready(self) -> Text | None:
        """Return why it is not ready. Raises NotKnown."""
        found = condition(self.status.conditions, "Ready")
        return None if self.is_ready else t"Node {self.metadata.name} is not ready: {brief(found.message)}"

    def pressed(self) -> str | None:
        """Return what it runs out of. Raises NotKnown."""
        found = [condition(self.status.conditions, kind) for kind in PRESSURES]
        return next((f"{one.type}: {brief(one.message)}" for one in found if one.status == "True"), None)

    def cordoned(self) -> Text | None:
        """Return that it takes no new pods."""
        return t"It is cordoned: it takes no new pods" if self.spec.is_cordoned else None


class Version(Item):
    """The API server."""

    git_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen[T]:
    """An object with its pods at one poll. ``missing`` is why there may be more pods."""

    it: T
    kind: str
    title: str
    pods: tuple[Pod, ...]
    state: Cluster
    missing: str | None = None

    def problem(self, of: Callable[[Pod], Text | None]) -> Text | None:
        """Return the first problem of a pod. Raises NotKnown."""
        return first(self.pods, of, self.missing)

    def of_containers(self, of: Callable[[ContainerStatus], Text | None]) -> Text | None:
        """Return the first problem of a container. Raises NotKnown."""
        return self.problem(lambda pod: first(pod.statuses, of))

    def crashes(self) -> Text | None:
        """Return that a container ends again and again. Raises NotKnown."""
        return self.of_containers(lambda one: one.crashes(self.state.now))

    def lacked_memory(self) -> Text | None:
        """Return that a container ran out of memory. Raises NotKnown."""
        return self.of_containers(lambda one: one.lacked_memory(self.state.now))

    def used(self, container: str) -> float:
        """Return the most bytes that a container uses in one of the pods. Raises NotKnown."""
        return max(quantity(one.memory) for one in self._usage(container))

    def cpu(self) -> float:
        """Return the processor time of all pods, in percent of the cluster. Raises NotKnown."""
        cores = sum(quantity(node.status.capacity.cpu) for node in self.state.nodes)
        return round(100 * sum(quantity(one.cpu) for one in self._usage()) / max(cores, 0.001), 1)

    def _usage(self, container: str = "") -> list[Amounts]:
        measured = {(one.metadata.namespace, one.metadata.name): one for one in self.state.pod_usage}
        found = [measured.get((pod.metadata.namespace, pod.metadata.name)) for pod in self.pods]
        if self.missing or not all(found):
            raise NotKnown(self.missing or NO_METRICS.reason)
        own = [one for pod in found if pod for one in pod.containers if container in ("", one.name)]
        if not own:
            raise NotKnown(t"It has no pods")
        return [one.usage for one in own]


class Cluster(State):
    """Everything that one poll reads."""

    version = one("version", Version)
    nodes = many("api/v1/nodes", Node, below="items", optional=True, limit=PAGE)
    pods = many("api/v1/pods", Pod, below="items", limit=PAGE)
    deployments = many("apis/apps/v1/deployments", Workload, below="items", optional=True, limit=PAGE)
    statefulsets = many("apis/apps/v1/statefulsets", Workload, below="items", optional=True, limit=PAGE)
    daemonsets = many("apis/apps/v1/daemonsets", Workload, below="items", optional=True, limit=PAGE)
    jobs = many("apis/batch/v1/jobs", Job, below="items", optional=True, limit=PAGE)
    pod_usage = many(
        "apis/metrics.k8s.io/v1beta1/pods", PodUsage, below="items", optional=True, may_be_absent=True
    )
    node_usage = many(
        "apis/metrics.k8s.io/v1beta1/nodes", NodeUsage, below="items", optional=True, may_be_absent=True
    )
    now = datetime.min.replace(tzinfo=UTC)
    review: Review | Unknown = Unknown("It was not read")

    def workloads(self) -> Iterator[Seen[Workload]]:
        """Yield the workloads with their pods. Raises NotKnown when a list could not be read."""
        listed = [(kind, found) for kind in WORKLOADS for found in getattr(self, kind)]
        names = Counter(found.metadata.name for _, found in listed)
        for kind, found in listed:
            meta, status = found.metadata, found.status
            pods = tuple(pod for pod in self.pods if found.owns(pod))
            count = status.replicas + status.current_number_scheduled
            missing = f"{len(pods)} of its {count} pods are listed" if len(pods) < count else None
            title = meta.name if names[meta.name] == 1 else f"{meta.namespace}/{meta.name}"
            yield Seen(it=found, kind=kind, title=title, pods=pods, state=self, missing=missing)

    def all_pods(self) -> Iterator[Seen[Pod]]:
        """Yield each pod as its own only pod."""
        for pod in self.pods:
            yield Seen(it=pod, kind="pod", title=pod.metadata.name, pods=(pod,), state=self)

    def failed_jobs(self) -> Text | None:
        """Return which job failed the last time. Raises NotKnown."""
        found = sorted(self.jobs, key=lambda job: job.metadata.creation_timestamp)
        return first({job.runs_of: job for job in found}.values(), Job.failed)

    def owner(self, pod: Pod) -> str | None:
        """Return the id of the workload of a pod, None when it has none."""
        for kind in WORKLOADS:
            for found in self.read_or(getattr(Cluster, kind), ()):
                if found.owns(pod):
                    return workload_id(kind, found.metadata)
        return None


def workload_id(kind: str, meta: Meta) -> str:
    """Return the id of a workload: namespace, kind and name."""
    return f"{meta.namespace}/{kind}/{meta.name}"
