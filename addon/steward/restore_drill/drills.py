"""Runs one drill at a time, keeps its results, and removes every copy that it created."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.mode import Pause, PauseScope
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.restore_drill import (
    RESTORES_ID,
    BackupProof,
    ProofLevel,
    RestoreReport,
    RunRestoreDrill,
)
from homelab_steward.contract.state import FrontEnd, TargetRef

from ..clock import Clock
from ..errors import StewardError, describe_error
from ..sdk.description import Backup, NotRestorable
from ..settings.restore_drill import RestoreDrills as DrillSettings
from ..store import app_metadata, audit, restore_proofs
from ..store.mode import read_mode
from ..store.store import Store, Unit
from ..tasks import repeat, run_to_completion
from ..texts import translate
from .choosing import due, found, is_quiet, space_refusal, unread, with_result, without_result
from .place import Found, Place, Places

EVERY: Final = 900.0
"""Seconds between two looks."""

LONGEST: Final = 4 * 3600.0
"""Seconds after which a drill is ended without a result."""

LONGEST_READ: Final = 120.0
"""Seconds after which a place that does not answer is left out."""

PREFIX: Final = "steward-drill"

type WhyNot = Callable[[TargetRef], Awaitable[str]]
"""Returns why a drill may not begin with a target now, "" when it may."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillParts:
    """What drills use. ``clean`` removes secrets from texts, ``zone`` is that of the quiet hours.

    With ``has_all_places`` the proofs of other places are forgotten.
    """

    store: Store
    clock: Clock
    settings: DrillSettings
    zone: ZoneInfo
    places: Places
    why_not: WhyNot
    clean: Callable[[str], str]
    has_all_places: bool = True


