"""Handles the commands that list and change the autonomy levels of runbooks."""

from collections.abc import Mapping, Sequence

from homelab_steward.contract.autonomy import (
    LevelAnswer,
    LevelQuery,
    RunbookLevels,
    SetLevel,
)
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import Role

from ...autonomy.levels import LADDER
from ...clock import Clock
from ...runbooks.model import Runbook
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import Texts, said_in, texts_of, translate
from ..decisions.gate import LONGEST_ID, People
from ..decisions.speakers import Author, Authors
from .autonomy_state import CellState, CellStates
from .ladder import Ladder
from .level_rows import changes_something, runbook_level
from .promotions import Promotions


class Levels:
    """The autonomy levels of the runbooks, for people."""

    def __init__(
        self,
        store: Store,
        people: People,
        library: Mapping[str, Runbook],
        states: CellStates,
        ladder: Ladder,
        promotions: Promotions,
        clock: Clock,
    ) -> None:
        """``ladder`` lowers levels, ``promotions`` asks owners about higher ones."""
        self._store = store
        self._people = people
        self._library = library
        self._states = states
        self._ladder = ladder
        self._promotions = promotions
        self._authors = Authors(store, people, clock)

    async def levels(self, query: LevelQuery) -> RunbookLevels:
        """Return the autonomy levels of the runbooks that can change something, by title."""
        texts = texts_of(query.language)
        async with self._store.read() as connection:
            found = await self._states.all(connection)
        rows = [
            runbook_level(one, [state for state in found if state.cell.runbook_id == one.id], texts)
            for one in self._library.values()
            if changes_something(one)
        ]
        return RunbookLevels(levels=tuple(sorted(rows, key=lambda one: (one.title.casefold(), one.id))))

    async def set_level(self, request: SetLevel) -> LevelAnswer:
        """Lower a level at once, or ask an owner about a higher level that is earned.

        Raises ContractError FORBIDDEN, which is audited, NOT_FOUND, and NOT_EARNED with what is missing.
        """
        texts = texts_of(request.language)
        event, body = "autonomy.refused", {"runbook": storable(request.runbook_id, LONGEST_ID)}
        author = await self._authors.require(request.speaker, event, body, person_only=True)
        runbook = self._library.get(request.runbook_id)
        if runbook is None or not changes_something(runbook):
            raise ContractError(ErrorCode.NOT_FOUND, texts(t"There is no such runbook."))
        wanted = await self._wanted(runbook, request)
        higher = [one for one in wanted if request.level.rank > one.standing.level.rank]
        self._check(author, request, wanted, higher, texts)
        asked = [await self._promotions.ask(one) for one in higher if _may_be_given(one, request)]
        await self._lower(author, request, [one for one in wanted if one not in higher])
        async with self._store.read() as connection:
            found = await self._states.of_runbook(connection, runbook.id, runbook.version)
        return LevelAnswer(
            runbook=runbook_level(runbook, found, texts), approval_ids=tuple(one.id for one in asked)
        )

    async def _wanted(self, runbook: Runbook, request: SetLevel) -> list[CellState]:
        async with self._store.read() as connection:
            found = await self._states.of_runbook(connection, runbook.id, runbook.version)
        return [
            one
            for one in found
            if request.recipe in ("", one.cell.recipe) and request.target_class in ("", one.cell.target_class)
        ]

    def _check(
        self,
        author: Author,
        request: SetLevel,
        wanted: Sequence[CellState],
        higher: Sequence[CellState],
        texts: Texts,
    ) -> None:
        """Raise ContractError when a higher level is not earned, or when the author is not an owner."""
        if not wanted and request.level is not LADDER[1]:
            raise ContractError(ErrorCode.NOT_EARNED, _without_runs(request, texts))
        if not higher:
            return
        person = self._people.by_speaker(request.speaker)
        if person is None or person.id != author.person_id or person.role is not Role.OWNER:
            raise ContractError(ErrorCode.FORBIDDEN, texts(t"Only an owner may raise a level."))
        if not any(_may_be_given(one, request) for one in higher):
            reasons = dict.fromkeys(said_in(text, texts) for one in higher for text in one.missing.texts)
            one_by_one = texts(t"A level is raised one step at a time.")
            raise ContractError(ErrorCode.NOT_EARNED, " ".join(reasons) or one_by_one)

    async def _lower(self, author: Author, request: SetLevel, states: Sequence[CellState]) -> None:
        async with self._store.change(durable=True) as unit:
            for state in states:
                current = await self._states.one(unit.connection, state.cell)
                reason = translate(t"{author.name} wanted it")
                await self._ladder.lower(unit, current, request.level, reason)


def _without_runs(request: SetLevel, texts: Texts) -> str:
    """Return why a runbook that has not run yet cannot have a level."""
    if request.level.rank > LADDER[1].rank:
        return texts(t"No run of this runbook has been judged yet.")
    return texts(
        "This runbook has not run yet. A level belongs to one of its recipes on one kind of target, so it "
        "can be lowered after its first run. Until then it asks before each change."
    )


def _may_be_given(state: CellState, request: SetLevel) -> bool:
    missing = state.missing
    return missing.may_be_given and missing.level is request.level
