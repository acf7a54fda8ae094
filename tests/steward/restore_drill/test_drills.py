"""Drills: one at a time, only when nothing stands against it, and no copy stays."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.mode import Pause, PauseScope, StewardMode
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.restore_drill import BackupProof, ProofLevel, RestoreReport, RunRestoreDrill
from homelab_steward.contract.state import FrontEnd, Speaker, TargetRef
from rig.agent_rig import opened_store
from steward.clock import ManualClock
from steward.errors import PreconditionFailed, ServiceRefused, ServiceUnreachable
from steward.restore_drill.drills import DrillParts, RestoreDrills
from steward.restore_drill.place import Found
from steward.sdk.description import Backup, NotRestorable, Prepared, Reached
from steward.settings.restore_drill import DrillKind
from steward.settings.restore_drill import RestoreDrills as DrillSettings
from steward.store import audit, restore_proofs
from steward.store.mode import write_mode
from steward.store.store import Store

NIGHT = datetime(2026, 11, 20, 3, tzinfo=UTC)
ON = DrillSettings(enabled=True)


class FakePlace:
    """A place whose copies are names in a set."""

    def __init__(self, *names: str, place_id: str = "pve") -> None:
        self.id = place_id
        self.drill = DrillKind.GUEST.value
        self.names = list(names)
        self.copies: set[str] = set()
        self.tried: list[str] = []
        self.level = ProofLevel.ANSWERED
        self.space = Prepared(copy="", needs=10, free=100)
        self.refused: Exception | None = None
        self.failure: Exception | None = None
        self.stuck = False
        self.unreadable = False
        self.entered = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.at_once = 0
        self.most_at_once = 0

    async def backups(self) -> Sequence[Found]:
        if self.unreadable:
            raise ServiceUnreachable("no answer")
        return [Found(self.guest(one), self.backup(one)) for one in self.names]

    @property
    def target(self) -> TargetRef:
        return TargetRef(instance_id=self.id, kind="instance", id=self.id, name=self.id)

    def guest(self, name: str) -> TargetRef:
        return TargetRef(instance_id=self.id, kind="vm", id=name, name=name)

    def backup(self, name: str) -> Backup:
        return Backup(kind="vm", target_id=name, id=f"{name}-1", made_at=NIGHT - timedelta(hours=5), size=5)

    async def prepare(self, backup: Backup, mark: str) -> Prepared:
        if self.refused is not None:
            raise self.refused
        return Prepared(copy=mark, needs=self.space.needs, free=self.space.free)

    async def try_out(self, backup: Backup, copy: str, reached: Reached) -> None:
        self.tried.append(backup.target_id)
        self.copies.add(copy)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.entered.set()
        try:
            await self.go_on.wait()
            reached(self.level)
            if self.failure is not None:
                raise self.failure
        finally:
            self.at_once -= 1

    async def remove(self, copy: str) -> None:
        if self.stuck:
            raise ServiceRefused("it is locked")
        self.copies.discard(copy)

    async def left(self, mark: str) -> Sequence[str]:
        return sorted(one for one in self.copies if one.startswith(mark))


class Rig:
    """Drills with a fake place and a clock that stands in the night."""

    def __init__(self, store: Store, *places: FakePlace, settings: DrillSettings = ON) -> None:
        self.store = store
        self.places = places
        self.clock = ManualClock(NIGHT)
        self.busy: dict[str, str] = {}
        self.drills = RestoreDrills(
            DrillParts(
                store=store,
                clock=self.clock,
                settings=settings,
                zone=ZoneInfo("UTC"),
                places=lambda: places,
                why_not=self._why_not,
                clean=lambda text: text.replace("hunter2", "••••"),
            )
        )

    async def _why_not(self, target: TargetRef) -> str:
        return self.busy.get(target.name, "")

    async def rows(self) -> dict[str, BackupProof]:
        return {one.target.name: one for one in (await self.drills.report()).proofs}

    async def copies(self) -> tuple[tuple[str, str], ...]:
        async with self.store.read() as connection:
            return await restore_proofs.copies(connection)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as opened:
        yield opened


async def test_everything_is_restored_in_the_night_one_after_the_other(store: Store) -> None:
    place = FakePlace("b", "a")
    rig = Rig(store, place)
    await rig.drills.look()
    assert sorted(place.tried) == ["a", "b"]
    assert place.most_at_once == 1
    assert place.copies == set()
    assert await rig.copies() == ()
    report = await rig.drills.report()
    assert len(report.restorable(rig.clock.now())) == 2
    async with store.read() as connection:
        assert (await audit.verify(connection)).broken_at is None
    await rig.drills.look()
    assert len(place.tried) == 2, "a proof is not renewed at once"


@pytest.mark.parametrize("hour", [1, 5, 12])
async def test_nothing_is_restored_outside_of_the_quiet_hours(store: Store, hour: int) -> None:
    place = FakePlace("a")
    rig = Rig(store, place)
    rig.clock.jump((hour - 3) * 3600)
    await rig.drills.look()
    assert place.tried == []
    assert set(await rig.rows()) == {"a"}, "the backup is known"


async def test_nothing_is_restored_while_it_is_off_or_paused(store: Store) -> None:
    place = FakePlace("a")
    await Rig(store, place, settings=DrillSettings()).drills.look()
    async with store.read() as connection:
        assert await restore_proofs.report(connection) is None, "clients learn nothing of what is off"
    rig = Rig(store, place)
    await pause(store, PauseScope.AUTOMATIC)
    await rig.drills.look()
    await pause(store, PauseScope.EVERYTHING)
    with pytest.raises(ContractError) as refused:
        await rig.drills.take(asked())
    assert refused.value.code is ErrorCode.FORBIDDEN
    assert place.tried == []
    await pause(store, PauseScope.AUTOMATIC)
    await rig.drills.take(asked())
    assert place.tried == ["a"], "a person may, while only what is automatic is paused"


async def pause(store: Store, scope: PauseScope) -> None:
    stopped = Pause(scope=scope, person_id="anna", person_name="Anna", via=FrontEnd.HOME_ASSISTANT, at=NIGHT)
    async with store.change(durable=True) as unit:
        await write_mode(unit.connection, StewardMode(pause=stopped))


def asked(front_end: FrontEnd = FrontEnd.COMMAND_LINE) -> RunRestoreDrill:
    return RunRestoreDrill(speaker=Speaker(front_end=front_end, user_id="anna"))


async def test_the_command_line_begins_a_drill_at_any_time_and_nobody_else(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place, settings=DrillSettings())
    rig.clock.jump(9 * 3600)
    with pytest.raises(ContractError) as refused:
        await rig.drills.take(asked(FrontEnd.MCP))
    assert refused.value.code is ErrorCode.FORBIDDEN
    assert place.tried == []
    report = await rig.drills.take(asked())
    assert place.tried == ["a"]
    assert [one.level for one in report.proofs] == [ProofLevel.ANSWERED]


async def test_a_second_drill_is_refused_while_one_runs(store: Store) -> None:
    place = FakePlace("a")
    place.go_on.clear()
    rig = Rig(store, place)
    first = asyncio.create_task(rig.drills.take(asked()))
    await place.entered.wait()
    with pytest.raises(ContractError) as refused:
        await rig.drills.take(asked())
    assert refused.value.code is ErrorCode.TOO_MANY
    place.go_on.set()
    await first
    assert place.tried == ["a"]


async def test_what_is_busy_is_not_restored_and_says_why(store: Store) -> None:
    place = FakePlace("a", "b")
    rig = Rig(store, place)
    rig.busy["a"] = "An incident is open."
    await rig.drills.look()
    assert place.tried == ["b"]
    assert (await rig.rows())["a"].skipped == "An incident is open."


async def test_without_enough_space_nothing_is_created(store: Store) -> None:
    place = FakePlace("a")
    place.space = Prepared(copy="", needs=100, free=149)
    rig = Rig(store, place)
    await rig.drills.look()
    assert place.tried == []
    assert "free space" in (await rig.rows())["a"].skipped
    assert await rig.copies() == ()


async def test_a_drill_that_is_not_possible_says_nothing_about_the_backup(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place)
    await rig.drills.look()
    rig.clock.move(timedelta(days=16).total_seconds())
    place.refused = PreconditionFailed("it has a disk of the host, hunter2")
    await rig.drills.look()
    row = (await rig.rows())["a"]
    assert row.level is ProofLevel.ANSWERED
    assert row.is_proven(rig.clock.now(), timedelta(days=30))
    assert row.skipped == "it has a disk of the host, ••••"
    place.refused, place.failure = None, ServiceUnreachable("no answer")
    rig.clock.move(timedelta(hours=24).total_seconds())
    await rig.drills.look()
    row = (await rig.rows())["a"]
    assert (row.level, row.skipped) == (ProofLevel.ANSWERED, "no answer")
    assert place.copies == set()


async def test_a_backup_that_cannot_be_restored_is_said_and_its_copy_removed(store: Store) -> None:
    place = FakePlace("a")
    place.level, place.failure = ProofLevel.RESTORED, NotRestorable("it did not start")
    rig = Rig(store, place)
    await rig.drills.look()
    row = (await rig.rows())["a"]
    assert (row.level, row.reason, row.proven_at) == (ProofLevel.RESTORED, "it did not start", None)
    assert place.copies == set()
    assert (await rig.drills.report()).restorable(rig.clock.now()) == ()


async def test_a_copy_of_a_killed_drill_is_removed_at_the_next_look(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place, settings=DrillSettings())
    place.copies.add("half")
    async with store.change(durable=True) as unit:
        await restore_proofs.add_copy(unit.connection, place.id, "half", NIGHT)
    await rig.drills.look()
    assert place.copies == set()
    assert await rig.copies() == ()


async def test_a_copy_is_stored_before_it_is_created(store: Store) -> None:
    place = FakePlace("a")
    place.go_on.clear()
    rig = Rig(store, place)
    task = asyncio.create_task(rig.drills.take(asked()))
    await place.entered.wait()
    assert await rig.copies() == (("pve", *place.copies),)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert place.copies == set(), "a drill that is cancelled removes its copy"


async def test_a_copy_that_only_its_mark_tells_is_removed_and_one_of_others_stays(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place)
    await rig.drills.look()
    own = await rig.drills._mark()
    place.copies |= {f"{own}cafe", "steward-drill-00000000-cafe"}
    await rig.drills.look()
    assert place.copies == {"steward-drill-00000000-cafe"}


async def test_while_a_copy_cannot_be_removed_no_other_is_created_there(store: Store) -> None:
    place, other = FakePlace("a"), FakePlace("b", place_id="second")
    rig = Rig(store, place, other)
    place.stuck = True
    async with store.change(durable=True) as unit:
        await restore_proofs.add_copy(unit.connection, place.id, "half", NIGHT)
    await rig.drills.look()
    assert (place.tried, other.tried) == ([], ["b"])
    report = await rig.drills.report()
    assert report.left == ("half: it is locked",)
    assert (await rig.rows())["a"].skipped == "The copy half could not be removed."
    place.stuck = False
    rig.clock.jump(24 * 3600)
    await rig.drills.look()
    assert place.tried == ["a"]
    assert (await rig.drills.report()).left == ()


async def test_a_place_that_cannot_be_read_keeps_its_proofs(store: Store) -> None:
    place = FakePlace("a", "b")
    rig = Rig(store, place)
    await rig.drills.look()
    place.unreadable = True
    await rig.drills.look()
    assert set(await rig.rows()) == {"a", "b"}
    place.unreadable, place.names = False, ["b"]
    await rig.drills.look()
    assert set(await rig.rows()) == {"b"}, "a target without any backup is not listed"


async def test_a_place_that_was_never_read_is_a_row_until_it_is_read(store: Store) -> None:
    place, other = FakePlace("a"), FakePlace("b", place_id="second")
    place.unreadable = True
    rig = Rig(store, place, other)
    await rig.drills.look()
    rows = await rig.rows()
    assert set(rows) == {"pve", "b"}
    assert (rows["pve"].skipped, rows["pve"].newest_at) == ("no answer", None)
    assert (place.tried, other.tried) == ([], ["b"])
    place.unreadable = False
    await rig.drills.look()
    assert set(await rig.rows()) == {"a", "b"}
    assert place.tried == ["a"]


async def test_what_cannot_be_read_now_is_not_restored_and_says_why(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place)
    await rig.drills.look()
    place.unreadable = True
    rig.clock.move(timedelta(days=16).total_seconds())
    await rig.drills.look()
    row = (await rig.rows())["a"]
    assert (row.level, row.skipped, place.tried) == (ProofLevel.ANSWERED, "no answer", ["a"])
    place.unreadable = False
    await rig.drills.look()
    row = (await rig.rows())["a"]
    assert (row.skipped, place.tried) == ("", ["a", "a"])


async def test_only_the_chosen_kinds_are_restored(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place, settings=DrillSettings(enabled=True, kinds=(DrillKind.STEWARD,)))
    await rig.drills.look()
    assert (place.tried, await rig.rows()) == ([], {})


async def test_clients_get_the_report_when_it_changes(store: Store) -> None:
    place = FakePlace("a")
    rig = Rig(store, place)
    with store.changes.watch(RowKind.RESTORES) as watch:
        await rig.drills.drill_now()
        reports: list[RestoreReport] = []
        while not reports or not reports[-1].restorable(NIGHT):
            async with asyncio.timeout(60):
                event = await watch.next()
            assert isinstance(event, Event)
            assert event.restores is not None
            reports.append(event.restores)
    assert reports[0].proofs[0].level is ProofLevel.NONE
