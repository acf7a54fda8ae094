"""The client: the targets of calls, logs and events."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from ...errors import PreconditionFailed, ServiceMalformed, ServiceUnreachable
from ...sdk.answers import Item, Time, at, parse
from ...sdk.description import Call, Changed, Gaps, Push
from ...sdk.kits import poll_until
from ...tasks import task_group
from .._kubernetes.client import PAGE, KubeClient
from .models import Cluster
from .nodes import Node
from .pods import Named, Pod
from .workloads import Workload

APPS: Final = "apis/apps/v1"
SEEN: Final = 30.0
"""Seconds that a controller may take to see a change."""

IDLE: Final = 600.0
QUIET: Final = 5.0
"""Seconds between two polls because of changes."""


class Event(Item):
    """Something that happened to an object, ``count`` times."""

    type: str
    involved_object: Named
    reason: str = ""
    message: str = ""
    count: int = 1
    last_timestamp: Time | None = None
    event_time: Time | None = None

    @property
    def at(self) -> float:
        """When it happened last, 0 when that is not reported."""
        time = self.last_timestamp or self.event_time
        return time.timestamp() if time else 0.0


class KubernetesClient(KubeClient):
    """One cluster."""

    patch_type = "application/strategic-merge-patch+json"

    async def poll(self, gaps: Gaps) -> Cluster:
        """Return the state. Raises ServiceError when the version or the pods cannot be read."""
        async with task_group() as calls:
            review = calls.create_task(self.review(gaps))
            polled = calls.create_task(Cluster.poll(self, gaps))
        state = polled.result()
        state.now, state.review = self.clock.now(), review.result()
        return state

    async def node(self, call: Call) -> Node:
        """Return the target. Raises PreconditionFailed when it is gone."""
        return await self.found(Node, path_of(call), call)

    async def workload(self, call: Call) -> Workload:
        """Return the target once its controller has seen what is wanted. Raises as ``node`` does."""

        async def read() -> Workload:
            return await self.found(Workload, path_of(call), call)

        return await poll_until(
            self.clock,
            read,
            lambda one: (one.status.observed_generation or 0) >= one.metadata.generation,
            seconds=SEEN,
            away=0.0,
        )

    async def change(self, call: Call, one: Workload | Node, **spec: object) -> None:
        """Change the specification of the target that was read as ``one``."""
        await self.patch(path_of(call), one.metadata, spec=spec)

    async def pods(self, call: Call) -> tuple[Pod, ...]:
        """Return the pods of the target. Raises PreconditionFailed, ServiceMalformed if some are missing."""
        pods = await self._all_pods()
        if call.target.kind == "instance":
            return pods
        if call.target.kind == "pod":
            return tuple(one for one in pods if one.metadata.uid == call.target.id)
        if call.target.kind == "node":
            return tuple(one for one in pods if one.spec.node_name == call.target.id)
        owner = await self.found(Workload, path_of(call), call)
        return tuple(one for one in pods if owner.owns(one))

    async def pods_in(self, namespace: str) -> tuple[Pod, ...]:
        """Return the pods of a namespace. Raises ServiceMalformed if some are missing."""
        return tuple(one for one in await self._all_pods() if one.metadata.namespace == namespace)

    async def _all_pods(self) -> tuple[Pod, ...]:
        gaps = Gaps()
        pods = await self.many(Pod, "api/v1/pods", gaps, below="items", limit=PAGE)
        if reason := gaps.of("api/v1/pods"):
            raise ServiceMalformed(reason)
        return pods

    async def pod(self, call: Call) -> Pod:
        """Return the target, or its pod with a problem or most restarts. Raises PreconditionFailed."""
        found = await self.pods(call)
        if not found:
            raise PreconditionFailed(t"There is no pod of {call.target.name} now")
        return max(found, key=lambda one: (not one.is_up, restarts(one)))

    async def log(self, call: Call, lines: int, *, previous: bool = False) -> tuple[Pod, str, str]:
        """Return a pod of the target, the container with most restarts, and the end of its log."""
        pod = await self.pod(call)
        own = pod.status.init_container_statuses + pod.status.container_statuses
        name = max(own, key=lambda one: one.restart_count).name if own else pod.spec.containers[0].name
        meta = pod.metadata
        path = f"api/v1/namespaces/{meta.namespace}/pods/{meta.name}/log"
        return (
            pod,
            name,
            await self.text(path, container=name, tailLines=lines, previous=previous, timestamps=True),
        )

    async def events(self, call: Call, gaps: Gaps) -> list[Event]:
        """Return the events of the target and its pods, or the warnings of the cluster; newest first."""
        kind = call.target.kind
        query = {"fieldSelector": "type=Warning"} if kind == "instance" else {}
        found = await self.many(Event, "api/v1/events", gaps, below="items", limit=PAGE, **query)
        if kind != "instance":
            names = {one.metadata.name for one in await self.pods(call)} if kind != "node" else set()
            names.add(call.target.id.rpartition("/")[2])
            found = tuple(one for one in found if one.involved_object.name in names)
        return sorted(found, key=lambda one: one.at, reverse=True)

    async def listen(self) -> AsyncIterator[Push]:
        """Yield POLL_NOW when pods change, until the connection is lost. A rollout changes them often."""
        version = parse(
            str, at(await self.get("api/v1/pods", limit=PAGE), "metadata.resourceVersion"), "pods"
        )
        stream = self.stream("api/v1/pods", idle=IDLE, watch=True, resourceVersion=version)
        with suppress(ServiceUnreachable):
            async for _ in stream:
                yield Changed.POLL_NOW
                await self.clock.sleep(QUIET)


def path_of(call: Call) -> str:
    """Return the path of a node or a workload."""
    if call.target.kind == "node":
        return f"api/v1/nodes/{call.target.id}"
    return f"{APPS}/namespaces/{call.target.id}"


def restarts(pod: Pod) -> int:
    """Return how often the containers of a pod were restarted."""
    return sum(one.restart_count for one in pod.status.container_statuses)
