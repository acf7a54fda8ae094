"""Elevations: for a short time and a narrow scope, an owner's approval needs no second person."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.mode import Elevation, SetElevation, StewardMode
from homelab_steward.contract.protocol import RowKind

from ...clock import Clock
from ...inventory.ports import Inventory
from ...store import audit
from ...store.mode import read_mode
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import household, local, translate
from .gate import People
from .mode import ended, write
from .speakers import Author, Authors

log = structlog.get_logger(__name__)

LONGEST: Final = timedelta(hours=8)
REST: Final = timedelta(hours=1)
"""The time after an elevation in which nobody can begin another one."""

LONGEST_SLEEP: Final = 900.0
"""The longest sleep in seconds, because the wall clock may be corrected meanwhile."""

RETRY: Final = 5.0
LONGEST_SCOPE: Final = 64


def refusal(mode: StewardMode, request: SetElevation, now: datetime) -> str | None:
    """Return why an elevation cannot begin, None when it can. Pure."""
    hours, last = request.hours, mode.elevation
    if hours is None or not timedelta(0) < timedelta(hours=hours) <= LONGEST:
        return translate(t"It can be for at most 8 hours.")
    if bool(request.category) is bool(request.instance_id):
        return translate(t"Name either one category or one service.")
    if mode.pause is not None:
        return translate(t"The steward is paused.")
    return None if last is None else _too_soon(last, now)


def _too_soon(last: Elevation, now: datetime) -> str | None:
    """Return why an elevation cannot begin so soon after the last one, None when it can."""
    if last.is_open(now):
        return translate(t"It cannot be extended. It ends at {household().time(local(last.ends_at))}.")
    again = (last.closed_at or last.ends_at) + REST
    if now < again:
        time = household().time(local(again))
        return translate(t"The last one has just ended. You can begin one at {time}.")
    return None


class Elevations:
    """Begins and ends elevations. The last one is stored with the mode, which the gate reads."""

    def __init__(self, store: Store, inventory: Inventory, people: People, clock: Clock) -> None:
        """Only owners can begin an elevation, and confirm it with their PIN."""
        self._store = store
        self._inventory = inventory
        self._people = people
        self._clock = clock
        self._authors = Authors(store, people, clock)

    async def set(self, request: SetElevation) -> StewardMode:
        """Handle ``steward.elevate``: begin an elevation, or end it before its time.

        Raises ContractError: FORBIDDEN and PIN_NEEDED, which are audited, and INVALID_ARGUMENT.
        """
        if request.hours is None:
            author = await self._authors.require(
                request.speaker, "elevation.end_refused", {}, person_only=True
            )
            return await self._end(author)
        return await self._begin(request, request.hours)

    async def run(self) -> None:
        """Record the end of each elevation, until cancelled."""
        with self._store.changes.watch(RowKind.MODE) as watch:
            while True:
                try:
                    left = await self.look()
                    timer = asyncio.create_task(self._clock.sleep(left), eager_start=True)
                    change = asyncio.create_task(watch.next(), eager_start=True)
                    try:
                        await asyncio.wait((timer, change), return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        timer.cancel()
                        change.cancel()
                        await asyncio.gather(timer, change, return_exceptions=True)
                except Exception:
                    # The elevation still ends: everything that reads it compares its end with the clock.
                    log.exception("elevation not checked")
                    await self._clock.sleep(RETRY)

    async def look(self) -> float:
        """Record the end of an elevation that is over; return the seconds until the next check."""
        async with self._store.read(quick=True) as connection:
            last = (await read_mode(connection)).elevation
        now = self._clock.now()
        if last is None or last.closed_at is not None:
            return LONGEST_SLEEP
        if now < last.ends_at:
            return min(LONGEST_SLEEP, (last.ends_at - now).total_seconds())
        async with self._store.change(durable=True) as unit:
            before = await read_mode(unit.connection)
            if before.elevation == last:
                ended = replace(before, elevation=replace(last, closed_at=last.ends_at))
                await audit.append(unit.connection, now, "elevation.ended", {"person": "", "via": ""})
                await write(unit, ended)
        return LONGEST_SLEEP

    async def _begin(self, request: SetElevation, hours: float) -> StewardMode:
        scope = request.category or request.instance_id
        body: dict[str, object] = {"hours": hours, "scope": storable(scope, LONGEST_SCOPE)}
        author = await self._authors.require_owner(request.speaker, "elevation.refused", body)
        await self._confirm(request)
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            before = await read_mode(unit.connection)
            reason = self._unknown(request) or refusal(before, request, now)
            if reason is not None:
                raise ContractError(ErrorCode.INVALID_ARGUMENT, reason)
            begun = Elevation(
                person_id=author.person_id,
                person_name=author.name,
                via=author.via,
                opened_at=now,
                ends_at=now + timedelta(hours=hours),
                category=request.category,
                instance_id=request.instance_id,
            )
            after = replace(before, elevation=begun)
            body |= {"person": author.person_id, "via": author.via}
            await audit.append(unit.connection, now, "elevation.begun", body)
            await write(unit, after)
        return after

    async def _confirm(self, request: SetElevation) -> None:
        """Raise ContractError PIN_NEEDED, audited, unless the PIN is that of the speaker."""
        person = self._people.by_speaker(request.speaker)
        wrong = await self._people.check_pin(person, request.pin) if person else None
        if wrong is None:
            return
        body = {"via": request.speaker.front_end, "user": request.speaker.user_id}
        who = f"{request.speaker.front_end} {request.speaker.user_id}"
        await self._store.refused(self._clock.now(), "elevation.refused", who, body)
        placeholders = {} if wrong.until is None else {"until": wrong.until.isoformat()}
        raise ContractError(ErrorCode.PIN_NEEDED, wrong.text, placeholders)

    def _unknown(self, request: SetElevation) -> str | None:
        if request.instance_id and self._inventory.instance(request.instance_id) is None:
            return translate(t"There is no such instance.")
        services = (self._inventory.service(one.id) for one in self._inventory.instances())
        if request.category and request.category not in {one.category.key for one in services if one}:
            return translate(t"No service is in this category.")
        return None

    async def _end(self, author: Author) -> StewardMode:
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            before = await read_mode(unit.connection)
            after = await ended(unit, before, author, now)
            if after != before:
                await write(unit, after)
        return after
