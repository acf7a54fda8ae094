"""Deployments, stateful sets and daemon sets."""

from collections.abc import Mapping
from typing import Final

from ...sdk.answers import Item, NotKnown, known
from ...sdk.display import Text, brief
from .._kubernetes.models import Condition, Meta, condition
from .pods import Container, Pod, PodSpec

WORKLOADS: Final = ("deployments", "statefulsets", "daemonsets")
RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
"""The annotation that kubectl writes to restart a workload."""


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


class Retention(Item):
    """What happens to the claims of a stateful set when it has fewer pods: Retain or Delete."""

    when_scaled: str = ""


class WorkloadSpec(Item):
    """What is wanted. A daemon set has no number of replicas. ``paused`` is left out when it is false."""

    selector: Selector
    template: Template
    replicas: int | None = None
    paused: bool = False
    update_strategy: Strategy = Strategy()
    persistent_volume_claim_retention_policy: Retention = Retention()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Return whether pods with these labels are its pods."""
        return bool(self.selector.match_labels) and self.selector.match_labels.items() <= labels.items()


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
        is_here = pod.metadata.namespace == self.metadata.namespace
        return self.spec.selects(pod.metadata.labels) and is_here and pod.metadata.deletion_timestamp is None

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


def workload_id(kind: str, meta: Meta) -> str:
    """Return the id of a workload: namespace, kind and name."""
    return f"{meta.namespace}/{kind}/{meta.name}"
