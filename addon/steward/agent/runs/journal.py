"""The write-ahead journal of runs: every step is written before it is carried out."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    JournalStep,
    Run,
    RunStatus,
    StepState,
    Verdict,
)
from homelab_steward.contract.proposals import BACK, Option
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...store import approvals, audit, incidents, runs
from ...store.mode import read_mode
from ...store.storable_text import storable
from ...store.store import Store, Unit
from ...store.target_keys import target_key
from ...texts import translate
from ..decisions.pausing import Paused, stopped
from ..plans.plan import is_back

BUDGET_SPAN: Final = timedelta(hours=1)
LONGEST_DETAIL: Final = 1_000
COPY: Final = "copy:"
"""Prefix of the lease key of a target whose data is copied."""


def idempotency_key(incident: Incident, option: Option, position: int) -> str:
    """Return the key under which a step can be journaled only once.

    One per incident and round, runbook and version, recipe, step and target.
    """
    step = option.steps[position]
    parts = (
        incident.id,
        str(incident.round),
        f"{option.runbook_id}@{option.runbook_version}",
        option.recipe or "",
        str(position),
        step.action,
        target_key(step.target),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Record:
    """A run with its journal entries."""

    run: Run
    entries: tuple[runs.Entry, ...]

    @property
    def is_untouched(self) -> bool:
        """Whether no step was ever started."""
        return not any(entry.was_started for entry in self.entries)

    @property
    def is_in_doubt(self) -> bool:
        """Whether it is not known if a step that changes something happened."""
        in_doubt = (StepState.STARTED, StepState.EFFECT_UNKNOWN)
        return any(step.has_effect and step.state in in_doubt for step in self.run.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A run before it begins, or with a ``refusal`` an approved run that does not begin.

    A run with a refusal ends with the status ``ends_as``.

    ``baselines`` come from fresh dry runs; ``before`` has the results of the verification checks before
    the run. ``holds`` returns, in the transaction that begins the run, why the approval does not hold any
    more, None when it does.
    """

    request: ApprovalRequest
    incident: Incident
    option: Option
    baselines: Sequence[Mapping[str, Value]] = ()
    before: Mapping[str, bool | None] = field(default_factory=dict)
    refusal: str | None = None
    ends_as: RunStatus = RunStatus.REFUSED
    holds: Callable[[AsyncConnection], Awaitable[str | None]] | None = None


