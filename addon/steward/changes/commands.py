"""Takes from people what is done with updates: ask now, defer, reject, offer again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.changes import (
    Change,
    ChangeCommand,
    ChangeQuery,
    Changes,
    ChangeStatus,
)
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import Authority, FrontEnd, Person

from ..agent.decisions.gate import LONGEST_ID, People
from ..agent.requests.request_writer import Asker
from ..agent.requests.withdrawals import withdraw
from ..clock import Clock
from ..store import approvals, audit, change_records
from ..store.storable_text import storable
from ..store.store import Store, Unit
from ..texts import translate
from .following import deferred, save
from .pipeline import Pipeline

MOST_LISTED: Final = 500
MOST_DAYS: Final = 365

OPEN: Final = (ChangeStatus.HELD, ChangeStatus.READY, ChangeStatus.DEFERRED, ChangeStatus.ASKED)
AGAIN: Final = (
    ChangeStatus.BLOCKED,
    ChangeStatus.REJECTED,
    ChangeStatus.WENT_BACK,
    ChangeStatus.FAILED,
    ChangeStatus.DEFERRED,
    ChangeStatus.HELD,
)
"""Updates that a person may offer again at once."""

type Edit = Callable[[Change, Person, datetime], Change]


class ChangeCommands:
    """Every command is of a known person and audited. Nothing here applies an update."""

    def __init__(self, store: Store, pipeline: Pipeline, people: People, clock: Clock) -> None:
        """``pipeline`` asks."""
        self._store = store
        self._pipeline = pipeline
        self._people = people
        self._clock = clock

    async def list(self, query: ChangeQuery) -> Changes:
        """Handle ``changes.list``."""
        limit = max(0, min(query.limit, MOST_LISTED))
        async with self._store.read() as connection:
            rows, more = await change_records.listed(
                connection, limit, is_all=query.is_all, begins=query.begins
            )
        return Changes(changes=rows, more=more)

    async def ask(self, command: ChangeCommand) -> Change:
        """Handle ``changes.ask``: the update is asked about now, and executed only when it is approved.

        Raises ContractError: FORBIDDEN, which is audited, NOT_FOUND, UNAVAILABLE (the text says why).
        """
        person = await self._person(command, "ask")
        return await self._pipeline.ask_now(
            command.id, Asker(person.id, person.name, command.speaker.front_end)
        )

    async def defer(self, command: ChangeCommand) -> Change:
        """Handle ``changes.defer``. Raises ContractError as :meth:`ask` does, and INVALID_ARGUMENT."""
        if not 1 <= command.days <= MOST_DAYS:
            most = MOST_DAYS
            message = translate(t"An update can be deferred by 1 to {most} days.")
            raise ContractError(ErrorCode.INVALID_ARGUMENT, message, {"key": "days"})

        def edit(row: Change, person: Person, now: datetime) -> Change:
            until = now + timedelta(days=command.days)
            return deferred(row, until, now, translate(t"Deferred by {person.name}."))

        return await self._edit(command, "defer", OPEN, edit)

    async def reject(self, command: ChangeCommand) -> Change:
        """Handle ``changes.reject``: this version is not offered again. Raises as :meth:`ask` does."""

        def edit(row: Change, person: Person, now: datetime) -> Change:
            return replace(
                row,
                status=ChangeStatus.REJECTED,
                until=None,
                updated_at=now,
                reason="",
                result=translate(t"Rejected by {person.name}."),
            )

        return await self._edit(command, "reject", OPEN, edit)

    async def offer_again(self, command: ChangeCommand) -> Change:
        """Handle ``changes.offer_again``: also a version that failed. Raises as :meth:`ask` does."""

        def edit(row: Change, _person: Person, now: datetime) -> Change:
            return replace(
                row,
                status=ChangeStatus.READY,
                until=None,
                updated_at=now,
                reason="",
                approval_id=None,
                incident_id=None,
                applied_with=None,
                tries=0,
            )

        return await self._edit(command, "offer_again", AGAIN, edit)

    async def _edit(
        self, command: ChangeCommand, what: str, statuses: tuple[ChangeStatus, ...], edit: Edit
    ) -> Change:
        """Change a row in one of the statuses; a request about it is withdrawn."""
        person = await self._person(command, what)
        async with self._store.read() as connection:
            before = await change_records.change(connection, command.id)
        if before is not None and person.may_decide(before.category) is Authority.NOTHING:
            raise await self._refused(command, what)
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            row = await change_records.change(unit.connection, command.id)
            if row is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such update."))
            if row.status not in statuses:
                message = translate(t"{row.title} cannot be changed now.")
                raise ContractError(ErrorCode.UNAVAILABLE, message)
            after = edit(row, person, now)
            if row.status is ChangeStatus.ASKED:
                await self._withdraw(unit, row, after.reason or after.result, now)
            await save(unit, after)
            body = {"change": row.id, "command": what, "person": person.id, "via": command.speaker.front_end}
            await audit.append(unit.connection, now, "change.decided", body)
        return after

    async def _withdraw(self, unit: Unit, row: Change, reason: str, now: datetime) -> None:
        """Withdraw the request about an update. Raises ContractError UNAVAILABLE when it was decided."""
        request = await approvals.request(unit.connection, row.approval_id or "")
        if request is None or not await withdraw(unit, request, reason, now):
            message = translate(t"{row.title} cannot be changed now.")
            raise ContractError(ErrorCode.UNAVAILABLE, message)

    async def _person(self, command: ChangeCommand, what: str) -> Person:
        """Return who sent a command. Raises ContractError FORBIDDEN, which is audited."""
        speaker = command.speaker
        person = self._people.by_speaker(speaker)
        is_machine = speaker.front_end is FrontEnd.MCP and what != "ask"
        if person is not None and person.decides and not is_machine:
            return person
        raise await self._refused(command, what)

    async def _refused(self, command: ChangeCommand, what: str) -> ContractError:
        """Audit that somebody may not do this; return the error."""
        speaker = command.speaker
        user = storable(speaker.user_id, LONGEST_ID)
        body = {
            "change": storable(command.id, LONGEST_ID),
            "command": what,
            "via": speaker.front_end,
            "user": user,
        }
        who = f"{speaker.front_end} {user}"
        await self._store.refused(self._clock.now(), "change.refused", who, body)
        return ContractError(ErrorCode.FORBIDDEN, translate(t"You are not allowed to decide about updates."))
