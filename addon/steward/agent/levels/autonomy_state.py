"""The state of cells: the stored standing, and the evidence computed from the trials."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import Severity

from ...autonomy import evidence as weigh
from ...autonomy.cells import Cell
from ...autonomy.evidence import AgreementEvidence, Evidence, Selection, UndoEvidence, weakest
from ...autonomy.ladder import MOST_HARM, Missing, initial, next_step
from ...autonomy.levels import Nature, Standing
from ...autonomy.trials import Circumstance, HourPart, Label, Trial
from ...runbooks.model import Runbook
from ...store import autonomy as stored
from ...store.autonomy import StoredStanding, StoredTrial
from ...store.store import Unit
from ..content_hash import content_hash
from .autonomy_cells import nature

NO_NATURE: Final = Nature(is_reversible=False, is_idempotent=False, is_high_risk=True)
COUNTED: Final = frozenset(Selection)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellState:
    """A cell with its standing and its evidence.

    ``runbook_hash`` is that of the installed runbook. ``is_stored``: a person changed its level once.
    ``proposal_id`` is the pending request to raise it to ``proposed``, "" without one; ``declined_at`` is
    when an owner declined such a request.
    """

    cell: Cell
    runbook_hash: str
    standing: Standing
    nature: Nature
    evidence: Evidence
    undo: UndoEvidence
    agreement: AgreementEvidence
    is_stored: bool = False
    proposal_id: str = ""
    proposed: AutonomyLevel | None = None
    declined_at: datetime | None = None

    @property
    def missing(self) -> Missing:
        """What the next level needs."""
        return next_step(self.standing, self.nature, self.evidence, self.undo, self.agreement)

    @property
    def digest(self) -> str:
        """The first 32 hexadecimal digits of the SHA-256 of the cell's key."""
        return hashlib.sha256(self.cell.key.encode()).hexdigest()[:32]


class CellStates:
    """Reads and writes the states of the cells of the installed runbooks."""

    def __init__(self, library: Mapping[str, Runbook]) -> None:
        """``library`` has the installed runbooks by id."""
        self._library = library

    async def has_any(self, connection: AsyncConnection, runbook_id: str) -> bool:
        """Return whether a person ever changed the level of a cell of a runbook, in any version."""
        return bool(await stored.all_standings(connection, runbook_id))

    async def one(self, connection: AsyncConnection, cell: Cell) -> CellState:
        """Return the state of a cell, also of one without trials and without a standing."""
        found = await self.of_runbook(connection, cell.runbook_id, cell.version, also=(cell,))
        return next(one for one in found if one.cell == cell)

    async def all(self, connection: AsyncConnection) -> tuple[CellState, ...]:
        """Return the states of all cells of the installed runbooks that have trials or a standing."""
        found: list[CellState] = []
        known = await stored.runbooks_with_cells(connection)
        for runbook in self._library.values():
            if runbook.id in known:
                found += await self.of_runbook(connection, runbook.id, runbook.version)
        return tuple(found)

    async def of_runbook(
        self, connection: AsyncConnection, runbook_id: str, version: int, also: Iterable[Cell] = ()
    ) -> tuple[CellState, ...]:
        """Return the states of a runbook version's cells with trials or a standing, and of ``also``."""
        digest = content_hash(self._library.get(runbook_id), version)
        rows = await stored.all_standings(connection, runbook_id)
        kept = await stored.trials_of(connection, runbook_id, version)
        trials = [one for one in kept if one.runbook_hash == digest]
        chosen = await stored.selections_of(connection, runbook_id, version)
        known = {Cell(*one.cell) for one in trials} | set(also)
        known |= {replace(Cell(*one.cell), version=version) for one in rows}
        undos = await _undos(connection, [one for trial in trials for one in trial.nature["actions"]])
        return tuple(_state(cell, digest, rows, trials, chosen, undos) for cell in sorted(known))

    async def undo_of(self, connection: AsyncConnection, stored_nature: Mapping[str, Any]) -> UndoEvidence:
        """Return the weakest evidence about the undo of the actions of a plan."""
        found = await _undos(connection, stored_nature["actions"])
        return weakest(found.values())

    async def save(self, unit: Unit, state: CellState) -> None:
        """Store the standing of a cell, and the request to raise it."""
        await stored.save_standing(unit.connection, StoredStanding(cell=_key(state.cell), body=_body(state)))


