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
from steward.wiring.backup_commands import ALL_TABLES
from steward.wiring.backup_schedule import AFTER_FAILURE, BackupSchedule

assert ALL_TABLES, "every table of the app is declared"
DAY = timedelta(days=1)


@asynccontextmanager
async def schedule(folder: Path, clock: WatchedClock, keep: int = 2) -> AsyncIterator[BackupSchedule]:
    async with opened_store(folder, clock) as store:
        made = BackupSchedule(store.database, folder, folder / "backups", clock, DAY, keep)
        try:
            yield made
        finally:
            await made.close()


async def test_a_backup_is_made_every_day_and_the_newest_are_kept(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with schedule(tmp_path, clock) as made:
        made.start()
        for _ in range(4):
            await clock.until_asleep(DAY.total_seconds())
            await clock.pass_by(DAY.total_seconds())
        await clock.until_asleep(DAY.total_seconds())
    found = backups_in(tmp_path / "backups")
    assert len(found) == 2
    for file in found:
        assert (await asyncio.to_thread(read, file)).manifest.created_at >= NOW + 3 * DAY


@pytest.mark.parametrize(("age", "wait"), [(0, 86_400), (80_000, 6_400), (-1_000, 86_400)])
async def test_after_a_restart_it_waits_for_the_rest_of_the_time(tmp_path: Path, age: int, wait: int) -> None:
    clock = WatchedClock(NOW)
    async with schedule(tmp_path, clock) as made:
        file = await made.make()
        os.utime(file, (NOW.timestamp() - age,) * 2)
        assert made.next_at is None, "not known before the files were looked at"
        made.start()
        await clock.until_asleep(wait)
        assert made.next_at == NOW + timedelta(seconds=wait)
    assert backups_in(tmp_path / "backups") == [file]


async def test_a_backup_that_fails_is_tried_again_and_leaves_nothing(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    (tmp_path / "backups").write_text("a file is in the way")
    async with schedule(tmp_path, clock) as made:
        made.start()
        await clock.until_asleep(AFTER_FAILURE.total_seconds())
        (tmp_path / "backups").unlink()
        await clock.pass_by(AFTER_FAILURE.total_seconds())
        await clock.until_asleep(DAY.total_seconds())
    assert len(backups_in(tmp_path / "backups")) == 1


async def test_closing_a_schedule_that_was_not_started_does_nothing(tmp_path: Path) -> None:
    async with schedule(tmp_path, WatchedClock(NOW)):
        pass
