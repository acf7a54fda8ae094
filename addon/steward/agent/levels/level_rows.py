"""The levels of runbooks in the form that clients get. Pure."""

from collections.abc import Iterable, Mapping

from homelab_steward.contract.autonomy import AutonomyCell, AutonomyLevel, RunbookLevel
from homelab_steward.contract.proposals import OptionKind

from ...autonomy.evidence import harm_bound
from ...runbooks.model import Runbook
from ...texts import Texts, said_in
from .autonomy_state import CellState
from .cell_names import recipe_name


def changes_something(runbook: Runbook) -> bool:
    """Return whether a runbook has a recipe that changes something."""
    return runbook.each is None and any(one.kind is OptionKind.ACT for one in runbook.recipes)


def runbook_level(runbook: Runbook, states: Iterable[CellState], texts: Texts) -> RunbookLevel:
    """Return the level of a runbook, which is the lowest of its cells, with all cells."""
    cells = tuple(_cell(one, {runbook.id: runbook}, texts) for one in states)
    level = min((one.level for one in cells), key=lambda one: one.rank, default=AutonomyLevel.ASK)
    return RunbookLevel(id=runbook.id, title=texts.name(runbook.title), level=level, cells=cells)


def _cell(state: CellState, library: Mapping[str, Runbook], texts: Texts) -> AutonomyCell:
    cell, evidence, standing = state.cell, state.evidence, state.standing
    return AutonomyCell(
        runbook_id=cell.runbook_id,
        version=cell.version,
        recipe=cell.recipe,
        label=recipe_name(cell, library, texts),
        target_class=cell.target_class,
        level=standing.level,
        evidence=evidence.value,
        undo_evidence=state.undo.value,
        good=evidence.good,
        bad=evidence.bad,
        unknown=evidence.unknown,
        automatic=evidence.automatic,
        harmed=evidence.automatic_harmed,
        worse=evidence.automatic_worse,
        harm_bound=harm_bound(evidence.automatic_harmed, evidence.automatic),
        missing=tuple(said_in(one, texts) for one in state.missing.texts),
        since=standing.since,
        is_owner_only=standing.is_owner_only,
    )