class Journal:
    """Writes the states of runs, each in a durable transaction of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Write to ``store``."""
        self._store = store
        self._clock = clock

    async def read(self, run_id: str) -> Record | None:
        """Return a run and its journal, None when there is no such run."""
        async with self._store.read() as connection:
            run = await runs.run(connection, run_id)
            entries = await runs.entries(connection, run_id)
        return Record(run, entries) if run is not None else None

    async def entries(self, run_id: str) -> tuple[runs.Entry, ...]:
        """Return the steps of a run as they are now, in order."""
        async with self._store.read() as connection:
            return await runs.entries(connection, run_id)

    async def intend(self, intent: Intent, budget: int) -> RunStatus:
        """Write the run and the intention of every step, before anything is done.

        It is written as refused when the intent has a refusal, when the same steps were
        journaled before, or when more than ``budget`` steps with an effect would be started in
        an hour.
        """
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            keys = _keys(intent)
            changes = sum(step.has_effect for step in intent.option.performed)
            refusal = intent.refusal or await self._stopped(unit, intent, changes)
            refusal = refusal or await self._refusal(unit, keys, changes, budget, now)
            if refusal is None and intent.holds is not None:
                refusal = await intent.holds(unit.connection)
            run = _run(intent, refusal, now)
            await runs.add_run(unit.connection, run, intent.before)
            if refusal is None:
                await runs.add_entries(unit.connection, run, keys, intent.baselines)
            body = {"run": run.id, "plan": run.plan_hash, "status": run.status}
            await audit.append(unit.connection, now, "run.intended", body)
            await self._publish(unit, run)
        return run.status

    async def start(self, run_id: str, position: int) -> bool:
        """Write that a step is started; return False when it was started before.

        Raises Paused when the step would change something and a pause stops it.
        """
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            run = await runs.existing(unit.connection, run_id)
            if run.steps[position].has_effect:
                await _require_unpaused(unit.connection, run_id)
            if not await runs.start(unit.connection, run_id, position, now):
                return False
            await self._publish_step(unit, run_id, position, StepState.STARTED, "", now)
        return True

    async def mark(
        self,
        run_id: str,
        position: int,
        state: StepState,
        detail: str = "",
        *,
        is_temporary: bool = False,
    ) -> None:
        """Write a step's new state; ``is_temporary``: the reason of its failure passes."""
        now = self._clock.now()
        detail = storable(detail, LONGEST_DETAIL)
        async with self._store.change(durable=True) as unit:
            await runs.mark(unit.connection, run_id, position, state, now, detail)
            await self._publish_step(unit, run_id, position, state, detail, now, is_temporary=is_temporary)

    async def note(self, run_id: str, position: int, values: Mapping[str, Value]) -> None:
        """Add values to a step's baseline; they are durable when this returns."""
        async with self._store.change(durable=True) as unit:
            await runs.add_to_baseline(unit.connection, run_id, position, values)

    async def baseline(self, run_id: str, position: int) -> Mapping[str, Value]:
        """Return a step's baseline with all that was noted since."""
        async with self._store.read() as connection:
            return await runs.baseline(connection, run_id, position)

    async def begin_undo(self, run_id: str, position: int) -> None:
        """Write that the undo of a step begins. Raises Paused when a pause stops it."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            await _require_unpaused(unit.connection, run_id)
            if await runs.begin_undo(unit.connection, run_id, position, now):
                body = {"run": run_id, "step": position}
                await audit.append(unit.connection, now, "run.undo", body)

    async def end_undo(self, run_id: str, position: int) -> None:
        """Write that the undo of a step was refused and is not under way."""
        async with self._store.change(durable=True) as unit:
            await runs.end_undo(unit.connection, run_id, position)

    def sending(self) -> AbstractAsyncContextManager[None]:
        """Return a context in which a service may be changed; see :meth:`Leader.sending` for its errors."""
        leader = self._store.database.leader
        return leader.sending() if leader is not None else nullcontext()

    def in_doubt_for(self, entry: runs.Entry) -> float | None:
        """Return for how many seconds no earlier leader can have sent a request for a step.

        None: no earlier leader can have sent a request that has not arrived.
        """
        leader = self._store.database.leader
        return leader.in_doubt_for(entry.epoch) if leader is not None else None

    async def lease(self, run_id: str, step: PlannedStep) -> bool:
        """Take the lease of a step's target; return whether this run holds it.

        A run that restores the data of an update uses the leases of the update's run. A copy of data
        changes nothing: its lease only excludes other copies, until the update is over.
        """
        key = f"{COPY if step.preserves else ''}{target_key(step.target)}"
        async with self._store.change(durable=True) as unit:
            holder = await _holder(unit.connection, run_id)
            return await runs.take_lease(unit.connection, key, holder, self._clock.now())

    async def checks_before(self, run_id: str) -> dict[str, bool | None]:
        """Return the results of the verification checks before the run; None is not known."""
        async with self._store.read() as connection:
            return await runs.checks_before(connection, run_id)

    async def record_verdict(self, run_id: str, verdict: Verdict) -> None:
        """Write the verdict on a run; the first one stands."""
        async with self._store.change(durable=True) as unit:
            run = await runs.existing(unit.connection, run_id)
            if run.verdict is not None:
                return
            run = replace(run, verdict=verdict)
            await runs.save_run(unit.connection, run)
            body = {"run": run_id, "outcome": verdict.outcome}
            await audit.append(unit.connection, verdict.at, "run.verdict", body)
            await self._publish(unit, run)

    async def settle(self, run_id: str, status: RunStatus, error: str | None = None) -> None:
        """Write the status of a run; a run that is over releases its leases."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            run = await runs.run(unit.connection, run_id)
            if run is None or run.finished_at is not None:
                return
            over = not status.is_under_way
            run = replace(
                run,
                status=status,
                error=storable(error, LONGEST_DETAIL) if error else None,
                finished_at=now if over else None,
            )
            await runs.save_run(unit.connection, run)
            if over:
                await runs.drop_leases(unit.connection, run_id)
            body = {"run": run_id, "status": status}
            await audit.append(unit.connection, now, "run.status", body)
            await self._publish(unit, run)

    async def _refusal(
        self, unit: Unit, keys: Sequence[str], changes: int, budget: int, now: datetime
    ) -> str | None:
        """Return why these steps must not be started now, None when they may be.

        ``changes`` is how many of them have an effect.
        """
        if not keys:
            return None
        if await runs.are_known(unit.connection, keys):
            return translate(t"this was carried out already")
        # Steps dated in the future come from a clock that was wrong: they do not count.
        used = await runs.spent(unit.connection, now - BUDGET_SPAN, now)
        if used + changes > budget:
            return translate(t"the limit of {budget} changes an hour is reached")
        return None

    async def _stopped(self, unit: Unit, intent: Intent, changes: int) -> str | None:
        """Return which pause stops a run that would begin, None when none does."""
        return stopped(await read_mode(unit.connection), intent.request.decision) if changes else None

    async def require_unpaused(self, run_id: str) -> None:
        """Raise Paused when a pause stops the changes of a run now."""
        async with self._store.read() as connection:
            await _require_unpaused(connection, run_id)

    async def _publish_step(
        self,
        unit: Unit,
        run_id: str,
        position: int,
        state: StepState,
        detail: str,
        now: datetime,
        *,
        is_temporary: bool = False,
    ) -> None:
        """Write a step's new state to the audit log and to the run, in the same transaction."""
        body = {"run": run_id, "step": position, "state": state}
        await audit.append(unit.connection, now, "run.step", body)
        run = await runs.existing(unit.connection, run_id)
        changed = replace(
            run.steps[position], state=state, changed_at=now, detail=detail, is_temporary=is_temporary
        )
        run = replace(run, steps=(*run.steps[:position], changed, *run.steps[position + 1 :]))
        await runs.save_run(unit.connection, run)
        await self._publish(unit, run)

    async def _publish(self, unit: Unit, run: Run) -> None:
        """Write the run to the row of its incident, and publish it to clients."""
        incident = await incidents.existing(unit.connection, run.incident_id)
        incident = replace(incident, run=run, updated_at=_latest(run, incident))
        await incidents.save_incident(unit.connection, incident)
        unit.publish(RowKind.INCIDENT, incident.id, incident)


