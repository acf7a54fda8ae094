"""Kubernetes: nodes, workloads and pods of one cluster, such as of K3s or Talos."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from homelab_steward.contract.state import ResourceKey

from ...sdk.answers import NotKnown, known
from ...sdk.description import (
    INFRASTRUCTURE,
    Check,
    Covers,
    Installs,
    Outage,
    Preserves,
    ResourceKind,
    Role,
    Sensor,
    Service,
    Updates,
    Versions,
)
from ...sdk.display import Text, critical, notice, warning
from ...sdk.sensors import count, diagnostic, flag, load, restarts, served, share
from .._kubernetes.client import SETTINGS, rights
from .actions import ACTIONS, CONTROLS, PATCH
from .client import KubernetesClient
from .images import running_image
from .models import Cluster, Seen
from .nodes import Node
from .pods import IMAGE, NO_METRICS, START, Amounts, Pod, quantity
from .tools import TOOLS
from .volume_restore import RESTORE_VOLUMES
from .volume_snapshots import SNAPSHOT_VOLUMES
from .workloads import Workload, workload_id

RIGHTS: Final = rights(
    reading_nodes=("list nodes",),
    reading_pods=("list pods",),
    reading_workloads=("list deployments.apps", "list statefulsets.apps", "list daemonsets.apps"),
    failed_jobs=("list jobs.batch",),
    memory_and_processor_usage=("list pods.metrics.k8s.io", "list nodes.metrics.k8s.io"),
    seeing_changes_at_once=("watch pods",),
    logs=("get pods/log",),
    events=("list events",),
    revisions_of_deployments=("list replicasets.apps",),
    revisions_of_stateful_and_daemon_sets=("list controllerrevisions.apps",),
    changes_of_workloads=PATCH,
    cordoning_nodes=("patch nodes",),
    deleting_pods=("delete pods",),
)
SHORT: Final = 95.0
"""Percent of the memory limit above which the kernel soon ends programs."""

ABSENT: Final = 120.0
"""Seconds for which no pod of a workload may be ready."""


def _node_usage(one: Seen[Node]) -> Amounts:
    found = (own.usage for own in one.state.node_usage if own.metadata.name == one.title)
    return known(next(found, NO_METRICS))


def _node_cpu(one: Seen[Node]) -> float:
    return round(100 * quantity(_node_usage(one).cpu) / max(quantity(one.it.status.capacity.cpu), 0.001), 1)


def _limit(one: Seen[Workload] | Seen[Pod]) -> float:
    """Return the memory limit of the first container in bytes. Raises NotKnown."""
    own = one.it.main if isinstance(one.it, Workload) else one.it.spec.containers[0]
    if own.resources.limits.memory is None:
        raise NotKnown(t"{own.name} has no memory limit")
    return quantity(own.resources.limits.memory)


def _first(one: Seen[Workload] | Seen[Pod]) -> str:
    return one.it.main.name if isinstance(one.it, Workload) else one.it.spec.containers[0].name


def _restarts(one: Seen[Workload] | Seen[Pod]) -> int:
    if one.missing:
        raise NotKnown(one.missing)
    return sum(pod.restarts for pod in one.pods)


def _ready(one: Seen[Workload]) -> int:
    return one.it.ready


def _labels(one: Seen[Workload]) -> Mapping[str, str]:
    return {"namespace": one.it.metadata.namespace, one.kind.removesuffix("s"): one.it.metadata.name}


def _owner(one: Seen[Pod]) -> ResourceKey | None:
    owner = one.state.owner(one.it)
    if owner is not None:
        return ResourceKey(kind="workload", id=owner)
    return ResourceKey(kind="node", id=one.it.spec.node_name) if one.it.spec.node_name else None


_LOAD: Final = load(used=lambda one: one.used(_first(one)), limit=_limit, cpu=lambda one: one.cpu())
NODE: Final = ResourceKind[Cluster, Seen[Node]](
    key="node",
    items=lambda state: [
        Seen(it=one, kind="node", title=one.metadata.name, pods=(), state=state) for one in state.nodes
    ],
    id=lambda one: one.title,
    labels=lambda one: {"node": one.title},
    role=Role.HOST,
    is_device=True,
    icon="mdi:server",
    sensors=(
        flag("online", "Ready", lambda one: one.it.is_ready, "connectivity"),
        flag("cordoned", "Cordoned", lambda one: one.it.spec.is_cordoned),
        *load(
            used=lambda one: quantity(_node_usage(one).memory),
            limit=lambda one: quantity(one.it.status.allocatable.memory),
            cpu=_node_cpu,
        ),
        diagnostic("version", "Kubelet", lambda one: one.it.status.node_info.kubelet_version),
    ),
)
WORKLOAD: Final = ResourceKind[Cluster, Seen[Workload]](
    key="workload",
    items=Cluster.workloads,
    id=lambda one: workload_id(one.kind, one.it.metadata),
    title=lambda one: one.title,
    labels=_labels,
    marks=lambda one: one.it.metadata.labels.keys(),
    role=Role.HOST,
    is_device=True,
    updates=Updates(action="set_image", image=running_image, arguments={"tag": Installs.EXACT}),
    preserves=Preserves(
        action="snapshot_volumes",
        covers=Covers.VOLUMES,
        back="restore_volumes",
        by_hand=t"A person restores them: a new volume claim is made from each snapshot.",
    ),
    sensors=(
        flag("running", "Running", lambda one: one.it.ready > 0, "running"),
        replace(served("ready", "Pods ready", _ready), enabled_by_default=False),
        count("not_ready", "Pods not ready", lambda one: max(0, one.it.wanted - one.it.ready)),
        diagnostic("wanted", "Pods wanted", lambda one: one.it.wanted),
        restarts(_restarts),
        *_LOAD,
        diagnostic("image", "Image", lambda one: one.it.main.image),
    ),
)
POD_SENSORS: Final[tuple[Sensor[Seen[Pod]], ...]] = (
    flag("running", "Running", lambda one: one.it.is_up, "running"),
    restarts(_restarts),
    *_LOAD,
)
POD: Final = ResourceKind[Cluster, Seen[Pod]](
    key="pod",
    items=Cluster.all_pods,
    id=lambda one: one.it.metadata.uid,
    title=lambda one: one.title,
    labels=lambda one: {"namespace": one.it.metadata.namespace, "pod": one.title},
    parent=_owner,
    icon="mdi:cube-outline",
    # A pod is replaced by one with another name: its entities are of use only for a short time.
    sensors=tuple(replace(one, enabled_by_default=False) for one in POD_SENSORS),
)


def _absent(one: Seen[Workload]) -> Text | None:
    return None if one.it.ready or not one.it.wanted else t"None of its {one.it.wanted} pods is ready"


def _memory_short(one: Seen[Workload]) -> Text | None:
    if one.it.main.resources.limits.memory is None or not one.it.wanted:
        return None
    used = share(one.used(_first(one)), _limit(one))
    return t"It uses {used:g} % of its memory" if used > SHORT else None


CHECKS: Final[tuple[Check[Any], ...]] = (
    critical(
        "node_not_ready",
        "Node not ready",
        lambda one: one.it.not_ready(),
        "node",
        Outage(confirm=60.0, learns=False),
    ),
    warning("node_pressure", "Node short of resources", lambda one: one.it.pressed(), "node"),
    notice("node_cordoned", "Node cordoned", lambda one: one.it.cordoned(), "node"),
    warning("pod_crash_loop", "Container ends again and again", Seen.crashes, "workload"),
    warning("pod_out_of_memory", "Container out of memory", Seen.lacked_memory, "workload"),
    warning("container_memory", "Container memory", _memory_short, "workload"),
    warning(
        "pod_image",
        "Image cannot be pulled",
        lambda one: one.of_containers(lambda own: own.waits(IMAGE, "cannot pull its image")),
        "workload",
    ),
    warning(
        "pod_cannot_start",
        "Container cannot be started",
        lambda one: one.of_containers(lambda own: own.waits(START, "cannot be started")),
        "workload",
    ),
    warning(
        "pod_unschedulable", "Pod cannot be scheduled", lambda one: one.problem(Pod.unscheduled), "workload"
    ),
    warning("rollout_stuck", "Rollout stuck", lambda one: one.it.stuck(), "workload"),
    warning("job_failed", "Job failed", Cluster.failed_jobs),
    warning("workload_absent", "No pod ready", _absent, "workload", Outage(confirm=ABSENT, learns=False)),
)
SERVICE: Final = Service[KubernetesClient, Cluster](
    key="kubernetes",
    category=INFRASTRUCTURE,
    manufacturer="Cloud Native Computing Foundation",
    icon="mdi:kubernetes",
    role=Role.HOST,
    settings=SETTINGS,
    connect=KubernetesClient,
    poll=KubernetesClient.poll,
    version=lambda state: state.version.git_version,
    identity=lambda state: min((one.metadata.uid for one in state.nodes), default=""),
    sensors=(
        served("nodes_online", "Nodes ready", lambda state: sum(one.is_ready for one in state.nodes)),
        served("pods_running", "Pods running", lambda state: sum(one.is_up for one in state.pods)),
    ),
    resources=(NODE, WORKLOAD, POD),
    checks=CHECKS,
    tools=TOOLS,
    actions=(*ACTIONS, SNAPSHOT_VOLUMES, RESTORE_VOLUMES),
    controls=CONTROLS,
    listen=KubernetesClient.listen,
    rights=RIGHTS,
    granted=lambda state: known(state.review).granted(RIGHTS),
    product="kubernetes",
    package="Go:k8s.io/kubernetes",
    understood=Versions("1.28", "1.36", name="Kubernetes", note="with K3s and Talos"),
)
