"""Runs and their write-ahead journal, leases, and the outcomes of runbooks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Outcome, Run, RunStatus, StepState
from homelab_steward.contract.records import RunbookStatistics

from .database import epoch_of
from .tables import journal, leases, outcomes, runs, statistics
from .upsert import upsert

_OF_INCIDENT: Final = (
    select(runs.c.body).where(runs.c.incident_id == bindparam("incident")).order_by(runs.c.started_at)
)
_UNDER_WAY: Final = runs.c.status.in_([RunStatus.RUNNING.value, RunStatus.VERIFYING.value])
_UNFINISHED: Final = select(runs.c.body).where(_UNDER_WAY).order_by(runs.c.started_at)
_ON_TARGET: Final = (outcomes.c.runbook_id == bindparam("runbook"), outcomes.c.target == bindparam("target"))
_NEWEST: Final = select(outcomes.c.recipe, func.max(outcomes.c.at)).where(*_ON_TARGET)
_LAST_OUTCOMES: Final = select(outcomes.c.recipe, outcomes.c.outcome, outcomes.c.at).where(
    *_ON_TARGET, tuple_(outcomes.c.recipe, outcomes.c.at).in_(_NEWEST.group_by(outcomes.c.recipe))
)
_STATISTICS: Final = select(statistics.c.recipe, statistics.c.body).where(
    statistics.c.runbook_id == bindparam("runbook"), statistics.c.version == bindparam("version")
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One journaled step: its state and what is needed to probe or undo it.

    ``was_started`` stays true, whatever its later state: it may have had an effect. ``undoing_at``
    is when its undo was sent, None when it was not. ``epoch`` is that of the leader that last sent
    something for it, 0 when nothing was sent.
    """

    position: int
    state: StepState
    changed_at: datetime
    baseline: Mapping[str, Value]
    detail: str
    was_started: bool = False
    undoing_at: datetime | None = None
    epoch: int = 0


async def add_run(connection: AsyncConnection, run: Run, before: Mapping[str, bool | None]) -> None:
    """Write a new run. ``before`` holds the results of its checks before anything was done."""
    await connection.execute(
        insert(runs).values(
            id=run.id,
            incident_id=run.incident_id,
            status=run.status.value,
            started_at=run.started_at,
            body=run.to_json(),
            before=orjson.dumps(dict(before)),
        )
    )


async def add_entries(
    connection: AsyncConnection,
    run: Run,
    keys: Sequence[str],
    baselines: Sequence[Mapping[str, Value]],
) -> None:
    """Store each step as intended. Raises IntegrityError when a key exists."""
    if not run.steps:
        return
    await connection.execute(
        insert(journal),
        [
            {
                "run_id": run.id,
                "position": step.index,
                "state": step.state.value,
                "idempotency_key": key,
                "changed_at": step.changed_at,
                "baseline": orjson.dumps(dict(baseline)),
                "detail": "",
                "has_effect": step.has_effect,
                "preserves": step.preserves,
            }
            for step, key, baseline in zip(run.steps, keys, baselines, strict=True)
        ],
    )


async def save_run(connection: AsyncConnection, run: Run) -> None:
    """Update the row of a run."""
    await connection.execute(
        update(runs).where(runs.c.id == run.id).values(status=run.status.value, body=run.to_json())
    )


async def run(connection: AsyncConnection, run_id: str) -> Run | None:
    """Return one run, None when there is none."""
    body = await connection.scalar(select(runs.c.body).where(runs.c.id == run_id))
    return Run.from_json(body) if body is not None else None


async def of_incident(connection: AsyncConnection, incident_id: str) -> tuple[Run, ...]:
    """Return the runs of an incident, oldest first."""
    bodies = await connection.scalars(_OF_INCIDENT, {"incident": incident_id})
    return tuple(Run.from_json(body) for body in bodies)


async def unfinished(connection: AsyncConnection) -> tuple[Run, ...]:
    """Return the runs that are carried out or verified, oldest first."""
    return tuple(Run.from_json(body) for body in await connection.scalars(_UNFINISHED))


async def existing(connection: AsyncConnection, run_id: str) -> Run:
    """Return a run that must exist, because other rows refer to it."""
    query = select(runs.c.body).where(runs.c.id == run_id)
    return Run.from_json((await connection.execute(query)).scalar_one())


async def checks_before(connection: AsyncConnection, run_id: str) -> dict[str, bool | None]:
    """Return the results of the verification checks before the run, by name; None is not known."""
    body = await connection.scalar(select(runs.c.before).where(runs.c.id == run_id))
    plain = orjson.loads(body) if body is not None else {}
    return {str(name): None if value is None else bool(value) for name, value in plain.items()}


