"""How an owner changes the files of questions from a front end."""

import asyncio
from dataclasses import replace
from itertools import islice
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.schedules import CheckedSchedule, Mistake, RemoveSchedule, SaveSchedule
from homelab_steward.contract.state import Person

from ..clock import Clock
from ..texts import Texts, texts_of, translate
from .files import Draft, NotSaved, QuestionFiles
from .question import Question
from .said import said
from .schedules import ScheduleBook

SHOWN: Final = 3
"""How many of the next times are shown before a question is saved."""


class ScheduleEditor:
    """Checks, writes and removes the files of questions, and puts them into use at once."""

    def __init__(self, book: ScheduleBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._changing = asyncio.Lock()

    async def save(self, command: SaveSchedule) -> CheckedSchedule:
        """Handle ``schedules.save``. Raises ContractError FORBIDDEN and NOT_FOUND."""
        person, texts = self._person(command, command.id or None)
        async with self._changing:
            current = self._question(command.id) if command.id else None
            files = self._files
            draft = await asyncio.to_thread(files.draft, command.id, command.question, current)
            checked = self._checked(draft, texts)
            if draft.question is None or command.only_check:
                return checked
            taken = self._book.ids
            question_id = command.id or await asyncio.to_thread(files.new_id, draft.question.title, taken)
            try:
                if draft.is_usual:
                    await asyncio.to_thread(files.remove, question_id, command.version)
                else:
                    await asyncio.to_thread(files.write, question_id, draft.text, command.version)
            except NotSaved as err:
                return CheckedSchedule(mistakes=(Mistake(key="", text=texts(err.reason)),))
            await self._book.audit("schedule.saved", question_id, person)
            used = replace(
                draft.question, id=question_id, is_changed=draft.question.is_changed and not draft.is_usual
            )
            await self._book.use(used)
            return replace(checked, schedule=await self._book.one(question_id, person.language))

    async def remove(self, command: RemoveSchedule) -> Nothing:
        """Handle ``schedules.remove``. Raises ContractError FORBIDDEN, NOT_FOUND, and UNAVAILABLE."""
        person, texts = self._person(command, command.id)
        async with self._changing:
            question = self._question(command.id)
            if not question.is_own and not question.is_changed:
                raise ContractError(
                    ErrorCode.NOT_FOUND, translate(t"The app has this schedule. Switch it off instead.")
                )
            try:
                await asyncio.to_thread(self._files.remove, command.id, command.version)
            except NotSaved as err:
                raise ContractError(ErrorCode.UNAVAILABLE, texts(err.reason)) from err
            await self._book.audit("schedule.removed", command.id, person)
            await self._book.drop(command.id)
        return Nothing()

    @property
    def _files(self) -> QuestionFiles:
        if self._book.files is None:
            raise ContractError(ErrorCode.UNAVAILABLE, translate(t"The schedules are not read yet."))
        return self._book.files

    def _person(
        self, command: SaveSchedule | RemoveSchedule, schedule_id: str | None
    ) -> tuple[Person, Texts]:
        person = self._book.require(command.speaker, schedule_id)
        return person, texts_of(person.language)

    def _question(self, schedule_id: str) -> Question:
        found = self._book.question(schedule_id)
        if found is None:
            raise ContractError(
                ErrorCode.NOT_FOUND, translate(t"The settings of the app say when this runs.")
            )
        return found

    def _checked(self, draft: Draft, texts: Texts) -> CheckedSchedule:
        if draft.question is None:
            wrong = {one.key: one for one in reversed(draft.wrong)}
            return CheckedSchedule(
                mistakes=tuple(Mistake(key=key, text=texts(one.reason)) for key, one in wrong.items())
            )
        times = self._book.times(draft.question)
        return CheckedSchedule(
            said=said(times, texts), next_at=tuple(islice(times.due_after(self._clock.now()), SHOWN))
        )
