"""Stores what runs of recipes showed, what people chose, and what the steward may do alone."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, RowMapping, Table, bindparam, func, select, union, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from .incidents import CLOSED
from .tables import incidents, selections, standings, trials, undo_proofs
from .upsert import upsert

OFFERED: Final = "offered"
"""The choice of a request that waits for an answer."""

OBSERVED: Final = "observed"
"""The choice of what was not offered, of an incident that has not ended; the incident's id is the key."""

GONE: Final = "gone"
"""The choice of what is not known any more."""

_STANDINGS: Final = (
    select(standings)
    .where(standings.c.runbook_id == bindparam("runbook"))
    .order_by(*standings.primary_key.columns)
)

type CellKey = tuple[str, int, str, str]
"""The id of a runbook, its version, a recipe, and a class of targets (``service.kind``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrial:
    """One run of a recipe for a problem, and what it showed.

    ``target`` is the key of what the incident is about, ``alerts`` are the names of its alerts.
    ``started_at`` is when the run began, ``at`` when it ended, ``due_at`` when its relapse window closes.
    ``seen_at`` is when its target was last readable, ``looked_at`` when the app last looked, ``watch`` how
    far both were gapless. ``was_readable``: what verifies it could be read before. ``nature`` is what its
    steps are. ``label`` is None until it is known.
    """

    run_id: str
    runbook_id: str
    version: int
    runbook_hash: str
    recipe: str
    target_class: str
    target: str
    plan_hash: str
    alerts: tuple[str, ...]
    is_automatic: bool
    hour_part: str
    severity: str
    others_open: bool
    started_at: datetime
    at: datetime
    due_at: datetime
    seen_at: datetime
    looked_at: datetime
    watch: str
    was_readable: bool
    nature: dict[str, Any]
    label: str | None = None
    labelled_at: datetime | None = None

    @property
    def cell(self) -> CellKey:
        """The cell that it counts for."""
        return self.runbook_id, self.version, self.recipe, self.target_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A proposal whose first option is of a cell, and what a person chose."""

    approval_id: str
    runbook_id: str
    version: int
    recipe: str
    target_class: str
    target: str
    offered_at: datetime
    choice: str
    at: datetime

    @property
    def cell(self) -> CellKey:
        """The cell of the first option."""
        return self.runbook_id, self.version, self.recipe, self.target_class


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoProof:
    """One undo of an action that was read back. ``major`` is the service's major version."""

    id: str
    action: str
    major: str
    worked: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStanding:
    """What is stored of a cell besides its trials; ``body`` is that of the stage."""

    cell: CellKey
    body: dict[str, Any] = field(default_factory=dict)


async def add_trial(connection: AsyncConnection, trial: StoredTrial) -> bool:
    """Store a trial; return False when its run has one."""
    values = asdict(trial) | {
        "alerts": orjson.dumps(trial.alerts).decode(),
        "nature": orjson.dumps(trial.nature).decode(),
    }
    return await _add(connection, trials, values, "run_id")


async def open_trials(connection: AsyncConnection) -> tuple[StoredTrial, ...]:
    """Return the trials whose label is not known yet, the oldest first."""
    return await _trials(connection, trials.c.label.is_(None))


async def trials_of(connection: AsyncConnection, runbook_id: str, version: int) -> tuple[StoredTrial, ...]:
    """Return the trials of a version of a runbook in the order of their labels, then those without one."""
    found = await _trials(connection, trials.c.runbook_id == runbook_id, trials.c.version == version)
    known = [one for one in found if one.labelled_at is not None]
    known.sort(key=lambda one: (one.labelled_at or one.at, one.run_id))
    return (*known, *(one for one in found if one.labelled_at is None))


async def trials_on(connection: AsyncConnection, target: str, since: datetime) -> tuple[StoredTrial, ...]:
    """Return the trials on a target that began at ``since`` or later, the oldest first."""
    return await _trials(connection, trials.c.target == target, trials.c.started_at >= since)


