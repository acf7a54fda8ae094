"""Regular backups, of which the newest are kept."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from ..clock import Clock
from ..errors import describe_error
from ..store.archive import backups_in, file_name
from ..store.backup import back_up
from ..store.database import Database
from ..telegram import tables  # noqa: F401 - declares them, also without a bot: a backup has every table

log = structlog.get_logger(__name__)

AFTER_FAILURE: Final = timedelta(hours=1)


class BackupSchedule:
    """Makes a backup when the newest one is old enough, also after a restart."""

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
        self.next_at: datetime | None = None
        """When the next backup is made, None before it is known."""
        self._keep = keep
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the schedule."""
        self._task = asyncio.create_task(self._run(), name="backups")

    async def close(self) -> None:
        """Stop; a backup that is being written is left out."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

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

    async def _run(self) -> None:
        wait = await asyncio.to_thread(self._until_due)
        while True:
            self.next_at = self._clock.now() + wait
            if wait:
                await self._clock.sleep(wait.total_seconds())
            try:
                file = await self.make()
                log.info("backup made", file=str(file))
                wait = self.every
            except Exception as err:
                reason = describe_error(err)
                log.exception("backup failed", reason=reason)
                wait = min(AFTER_FAILURE, self.every)

    def _until_due(self) -> timedelta:
        newest = next(iter(backups_in(self._folder)), None)
        if newest is None:
            return timedelta(0)
        age = self._clock.now() - datetime.fromtimestamp(newest.stat().st_mtime, UTC)
        # A file from the future comes from a clock that was wrong.
        return max(timedelta(0), min(self.every - age, self.every))