def _key(cell: Cell) -> stored.CellKey:
    return cell.runbook_id, cell.version, cell.recipe, cell.target_class


async def _undos(
    connection: AsyncConnection, actions: Iterable[Sequence[str]]
) -> Mapping[tuple[str, str], UndoEvidence]:
    """Return the evidence about the undo of actions, by action and major version."""
    found: dict[tuple[str, str], UndoEvidence] = {}
    for action, major in {(one[0], one[1]) for one in actions}:
        evidence = UndoEvidence()
        for proof in await stored.undo_proofs_of(connection, action, major):
            evidence = evidence.after(is_good=proof.worked)
        found[action, major] = evidence
    return found


def _state(
    cell: Cell,
    digest: str,
    rows: Sequence[StoredStanding],
    trials: Sequence[StoredTrial],
    chosen: Sequence[stored.Selection],
    undos: Mapping[tuple[str, str], UndoEvidence],
) -> CellState:
    own = [one for one in trials if one.cell == _key(cell)]
    evidence = weigh.of(_trial(one) for one in own if one.label is not None)
    row = next((one.body for one in rows if one.cell == _key(cell) and one.body["hash"] == digest), None)
    newest = max(own, key=lambda one: (one.started_at, one.run_id), default=None)
    made = CellState(
        cell=cell,
        runbook_hash=digest,
        standing=_standing(row) if row else _new(cell, rows, evidence),
        nature=nature(newest.nature) if newest else NO_NATURE,
        evidence=evidence,
        undo=weakest(undos[one[0], one[1]] for one in (newest.nature["actions"] if newest else ())),
        agreement=_agreement(one for one in chosen if one.cell == _key(cell)),
    )
    if row is None:
        return made
    return replace(
        made,
        is_stored=True,
        proposal_id=row["proposal_id"],
        proposed=AutonomyLevel(row["proposed"]) if row["proposed"] else None,
        declined_at=_time(row["declined_at"]),
    )


def _new(cell: Cell, rows: Sequence[StoredStanding], evidence: Evidence) -> Standing:
    """Return the first standing of a cell: it only observes if another version of the runbook had a level."""
    above = (AutonomyLevel.VETO.value, AutonomyLevel.AUTO.value, AutonomyLevel.OBSERVE.value)
    had = any(
        (one.cell[0], *one.cell[2:]) == (cell.runbook_id, cell.recipe, cell.target_class)
        and (one.body["level"] in above or one.body["raised_at"])
        for one in rows
    )
    harmed = evidence.harmed
    return replace(initial(has_earlier_level=had), harmed=harmed, is_owner_only=harmed >= MOST_HARM)


def _trial(one: StoredTrial) -> Trial:
    return Trial(
        run_id=one.run_id,
        cell=Cell(*one.cell),
        target=one.target,
        at=one.labelled_at or one.at,
        label=Label(one.label or ""),
        is_automatic=one.is_automatic,
        circumstance=Circumstance(HourPart(one.hour_part), Severity(one.severity), one.others_open),
    )


def _agreement(chosen: Iterable[stored.Selection]) -> AgreementEvidence:
    evidence = AgreementEvidence()
    for one in chosen:
        if one.choice in COUNTED:
            evidence = evidence.after(Selection(one.choice))
    return evidence


def _body(state: CellState) -> dict[str, Any]:
    standing = state.standing
    return {
        "hash": state.runbook_hash,
        "level": standing.level.value,
        "since": _text(standing.since),
        "raised_at": _text(standing.raised_at),
        "harmed": standing.harmed,
        "is_owner_only": standing.is_owner_only,
        "proposal_id": state.proposal_id,
        "proposed": state.proposed.value if state.proposed else None,
        "declined_at": _text(state.declined_at),
    }


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        level=AutonomyLevel(row["level"]),
        since=_time(row["since"]),
        raised_at=_time(row["raised_at"]),
        harmed=row["harmed"],
        is_owner_only=row["is_owner_only"],
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
