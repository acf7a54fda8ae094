"""Reads the sources of updates and writes what they offer as rows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from homelab_steward.contract.changes import Assessment, Change, ChangeSource, ChangeStatus
from homelab_steward.contract.plain_text import one_line
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ..agent.requests.scheduled_requests import end_scheduled
from ..agent.requests.withdrawals import withdraw
from ..clock import Clock
from ..errors import StewardError
from ..inventory.ports import Inventory
from ..settings.changes import ChangeGroup, Changes
from ..store import approvals, change_records, runs
from ..store.store import Store, Unit
from ..store.target_keys import target_key
from ..texts import translate
from .assess import is_worse, with_earlier_look
from .duplicates import Single, single
from .following import asked_again, save
from .found import Found, Offers, Source
from .policy import group_of
from .rows import (
    blocked,
    came_back,
    change_id,
    given_up,
    held_as_pushed,
    held_at_most_twice,
    made,
    offer_id,
    refreshed,
    version_of,
    with_earlier_decision,
)
from .watch import Longest, longest

log = structlog.get_logger(__name__)

type Assess = Callable[[Found], Awaitable[Assessment]]
type Prepare = Callable[[str, Found], Awaitable[Found]]
"""Adds to an update with the id of its row what copies its data before."""

MOST_OFFERS: Final = 500
"""Updates that are taken from one source."""

KEPT: Final = 200
"""Rows of updates that are over, and of those that failed or were rejected, that are kept."""

ASSESSED_FOR: Final = timedelta(days=1)

DONE_FOR: Final = timedelta(days=1)
"""After this time an update that was applied and is still offered does not run: it was taken back by hand."""

WAITING: Final = frozenset({ChangeStatus.HELD, ChangeStatus.READY, ChangeStatus.DEFERRED})
OPEN: Final = frozenset({*WAITING, ChangeStatus.ASKED})
"""Updates that end when they are not offered any more."""

UNDECIDED: Final = (ChangeStatus.ASKED, ChangeStatus.APPLYING)
"""Updates that people are asked about, or that are approved and may not have begun."""

JUDGED: Final = frozenset({*OPEN, ChangeStatus.GONE, ChangeStatus.DONE})
"""Updates whose judgement is kept up to date: they can be asked about."""


class Finder:
    """Updates the rows of updates from what the sources offer."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        clock: Clock,
        settings: Changes,
        sources: Sequence[Source],
        assess: Assess,
        prepare: Prepare,
    ) -> None:
        """``assess`` judges each new update; nothing is found before :meth:`look`."""
        self._prepare = prepare
        self._store = store
        self._inventory = inventory
        self._clock = clock
        self.settings = settings
        self._sources = sources
        self._assess = assess
        self._offered: dict[str, Mapping[str, Found]] = {}
        self._by_id: Mapping[str, Found] = {}

    @property
    def found(self) -> Mapping[str, Found]:
        """What is offered now, by the id of its row."""
        return self._by_id

    def group(self, found: Found) -> ChangeGroup | None:
        """Return the group of the settings that an update belongs to."""
        service = self._inventory.service(found.target.instance_id)
        return group_of(self.settings, service.key if service else "", found.target, found.labels)

    @property
    def watched(self) -> Longest:
        """For how long updates are watched."""
        return longest(self.settings.watch_seconds)

    def offered(self, instance_id: str) -> object:
        """Return which versions an instance has by its last poll, to be compared."""
        return self._inventory.versions(instance_id)

    async def look(self) -> None:
        """Read all sources. What a source that cannot be read offered before stays as it is."""
        read: dict[str, Offers] = {}
        for source in self._sources:
            try:
                offers = await source.find()
                self._offered[source.name] = await self._now_offered(source.name, offers)
            except StewardError as err:
                log.info("source of updates not read", source=source.name, reason=str(err))
            except Exception:
                log.exception("source of updates not read", source=source.name)
            else:
                read[source.name] = offers
        of_source = [(name, one) for name, each in self._offered.items() for one in each.values()]
        kept = single([one for _, one in of_source])
        of_row = {(one.target.key, one.id, one.revision): one for one in kept.found}
        self._by_id = {
            change_id(name, one): found
            for name, one in of_source
            if (found := of_row.get((one.target.key, one.id, one.revision))) is not None
        }
        for name, offers in read.items():
            await self._take(name, offers, kept)
        await self._forget()

    async def _now_offered(self, source: str, offers: Offers) -> Mapping[str, Found]:
        """Return by ids of rows what a source offers; what it could not read stays as it was."""
        located = [one for one in map(self._located, offers.found[:MOST_OFFERS]) if one is not None]
        listed = [await self._prepare(change_id(source, one), one) for one in located]
        before = self._offered.get(source, {})
        return {
            key: one
            for key, one in before.items()
            if one.id in offers.unknown or one.target.instance_id in offers.unread
        } | {change_id(source, one): one for one in listed}

    async def _take(self, source: str, offers: Offers, kept: Single) -> None:
        """Write what a source offers, as far as no other one offers it for the same thing."""
        fresh = {change_id(source, one) for one in offers.found[:MOST_OFFERS]}
        listed = [self._by_id[key] for key in self._offered[source] if key in fresh and key in self._by_id]
        for found in listed:
            try:
                await self._take_one(source, found)
            except Exception:
                # One that cannot be judged must not keep the others from being offered.
                log.exception("update not taken", source=source, target=found.target.name)
        if len(offers.found) <= MOST_OFFERS:
            await self._end_missing(source, offers, listed, kept)
        else:
            log.warning("too many updates", source=source, offered=len(offers.found), taken=MOST_OFFERS)

    def _located(self, found: Found) -> Found | None:
        """Return an update of a target of the inventory, None when nobody is asked about it."""
        target = self._inventory.target(found.target.instance_id, found.target.kind, found.target.id)
        group = self.group(found)
        return None if target is None or (group and group.ignore) else replace(found, target=target)

    async def _take_one(self, source: str, found: Found) -> None:
        """Write the row of an update if it is new or another one by now."""
        row_id, now = change_id(source, found), self._clock.now()
        async with self._store.read() as connection:
            row = await change_records.change(connection, row_id)
        assessment = await self._assessed(found, row, now)
        if row is not None and self._known(row, found, assessment, now) == row:
            return
        async with self._store.change(durable=True) as unit:
            row = await change_records.change(unit.connection, row_id)
            if row is None:
                after = await self._new(unit, source, found, assessment, now)
            elif row.status in UNDECIDED and is_worse(row.assessment, assessment):
                after = await self._ask_again(unit, row, found, assessment, now)
            else:
                after = self._known(row, found, assessment, now)
            if after == row:
                return
            await save(unit, after)
            if row is None or row.status is ChangeStatus.GONE:
                await self._end_older(unit, after, now)

    async def _assessed(self, found: Found, row: Change | None, now: datetime) -> Assessment:
        before = row.assessment if row else None
        is_over = row is not None and row.status not in JUDGED
        if before is not None and (is_over or timedelta(0) <= now - before.at < ASSESSED_FOR):
            return before
        return with_earlier_look(before, await self._assess(found), _version(found))

    async def _ask_again(
        self, unit: Unit, row: Change, found: Found, assessment: Assessment, now: datetime
    ) -> Change:
        """Return an update that is asked about again, because it is judged worse than in its request.

        That request ends, also when it was approved and its run has not begun; so do the other updates of
        the run.
        """
        worst = next(iter(assessment.reasons), "")
        reason = translate(t"It is judged worse by now: {worst}")
        if not await self._end_request(unit, row, reason, now):
            return row
        leader = row.applied_with or row.id
        for other in await change_records.changes_in(unit.connection, UNDECIDED):
            is_of_run = other.approval_id == row.approval_id and leader in (other.id, other.applied_with)
            if is_of_run and other.id != row.id:
                await save(unit, asked_again(other, now, timedelta(0), reason))
        again = asked_again(row, now, timedelta(0), reason)
        return refreshed(again, found, assessment, self.group(found), now)

    async def _new(
        self, unit: Unit, source: str, found: Found, assessment: Assessment, now: datetime
    ) -> Change:
        category = self._inventory.around(found.target).category
        row = made(source, found, assessment, category, self.settings, self.group(found), now)
        known = await change_records.of_target(unit.connection, target_key(row.target))
        for ref in found.same:
            others = await change_records.of_target(unit.connection, target_key(ref))
            known += tuple(replace(one, target=row.target) for one in others)
        row = held_as_pushed(row, known, self.settings, self.group(found))
        row = held_at_most_twice(row, known, self.settings, self.group(found))
        if row.source is ChangeSource.PULL_REQUEST:
            # Another pull request is another target, with the same effect.
            known += await change_records.lessons(unit.connection)
        row = with_earlier_decision(row, known)
        return given_up(row, now) if row.status is ChangeStatus.HELD and assessment.withdrawn else row

    def _known(self, row: Change, found: Found, assessment: Assessment, now: datetime) -> Change:
        """Return a row as it is to be when its update is still offered. Pure."""
        match row.status:
            case ChangeStatus.WENT_BACK | ChangeStatus.FAILED:
                return replace(blocked(row, row), updated_at=now)
            case ChangeStatus.GONE | ChangeStatus.HELD if assessment.withdrawn:
                return given_up(refreshed(row, found, assessment, self.group(found), now), now)
            case ChangeStatus.GONE:
                again = refreshed(row, found, assessment, self.group(found), now)
                return came_back(again, found, self.settings, self.group(found), now)
            case ChangeStatus.DONE if now - row.updated_at >= DONE_FOR:
                again = refreshed(row, found, assessment, self.group(found), now)
                return replace(again, status=ChangeStatus.READY, updated_at=now, result="", applied_with=None)
            case status if status in OPEN:
                return refreshed(row, found, assessment, self.group(found), now)
            case _:
                return row

    async def _end_older(self, unit: Unit, row: Change, now: datetime) -> None:
        """End the other revisions of an update; one that was approved and not begun is not applied."""
        version = version_of(row)
        newer = translate(t"{version} is offered instead.")
        changed = translate("It was changed, and is offered again.")
        for other in await change_records.of_target(unit.connection, target_key(row.target)):
            if other.offer == row.offer and other.id != row.id:
                await self._end(unit, other, changed if version_of(other) == version else newer, now)

    async def _end_missing(self, source: str, offers: Offers, listed: Sequence[Found], kept: Single) -> None:
        """End what a source that was read does not offer any more, or what is updated another way."""
        seen = {offer_id(source, one) for one in listed}
        seen |= {f"{source}:{one}" for one in offers.unknown}
        async with self._store.read() as connection:
            rows = await change_records.unfinished(connection)
        missing = [
            one.id
            for one in rows
            if one.offer.startswith(f"{source}:")
            and one.offer not in seen
            and one.target.instance_id not in offers.unread
            and (one.status in OPEN or one.status in UNDECIDED)
        ]
        now = self._clock.now()
        for row_id in missing:
            async with self._store.change(durable=True) as unit:
                row = await change_records.change(unit.connection, row_id)
                if row is not None:
                    other = kept.instead.get(row.target.key)
                    reason = translate("It is not offered any more.") if other is None else self._way(other)
                    await self._end(unit, row, reason, now)

    def _way(self, other: TargetRef) -> str:
        """Return that a thing is updated as another target."""
        known = self._inventory.instance(other.instance_id)
        target, instance = other.name, known.name if known is not None else other.instance_id
        return translate(t"It is the same as {target} of {instance}, and is updated there.")

    async def _end(self, unit: Unit, row: Change, reason: str, now: datetime) -> None:
        """End an update that has not begun, with the request about it."""
        if row.status not in WAITING and not await self._end_request(unit, row, reason, now):
            return
        # A deferral holds when it is offered again.
        until = row.until if row.status is ChangeStatus.DEFERRED else None
        ended = replace(row, status=ChangeStatus.GONE, until=until, updated_at=now, reason="", result=reason)
        await save(unit, ended)

    async def _end_request(self, unit: Unit, row: Change, reason: str, now: datetime) -> bool:
        """End the request about an update; return whether the update has not begun."""
        if row.status not in UNDECIDED:
            return False
        run = await runs.run(unit.connection, row.approval_id or "")
        if run is not None and run.steps:
            return False
        request = await approvals.request(unit.connection, row.approval_id or "")
        if request is not None and not await withdraw(unit, request, reason, now):
            await end_scheduled(unit, request, reason, now)
        return True

    async def _forget(self) -> None:
        """Delete rows that are over, beyond a number."""
        async with self._store.read() as connection:
            if not await change_records.superfluous(connection, KEPT):
                return
        async with self._store.change() as unit:
            ids = await change_records.superfluous(unit.connection, KEPT)
            await change_records.remove(unit.connection, ids)
            for one in ids:
                unit.publish(RowKind.CHANGE, one, None)


def _version(found: Found) -> str:
    """Return the version of an update as people know it."""
    return one_line(found.packages[0].new if len(found.packages) == 1 else found.revision)
