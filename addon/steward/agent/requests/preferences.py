"""Handles the commands that list, decide and take back preferences, such as a muted kind of incident."""

from dataclasses import replace
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.preferences import (
    DecidePreference,
    Preference,
    PreferenceQuery,
    Preferences,
    PreferenceState,
    TakeBackPreference,
)
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.state import Authority, Speaker

from ...clock import Clock
from ...store import audit
from ...store import preferences as stored
from ...store.store import Store, Unit
from ...texts import translate
from ..decisions.gate import People
from ..decisions.speakers import Author, Authors
from . import habits

MOST_LISTED: Final = habits.MOST_KEPT


class PreferenceCommands:
    """Lists preferences, accepts and declines what is proposed, and takes preferences back."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        """Only people who may decide in the category of a preference may change it."""
        self._store = store
        self._people = people
        self._clock = clock
        self._authors = Authors(store, people, clock)

    async def list(self, query: PreferenceQuery) -> Preferences:
        """Handle ``preferences.list``."""
        async with self._store.read() as connection:
            found = await stored.newest(connection, MOST_LISTED, query.state)
        return Preferences(preferences=found)

    async def decide(self, request: DecidePreference) -> Preference:
        """Handle ``preferences.decide``.

        Raises ContractError: FORBIDDEN, which is audited for strangers, NOT_FOUND, and
        ALREADY_DECIDED when it is not proposed any more.
        """
        author = await self._author(request.speaker, "decide")
        async with self._store.change(durable=True) as unit:
            row = await self._row(unit, request.id, request.speaker)
            if row.state is not PreferenceState.PROPOSED:
                who = translate(t", by {row.changed_by}") if row.changed_by else ""
                raise ContractError(
                    ErrorCode.ALREADY_DECIDED, translate(t"This is not proposed any more{who}.")
                )
            now = self._clock.now()
            state = PreferenceState.MUTED if request.accept else PreferenceState.DECLINED
            row = replace(row, state=state, changed_by=author.name, changed_at=now, last_at=now)
            body = {
                "preference": row.id,
                "accept": request.accept,
                "person": author.person_id,
                "via": author.via,
            }
            await audit.append(unit.connection, now, "preference.decided", body)
            await habits.write(unit, row)
        return row

    async def take_back(self, request: TakeBackPreference) -> Nothing:
        """Handle ``preferences.take_back``. Raises ContractError FORBIDDEN and NOT_FOUND."""
        author = await self._author(request.speaker, "take back")
        async with self._store.change(durable=True) as unit:
            row = await self._row(unit, request.id, request.speaker)
            await stored.remove(unit.connection, (row.id,))
            body = {"preference": row.id, "person": author.person_id, "via": author.via}
            await audit.append(unit.connection, self._clock.now(), "preference.taken_back", body)
            unit.publish(RowKind.PREFERENCE, row.id, None)
        return Nothing()

    async def _author(self, speaker: Speaker, change: str) -> Author:
        return await self._authors.require(
            speaker, "preference.refused", {"change": change}, person_only=True
        )

    async def _row(self, unit: Unit, preference_id: str, speaker: Speaker) -> Preference:
        """Return a preference that this person may change."""
        row = await stored.preference(unit.connection, preference_id)
        if row is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such preference."))
        person = self._people.by_speaker(speaker)
        if person is None or person.may_decide(row.category) is Authority.NOTHING:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"You do not decide about this category."))
        return row
