"""Regular backups, of which the newest are kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from ..clock import Clock
from ..store.archive import backups_in, file_name
from ..store.backup import back_up
from ..store.database import Database
from ..telegram import tables  # noqa: F401 - declares them, also without a bot: a backup has every table
from ..timing.scheduler import Due, Job
from ..timing.times import Every

log = structlog.get_logger(__name__)

JOB_ID: Final = "backup"


class BackupSchedule:
    """Makes a backup when the newest one is old enough."""

    def __init__(
        self,
        database: Database,
        data_dir: Path,
        folder: Path,
        clock: Clock,
        every: timedelta,
        keep: int,
    ) -> None:
        """Backups go to ``folder``; the newest ``keep`` of them stay."""
        self._database = database
        self._data_dir = data_dir
        self._folder = folder
        self._clock = clock
        self.every = every
        self._keep = keep

    async def job(self) -> Job:
        """Return the job of the scheduler. At its first start the age of the newest file counts."""
        return Job(
            id=JOB_ID,
            times=Every(self.every),
            run=self._make_due,
            first_since=await asyncio.to_thread(self._first_since),
        )

    async def make(self) -> Path:
        """Make a backup, delete the oldest ones, and return its file.

        Raises BackupUnusable and StoreUnavailable.
        """
        now = self._clock.now()
        file = self._folder / file_name(now)
        await back_up(self._database, self._data_dir, file, now)
        for old in (await asyncio.to_thread(backups_in, self._folder))[self._keep :]:
            await asyncio.to_thread(old.unlink, missing_ok=True)
        return file

    async def _make_due(self, _due: Due) -> None:
        file = await self.make()
        log.info("backup made", file=str(file))

    def _first_since(self) -> datetime:
        now = self._clock.now()
        newest = next(iter(backups_in(self._folder)), None)
        if newest is None:
            return now - self.every
        # A file from the future comes from a clock that was wrong.
        return min(now, datetime.fromtimestamp(newest.stat().st_mtime, UTC))
