"""The folder of a drill is removed at the end of the drill, and at the next start after a crash."""

import contextlib
from pathlib import Path

import pytest

from homelab_steward.contract.commands import SavePerson
from homelab_steward.contract.drill import DrillReport, ReportDrill
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from rig.agent_rig import opened_store
from rig.inventory import NOW
from steward.clock import SystemClock
from steward.drill.keeping import DrillKeeper, begin_drills
from steward.drill.scratch import open_workshop
from steward.drill.workplace import FOLDER, workplace
from steward.inventory.people import People
from steward.settings.model import KnownPerson, Settings
from steward.store.drills import last_drill
from steward.store.folder_lock import FolderLock

REPORT = DrillReport(at=NOW, version="1", probes=30, held=30)


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()} - {"steward.lock"}


def test_folder_is_private_and_removed_at_the_end(tmp_path: Path) -> None:
    with workplace(tmp_path) as folder:
        (folder / "secret").touch()
        assert folder.stat().st_mode & 0o077 == 0
    assert names(tmp_path / FOLDER) == set()


def test_folder_is_removed_after_an_error(tmp_path: Path) -> None:
    with contextlib.suppress(KeyError), workplace(tmp_path) as folder:
        (folder / "secret").touch()
        raise KeyError
    assert names(tmp_path / FOLDER) == set()


async def test_start_of_the_app_removes_what_a_killed_drill_left(tmp_path: Path) -> None:
    left = tmp_path / FOLDER / "scratch"
    left.mkdir(parents=True)
    (left / "steward.db").touch()
    async with opened_store(tmp_path) as store:
        begin_drills(tmp_path, store, SystemClock())
    assert names(tmp_path / FOLDER) == set()


async def test_start_of_the_app_leaves_a_drill_that_runs(tmp_path: Path) -> None:
    lock = FolderLock.take(tmp_path / FOLDER)
    try:
        (tmp_path / FOLDER / "scratch").mkdir()
        async with opened_store(tmp_path) as store:
            begin_drills(tmp_path, store, SystemClock())
        assert names(tmp_path / FOLDER) == {"scratch"}
    finally:
        lock.release()


async def test_next_drill_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    (tmp_path / FOLDER / "scratch" / "app0").mkdir(parents=True)
    with workplace(tmp_path) as folder:
        assert names(folder) == set()


async def test_scratch_app_has_the_people_of_the_installation(tmp_path: Path) -> None:
    configured = KnownPerson(id="olga", name="Olga", role=Role.OWNER, telegram_user_id=7, pin="2580")
    settings = Settings(
        data_dir=tmp_path, database_url=f"sqlite+aiosqlite:///{tmp_path / 'steward.db'}", people=(configured,)
    )
    async with opened_store(tmp_path) as store:
        people = People(store, ())
        await people.start()
        await people.save(SavePerson(id="vera", name="Vera", role=Role.GUEST, ha_user_id="u2"))
    with workplace(tmp_path) as folder:
        async with open_workshop(settings, folder) as shop, shop.open() as scratch:
            known = {one.id: one.role for one in scratch.people.list()}
    assert known["olga"] is Role.OWNER
    assert known["vera"] is Role.GUEST
    assert len(known) == 2 + len(shop.cast.ids)


async def test_report_is_published_and_read_back(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        keeper = DrillKeeper(store, SystemClock())
        with store.changes.watch(RowKind.DRILL) as watch:
            speaker = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id="command-line")
            await keeper.take(ReportDrill(speaker=speaker, report=REPORT))
            event = await watch.next()
        async with store.read() as connection:
            assert await last_drill(connection) == REPORT
    assert getattr(event, "drill", None) == REPORT


@pytest.mark.parametrize("front_end", [one for one in FrontEnd if one is not FrontEnd.COMMAND_LINE])
async def test_only_the_command_line_reports_a_drill(tmp_path: Path, front_end: FrontEnd) -> None:
    async with opened_store(tmp_path) as store:
        keeper = DrillKeeper(store, SystemClock())
        with pytest.raises(ContractError) as refused:
            await keeper.take(ReportDrill(speaker=Speaker(front_end=front_end, user_id="1"), report=REPORT))
        async with store.read() as connection:
            assert await last_drill(connection) is None
    assert refused.value.code is ErrorCode.FORBIDDEN
