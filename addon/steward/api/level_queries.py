"""The autonomy levels of the runbooks, for people."""

from collections.abc import Callable, Mapping

from homelab_steward.contract.autonomy import (
    AutonomyLevel,
    LevelAnswer,
    LevelQuery,
    RunbookLevel,
    RunbookLevels,
    SetLevel,
)
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import OptionKind
from homelab_steward.contract.state import Person, Speaker

from ..agent.authorization import UNKNOWN_PERSON
from ..runbooks.model import Runbook
from ..texts import Texts, texts_of


class LevelQueries:
    """Answers which level each runbook has. A level without evidence stays at ASK."""

    def __init__(self, library: Mapping[str, Runbook], person: Callable[[Speaker], Person | None]) -> None:
        """``library`` has the runbooks by id, ``person`` returns who speaks."""
        self._library = library
        self._person = person

    async def levels(self, query: LevelQuery) -> RunbookLevels:
        """Return the autonomy levels of the runbooks that can change something, by title."""
        texts = texts_of(query.language)
        levels = (_level(one, texts) for one in self._library.values() if _changes_something(one))
        return RunbookLevels(levels=tuple(sorted(levels, key=lambda one: (one.title.casefold(), one.id))))

    async def set_level(self, request: SetLevel) -> LevelAnswer:
        """Return the runbook, if it has the level. Raises ContractError FORBIDDEN, NOT_FOUND, NOT_EARNED."""
        texts = texts_of(request.language)
        if self._person(request.speaker) is None:
            raise ContractError(ErrorCode.FORBIDDEN, texts(UNKNOWN_PERSON))
        runbook = self._library.get(request.runbook_id)
        if runbook is None or not _changes_something(runbook):
            raise ContractError(ErrorCode.NOT_FOUND, texts(t"There is no such runbook."))
        found = _level(runbook, texts)
        if request.level is not found.level:
            raise ContractError(ErrorCode.NOT_EARNED, texts(t"No run of this runbook has been judged yet."))
        return LevelAnswer(runbook=found)


def _level(runbook: Runbook, texts: Texts) -> RunbookLevel:
    return RunbookLevel(id=runbook.id, title=texts.name(runbook.title), level=AutonomyLevel.ASK)


def _changes_something(runbook: Runbook) -> bool:
    return any(one.kind is OptionKind.ACT for one in runbook.recipes)
