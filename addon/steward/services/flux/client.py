"""The client: one object, its reconciliations, and whether it is suspended."""

from ...sdk.answers import worded
from ...sdk.description import Call, Gaps
from ...sdk.display import Text, brief
from ...sdk.kits import Job
from ...tasks import task_group
from .._kubernetes.client import PAGE, KubeClient
from .models import KINDS, REQUESTED, FluxState, Managed


class FluxClient(KubeClient):
    """The Flux of one cluster."""

    async def poll(self, gaps: Gaps) -> FluxState:
        """Return the state. Raises ServiceError when the kustomizations cannot be read."""
        async with task_group() as calls:
            review = calls.create_task(self.review(gaps))
            polled = calls.create_task(FluxState.poll(self, gaps))
        state = polled.result()
        state.review = review.result()
        return state

    async def all(self, kind: str, gaps: Gaps) -> tuple[Managed, ...]:
        """Return everything of one kind. Raises ServiceError."""
        return await self.many(Managed, KINDS[kind], gaps, below="items", limit=PAGE)

    async def object(self, call: Call) -> Managed:
        """Return the target. Raises PreconditionFailed when it is gone."""
        return await self.found(Managed, path_of(call), call)

    async def is_suspended(self, call: Call) -> bool:
        """Return whether Flux leaves the target alone. Raises as ``object`` does."""
        return (await self.object(call)).is_suspended

    async def suspend(self, call: Call, *, to: bool) -> None:
        """Suspend the target, or resume it. Raises as ``object`` and Rest.send do."""
        one = await self.object(call)
        await self.patch(path_of(call), one.metadata, spec={"suspend": to})

    async def refusal(self, call: Call) -> Text | None:
        """Return why the target cannot be reconciled."""
        return t"{call.target.name} is suspended" if await self.is_suspended(call) else None

    async def reconcile(self, call: Call) -> str:
        """Ask Flux to reconcile the target now, and return the time by which it is found again."""
        one, stamp = await self.object(call), self.clock.now().isoformat()
        await self.patch(path_of(call), one.metadata, annotations={REQUESTED: stamp})
        return stamp

    async def job(self, call: Call, handle: str) -> Job:
        """Return a reconciliation that was asked for. It is done also when it found a mistake."""
        one = await self.object(call)
        is_running = one.status.last_handled_reconcile_at != handle
        text = "" if is_running else worded(lambda: brief(one.ready.message))
        return Job(handle=handle, is_running=is_running, ok=None if is_running else True, text=text)

    async def newest(self, call: Call) -> Job | None:
        """Return the last reconciliation that somebody asked for."""
        asked = (await self.object(call)).metadata.annotations.get(REQUESTED)
        return await self.job(call, asked) if asked else None


def path_of(call: Call) -> str:
    """Return the path of the target."""
    group, _, plural = KINDS[call.target.kind].rpartition("/")
    namespace, _, name = call.target.id.partition("/")
    return f"{group}/namespaces/{namespace}/{plural}/{name}"
