"""The names of cells and levels, as people see them. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.autonomy import AutonomyLevel

from ...autonomy.cells import Cell
from ...runbooks.model import Runbook
from ...texts import Texts, english

PLACE: Final = re.compile(r"\{[a-z]+\}")

LEVELS: Final[Mapping[AutonomyLevel, str]] = {
    AutonomyLevel.OBSERVE: english("only observed"),
    AutonomyLevel.ASK: english("asked about"),
    AutonomyLevel.VETO: english("announced"),
    AutonomyLevel.AUTO: english("automatic"),
}


def recipe_name(cell: Cell, library: Mapping[str, Runbook], texts: Texts) -> str:
    """Return the label of a cell's recipe, with the kind of its targets in place of a target's name."""
    runbook = library.get(cell.runbook_id)
    recipe = runbook.recipe(cell.recipe) if runbook else None
    if recipe is None:
        return cell.recipe
    kind = cell.target_class.partition("/")[2]
    return PLACE.sub(kind, texts.name(recipe.label))


def cell_name(cell: Cell, library: Mapping[str, Runbook], texts: Texts) -> str:
    """Return the name of a cell: the recipe, and the class of targets in parentheses."""
    return f"{recipe_name(cell, library, texts)} ({cell.target_class})"
