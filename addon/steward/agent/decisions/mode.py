"""Handles the commands that pause the steward, and that set how much it reports."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.mode import MODE_ID, Pause, PauseScope, SetPause, SetVerbose, StewardMode
from homelab_steward.contract.plain_text import visible_lines
from homelab_steward.contract.protocol import RowKind

from ...clock import Clock
from ...store import audit
from ...store.mode import read_mode, write_mode
from ...store.storable_text import storable
from ...store.store import Store, Unit
from ...texts import translate
from .gate import People
from .speakers import Author, Authors

LONGEST_REASON: Final = 200


class ModeCommands:
    """Changes the stored mode, which each change to a service reads before it begins."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        """Only people who decide, and automations of Home Assistant, may pause."""
        self._store = store
        self._clock = clock
        self._authors = Authors(store, people, clock)

    async def set_pause(self, request: SetPause) -> StewardMode:
        """Handle ``steward.pause``: pause in a scope, or resume. An unchanged pause is not written again.

        A pause ends an elevation.

        Raises ContractError FORBIDDEN, which is audited, also when an automation would end or
        reduce the pause of a person.
        """
        body: dict[str, object] = {"scope": request.scope}
        author = await self._authors.require(request.speaker, "steward.pause_refused", body)
        async with self._store.change(durable=True) as unit:
            before = await read_mode(unit.connection)
            if before.pause is None and request.scope is None:
                return before
            if before.pause is not None and before.pause.scope is request.scope:
                return before
            self._refuse_reduction(author, before.pause, request.scope)
            after = replace(before, pause=self._pause(author, request))
            if after.pause is not None:
                after = await ended(unit, after, author, self._clock.now())
            body = {"scope": request.scope, "person": author.person_id, "via": author.via}
            event = "steward.resumed" if after.pause is None else "steward.paused"
            await audit.append(unit.connection, self._clock.now(), event, body)
            await write(unit, after)
        return after

    async def set_verbose(self, request: SetVerbose) -> StewardMode:
        """Handle ``steward.verbose``. Raises ContractError FORBIDDEN, which is audited."""
        body: dict[str, object] = {"verbose": request.verbose}
        author = await self._authors.require(request.speaker, "steward.verbose_refused", body)
        async with self._store.change(durable=True) as unit:
            before = await read_mode(unit.connection)
            if before.verbose is request.verbose:
                return before
            after = replace(before, verbose=request.verbose)
            body |= {"person": author.person_id, "via": author.via}
            await audit.append(unit.connection, self._clock.now(), "steward.verbose", body)
            await write(unit, after)
        return after

    def _pause(self, author: Author, request: SetPause) -> Pause | None:
        if request.scope is None:
            return None
        return Pause(
            scope=request.scope,
            person_id=author.person_id,
            person_name=author.name,
            via=author.via,
            at=self._clock.now(),
            reason=visible_lines(storable(request.reason, LONGEST_REASON)).strip(),
        )

    def _refuse_reduction(self, author: Author, pause: Pause | None, scope: PauseScope | None) -> None:
        is_more = scope is PauseScope.EVERYTHING
        if pause is not None and not is_more and not author.may_take_back(pause.person_id):
            message = translate(t"{pause.person_name} paused the steward: a person has to resume it.")
            raise ContractError(ErrorCode.FORBIDDEN, message)


async def write(unit: Unit, mode: StewardMode) -> None:
    """Store and publish the mode."""
    await write_mode(unit.connection, mode)
    unit.publish(RowKind.MODE, MODE_ID, mode)


async def ended(unit: Unit, mode: StewardMode, author: Author, now: datetime) -> StewardMode:
    """Return the mode without an open elevation; its end is audited."""
    last = mode.elevation
    if last is None or last.closed_at is not None or last.ends_at <= now:
        return mode
    body = {"person": author.person_id, "via": author.via}
    await audit.append(unit.connection, now, "elevation.ended", body)
    return replace(mode, elevation=replace(last, closed_at=now))
