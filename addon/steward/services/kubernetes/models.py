"""What the API server answers, and what is wrong with pods, workloads and nodes."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ...sdk.answers import Item, NotKnown, State, Unknown, many, one
from ...sdk.display import Text
from .._kubernetes.client import PAGE
from .._kubernetes.models import Review
from .nodes import Node, NodeUsage
from .pods import NO_METRICS, Amounts, ContainerStatus, Job, Pod, PodUsage, first, quantity
from .workloads import WORKLOADS, Workload, workload_id


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