async def _holder(connection: AsyncConnection, run_id: str) -> str:
    """Return the id of the run that has the leases: of a restore of data that is the run of the update."""
    request = await approvals.request(connection, run_id)
    number = request.decision.option if request and request.decision else None
    option = request.proposal.option(number) if request and number is not None else None
    if option is None or not is_back(option):
        return run_id
    update = (option.runbook_id or "").removeprefix(BACK)
    run = await runs.run(connection, update)
    return run_id if run is None or run.finished_at is not None else update


async def _require_unpaused(connection: AsyncConnection, run_id: str) -> None:
    """Raise Paused when a pause stops the changes of a run.

    The pause is read in the transaction that writes that the change begins, so no change begins after it.
    """
    mode = await read_mode(connection)
    if mode.pause is None:
        return
    request = await approvals.request(connection, run_id)
    reason = stopped(mode, request.decision if request else None)
    if reason is not None:
        raise Paused(reason)


def _keys(intent: Intent) -> list[str]:
    count = len(intent.option.performed)
    return [idempotency_key(intent.incident, intent.option, position) for position in range(count)]


def _run(intent: Intent, refusal: str | None, now: datetime) -> Run:
    """Return a new run; one with a refusal has no steps and is over."""
    option = intent.option
    steps = tuple(
        JournalStep(
            index=position,
            action=step.action,
            target=step.target,
            title=step.title,
            state=StepState.INTENDED,
            changed_at=now,
            has_effect=step.has_effect,
            preserves=step.preserves,
        )
        for position, step in enumerate(option.performed)
    )
    return Run(
        id=intent.request.id,
        incident_id=intent.incident.id,
        approval_id=intent.request.id,
        option=option.number,
        label=option.label,
        plan_hash=option.plan_hash,
        status=RunStatus.RUNNING if refusal is None else intent.ends_as,
        steps=steps if refusal is None else (),
        started_at=now,
        finished_at=None if refusal is None else now,
        error=refusal and storable(refusal, LONGEST_DETAIL),
    )


def _latest(run: Run, incident: Incident) -> datetime:
    return max([incident.updated_at, *(step.changed_at for step in run.steps)])
