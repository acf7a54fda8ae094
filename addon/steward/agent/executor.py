"""Stage: carries out exactly what was approved, each step at most once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    Option,
    OptionKind,
    RunStatus,
    StepState,
)

from ..clock import Clock
from ..description import Call, Client, Effect
from ..errors import (
    PreconditionFailed,
    ServiceError,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
    StewardError,
)
from ..runbooks.model import Recipe, Runbook
from ..store import approvals, incidents, runs
from ..store.store import Store
from .diagnoser import Diagnoser
from .journal import Journal, Record
from .plan import Plan
from .resolver import ReadyStep, Resolver
from .verification import evaluate_all

log = structlog.get_logger(__name__)

BUDGET_SPAN: Final = timedelta(hours=1)

PATIENCE: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between looks at a service that does not answer: it may be restarting."""

NOTHING_HAPPENED: Final = (
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
"""Errors after which it is certain that the service changed nothing."""


class RunRefused(StewardError):
    """The approved run cannot be begun; nothing was done."""


@dataclass(frozen=True, slots=True)
class _Job:
    """All that belongs to one approved request."""

    request: ApprovalRequest
    incident: Incident
    option: Option
    runbook: Runbook | None
    recipe: Recipe | None


class Executor:
    """Does approved steps. Nothing else in the house calls an action's ``execute``."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        resolver: Resolver,
        diagnoser: Diagnoser,
        library: Mapping[str, Runbook],
        budget: int,
        clock: Clock,
        patience: Sequence[float] = PATIENCE,
    ) -> None:
        """At most ``budget`` steps are started in an hour, over all runs."""
        self._clock = clock
        self._patience = patience
        self._store = store
        self._journal = journal
        self._resolver = resolver
        self._diagnoser = diagnoser
        self._library = library
        self._budget = budget

    async def execute(self, request_id: str) -> RunStatus:
        """Carry out an approved request, or what is left of it; return where it stands.

        Safe to call again at any time: steps that were started are probed, steps
        that are done are passed over.
        """
        job = await self._job(request_id)
        record = await self._journal.read(request_id)
        if record is None:
            record = await self._begin(job)
        if record.run.status is not RunStatus.RUNNING:
            return record.run.status
        return await self._carry_on(job, record)

    async def undo(self, request_id: str) -> bool:
        """Take back every step that took effect, last first; return whether all were."""
        job = await self._job(request_id)
        record = await self._journal.read(request_id)
        if record is None:
            return False
        complete = True
        for entry in reversed(record.entries):
            if entry.state in (StepState.EFFECT_KNOWN, StepState.VERIFIED):
                complete &= await self._undo_step(job, entry)
        return complete

    async def _job(self, request_id: str) -> _Job:
        """Return everything about a request. Raises RunRefused when it is not approved."""
        async with self._store.read() as connection:
            request = await approvals.request(connection, request_id)
            incident = await incidents.incident(connection, request.incident_id) if request else None
        if request is None or incident is None:
            message = "there is no such request"
            raise RunRefused(message)
        decision = request.decision
        if request.status is not ApprovalStatus.APPROVED or decision is None:
            message = "the request is not approved"
            raise RunRefused(message)
        option = request.proposal.option(decision.option or 0)
        if option is None:
            message = "the approved option does not exist"
            raise RunRefused(message)
        runbook = self._library.get(option.runbook_id or "")
        recipe = runbook.recipe(option.recipe or "") if runbook else None
        return _Job(request, incident, option, runbook, recipe)

    async def _begin(self, job: _Job) -> Record:
        """Look once more that the plan is the approved one, then write what is intended."""
        baselines: Sequence[Mapping[str, Value]] = [{} for _ in job.option.steps]
        before: dict[str, bool] = {}
        refusal: str | None = None
        try:
            if job.option.kind is OptionKind.ACT:
                await self._check_budget(job)
                before = await self._before(job)
                baselines = (await self._same_plan(job)).baselines
        except StewardError as err:
            refusal = str(err)
        await self._journal.intend(job.incident, job.request, job.option, baselines, before)
        if refusal is not None:
            await self._journal.settle(job.request.id, RunStatus.REFUSED, refusal)
        record = await self._journal.read(job.request.id)
        if record is None:
            message = "the run was not written"
            raise RunRefused(message)
        return record

    async def _same_plan(self, job: _Job) -> Plan:
        """Return the plan as it would be made now. Raises RunRefused when it drifted."""
        plan = await self._plan_now(job)
        if plan.digest != job.option.plan_hash:
            message = "things have changed since you approved: the plan is not the same"
            raise RunRefused(message)
        return plan

    async def _plan_now(self, job: _Job) -> Plan:
        option = job.option
        if option.runbook_id is not None and option.runbook_id.startswith("request:"):
            step = option.steps[0]
            _, _, key = step.action.partition(".")
            return await self._resolver.request(step.target, key, step.arguments)
        if job.runbook is None or job.recipe is None:
            message = "the runbook is not there any more"
            raise RunRefused(message)
        things = self._resolver.things(job.incident.target)
        return await self._resolver.plan(job.runbook, job.recipe, things)

    async def _check_budget(self, job: _Job) -> None:
        started = await self._journal.started_within(BUDGET_SPAN)
        if started + len(job.option.steps) > self._budget:
            message = f"the budget of {self._budget} changes an hour is used up"
            raise RunRefused(message)

    async def _before(self, job: _Job) -> dict[str, bool]:
        """Return which verification checks hold before anything is done."""
        if job.recipe is None:
            return {}
        things = self._resolver.things(job.incident.target)
        readings = await self._diagnoser.fresh_readings(things)
        results = evaluate_all(job.recipe.verify, readings)
        return {result.name: result.ok for result in results}

    async def _carry_on(self, job: _Job, record: Record) -> RunStatus:
        """Do the steps that are not done yet; stop at the first that fails."""
        run_id = job.request.id
        for entry in record.entries:
            failure = await self._step(job, entry)
            if failure is not None:
                await self._journal.settle(run_id, RunStatus.FAILED, failure)
                return RunStatus.FAILED
        looked = job.option.kind is OptionKind.INVESTIGATE
        status = RunStatus.SUCCEEDED if looked else RunStatus.VERIFYING
        await self._journal.settle(run_id, status)
        return status

    async def _step(self, job: _Job, entry: runs.Entry) -> str | None:
        """Bring one step to its end; return why it failed, None when it is verified."""
        run_id, position = job.request.id, entry.position
        if entry.state is StepState.VERIFIED:
            return None
        if entry.state is StepState.FAILED:
            return entry.detail
        try:
            ready = self._resolver.ready(job.option.steps[position])
        except StewardError as err:
            if entry.state is StepState.INTENDED:
                await self._journal.mark(run_id, position, StepState.FAILED, str(err))
            return str(err)
        if entry.state in (StepState.STARTED, StepState.EFFECT_UNKNOWN):
            # A former life was cut off here: look before anything else.
            failure = await self._find_out(job, entry, ready)
        elif entry.state is StepState.EFFECT_KNOWN:
            failure = None
        else:
            failure = await self._do(job, entry, ready)
        return failure or await self._verify_step(job, entry, ready)

    async def _do(self, job: _Job, entry: runs.Entry, ready: ReadyStep) -> str | None:
        """Do a step for the first time, written ahead."""
        run_id, position = job.request.id, entry.position
        action, client, call = ready.action, ready.client, ready.call
        if not await self._journal.lease(run_id, job.option.steps[position]):
            failure = f"another run is at work on {call.target.name}"
            await self._journal.mark(run_id, position, StepState.FAILED, failure)
            return failure
        try:
            await action.precheck(client, call, entry.baseline)
        except ServiceError as err:
            await self._journal.mark(run_id, position, StepState.FAILED, str(err))
            return str(err)
        await self._journal.mark(run_id, position, StepState.STARTED)
        try:
            detail = await action.execute(client, call, entry.baseline)
        except NOTHING_HAPPENED as err:
            await self._journal.mark(run_id, position, StepState.FAILED, str(err))
            return str(err)
        except Exception as err:
            # Whatever went wrong, the change may have been made.
            log.warning("effect unknown", run=run_id, step=position, reason=str(err))
            await self._journal.mark(run_id, position, StepState.EFFECT_UNKNOWN, str(err))
            return await self._find_out(job, entry, ready)
        await self._journal.mark(run_id, position, StepState.EFFECT_KNOWN, detail)
        return None

    async def _find_out(self, job: _Job, entry: runs.Entry, ready: ReadyStep) -> str | None:
        """Look whether a started step took effect; never do it blindly again."""
        run_id, position = job.request.id, entry.position
        try:
            effect = await self._patiently(ready.action.probe, ready, entry)
        except ServiceError as err:
            effect = Effect.UNKNOWN
            log.warning("probe failed", run=run_id, step=position, reason=str(err))
        if effect is Effect.DONE:
            detail = "found done when looked at afterwards"
            await self._journal.mark(run_id, position, StepState.EFFECT_KNOWN, detail)
            return None
        if effect is Effect.NOT_DONE and _may_do_again(entry, ready):
            await self._journal.mark(run_id, position, StepState.INTENDED)
            return await self._do(job, entry, ready)
        if effect is Effect.NOT_DONE:
            failure = "it was sent, but it did not happen"
            await self._journal.mark(run_id, position, StepState.FAILED, failure)
            return failure
        failure = "it was sent, but whether it happened cannot be seen: please look"
        await self._journal.mark(run_id, position, StepState.EFFECT_UNKNOWN, failure)
        return failure

    async def _verify_step(self, job: _Job, entry: runs.Entry, ready: ReadyStep) -> str | None:
        """Read back what the step was to reach: no claim without it."""
        run_id, position = job.request.id, entry.position
        try:
            result = await self._patiently(ready.action.verify, ready, entry)
        except ServiceError as err:
            return f"it was done, but could not be read back: {err}"
        if not result.ok:
            return f"it was sent, but {result.name} is {result.text}"
        await self._journal.mark(run_id, position, StepState.VERIFIED, result.text)
        return None

    async def _patiently[Seen](
        self,
        look: Callable[[Client, Call, Mapping[str, Value]], Awaitable[Seen]],
        ready: ReadyStep,
        entry: runs.Entry,
    ) -> Seen:
        """Return what a look at the service found, waiting while it does not answer.

        Raises ServiceError when it still does not after the last wait.
        """
        for wait in self._patience:
            try:
                return await look(ready.client, ready.call, entry.baseline)
            except ServiceUnreachable:
                await self._clock.sleep(wait)
        return await look(ready.client, ready.call, entry.baseline)

    async def _undo_step(self, job: _Job, entry: runs.Entry) -> bool:
        run_id, position = job.request.id, entry.position
        try:
            ready = self._resolver.ready(job.option.steps[position])
            if ready.action.undo is None:
                return False
            detail = await ready.action.undo(ready.client, ready.call, entry.baseline)
        except StewardError as err:
            log.warning("could not undo", run=run_id, step=position, reason=str(err))
            return False
        await self._journal.mark(run_id, position, StepState.UNDONE, detail)
        return True


def _may_do_again(entry: runs.Entry, ready: ReadyStep) -> bool:
    """Return whether a step that was looked at and found undone may be done after all.

    Only after a crash (nothing of ours is under way any more), and only when doing
    it twice would be the same as doing it once.
    """
    return entry.state is StepState.STARTED and ready.action.idempotent
