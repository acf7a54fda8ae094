"""Answers what the steward may do without a person, and why it asked instead."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

from homelab_steward.contract.autonomy import (
    AutonomyCell,
    AutonomyLevel,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
)
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.plain_text import one_line, quoted
from homelab_steward.contract.proposals import Option

from ..texts import Texts, english
from .readings import listed

type Levels = Callable[[LevelQuery], Awaitable[RunbookLevels]]
"""Returns the autonomy levels of the runbooks, with texts in a language."""


async def no_levels(_query: LevelQuery) -> RunbookLevels:
    """Return no levels: nothing may be done without a person."""
    return RunbookLevels(levels=())


TITLE: Final = 200
MISSING: Final = 200

LEVEL_TEXTS: Final = {
    AutonomyLevel.OBSERVE: english("Only report"),
    AutonomyLevel.ASK: english("Ask first"),
    AutonomyLevel.VETO: english("Act unless somebody objects"),
    AutonomyLevel.AUTO: english("Act and report"),
}


class AutonomyAnswers:
    """Answers from the levels of the runbooks and the options of an incident."""

    def __init__(self, levels: Levels) -> None:
        """``levels`` reads the levels as they are now."""
        self._levels = levels

    async def what_it_may(self, texts: Texts, language: str, shown: int) -> str:
        """Return what the steward may do without a person."""
        levels = (await self._levels(LevelQuery(language=language))).levels
        alone = [_named(one, cell) for one, cell in _cells(levels) if cell.level is AutonomyLevel.AUTO]
        veto = [_named(one, cell) for one, cell in _cells(levels) if cell.level is AutonomyLevel.VETO]
        if not alone and not veto:
            return texts("I ask before each change: no runbook has earned a higher level.")
        lines: list[str] = []
        if alone:
            names = listed(alone, shown, texts)
            lines.append(texts(t"I act and report: {names}."))
        if veto:
            names = listed(veto, shown, texts)
            lines.append(texts(t"I act unless somebody stops me: {names}."))
        return " ".join([*lines, texts("I ask before every other change.")])

    async def why_not_alone(self, incident: Incident | None, texts: Texts, language: str, shown: int) -> str:
        """Return why an incident was not repaired without a person; None is no incident at all."""
        if incident is None:
            return texts("No incident is open.")
        title = quoted(incident.title, TITLE, language)
        option = _first_change(incident)
        if option is None:
            return texts(t"{title}: I found nothing that I could change.")
        levels = (await self._levels(LevelQuery(language=language))).levels
        cells = [
            cell
            for _, cell in _cells(levels)
            if (cell.runbook_id, cell.recipe) == (option.runbook_id, option.recipe)
        ]
        label = one_line(option.label)
        if not cells:
            return texts(t"{title}: I ask before “{label}”, because none of its runs has been judged yet.")
        lowest = min(cells, key=lambda one: one.level.rank)
        level = texts(LEVEL_TEXTS[lowest.level])
        line = texts(t"{title}: the level of “{label}” is “{level}”.")
        if lowest.level is AutonomyLevel.AUTO:
            return line
        missing = [one_line(text)[:MISSING].rstrip(".") for text in lowest.missing]
        if not missing:
            ready = texts("Nothing is missing for the next level: a person can raise it.")
            return f"{line} {ready}"
        lacks = listed(missing, shown, texts)
        lacking = texts(t"For the next level it lacks: {lacks}.")
        return f"{line} {lacking}"


def _cells(levels: Sequence[RunbookLevel]) -> Iterator[tuple[RunbookLevel, AutonomyCell]]:
    return ((one, cell) for one in levels for cell in one.cells)


def _named(runbook: RunbookLevel, cell: AutonomyCell) -> str:
    return f"{one_line(cell.label)} ({one_line(runbook.title)}, {one_line(cell.target_class)})"


def _first_change(incident: Incident) -> Option | None:
    """Return the option that would be carried out: the first that changes something, or is only observed."""
    proposal = incident.proposal
    options = (*proposal.observed, *proposal.options) if proposal is not None else ()
    return next((one for one in options if one.kind.changes_something), None)
