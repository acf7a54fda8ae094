"""n8n: workflows, their failed executions, and running them."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.step_parts import Difference

from ...errors import EffectUnknown, PreconditionFailed, ServiceError
from ...sdk.answers import Item, NotKnown, State, Time, many, one
from ...sdk.client import Key, Rest
from ...sdk.description import INFRASTRUCTURE, Access, Call, Gaps, ResourceKind, Risk, Service, Versions
from ...sdk.display import Text, brief, flag, list_tool, problem, problems, served, stated, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.kits import Job, Jobs, RunJob, always, difference

API: Final = "api/v1"
EXECUTIONS: Final = f"{API}/executions"
MOST: Final = 100
"""Workflows, and executions of each kind, that are read."""

RESULTS: Final = {"success": True, "error": False, "crashed": False, "canceled": False}
API_KEY: Final = secret_field(
    "api_key",
    "API key",
    "In Settings, n8n API, with the scopes workflow:list, workflow:read, execution:list, execution:read and "
    "execution:retry. Without the last one nothing can be retried.",
)
LOOK: Final = 0.5
LONGEST_LOOK: Final = 10.0
"""Seconds that an execution may take to be listed after its webhook was called."""


class Node(Item):
    """One node of a workflow."""

    type: str = ""
    disabled: bool = False
    parameters: dict[str, object] | None = None


class Workflow(Item):
    """One workflow."""

    id: str
    name: str
    active: bool | None = None
    is_archived: bool = False
    nodes: tuple[Node, ...] = ()

    @property
    def webhook(self) -> tuple[str, str] | None:
        """Method and path of its production webhook, None when it has none."""
        for node in self.nodes:
            parameters = node.parameters or {}
            path = parameters.get("path")
            is_webhook = node.type == "n8n-nodes-base.webhook" and not node.disabled
            # A path with a parameter needs a value that is not known here.
            if is_webhook and isinstance(path, str) and path and ":" not in path:
                return str(parameters.get("httpMethod", "GET")), path
        return None


class Execution(Item):
    """One execution. Older versions report no status for one that is over."""

    id: int
    workflow_id: str
    status: str | None = None
    finished: bool | None = None
    started_at: Time | None = None

    @property
    def job(self) -> Job:
        """The execution as kits read it."""
        status = self.status or ("success" if self.finished else None)
        ok, is_running = RESULTS.get(status or ""), status is not None and status not in RESULTS
        text = status or "the program reports no status"
        return Job(handle=str(self.id), is_running=is_running, ok=ok, text=text, order=self.id)


class Settings(Item):
    """What the program says of itself; newer versions do not say their version."""

    version_cli: str | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A workflow and the newest executions of all."""

    workflow: Workflow
    state: N8nState

    def problem(self) -> Text | None:
        """Return that its last execution failed. Raises NotKnown."""
        failure, success = self._newest(self.state.failures), self._newest(self.state.successes)
        if reason := self.state.gaps.of("failures") or self.state.gaps.of("successes"):
            raise NotKnown(reason)
        if failure is None or (success is not None and success.id > failure.id):
            return None
        if success is None and self.state.since > failure.id:
            raise NotKnown(t"Later executions of other workflows are all that is listed")
        at = failure.started_at
        return t"The last execution failed{f' at {at:%Y-%m-%d %H:%M} UTC' if at else ''}"

    def _newest(self, executions: tuple[Execution, ...]) -> Execution | None:
        ours = (one for one in executions if one.workflow_id == self.workflow.id)
        return max(ours, key=lambda one: one.id, default=None)

    def title(self) -> str:
        """Return its name, and whether it is active."""
        state = {True: "active", False: "not active", None: "not known whether active"}[self.workflow.active]
        return f"{brief(self.workflow.name, 100)} ({state})"


class N8nState(State):
    """The workflows, and the newest executions that failed and that succeeded."""

    all_workflows = many(f"{API}/workflows", Workflow, below="data", limit=MOST, excludePinnedData=True)
    failures = many(EXECUTIONS, Execution, below="data", optional=True, status="error", limit=MOST)
    successes = many(EXECUTIONS, Execution, below="data", optional=True, status="success", limit=MOST)
    settings = one("rest/settings", Settings, below="data", optional=True, may_be_absent=True)

    @property
    def since(self) -> int:
        """The oldest success that is listed, 0 when all are. Raises NotKnown."""
        return min(one.id for one in self.successes) if len(self.successes) == MOST else 0

    def watched(self) -> list[Watched]:
        """Return the workflows that are not archived. Raises NotKnown."""
        return [Watched(one, self) for one in self.all_workflows if not one.is_archived]


