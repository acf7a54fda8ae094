"""What can be asked about nodes, workloads and pods. Environment and command lines are left out."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from ...errors import ServiceRefused
from ...sdk.answers import worded
from ...sdk.description import Call, Gaps, Tool
from ...sdk.display import brief, list_tool, worst_first
from ...sdk.fields import number_field
from .client import KubernetesClient, path_of
from .pods import Pod
from .revisions import revisions
from .workloads import Workload

MOST_LINES: Final = 200
LINES: Final = number_field("lines", "Lines", default=50, least=1, most=MOST_LINES)
MANAGERS: Final = (
    "kustomize.toolkit.fluxcd.io/name",
    "helm.toolkit.fluxcd.io/name",
    "argocd.argoproj.io/tracking-id",
)


def pod_line(pod: Pod) -> str:
    """Return a pod in one line: its state, restarts, and why it waits or how it ended."""
    said = []
    for one in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        waiting, ended = one.state.waiting, one.state.terminated or one.last_state.terminated
        if waiting is not None:
            said.append(f"{one.name} waits: {waiting.reason or 'for a reason that is not reported'}")
        if ended is not None and ended.exit_code is not None:
            said.append(
                f"{one.name} ended last with exit code {ended.exit_code} ({ended.reason or 'no reason'})"
            )
    where = f" on {pod.spec.node_name}" if pod.spec.node_name else ""
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    text = f"{name}: {pod.status.phase}{where}, restarted {worded(lambda: pod.restarts)} times"
    return "; ".join([text, *said])


def is_bad(pod: Pod) -> bool:
    """Return whether a container of a pod waits or the pod does not run. Raises NotKnown."""
    is_over = pod.status.phase == "Succeeded"
    return not is_over and (not pod.is_up or any(one.state.waiting is not None for one in pod.statuses))


def image_lines(pods: Iterable[Pod]) -> list[str]:
    """Return the images that run, with their digests and where."""
    found: dict[str, set[str]] = {}
    for pod in pods:
        for one in pod.spec.containers:
            line = f"{one.image} ({pod.digest(one.name) or 'digest not known'})"
            found.setdefault(line, set()).add(f"{pod.metadata.namespace}/{pod.metadata.name}")
    return [
        f"{line}: {min(where)}" + (f" and {len(where) - 1} more" if len(where) > 1 else "")
        for line, where in sorted(found.items())
    ]


async def _pods(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    return [pod_line(one) for one in worst_first(await client.pods(call), is_bad)]


async def _images(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    return image_lines(await client.pods(call))


async def _status(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    one = await client.found(Workload, path_of(call), call)
    pods = await client.pods(call)
    by = [
        f"{key}: {meta[key]}"
        for meta in (one.metadata.labels, one.metadata.annotations)
        for key in MANAGERS
        if key in meta
    ]
    limits = [
        f"{own.name}: {own.image}, {own.resources.limits.memory or 'no limit of'} memory, "
        f"{own.resources.limits.cpu or 'no limit of'} CPU"
        for own in one.spec.template.spec.containers
    ]
    conditions = [f"{own.type}: {own.status} {brief(own.message)}" for own in one.status.conditions]
    head = f"Ready: {worded(lambda: one.ready)} of {worded(lambda: one.wanted)} pods"
    return [
        head,
        *(f"Managed by {text}" for text in by),
        *limits,
        *conditions,
        *map(pod_line, worst_first(pods, is_bad)),
        *image_lines(pods),
    ]


async def _node(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    one = await client.node(call)
    info = one.status.node_info
    head = f"{info.os_image}, kernel {info.kernel_version}, {info.container_runtime_version}"
    conditions = [f"{own.type}: {own.status} {brief(own.message)}" for own in one.status.conditions]
    cordoned = ["Cordoned"] if one.spec.is_cordoned else []
    return [
        f"{head}, kubelet {info.kubelet_version}",
        *cordoned,
        *conditions,
        *await _pods(client, Gaps(), call),
    ]


async def _log(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    pod, container, text = await client.log(call, int(call.number("lines")))
    return [f"Container {container} of {pod.metadata.name}", *map(brief, text.splitlines())]


async def _before_end(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    try:
        pod, container, text = await client.log(call, int(call.number("lines")), previous=True)
    except ServiceRefused:
        return []  # the answer is 400 when the container was never restarted
    return [pod_line(pod), f"Container {container} before its last end", *map(brief, text.splitlines())]


async def _events(client: KubernetesClient, gaps: Gaps, call: Call) -> list[str]:
    return [
        f"{datetime.fromtimestamp(one.at, UTC):%Y-%m-%d %H:%M} {one.type} {one.reason}, "
        f"{one.involved_object.name}, {one.count} times: {brief(one.message)}"
        for one in await client.events(call, gaps)
    ]


async def _history(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    return [f"Revision {one.number}: {one.label}" for one in (await revisions(client, call))[1]]


async def _pod(client: KubernetesClient, _: Gaps, call: Call) -> list[str]:
    pod = await client.pod(call)
    conditions = [f"{own.type}: {own.status} {brief(own.message)}" for own in pod.status.conditions]
    return [pod_line(pod), *conditions, *image_lines((pod,))]


ROWS: Final = (
    ("pods", "Pods", "All pods, those with problems first.", _pods, None, None),
    ("images", "Images", "The images that run, with their digests.", _images, None, None),
    ("warnings", "Warnings", "The newest warnings.", _events, None, None),
    ("node_status", "Status", "Conditions and pods of the node.", _node, "node", "status"),
    (
        "workload_status",
        "Status",
        "Pods, limits, images, and what manages it.",
        _status,
        "workload",
        "status",
    ),
    ("pod_status", "Status", "State, restarts and images.", _pod, "pod", "status"),
    ("history", "Revisions", "What a workload can go back to.", _history, "workload", None),
    (
        "workload_events",
        "Events",
        "What happened in the last hour, newest first.",
        _events,
        "workload",
        "tasks",
    ),
    ("pod_events", "Events", "What happened in the last hour, newest first.", _events, "pod", "tasks"),
)
NEEDS: Final = {_events: ("list events",), _history: ("list replicasets.apps",)}
LOG: Final = partial(
    list_tool,
    arguments=(LINES,),
    needs=("get pods/log",),
    limit=MOST_LINES + 2,
    empty=t"No container was restarted",
)
LAST: Final = "The last lines of the container with most restarts"
TOOLS: Final[tuple[Tool[KubernetesClient], ...]] = (
    *(
        list_tool(key, name, text, read, scope=scope, capability=capability, needs=NEEDS.get(read, ()))
        for key, name, text, read, scope, capability in ROWS
    ),
    *(
        LOG(f"{scope}_log", "Log", f"{LAST}.", _log, scope=scope, capability="logs")
        for scope in ("workload", "pod")
    ),
    *(
        LOG(
            f"{scope}_before_end",
            "Log before the last end",
            f"{LAST}, before it ended last.",
            _before_end,
            scope=scope,
            capability="before_end",
        )
        for scope in ("workload", "pod")
    ),
)