class RestoreDrills:
    """Restores backups in isolation, one at a time."""

    def __init__(self, parts: DrillParts) -> None:
        """Nothing is read before :meth:`run` or :meth:`drill_now`."""
        self._parts = parts
        self._store = parts.store
        self._clock = parts.clock
        self._lock = asyncio.Lock()
        self._left: dict[tuple[str, str], str] = {}

    async def run(self) -> None:
        """Work until cancelled: remove what is left, and in the quiet hours restore what is due."""
        # What is left is in the store: nothing is forgotten.
        await repeat(self.look, EVERY, self._clock, "restore drill not looked at", at_once=True)

    async def take(self, request: RunRestoreDrill) -> RestoreReport:
        """Handle ``restores.drill``. Raises ContractError FORBIDDEN or TOO_MANY (a drill runs now)."""
        if request.speaker.front_end is not FrontEnd.COMMAND_LINE:
            message = translate(t"Only the command line begins a restore drill.")
            raise ContractError(ErrorCode.FORBIDDEN, message)
        if self._lock.locked():
            raise ContractError(ErrorCode.TOO_MANY, translate(t"A restore drill runs now."))
        pause = await self._pause()
        if pause is not None and pause.scope is PauseScope.EVERYTHING:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"The steward is paused."))
        return await self.drill_now()

    async def drill_now(self) -> RestoreReport:
        """Restore everything that is due, whatever the time is, and return all results."""
        async with self._lock:
            await self._remove_left()
            await self._remove_marked()
            for one in await self._due(await self._find(), is_asked=True):
                await self._begin(*one)
        return await self.report()

    async def report(self) -> RestoreReport:
        """Return what is known."""
        async with self._store.read() as connection:
            proofs = await restore_proofs.proofs(connection)
        return self._report(proofs)

    async def look(self) -> None:
        """Remove what is left, and restore what is due as long as the quiet hours last."""
        async with self._lock:
            await self._remove_left()
            if not self._parts.settings.enabled:
                await self._publish()
                return
            await self._remove_marked()
            for one in await self._due(await self._find()):
                if not await self._may_begin():
                    break
                await self._begin(*one)

    async def _may_begin(self) -> bool:
        settings, now = self._parts.settings, self._clock.now()
        is_time = is_quiet(now, settings.quiet_from, settings.quiet_until, self._parts.zone)
        return is_time and await self._pause() is None

    async def _pause(self) -> Pause | None:
        async with self._store.read(quick=True) as connection:
            return (await read_mode(connection)).pause

    def _places(self) -> Sequence[Place]:
        return [one for one in self._parts.places() if one.drill in self._parts.settings.kinds]

    async def _find(self) -> Sequence[Place]:
        """Write which backups are the newest, and return the places that were read.

        One that cannot be read keeps its rows, which say why.
        """
        places = self._places()
        read = [one for one in places if await self._is_read(one)]
        if self._parts.has_all_places:
            async with self._store.change() as unit:
                await restore_proofs.keep_places(unit.connection, [one.id for one in places])
        await self._publish()
        return read

    async def _is_read(self, place: Place) -> bool:
        """Write the newest backups of a place, or why they cannot be read; return whether they were."""
        try:
            async with asyncio.timeout(LONGEST_READ):
                backups = await place.backups()
        except (StewardError, TimeoutError) as err:
            log.warning("backups not read", place=place.id, reason=describe_error(err))
            reason = self._text(err)
            await self._write(place, lambda rows: unread(rows, place.target, place.drill, reason))
            return False
        await self._write(place, lambda rows: _newest(place, rows, backups))
        return True

    async def _write(
        self, place: Place, change: Callable[[Sequence[BackupProof]], Sequence[BackupProof]]
    ) -> None:
        """Replace the rows of a place."""
        async with self._store.change() as unit:
            before = await restore_proofs.proofs(unit.connection, place.id)
            rows = change(before)
            for one in rows:
                if one not in before:
                    await restore_proofs.save(unit.connection, place.id, one)
            await restore_proofs.keep_only(unit.connection, place.id, [one.target for one in rows])

    async def _due(
        self, places: Sequence[Place], *, is_asked: bool = False
    ) -> list[tuple[Place, BackupProof, Backup]]:
        """Return the backups to restore with their places and rows, the first one first."""
        place_of = dict[tuple[str, str, str], Place]()
        rows = list[BackupProof]()
        for place in places:
            stored = await self._stored(place.id)
            rows += stored
            place_of |= {one.target.key: place for one in stored}
        found_due = due(rows, self._clock.now(), self._parts.settings.days, is_asked=is_asked)
        return [(place_of[row.target.key], row, backup) for row, backup in found_due]

    async def _begin(self, place: Place, proof: BackupProof, backup: Backup) -> None:
        """Restore a backup if nothing stands against it now."""
        reason = self._leftover(place.id) or await self._parts.why_not(proof.target)
        if reason:
            await self._keep(place, without_result(proof, reason, self._clock.now()))
        else:
            await self._drill(place, proof, backup)

    async def _stored(self, place_id: str) -> Sequence[BackupProof]:
        async with self._store.read() as connection:
            return await restore_proofs.proofs(connection, place_id)

    def _leftover(self, place_id: str) -> str:
        """Return why no drill begins where a copy could not be removed, "" when none is left."""
        copies = [copy for place, copy in self._left if place == place_id]
        if not copies:
            return ""
        copy = copies[0]
        return translate(t"The copy {copy} could not be removed.")

    async def _drill(self, place: Place, proof: BackupProof, backup: Backup) -> None:
        """Restore a backup, and write the result."""
        log.info("restore drill begins", target=proof.target.name, backup=backup.id)
        level = ProofLevel.NONE

        def reached(now: ProofLevel) -> None:
            nonlocal level
            level = now

        try:
            async with asyncio.timeout(LONGEST):
                reason = await self._try_out(place, backup, reached)
        except NotRestorable as err:
            row = with_result(proof, backup, level, self._text(err), self._clock.now())
        except (StewardError, TimeoutError) as err:
            row = without_result(proof, self._text(err), self._clock.now())
        else:
            at = self._clock.now()
            row = without_result(proof, reason, at) if reason else with_result(proof, backup, level, "", at)
        await self._keep(place, row, is_over=True)

    async def _try_out(self, place: Place, backup: Backup, reached: Callable[[ProofLevel], None]) -> str:
        """Restore a backup as a copy that is removed in any case; return why that is not possible now."""
        prepared = await place.prepare(backup, f"{await self._mark()}{secrets.token_hex(4)}")
        if refusal := space_refusal(prepared.needs, prepared.free):
            return refusal
        async with self._store.change(durable=True) as unit:
            await restore_proofs.add_copy(unit.connection, place.id, prepared.copy, self._clock.now())
        try:
            await place.try_out(backup, prepared.copy, reached)
        finally:
            await run_to_completion(self._remove(place, prepared.copy), "remove the copy of a drill")
        return ""

    async def _mark(self) -> str:
        """Return how the marks of the copies of this app begin."""
        async with self._store.change() as unit:
            own = await app_metadata.own_id(unit.connection)
        return f"{PREFIX}-{own[:8]}-"

    async def _remove_left(self) -> None:
        """Remove the copies in the store."""
        places = {one.id: one for one in self._parts.places()}
        async with self._store.read() as connection:
            stored = await restore_proofs.copies(connection)
        self._left = {one: self._left.get(one, "") for one in stored}
        for place_id, copy in stored:
            if place_id in places:
                await self._remove(places[place_id], copy)

    async def _remove_marked(self) -> None:
        """Remove the copies that only their mark tells from others, such as after a restore of the app."""
        mark = await self._mark()
        for place in self._places():
            try:
                async with asyncio.timeout(LONGEST_READ):
                    unknown = await place.left(mark)
            except (StewardError, TimeoutError) as err:
                log.warning("copies of drills not read", place=place.id, reason=describe_error(err))
                continue
            for copy in unknown:
                await self._remove(place, copy)

    async def _remove(self, place: Place, copy: str) -> None:
        """Remove a copy. One that cannot be removed stays in the store, and is tried again."""
        try:
            await place.remove(copy)
        except (StewardError, TimeoutError) as err:
            self._left[place.id, copy] = self._text(err)
            log.warning("copy of a drill not removed", place=place.id, copy=copy, reason=describe_error(err))
            return
        self._left.pop((place.id, copy), None)
        async with self._store.change() as unit:
            await restore_proofs.drop_copy(unit.connection, place.id, copy)

    async def _keep(self, place: Place, row: BackupProof, *, is_over: bool = False) -> None:
        """Store the row of a target; a drill that is over is audited."""
        async with self._store.change(durable=is_over) as unit:
            await restore_proofs.save(unit.connection, place.id, row)
            if is_over:
                await self._audit(unit, row)
            await self._show(unit)

    async def _audit(self, unit: Unit, row: BackupProof) -> None:
        body = {"target": list(row.target.key), "backup": row.newest_id, "level": row.level.value}
        texts = {"reason": row.reason, "skipped": row.skipped}
        await audit.append(unit.connection, self._clock.now(), "restore_drill.ended", {**body, **texts})

    async def _publish(self) -> None:
        async with self._store.change() as unit:
            await self._show(unit)

    async def _show(self, unit: Unit) -> None:
        """Store and publish the report if it changed."""
        report = self._report(await restore_proofs.proofs(unit.connection))
        before = await restore_proofs.report(unit.connection)
        is_nothing = before is None and not (report.is_on or report.proofs or report.left)
        if report != before and not is_nothing:
            await restore_proofs.write_report(unit.connection, report)
            unit.publish(RowKind.RESTORES, RESTORES_ID, report)

    def _report(self, proofs: Sequence[BackupProof]) -> RestoreReport:
        settings = self._parts.settings
        left = (f"{copy}: {reason}" if reason else copy for (_, copy), reason in self._left.items())
        return RestoreReport(
            days=settings.days, is_on=settings.enabled, proofs=tuple(proofs), left=tuple(left)
        )

    def _text(self, error: Exception) -> str:
        return self._parts.clean(describe_error(error))


def _newest(place: Place, before: Sequence[BackupProof], backups: Sequence[Found]) -> list[BackupProof]:
    """Return the rows of a place with its newest backups."""
    known = {one.target.key: one for one in before}
    return [found(known.get(one.target.key), one.target, place.drill, one.backup) for one in backups]