async def _trials(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> tuple[StoredTrial, ...]:
    query = select(trials).where(*conditions).order_by(trials.c.started_at, trials.c.run_id)
    rows = await connection.execute(query)
    return tuple(map(_trial, rows.mappings()))


def _trial(row: RowMapping) -> StoredTrial:
    alerts, nature = tuple(orjson.loads(row["alerts"])), orjson.loads(row["nature"])
    return StoredTrial(**{**row, "alerts": alerts, "nature": nature})


async def label_trial(connection: AsyncConnection, run_id: str, label: str, at: datetime) -> bool:
    """Store the label of a trial by compare and swap; return False when it has one."""
    result = await connection.execute(
        update(trials)
        .where(trials.c.run_id == run_id, trials.c.label.is_(None))
        .values(label=label, labelled_at=at)
    )
    return bool(result.rowcount == 1)


async def note_watched(connection: AsyncConnection, trial: StoredTrial) -> None:
    """Store how far the target of a trial could be watched up to now."""
    await connection.execute(
        update(trials)
        .where(trials.c.run_id == trial.run_id)
        .values(seen_at=trial.seen_at, looked_at=trial.looked_at, watch=trial.watch)
    )


async def runbooks_with_cells(connection: AsyncConnection) -> frozenset[str]:
    """Return the runbooks with a trial or a standing, in any version: without them a runbook has no cell."""
    query = union(select(trials.c.runbook_id), select(standings.c.runbook_id))
    return frozenset(await connection.scalars(query))


async def all_standings(connection: AsyncConnection, runbook_id: str) -> tuple[StoredStanding, ...]:
    """Return what is stored of the cells of a runbook, in any version."""
    return tuple(
        StoredStanding(
            cell=(row.runbook_id, row.version, row.recipe, row.target_class), body=orjson.loads(row.body)
        )
        for row in await connection.execute(_STANDINGS, {"runbook": runbook_id})
    )


async def save_standing(connection: AsyncConnection, row: StoredStanding) -> None:
    """Insert or replace what is stored of a cell."""
    runbook_id, version, recipe, target_class = row.cell
    await upsert(
        connection,
        standings,
        {
            "runbook_id": runbook_id,
            "version": version,
            "recipe": recipe,
            "target_class": target_class,
            "body": orjson.dumps(row.body),
        },
    )


async def add_selection(connection: AsyncConnection, row: Selection) -> None:
    """Store a proposal."""
    await _add(connection, selections, asdict(row), "approval_id")


async def offered(connection: AsyncConnection) -> tuple[Selection, ...]:
    """Return the proposals whose choice is not known yet."""
    rows = await connection.execute(select(selections).where(selections.c.choice == OFFERED))
    return tuple(Selection(**row) for row in rows.mappings())


async def observed(connection: AsyncConnection) -> tuple[Selection, ...]:
    """Return what was only observed and whose choice is not known yet; its key is that of the incident."""
    rows = await connection.execute(select(selections).where(selections.c.choice == OBSERVED))
    return tuple(Selection(**row) for row in rows.mappings())


async def choose(connection: AsyncConnection, approval_id: str, choice: str, at: datetime) -> bool:
    """Store what was chosen by compare and swap; return False when it was stored before."""
    result = await connection.execute(
        update(selections)
        .where(selections.c.approval_id == approval_id, selections.c.choice.in_((OFFERED, OBSERVED)))
        .values(choice=choice, at=at)
    )
    return bool(result.rowcount == 1)


async def selections_of(connection: AsyncConnection, runbook_id: str, version: int) -> tuple[Selection, ...]:
    """Return the proposals of a version of a runbook, in the order of the answers."""
    rows = await connection.execute(
        select(selections)
        .where(selections.c.runbook_id == runbook_id, selections.c.version == version)
        .order_by(selections.c.at, selections.c.approval_id)
    )
    return tuple(Selection(**row) for row in rows.mappings())


async def add_undo_proof(connection: AsyncConnection, proof: UndoProof) -> bool:
    """Store how an undo went; return False when it was stored before."""
    return await _add(connection, undo_proofs, asdict(proof), "id")


async def undo_proofs_of(connection: AsyncConnection, action: str, major: str) -> tuple[UndoProof, ...]:
    """Return how the undo of an action went in one major version, the oldest first."""
    rows = await connection.execute(
        select(undo_proofs)
        .where(undo_proofs.c.action == action, undo_proofs.c.major == major)
        .order_by(undo_proofs.c.at, undo_proofs.c.id)
    )
    return tuple(UndoProof(**row) for row in rows.mappings())


async def count_open_problems(connection: AsyncConnection, but: str) -> int:
    """Return how many incidents other than ``but`` are open problems."""
    query = (
        select(func.count())
        .select_from(incidents)
        .where(
            incidents.c.status.not_in([one.value for one in CLOSED]),
            incidents.c.is_request.is_(False),
            incidents.c.id != but,
        )
    )
    return int(await connection.scalar(query) or 0)


async def _add(connection: AsyncConnection, table: Table, values: dict[str, Any], key: str) -> bool:
    make = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    stored = await connection.scalar(
        make(table).values(**values).on_conflict_do_nothing(index_elements=[key]).returning(table.c[key])
    )
    return stored is not None