async def entries(connection: AsyncConnection, run_id: str) -> tuple[Entry, ...]:
    """Return the journal entries of a run in order."""
    rows = await connection.execute(
        select(journal).where(journal.c.run_id == run_id).order_by(journal.c.position)
    )
    return tuple(
        Entry(
            position=row.position,
            state=StepState(row.state),
            changed_at=row.changed_at,
            baseline=orjson.loads(row.baseline),
            detail=row.detail,
            was_started=row.started_at is not None,
            undoing_at=row.undoing_at,
            epoch=row.epoch,
        )
        for row in rows
    )


async def mark(
    connection: AsyncConnection,
    run_id: str,
    position: int,
    state: StepState,
    at: datetime,
    detail: str,
) -> None:
    """Set the state of a step; use :func:`start` to start it."""
    await connection.execute(
        update(journal)
        .where(journal.c.run_id == run_id, journal.c.position == position)
        .values(state=state.value, changed_at=at, detail=detail)
    )


async def start(connection: AsyncConnection, run_id: str, position: int, at: datetime) -> bool:
    """Start an intended step by compare and swap; return whether it was started."""
    result = await connection.execute(
        update(journal)
        .where(
            journal.c.run_id == run_id,
            journal.c.position == position,
            journal.c.state == StepState.INTENDED.value,
        )
        .values(
            state=StepState.STARTED.value,
            changed_at=at,
            started_at=at,
            detail="",
            epoch=epoch_of(connection),
        )
    )
    return bool(result.rowcount == 1)


async def baseline(connection: AsyncConnection, run_id: str, position: int) -> dict[str, Value]:
    """Return a step's baseline as it is now."""
    query = select(journal.c.baseline).where(journal.c.run_id == run_id, journal.c.position == position)
    found: dict[str, Value] = orjson.loads((await connection.execute(query)).scalar_one())
    return found


async def add_to_baseline(
    connection: AsyncConnection, run_id: str, position: int, values: Mapping[str, Value]
) -> None:
    """Add values to a step's baseline; a key that is there already is replaced."""
    merged = {**await baseline(connection, run_id, position), **values}
    await connection.execute(
        update(journal)
        .where(journal.c.run_id == run_id, journal.c.position == position)
        .values(baseline=orjson.dumps(merged))
    )


async def begin_undo(connection: AsyncConnection, run_id: str, position: int, at: datetime) -> bool:
    """Start the undo of a step by compare and swap; return False when it was started before."""
    result = await connection.execute(
        update(journal)
        .where(
            journal.c.run_id == run_id,
            journal.c.position == position,
            journal.c.undoing_at.is_(None),
        )
        .values(undoing_at=at, epoch=epoch_of(connection))
    )
    return bool(result.rowcount == 1)


async def end_undo(connection: AsyncConnection, run_id: str, position: int) -> None:
    """Write that the undo of a step was refused: it may be sent again."""
    await connection.execute(
        update(journal)
        .where(journal.c.run_id == run_id, journal.c.position == position)
        .values(undoing_at=None)
    )


async def with_copies(connection: AsyncConnection) -> tuple[Run, ...]:
    """Return the runs that are over and may have left copies of data, oldest first."""
    query = (
        select(runs.c.body)
        .where(
            runs.c.id.in_(
                select(journal.c.run_id).where(
                    journal.c.preserves,
                    journal.c.started_at.is_not(None),
                    journal.c.state != StepState.UNDONE.value,
                )
            ),
            runs.c.status.not_in([RunStatus.RUNNING.value, RunStatus.VERIFYING.value]),
        )
        .order_by(runs.c.started_at)
    )
    return tuple(Run.from_json(body) for body in await connection.scalars(query))


async def spent(connection: AsyncConnection, since: datetime, until: datetime) -> int:
    """Return the number of steps with an effect that were started between two times or will be."""
    started = journal.c.started_at.between(since, until)
    will_start = and_(
        journal.c.state == StepState.INTENDED.value,
        runs.c.status == RunStatus.RUNNING.value,
    )
    count = await connection.scalar(
        select(func.count())
        .select_from(journal.join(runs, runs.c.id == journal.c.run_id))
        .where(journal.c.has_effect, or_(started, will_start))
    )
    return int(count or 0)


async def are_known(connection: AsyncConnection, keys: Sequence[str]) -> bool:
    """Return whether the journal has a step with one of these idempotency keys."""
    found = await connection.scalar(
        select(func.count()).select_from(journal).where(journal.c.idempotency_key.in_(keys))
    )
    return bool(found)


