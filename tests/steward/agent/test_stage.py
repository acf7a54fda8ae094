"""A stage: every incident that reaches its status is worked on, whatever breaks meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from rig import records
from rig.agent_rig import opened_store
from rig.clocks import HANGING, WatchedClock
from rig.inventory import NOW
from steward.agent.stage import FIRST_RETRY, WIDTH, AlertStorm, Stage
from steward.store import changes, incidents
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.store import Store

OPEN, DIAGNOSED = IncidentStatus.OPEN, IncidentStatus.DIAGNOSED


class FailingStore(Store):
    """A store whose next reads can be made to fail."""

    def __init__(self, database: Database, changes: Changes) -> None:
        super().__init__(database, changes)
        self.failures = 0

    @asynccontextmanager
    async def read(self, *, quick: bool = False) -> AsyncIterator[AsyncConnection]:
        if self.failures > 0:
            self.failures -= 1
            message = "the disk is gone"
            raise OSError(message)
        async with super().read(quick=quick) as connection:
            yield connection


@dataclass
class Bench:
    """A stage at work; its work moves incidents on and is written down."""

    store: FailingStore
    clock: WatchedClock
    worked: list[str] = field(default_factory=list)
    failures: int = 0
    hold: asyncio.Event | None = None
    afterwards: Callable[[], Awaitable[None]] | None = None
    at_once: int = 0
    most_at_once: int = 0
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 0

    async def work(self, incident: Incident) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.entered.set()
        try:
            if self.hold is not None:
                await self.hold.wait()
            if self.failures > 0:
                self.failures -= 1
                raise ZeroDivisionError
            await self.save(replace(incident, status=DIAGNOSED))
            self.worked.append(incident.id)
            if self.afterwards is not None:
                await self.afterwards()
        finally:
            self.at_once -= 1
        if len(self.worked) >= self.wanted:
            self.done.set()

    async def until_at_once(self, count: int) -> None:
        async with asyncio.timeout(HANGING):
            while self.at_once < count:
                self.entered.clear()
                await self.entered.wait()

    async def save(self, *rows: Incident) -> None:
        async with self.store.change() as unit:
            for incident in rows:
                await incidents.save_incident(unit.connection, incident)
                unit.publish(RowKind.INCIDENT, incident.id, incident)

    async def until_worked(self, count: int) -> None:
        self.wanted = count
        if len(self.worked) < count:
            self.done.clear()
            async with asyncio.timeout(HANGING):
                await self.done.wait()
        assert len(self.worked) == count


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Bench]:
    clock = WatchedClock(NOW)
    made: list[FailingStore] = []

    def make(database: Database, changes: Changes) -> Store:
        made.append(FailingStore(database, changes))
        return made[0]

    async with opened_store(folder, clock, make):
        yield Bench(made[0], clock)


@asynccontextmanager
async def at_work(bench: Bench) -> AsyncIterator[None]:
    stage = Stage("test", OPEN, bench.work, bench.store, AlertStorm(bench.clock), bench.clock)
    task = asyncio.create_task(stage.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def row(number: int = 1, status: IncidentStatus = OPEN) -> Incident:
    return records.incident(id=f"i{number}", number=number, status=status)


async def test_stored_and_new_incidents_are_worked_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.save(row(1), row(2, IncidentStatus.WAITING))
        async with at_work(at):
            await at.until_worked(1)
            await at.save(row(3), row(4, IncidentStatus.RESOLVED))
            await at.until_worked(2)
            await at.save(row(2))
            await at.until_worked(3)
        assert at.worked == ["i1", "i3", "i2"]


async def test_a_failure_is_tried_again_later_and_later(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.failures = 8
        await at.save(row())
        async with at_work(at):
            for seconds in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0):
                await at.clock.pass_by(seconds)
            await at.until_worked(1)


async def test_a_failure_of_one_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.failures = 1
        await at.save(row(1))
        async with at_work(at):
            await at.clock.until_asleep(FIRST_RETRY)
            await at.save(row(2))
            await at.until_worked(1)
            assert at.worked == ["i2"]
            await at.clock.pass_by(FIRST_RETRY)
            await at.until_worked(2)


async def test_only_so_many_at_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.hold = asyncio.Event()
        await at.save(*(row(number) for number in range(1, WIDTH * 3)))
        async with at_work(at):
            await at.until_at_once(WIDTH)
            at.hold.set()
            await at.until_worked(WIDTH * 3 - 1)
        assert at.most_at_once == WIDTH


async def test_a_store_that_cannot_be_read_at_first_is_read_later(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        await at.save(row())
        at.store.failures = 2
        async with at_work(at):
            await at.clock.pass_by(1.0)
            await at.clock.pass_by(2.0)
            await at.until_worked(1)


async def test_a_store_that_fails_in_between_loses_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at_work(at):
        await at.save(row(1))
        await at.until_worked(1)
        at.failures = at.store.failures = 1
        await at.save(row(2))
        await at.clock.pass_by(FIRST_RETRY)
        await at.clock.pass_by(2 * FIRST_RETRY)
        await at.until_worked(2)


async def test_a_change_that_comes_while_it_is_about_to_leave_is_not_missed(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:

        async def reopen_it() -> None:
            at.afterwards = None
            await at.save(replace(row(), round=2))

        at.afterwards = reopen_it
        await at.save(row())
        async with at_work(at):
            await at.until_worked(2)
        assert at.worked == ["i1", "i1"]


async def test_a_change_before_its_own_change_is_not_worked_on_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.hold = asyncio.Event()
        await at.save(row(1))
        async with at_work(at):
            await at.until_at_once(1)
            await at.save(replace(row(1), alert_count=2))
            at.hold.set()
            await at.until_worked(1)
            await at.save(row(2))
            await at.until_worked(2)
        assert at.worked == ["i1", "i2"]


async def test_a_late_event_of_an_old_row_is_checked_in_the_store(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:

        async def say_it_late() -> None:
            at.afterwards = None
            at.store.changes.publish(RowKind.INCIDENT, "i1", row(1))
            await asyncio.sleep(0)

        at.afterwards = say_it_late
        await at.save(row(1))
        async with at_work(at):
            await at.until_worked(1)
            await at.save(row(2))
            await at.until_worked(2)
        assert at.worked == ["i1", "i2"]


async def test_what_has_left_before_its_turn_is_not_worked_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.hold = asyncio.Event()
        await at.save(*(row(number) for number in range(1, WIDTH + 2)))
        async with at_work(at):
            await at.until_at_once(WIDTH)
            await at.save(row(WIDTH + 1, IncidentStatus.RESOLVED))
            at.hold.set()
            await at.until_worked(WIDTH)
            await at.save(row(WIDTH + 2))
            await at.until_worked(WIDTH + 1)
        assert f"i{WIDTH + 1}" not in at.worked


async def test_the_latest_row_is_worked_on(tmp_path: Path) -> None:
    async with bench(tmp_path) as at:
        at.hold = asyncio.Event()
        await at.save(*(row(number) for number in range(1, WIDTH + 2)))
        async with at_work(at):
            await at.until_at_once(WIDTH)
            await at.save(replace(row(WIDTH + 1), alert_count=7))
            at.hold.set()
            await at.until_worked(WIDTH + 1)
        async with at.store.read() as connection:
            last = await incidents.existing(connection, f"i{WIDTH + 1}")
        assert last.alert_count == 7


async def test_what_was_lost_in_a_flood_is_found_in_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "QUEUED", 3)
    async with bench(tmp_path) as at, at_work(at):
        await at.save(row(1))
        await at.until_worked(1)
        await at.save(*(row(number) for number in range(2, 40)))
        await at.until_worked(39)
        assert sorted(set(at.worked)) == sorted(f"i{number}" for number in range(1, 40))


async def test_the_news_that_an_incident_is_gone_starts_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at_work(at):
        at.store.changes.publish(RowKind.INCIDENT, "i9", None)
        await at.save(row(1))
        await at.until_worked(1)
        assert at.worked == ["i1"]


async def test_an_incident_that_is_gone_is_not_tried_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at_work(at):
        await at.save(row(1))
        await at.until_worked(1)
        at.failures = 1
        at.store.changes.publish(RowKind.INCIDENT, "i9", row(9))
        await at.clock.pass_by(FIRST_RETRY)
        await at.save(row(2))
        await at.until_worked(2)
        assert at.worked == ["i1", "i2"]


async def test_a_silenced_incident_waits_until_the_silence_ends(tmp_path: Path) -> None:
    async with bench(tmp_path) as at, at_work(at):
        await at.save(replace(row(1), suppressed="silenced"), row(2))
        await at.until_worked(1)
        assert at.worked == ["i2"]
        await at.save(row(1))
        await at.until_worked(2)
        assert at.worked == ["i2", "i1"]