class N8nClient(Rest):
    """One n8n: its public API, and the webhooks of its workflows."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, auth=Key("X-N8N-API-KEY", (API_KEY,)))
        self.webhooks = Rest(access, base="webhook")

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the answer; more workflows than are read are a gap."""
        if part == "all_workflows" and isinstance(answer, Mapping) and answer.get("nextCursor"):
            gaps.add(part, f"only the first {MOST} are read")
        return answer

    async def workflow(self, call: Call) -> Workflow:
        """Return a workflow with its nodes."""
        return await self.one(Workflow, f"{API}/workflows/{call.target.id}")

    async def execution(self, _: Call, handle: str) -> Job:
        """Return an execution by its id."""
        return (await self.one(Execution, f"{EXECUTIONS}/{handle}")).job

    async def newest(self, call: Call, status: str | None = None) -> Job | None:
        """Return the newest execution of a workflow, None when there was none."""
        found = await self.whole(
            Execution, EXECUTIONS, below="data", workflowId=call.target.id, status=status, limit=1
        )
        return found[0].job if found else None

    async def retry(self, call: Call) -> str:
        """Start the newest failed execution again, and return the id of the new one."""
        failed = await self.newest(call, "error")
        if failed is None:
            raise PreconditionFailed(t"No failed execution of {call.target.name} is kept")
        path = f"{EXECUTIONS}/{failed.handle}/retry"
        return str((await self.sent(Execution, "POST", path, {"loadWorkflow": True})).id)

    async def run(self, call: Call) -> str:
        """Call the webhook of a workflow, and return the id of the execution that it started."""
        webhook = (await self.workflow(call)).webhook
        if webhook is None:
            raise PreconditionFailed(t"{call.target.name} has no webhook")
        before = await self.newest(call)
        await self.webhooks.send_for_text(*webhook)
        end = self.clock.monotonic() + LONGEST_LOOK
        while self.clock.monotonic() < end:
            with suppress(ServiceError):
                newest = await self.newest(call)
                if newest and (before is None or newest.handle != before.handle):
                    return newest.handle
            await self.clock.sleep(LOOK)
        raise EffectUnknown(t"The webhook was called, and no execution is listed: n8n may not keep it")

    async def cannot_run(self, call: Call) -> Text | None:
        """Return why a workflow cannot be run."""
        workflow = await self.workflow(call)
        if workflow.webhook is None:
            return t"{call.target.name} has no webhook: the public API runs only what has one"
        return None if workflow.active else t"{call.target.name} is not active"


@list_tool("workflows", "Workflows", "Which workflows fail, and which are active.", capability="status")
async def _workflows(client: N8nClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await N8nState.poll(client, gaps)).watched()
    return stated(found, Watched.title, Watched.problem, lambda _: "no failure since its last success")


async def _retried(_: N8nClient, call: Call) -> tuple[Difference, ...]:
    return (difference(call.target.name, t"last execution failed", t"executed again"),)


JOBS: Final = Jobs[N8nClient](read=N8nClient.execution, newest=N8nClient.newest)
SERVICE: Final = Service[N8nClient, N8nState](
    key="n8n",
    name="n8n",
    category=INFRASTRUCTURE,
    icon="mdi:sitemap",
    settings=(url_field("http://n8n.example.org:5678"), API_KEY, *TLS_SETTINGS),
    connect=N8nClient,
    poll=N8nState.poll,
    interval=60.0,
    version=lambda state: state.settings.version_cli,
    sensors=(
        served("workflows", "Workflows", lambda state: len(state.watched()), "mdi:sitemap"),
        problems("failing", "Failing workflows", N8nState.watched, Watched.problem),
    ),
    resources=(
        ResourceKind[N8nState, Watched](
            key="workflow",
            items=N8nState.watched,
            id=lambda one: one.workflow.id,
            title=lambda one: one.workflow.name,
            labels=lambda one: {"workflow": one.workflow.name, "workflow_id": one.workflow.id},
            sensors=(
                problem("failing", "Failing", Watched.problem),
                flag("active", "Active", lambda one: one.workflow.active, enabled=False),
            ),
        ),
    ),
    checks=(warning("workflow_failing", "Workflow failing", Watched.problem, scope="workflow"),),
    tools=(_workflows,),
    actions=(
        RunJob(start=N8nClient.retry, jobs=JOBS, changes=_retried).action(
            key="retry",
            name="Retry the last failed execution",
            description="Executes what failed last again, with the workflow as it is now.",
            risk=Risk.MEDIUM,
            scope="workflow",
            blast_radius="Everything that the workflow does is done again",
        ),
        RunJob(
            start=N8nClient.run,
            jobs=JOBS,
            changes=always(t"Workflow", t"waiting", t"executed now"),
            refusal=N8nClient.cannot_run,
        ).action(
            key="run",
            name="Run workflow",
            description="Calls the webhook of a workflow, without data.",
            risk=Risk.MEDIUM,
            scope="workflow",
            blast_radius="Everything that the workflow does is done",
            icon="mdi:play",
        ),
    ),
    package="npm:n8n",
    understood=Versions("1.100", "2.41"),
    tested="n8n 1.123.0",
)