async def take_lease(connection: AsyncConnection, target: str, run_id: str, at: datetime) -> bool:
    """Take the lease of a target; return whether ``run_id`` holds it."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    await connection.execute(
        make(leases)
        .values(target=target, run_id=run_id, taken_at=at)
        .on_conflict_do_nothing(index_elements=["target"])
    )
    holder = await connection.scalar(select(leases.c.run_id).where(leases.c.target == target))
    return bool(holder == run_id)


async def are_leased(connection: AsyncConnection, targets: Sequence[str]) -> bool:
    """Return whether a run holds the lease of one of these targets."""
    held = await connection.scalar(
        select(func.count()).select_from(leases).where(leases.c.target.in_(targets))
    )
    return bool(held)


async def drop_leases(connection: AsyncConnection, run_id: str) -> None:
    """Release all leases of a run."""
    await connection.execute(delete(leases).where(leases.c.run_id == run_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """How a run of a recipe ended, with what a later judgement of the recipe needs.

    ``runbook_hash`` is the hash of the runbook's content, "" when it is not known any more.
    ``target_class`` is the service and the kind of the target that was changed, ``target`` what
    the incident is about. ``decided_by`` is the id of the person who approved it, ``via`` the
    front end.
    """

    run_id: str
    runbook_id: str
    version: int
    runbook_hash: str
    recipe: str
    target: str
    target_class: str
    decided_by: str
    via: str
    status: RunStatus
    outcome: Outcome
    started_at: datetime
    finished_at: datetime
    at: datetime


async def add_outcome(connection: AsyncConnection, outcome: RunOutcome) -> bool:
    """Store the outcome of a run; return False when it was stored before."""
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    stored = await connection.scalar(
        make(outcomes)
        .values(**asdict(outcome) | {"status": outcome.status.value, "outcome": outcome.outcome.value})
        .on_conflict_do_nothing(index_elements=["run_id"])
        .returning(outcomes.c.run_id)
    )
    return stored is not None


async def correct_outcome(connection: AsyncConnection, run_id: str, outcome: Outcome) -> bool:
    """Replace the stored outcome of a run; return False when none is stored."""
    result = await connection.execute(
        update(outcomes).where(outcomes.c.run_id == run_id).values(outcome=outcome.value)
    )
    return bool(result.rowcount == 1)


@dataclass(frozen=True, slots=True)
class PastOutcome:
    """Outcome of an earlier run of a recipe on a target."""

    outcome: Outcome
    at: datetime


async def last_outcomes(connection: AsyncConnection, runbook_id: str, target: str) -> dict[str, PastOutcome]:
    """Return the newest outcome on a target of each recipe of a runbook that has one."""
    rows = await connection.execute(_LAST_OUTCOMES, {"runbook": runbook_id, "target": target})
    return {row.recipe: PastOutcome(Outcome(row.outcome), row.at) for row in rows}


async def runbook_statistics(
    connection: AsyncConnection, runbook_id: str, version: int
) -> dict[str, RunbookStatistics]:
    """Return the statistics of each recipe of a runbook that has some, over all targets."""
    rows = await connection.execute(_STATISTICS, {"runbook": runbook_id, "version": version})
    return {row.recipe: RunbookStatistics.from_json(row.body) for row in rows}


async def recipe_statistics(
    connection: AsyncConnection, runbook_id: str, version: int, recipe: str
) -> RunbookStatistics | None:
    """Return the statistics of a recipe over all targets, None when there are none."""
    body = await connection.scalar(
        select(statistics.c.body).where(
            statistics.c.runbook_id == runbook_id,
            statistics.c.version == version,
            statistics.c.recipe == recipe,
        )
    )
    return RunbookStatistics.from_json(body) if body is not None else None


async def all_statistics(connection: AsyncConnection) -> tuple[RunbookStatistics, ...]:
    """Return the statistics of all recipes."""
    rows = await connection.scalars(
        select(statistics.c.body).order_by(statistics.c.runbook_id, statistics.c.version, statistics.c.recipe)
    )
    return tuple(RunbookStatistics.from_json(body) for body in rows)


async def save_statistics(connection: AsyncConnection, row: RunbookStatistics) -> None:
    """Insert or replace the statistics of a recipe."""
    await upsert(
        connection,
        statistics,
        {
            "runbook_id": row.runbook_id,
            "version": row.version,
            "recipe": row.recipe,
            "body": row.to_json(),
        },
    )
