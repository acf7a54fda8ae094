"""The write-ahead journal of runs: nothing is done before it is written that it will be."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    JournalStep,
    Option,
    PlannedStep,
    Run,
    RunStatus,
    StepState,
)
from homelab_steward.contract.protocol import RowKind

from ..clock import Clock
from ..store import audit, incidents, runs
from ..store.store import Store, Unit
from .correlation import target_key


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
    """A run as the journal has it."""

    run: Run
    entries: tuple[runs.Entry, ...]


class Journal:
    """Writes the states of a run, each in a durable transaction of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Write to ``store``."""
        self._store = store
        self._clock = clock

    async def read(self, run_id: str) -> Record | None:
        """Return a run and its journal, None when it was never begun."""
        async with self._store.read() as connection:
            run = await runs.run(connection, run_id)
            entries = await runs.entries(connection, run_id)
        return Record(run, entries) if run is not None else None

    async def intend(
        self,
        incident: Incident,
        request: ApprovalRequest,
        option: Option,
        baselines: Sequence[Mapping[str, Value]],
        before: Mapping[str, bool],
    ) -> Run:
        """Write the run and the intention of every step, before anything is done."""
        now = self._clock.now()
        steps = tuple(
            JournalStep(
                index=position,
                action=step.action,
                target=step.target,
                title=step.title,
                state=StepState.INTENDED,
                changed_at=now,
            )
            for position, step in enumerate(option.steps)
        )
        run = Run(
            id=request.id,
            incident_id=incident.id,
            approval_id=request.id,
            option=option.number,
            label=option.label,
            plan_hash=option.plan_hash,
            status=RunStatus.RUNNING,
            steps=steps,
            started_at=now,
        )
        keys = [idempotency_key(incident, option, position) for position in range(len(steps))]
        async with self._store.change(durable=True) as unit:
            await runs.add_run(unit.connection, run, before, keys, baselines)
            body = {"run": run.id, "plan": run.plan_hash}
            await audit.append(unit.connection, now, "run.intended", body)
            await self._show(unit, run)
        return run

    async def mark(self, run_id: str, position: int, state: StepState, detail: str = "") -> None:
        """Write that a step is in ``state`` now."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            await runs.mark(unit.connection, run_id, position, state, now, detail)
            body = {"run": run_id, "step": position, "state": state}
            await audit.append(unit.connection, now, "run.step", body)
            run = await runs.run(unit.connection, run_id)
            if run is not None:
                changed = replace(run.steps[position], state=state, changed_at=now, detail=detail)
                steps = (*run.steps[:position], changed, *run.steps[position + 1 :])
                run = replace(run, steps=steps)
                await runs.save_run(unit.connection, run)
                await self._show(unit, run)

    async def lease(self, run_id: str, step: PlannedStep) -> bool:
        """Take the lease of a step's target; return whether this run holds it."""
        async with self._store.change(durable=True) as unit:
            return await runs.take_lease(unit.connection, target_key(step.target), run_id, self._clock.now())

    async def started_within(self, span: timedelta) -> int:
        """Return how many steps of any run were started within the last ``span``."""
        async with self._store.read() as connection:
            return await runs.started_since(connection, self._clock.now() - span)

    async def held_before(self, run_id: str) -> dict[str, bool]:
        """Return which verification checks held before the run."""
        async with self._store.read() as connection:
            return await runs.held_before(connection, run_id)

    async def settle(self, run_id: str, status: RunStatus, error: str | None = None) -> None:
        """Write where the run as a whole stands; a run that is over drops its leases."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            run = await runs.run(unit.connection, run_id)
            if run is None or run.finished_at is not None:
                return
            over = status not in (RunStatus.RUNNING, RunStatus.VERIFYING)
            run = replace(
                run,
                status=status,
                error=error,
                finished_at=now if over else None,
            )
            await runs.save_run(unit.connection, run)
            if over:
                await runs.drop_leases(unit.connection, run_id)
            body = {"run": run_id, "status": status}
            await audit.append(unit.connection, now, "run.status", body)
            await self._show(unit, run)

    async def _show(self, unit: Unit, run: Run) -> None:
        """Carry the run in its incident's row, where faces see it."""
        incident = await incidents.incident(unit.connection, run.incident_id)
        if incident is None:
            return
        incident = replace(incident, run=run, updated_at=_latest(run, incident))
        await incidents.save_incident(unit.connection, incident)
        unit.tell(RowKind.INCIDENT, incident.id, incident)


def _latest(run: Run, incident: Incident) -> datetime:
    moments = [incident.updated_at, *(step.changed_at for step in run.steps)]
    return max(moments)
