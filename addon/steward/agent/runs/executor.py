"""Stage: carries out approved plans and nothing else, each step at most once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Decision,
    Incident,
    RunStatus,
    StepState,
)
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...errors import StewardError, describe_error
from ...runbooks.model import Recipe, Runbook
from ...store import approvals, incidents, runs
from ...store.store import Store
from ...texts import english, translate
from ..diagnosis.diagnoser import Diagnoser
from ..plans.change_plans import ChangePlans
from ..plans.plan import Plan, is_back, is_change, is_person_request
from ..plans.recipe_plans import plan_of
from ..plans.references import Work, works
from ..plans.resolver import Resolver
from ..requests.request_plan import blocking, ended, is_plan, place_of, to_take_back, together, units
from .effects import Effects
from .journal import Intent, Journal
from .progress import LOOKED_FOR, Progress
from .run_spans import step_span
from .undoing import Select, Undoing, Undone, about, copies, done, name_of, took_effect
from .waits import Waits

log = structlog.get_logger(__name__)

LONGEST_DELAY: Final = timedelta(hours=1)
"""The age of an approval at which a run that was not started (the app was off) is refused."""


NOT_CARRIED_OUT: Final = english("the result is not known, so the following steps were not carried out")


class RunRefused(StewardError):
    """The approved run cannot be started; nothing was done."""


@dataclass(frozen=True, slots=True)
class _Job:
    """An approved request with its incident, option and runbook."""

    request: ApprovalRequest
    decision: Decision
    incident: Incident
    option: Option
    runbook: Runbook | None
    recipe: Recipe | None

    def work(self, entries: Sequence[runs.Entry]) -> tuple[Work, ...]:
        """Return the steps with their journal entries, in order."""
        return works(self.request.id, self.option.steps, entries)


class Executor:
    """Carries out approved steps, one execution of a run at a time."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        resolver: Resolver,
        diagnoser: Diagnoser,
        library: Mapping[str, Runbook],
        budget: int,
        clock: Clock,
        looked_for: float = LOOKED_FOR,
    ) -> None:
        """At most ``budget`` steps are started in an hour, over all runs.

        The effect of a request without an answer is looked for during ``looked_for`` seconds.
        """
        self._store = store
        self._journal = journal
        self._resolver = resolver
        self._diagnoser = diagnoser
        self._library = library
        self._budget = budget
        self._clock = clock
        self._changes = ChangePlans(store, resolver)
        self._effects = Effects(journal, resolver, clock, looked_for)
        self._waits = Waits(journal, diagnoser, resolver, clock)
        self._undoing = Undoing(journal, self._effects, self._waits)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def execute(self, request_id: str) -> RunStatus | float:
        """Carry out an approved request, or its remaining steps; return the run's status.

        While a step waits, return the seconds after which to call it again. Safe to call again
        at any time: steps that were started are probed, steps that are done are skipped.
        """
        async with self._turns.setdefault(request_id, asyncio.Lock()):
            try:
                job = await self._job(request_id)
            except RunRefused as err:
                log.warning("run refused", request=request_id, reason=str(err))
                return RunStatus.REFUSED
            return await self._carry_out(job)

    async def read_back(self, request_id: str) -> tuple[CheckResult, ...]:
        """Return the result of each step's own verification; ``ok`` is None when it is not known.

        Steps that were read back before are not read again.
        """
        async with self._turns.setdefault(request_id, asyncio.Lock()):
            job = await self._job(request_id)
            found = []
            for work in job.work(await self._journal.entries(request_id)):
                name = name_of(work)
                if work.entry.state is StepState.VERIFIED:
                    found.append(CheckResult(name=name, ok=True, text=work.entry.detail))
                else:
                    found.append(replace(await self._effects.read_back(work), name=name))
            return tuple(found)

    async def undo(self, request_id: str) -> Undone | float:
        """Undo every step that took effect, last first, up to the first that cannot be undone.

        While no read shows an undo that was sent, return the seconds after which to call again.
        """
        async with self._turns.setdefault(request_id, asyncio.Lock()):
            return await self._undo(await self._job(request_id), took_effect)

    async def drop_copies(self, request_id: str) -> Undone | float:
        """Remove the copies of data that a run made, as :meth:`undo` undoes its other steps.

        Raises RunRefused when its request does not exist any more.
        """
        async with self._turns.setdefault(request_id, asyncio.Lock()):
            return await self._undo(await self._job(request_id), copies)

    async def give_up(self, request_id: str, reason: str) -> None:
        """End a run that cannot be continued; the steps that were done stay in the journal."""
        record = await self._journal.read(request_id)
        if record is None:
            await self._end(request_id, RunStatus.REFUSED, reason)
        else:
            status = RunStatus.UNKNOWN if record.is_in_doubt else RunStatus.FAILED
            await self._end(request_id, status, reason)

    async def forget(self, request_id: str, reason: str) -> None:
        """End a run whose journal may be incomplete, with the status UNKNOWN."""
        await self._end(request_id, RunStatus.UNKNOWN, reason)

    async def _end(self, request_id: str, status: RunStatus, reason: str) -> None:
        async with self._turns.setdefault(request_id, asyncio.Lock()):
            if await self._journal.read(request_id) is not None:
                await self._journal.settle(request_id, status, reason)
                return
            job = await self._job(request_id)
            intent = Intent(
                request=job.request,
                incident=job.incident,
                option=job.option,
                refusal=reason,
                ends_as=status,
            )
            await self._journal.intend(intent, self._budget)

    async def _carry_out(self, job: _Job) -> RunStatus | float:
        status = await self._status(job)
        record = await self._journal.read(job.request.id)
        if status is not RunStatus.RUNNING or record is None:
            return status
        if is_plan(job.option):
            return await self._do_plan(job, is_taken_back=record.run.error is not None)
        if record.run.error is not None:
            return await self._take_back(job, record.run.error)
        return await self._do_steps(job, record.entries)

    async def _status(self, job: _Job) -> RunStatus:
        """Return the run's status; it is started or refused now if it was not before."""
        record = await self._journal.read(job.request.id)
        if record is None:
            return await self._journal.intend(await self._intent(job), self._budget)
        if record.run.status is not RunStatus.RUNNING or not record.is_untouched:
            return record.run.status
        # Only intentions were written before the app stopped, and the plan may have changed since.
        refusal = (await self._intent(job)).refusal
        if refusal is None:
            return RunStatus.RUNNING
        await self._journal.settle(job.request.id, RunStatus.REFUSED, refusal)
        return RunStatus.REFUSED

    async def _do_steps(self, job: _Job, entries: Sequence[runs.Entry]) -> RunStatus | float:
        """Carry out the steps that are not done yet.

        Stops at the first that fails, that waits, or whose effect or result is not known.
        """
        run_id = job.request.id
        for work in job.work(entries):
            made = await self._do_step(work)
            if made.wait is not None:
                return made.wait
            if made.failure is not None:
                return await self._failed(job, work, made.failure)
            if made.lost is not None:
                works = job.work(await self._journal.entries(run_id))
                await self._journal.settle(run_id, RunStatus.UNKNOWN, _lost(work, made.lost, works))
                return RunStatus.UNKNOWN
            if made.unknown is not None and work.entry.position + 1 < len(entries):
                await self._journal.settle(
                    run_id, RunStatus.VERIFYING, about(work, translate(NOT_CARRIED_OUT))
                )
                return RunStatus.VERIFYING
        changes_nothing = job.option.kind is not OptionKind.ACT
        status = RunStatus.SUCCEEDED if changes_nothing else RunStatus.VERIFYING
        await self._journal.settle(run_id, status)
        return status

    async def _do_plan(self, job: _Job, *, is_taken_back: bool) -> RunStatus | float:
        """Carry out the steps for several targets; one that fails stops only those that need it.

        With ``is_taken_back`` no further step is done: steps that were made for one that is not done are
        undone.
        """
        run_id = job.request.id
        for position in () if is_taken_back else range(len(job.option.steps)):
            now = job.work(await self._journal.entries(run_id))
            if blocking(now[position], now) is None:
                made = await self._do_step(now[position])
                if made.wait is not None:
                    return made.wait
        works = job.work(await self._journal.entries(run_id))
        found = ended(works)
        if is_taken_back or to_take_back(works):
            # With the reason in the journal, a restart of the app continues the undo.
            await self._journal.settle(run_id, RunStatus.RUNNING, found.text)
            undone = await self._undo(job, to_take_back)
            if isinstance(undone, float):
                return undone
            found = ended(job.work(await self._journal.entries(run_id)), undone.failure)
        await self._journal.settle(run_id, found.status, found.text)
        return found.status

    async def _failed(self, job: _Job, work: Work, failure: str) -> RunStatus | float:
        """End a run after the failure of a step; the steps before it are undone first."""
        run_id = job.request.id
        entries = await self._journal.entries(run_id)
        if not any(entry.was_started for entry in entries):
            await self._journal.settle(run_id, RunStatus.REFUSED, failure)
            return RunStatus.REFUSED
        text = about(work, failure) if len(entries) > 1 else failure
        if not done(job.work(entries)):
            await self._journal.settle(run_id, RunStatus.FAILED, text)
            return RunStatus.FAILED
        # With the reason in the journal, a restart of the app continues the undo.
        await self._journal.settle(run_id, RunStatus.RUNNING, text)
        return await self._take_back(job, text)

    async def _take_back(self, job: _Job, failure: str) -> RunStatus | float:
        """Undo the steps before the one that failed, then end the run."""
        undone = await self._undo(job, done)
        if isinstance(undone, float):
            return undone
        status = RunStatus.UNDONE if undone.failure is None else RunStatus.FAILED
        await self._journal.settle(job.request.id, status, f"{failure.removesuffix('.')}. {undone.text}")
        return status

    async def _undo(self, job: _Job, selected: Select) -> Undone | float:
        return await self._undoing.undo(job.request.id, job.option.steps, selected)

    async def _do_step(self, work: Work) -> Progress:
        with step_span(work):
            if work.step.wait is not None:
                return await self._waits.carry_on(work, work.step.wait)
            return await self._effects.carry_out(work)

    async def _intent(self, job: _Job) -> Intent:
        """Return the intent of a run, with a refusal when the current plan is not the approved one."""
        if job.option.kind is not OptionKind.ACT:
            return Intent(request=job.request, incident=job.incident, option=job.option)
        before: dict[str, bool | None] = {}
        baselines: Sequence[Mapping[str, Value]] = ()
        refusal: str | None = None
        try:
            before = await self._before(job)
            baselines = (await self._same_plan(job)).baselines
        except StewardError as err:
            refusal = str(err)
        except Exception as err:
            log.exception("approved plan cannot be made", request=job.request.id)
            refusal = translate(t"the plan cannot be made now: {describe_error(err)}")
        return Intent(
            request=job.request,
            incident=job.incident,
            option=job.option,
            baselines=baselines,
            before=before,
            refusal=refusal,
            holds=self._holds(job),
        )

    def _holds(self, job: _Job) -> Callable[[AsyncConnection], Awaitable[str | None]] | None:
        """Return what reads why the approval of an update does not hold, None for other options."""
        return partial(self._changes.refusal, job.option, job.request.id) if is_change(job.option) else None

    async def plan_scheduled(self, request_id: str) -> Plan:
        """Return the current plan of a scheduled request. Raises StewardError when it cannot be made."""
        return await self._plan_now(await self._job(request_id, ApprovalStatus.SCHEDULED))

    async def _job(self, request_id: str, status: ApprovalStatus = ApprovalStatus.APPROVED) -> _Job:
        """Return a request with its incident, option and runbook. Raises RunRefused for another status."""
        async with self._store.read() as connection:
            request = await approvals.request(connection, request_id)
            incident = await incidents.incident(connection, request.incident_id) if request else None
        if request is None or incident is None:
            message = translate(t"there is no such request")
            raise RunRefused(message)
        decision = request.decision
        if request.status is not status or decision is None:
            message = translate(t"the request is not approved")
            raise RunRefused(message)
        option = request.proposal.option(decision.option or 0)
        if option is None:
            message = translate(t"the approved option does not exist")
            raise RunRefused(message)
        runbook = self._library.get(option.runbook_id or "")
        recipe = runbook.recipe(option.recipe or "") if runbook else None
        return _Job(request, decision, incident, option, runbook, recipe)

    async def _same_plan(self, job: _Job) -> Plan:
        """Return the current plan. Raises RunRefused when it is not the approved one."""
        if self._clock.now() - (job.request.released_at or job.decision.at) > LONGEST_DELAY:
            message = translate(t"it was approved too long ago and not started since")
            raise RunRefused(message)
        plan = await self._plan_now(job)
        if plan.digest != job.option.plan_hash:
            message = translate(t"the plan is not the one you approved: something changed since")
            raise RunRefused(message)
        if not plan.steps:
            message = translate(t"no target fits any more, so nothing would be changed")
            raise RunRefused(message)
        return plan

    async def _plan_now(self, job: _Job) -> Plan:
        if is_person_request(job.option) or is_back(job.option):
            steps = job.option.steps if is_plan(job.option) else job.option.steps[:1]
            made = await asyncio.gather(*map(self._requested_again, units(steps)))
            plan = together(made, [place_of(one) for one in steps])
            return replace(plan, runbook_id=job.option.runbook_id or "") if is_back(job.option) else plan
        if is_change(job.option):
            return await self._changes.again(job.option, job.request.id)
        if job.runbook is None or job.recipe is None:
            message = translate(t"the runbook does not exist any more")
            raise RunRefused(message)
        targets = self._resolver.targets(job.incident.target)
        return await self._resolver.plan(job.runbook, job.recipe, targets)

    async def _requested_again(self, unit: Sequence[PlannedStep]) -> Plan:
        step = unit[0]
        if step.recipe is not None:
            return await plan_of(step.recipe, self._library, self._resolver, len(unit))
        if step.wait is not None:
            return self._resolver.waiting(step.target, step.wait)
        _, _, key = step.action.partition(".")
        return await self._resolver.request(step.target, key, step.arguments)

    async def _before(self, job: _Job) -> dict[str, bool | None]:
        """Return the results of the verification checks before anything is done."""
        conditions = job.recipe.verify if job.recipe else ()
        results = await self._diagnoser.check(job.incident, conditions)
        return {result.name: result.ok for result in results}


def _lost(work: Work, reason: str, works: Sequence[Work]) -> str:
    """Return why the effect of a step is not known, with the steps before it, which are not undone."""
    if len(works) == 1:
        return reason
    before = [name_of(one) for one in done(works[: work.entry.position])]
    return about(work, reason) + (
        translate(t". Done before it, and not undone: {', '.join(before)}") if before else ""
    )
