"""Regular backups: made when they are due, verified, and only so many kept."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from rig.clocks import WatchedClock
from rig.inventory import NOW
from steward.store.archive import backups_in, read
from steward.store.store import Store
from steward.timing.scheduler import RETRIES, Scheduler
from steward.wiring.backup_commands import ALL_TABLES
from steward.wiring.backup_schedule import JOB_ID, BackupSchedule

assert ALL_TABLES, "every table of the app is declared"
DAY = timedelta(days=1)


@asynccontextmanager
async def schedule(folder: Path, clock: WatchedClock) -> AsyncIterator[tuple[Store, BackupSchedule]]:
    async with opened_store(folder, clock) as store:
        yield store, BackupSchedule(store.database, folder, folder / "backups", clock, DAY, 2)


async def started(store: Store, clock: WatchedClock, backups: BackupSchedule) -> Scheduler:
    scheduler = Scheduler(store, clock)
    await scheduler.put(await backups.job())
    await scheduler.start()
    await scheduler.look(JOB_ID)
    return scheduler


async def test_a_backup_is_made_every_day_and_the_newest_are_kept(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with schedule(tmp_path, clock) as (store, backups):
        scheduler = await started(store, clock, backups)
        for _ in range(3):
            clock.jump(DAY.total_seconds())
            await scheduler.look(JOB_ID)
        await scheduler.close()
    found = backups_in(tmp_path / "backups")
    assert len(found) == 2
    for file in found:
        assert (await asyncio.to_thread(read, file)).manifest.created_at >= NOW + 2 * DAY


@pytest.mark.parametrize(("age", "wait"), [(0, 86_400), (80_000, 6_400), (-1_000, 86_400)])
async def test_the_first_start_waits_until_the_newest_file_is_old(
    tmp_path: Path, age: int, wait: int
) -> None:
    clock = WatchedClock(NOW)
    async with schedule(tmp_path, clock) as (store, backups):
        file = await backups.make()
        os.utime(file, (NOW.timestamp() - age,) * 2)
        scheduler = await started(store, clock, backups)
        assert scheduler.next_at(JOB_ID) == NOW + timedelta(seconds=wait)
        await scheduler.close()
    assert backups_in(tmp_path / "backups") == [file]


async def test_a_backup_that_fails_is_tried_again_and_leaves_nothing(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    (tmp_path / "backups").write_text("a file is in the way")
    async with schedule(tmp_path, clock) as (store, backups):
        scheduler = await started(store, clock, backups)
        assert scheduler.states[JOB_ID].failures == 1
        (tmp_path / "backups").unlink()
        clock.jump(RETRIES[0].total_seconds())
        await scheduler.look(JOB_ID)
        await scheduler.close()
    assert len(backups_in(tmp_path / "backups")) == 1
