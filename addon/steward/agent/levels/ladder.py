"""Lowers the level of a cell after a bad run or disuse, and sends people one message about it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.state import TargetRef

from ...autonomy.cells import Cell
from ...autonomy.ladder import after_disuse, after_label, lowered
from ...autonomy.levels import Standing
from ...autonomy.trials import Label
from ...clock import Clock
from ...inventory.ports import Inventory
from ...runbooks.model import Runbook
from ...store import audit
from ...store import autonomy as stored
from ...store.autonomy import StoredTrial, UndoProof
from ...store.store import Store, Unit
from ...texts import Texts, english, said_in, spoken, translate
from .autonomy_cells import major_of
from .autonomy_notices import tell
from .autonomy_state import CellState, CellStates
from .cell_names import LEVELS, cell_name
from .level_events import publish_level

WHY: Final[Mapping[Label, str]] = {
    Label.BAD: english("a run did not help, or the problem came back"),
    Label.WORSE: english("a run made things worse and was undone"),
    Label.HARM: english("what a run did could not be undone"),
    Label.WENT_DARK: english("after a run its target could not be read any more"),
}
UNUSED: Final = english("it was not used for 180 days")


class Ladder:
    """Changes levels downwards. Only people raise them."""

    def __init__(
        self,
        store: Store,
        states: CellStates,
        inventory: Inventory,
        library: Mapping[str, Runbook],
        clock: Clock,
    ) -> None:
        """``states`` reads and writes the states of cells."""
        self._store = store
        self._states = states
        self._inventory = inventory
        self._library = library
        self._clock = clock

    async def labelled(self, unit: Unit, trial: StoredTrial) -> None:
        """Lower the level of a trial's cell if its new label demands it, in the transaction of the label."""
        label, now = Label(trial.label or ""), self._clock.now()
        state = await self._states.one(unit.connection, Cell(*trial.cell))
        if not state.is_stored or trial.runbook_hash != state.runbook_hash:
            return
        after = after_label(state.standing, state.evidence, label, now)
        await self._change(unit, state, after, translate(WHY[label]) if label in WHY else "")

    async def look(self) -> None:
        """Lower the levels that were not used for 180 days."""
        async with self._store.read(quick=True) as connection:
            found = [one for one in await self._states.all(connection) if one.is_stored]
        for one in found:
            if after_disuse(one.standing, one.evidence.newest, self._clock.now()) != one.standing:
                await self._disused(one.cell)

    async def lower(self, unit: Unit, state: CellState, level: AutonomyLevel, reason: str) -> None:
        """Lower the level of a cell at a person's request; for 30 days nobody is asked to raise it."""
        now = self._clock.now()
        standing = lowered(state.standing, level, now)
        await self._change(unit, replace(state, declined_at=now), standing, reason)

    async def note_undo(
        self, unit: Unit, proof_id: str, action: str, target: TargetRef, *, worked: bool
    ) -> None:
        """Count the result of an undo of an action that was read back, once for each ``proof_id``."""
        major, now = major_of(self._inventory, target.instance_id), self._clock.now()
        proof = UndoProof(id=proof_id, action=action, major=major, worked=worked, at=now)
        if await stored.add_undo_proof(unit.connection, proof):
            body = {"proof": proof_id, "action": action, "major": major, "worked": worked}
            await audit.append(unit.connection, now, "autonomy.undo", body)

    async def _disused(self, cell: Cell) -> None:
        async with self._store.change(durable=True) as unit:
            state = await self._states.one(unit.connection, cell)
            after = after_disuse(state.standing, state.evidence.newest, self._clock.now())
            await self._change(unit, state, after, translate(UNUSED))

    async def _change(self, unit: Unit, state: CellState, after: Standing, reason: str) -> None:
        """Store a changed standing; people get a message when the level has changed."""
        if after == state.standing:
            return
        await self._states.save(unit, replace(state, standing=after))
        if after.level is state.standing.level:
            return
        now, before = self._clock.now(), state.standing.level
        body = {"cell": state.cell.key, "from": before.value, "to": after.level.value, "reason": reason}
        await audit.append(unit.connection, now, "autonomy.lowered", body)

        def say(texts: Texts) -> str:
            name = cell_name(state.cell, self._library, texts)
            level, why = texts(LEVELS[after.level]), said_in(reason, texts)
            return texts(t"{name}: {level} from now on, because {why}.")

        await tell(unit, (spoken(say),), now)
        await publish_level(unit, self._states, self._library, state.cell.runbook_id)
