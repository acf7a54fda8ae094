"""What front ends ask about schedules, and that one which keeps failing becomes an incident."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.commands import Reading, ReadTool
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import IncidentStatus, Severity
from homelab_steward.contract.schedules import (
    RunSchedule,
    ScheduleKind,
    ScheduleQuery,
    ScheduleResult,
    SwitchSchedule,
)
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyInventory, ToyPeople, speaker
from rig.toy import Toy
from steward.agent.incidents.correlator import Correlator
from steward.clock import ManualClock
from steward.schedules.asking import Asking
from steward.schedules.delivery import ReachNow, nobody_yet
from steward.schedules.schedules import FAILURES, ScheduleBook
from steward.store import incidents
from steward.store.database import StoreUnavailable
from steward.store.store import Store
from steward.timing.scheduler import RETRIES, Due, Job, Scheduler
from steward.timing.times import Every

DAY = timedelta(days=1)
OWN = "title: Mine\ncron: 0 12 * * *\nrules: [requests]\nsend: always\n"


class Lab:
    """A store with a scheduler, and a backup that can fail."""

    def __init__(
        self, store: Store, clock: ManualClock, book: ScheduleBook, scheduler: Scheduler, asking: Asking
    ) -> None:
        self.store = store
        self.clock = clock
        self.book = book
        self.scheduler = scheduler
        self.is_broken = False
        self.asking = asking

    async def back_up(self, _due: Due) -> None:
        if self.is_broken:
            raise StoreUnavailable("the disk is full")


async def no_tool(_question: ReadTool) -> Reading:
    raise ContractError(ErrorCode.NOT_FOUND, "There is no such instance.")


@asynccontextmanager
async def lab(
    folder: Path,
    own: str = OWN,
    inventory: ToyInventory | None = None,
    reach: ReachNow = nobody_yet,
) -> AsyncIterator[Lab]:
    (folder / "own").mkdir(exist_ok=True)
    (folder / "own" / "mine.yaml").write_text(own)
    clock = ManualClock(NOW)
    async with opened_store(folder, clock) as store:
        inventory, scheduler = inventory or ToyInventory(Toy()), Scheduler(store, clock)
        correlator = Correlator(store, inventory, clock)
        people: Any = ToyPeople()
        asking = Asking(store, inventory, clock, no_tool, None, reach=reach)
        book = ScheduleBook(
            store, scheduler, clock, "Europe/Vienna", asking, people.by_speaker, correlator.take
        )
        made = Lab(store, clock, book, scheduler, asking)
        backup = Job(id="backup", times=Every(DAY), run=made.back_up, first_since=NOW)
        await book.add(ScheduleKind.BACKUP, backup)
        await book.read(folder / "own")
        await scheduler.start()
        try:
            yield made
        finally:
            await scheduler.close()


async def test_all_schedules_are_listed(tmp_path: Path) -> None:
    async with lab(tmp_path) as made:
        found = await made.book.list(ScheduleQuery(language="de"))
        titles = {one.id: one.title for one in found.schedules}
        assert titles["backup"] == "Backup des Stewards"
        assert titles["security-review"] == "Sicherheitsprüfung"
        assert titles["mine"] == "Mine"
        mine = next(one for one in found.schedules if one.id == "mine")
        assert (mine.cron, mine.zone, mine.is_own) == ("0 12 * * *", "Europe/Vienna", True)
        assert (mine.result, mine.next_at, mine.last) == (ScheduleResult.NEVER, mine.next_at, None)
        backup = next(one for one in found.schedules if one.id == "backup")
        assert (backup.every_hours, backup.next_at, backup.cron) == (24.0, NOW + DAY, "")
        briefing = next(one for one in found.schedules if one.id == "morning-briefing")
        assert (briefing.is_enabled, briefing.next_at) == (False, None), "off until somebody wants it"
        assert (found.planned, found.wrong) == ((), ())


async def test_what_is_planned_between_two_times(tmp_path: Path) -> None:
    async with lab(tmp_path) as made:
        query = ScheduleQuery(since=NOW - DAY, until=NOW + 3 * DAY)
        planned = (await made.book.list(query)).planned
        assert list(planned) == sorted(planned, key=lambda one: (one.at, one.schedule_id))
        assert all(NOW <= one.at < NOW + 3 * DAY for one in planned)
        assert [one.at for one in planned if one.schedule_id == "backup"] == [NOW + DAY, NOW + 2 * DAY]
        assert len([one for one in planned if one.schedule_id == "mine"]) == 3
        assert not [one for one in planned if one.schedule_id == "morning-briefing"]


async def test_a_wrong_file_is_named_and_costs_only_itself(tmp_path: Path) -> None:
    async with lab(tmp_path, "title: Mine\n") as made:
        found = await made.book.list(ScheduleQuery())
        assert found.wrong == ("mine.yaml, line 1: “cron” is missing",)
        assert "security-review" in {one.id for one in found.schedules}


async def test_an_own_file_replaces_one_of_the_app(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "security-review.yaml").write_text(OWN)
    (tmp_path / "own" / "backup.yaml").write_text(OWN)
    async with lab(tmp_path) as made:
        found = {one.id: one for one in (await made.book.list(ScheduleQuery())).schedules}
        changed = found["security-review"]
        assert (changed.title, changed.is_own, changed.is_changed) == ("Mine", False, True)
        assert found["backup"].kind is ScheduleKind.BACKUP


async def test_an_owner_runs_and_switches_it(tmp_path: Path) -> None:
    async with lab(tmp_path) as made:
        ran = await made.book.run(RunSchedule(speaker=speaker("1"), id="mine"))
        assert ran.result is ScheduleResult.DONE
        assert ran.last is not None
        off = await made.book.switch(SwitchSchedule(speaker=speaker("1"), id="mine", is_enabled=False))
        assert (off.is_enabled, off.next_at) == (False, None)
        on = await made.book.switch(SwitchSchedule(speaker=speaker("1"), id="mine", is_enabled=True))
        assert on.next_at is not None


@pytest.mark.parametrize(
    ("user", "schedule_id", "code"),
    [
        ("2", "mine", ErrorCode.FORBIDDEN),
        ("3", "mine", ErrorCode.FORBIDDEN),
        ("9", "mine", ErrorCode.FORBIDDEN),
        ("1", "theirs", ErrorCode.NOT_FOUND),
    ],
)
async def test_nobody_else_may_and_nothing_else_is(
    tmp_path: Path, user: str, schedule_id: str, code: ErrorCode
) -> None:
    async with lab(tmp_path) as made:
        for command in (
            made.book.run(RunSchedule(speaker=speaker(user), id=schedule_id)),
            made.book.switch(SwitchSchedule(speaker=speaker(user), id=schedule_id, is_enabled=False)),
        ):
            with pytest.raises(ContractError) as caught:
                await command
            assert caught.value.code is code
        assert made.scheduler.states["mine"].is_enabled


async def test_one_that_fails_three_times_is_an_incident_until_it_runs_again(tmp_path: Path) -> None:
    async with lab(tmp_path) as made:
        made.is_broken = True
        made.clock.jump(DAY.total_seconds())
        for number in range(FAILURES):
            async with made.store.read() as connection:
                assert await incidents.newest_incidents(connection, 5) == (), f"not after {number}"
            await made.scheduler.look("backup")
            made.clock.jump(RETRIES[number].total_seconds())
        (opened,) = await newest(made.store)
        assert opened.title == "The schedule “Backup of the steward” fails"
        assert opened.severity is Severity.WARNING, "without backups there is a danger"
        assert [one.description for one in opened.alerts] == ["the disk is full"]
        with pytest.raises(ContractError) as caught:
            await made.book.run(RunSchedule(speaker=speaker("1"), id="backup"))
        assert caught.value.code is ErrorCode.UNAVAILABLE
        made.is_broken = False
        await made.book.run(RunSchedule(speaker=speaker("1"), id="backup"))
        (ended,) = await newest(made.store)
        assert ended.status is IncidentStatus.RESOLVED


async def newest(store: Store) -> Any:
    async with store.read() as connection:
        return await incidents.newest_incidents(connection, 5)
