"""Stage: removes the copies of data that were made before updates, and says which exist."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from homelab_steward.contract.changes import Change
from homelab_steward.contract.incidents import Run, RunStatus

from ..agent.runs.undoing import Undone
from ..clock import Clock
from ..errors import describe_error
from ..store import change_records, runs
from ..store.store import Store
from ..tasks import repeat
from ..texts import household, local, translate
from .following import save

EVERY: Final = 60.0
"""Seconds between two looks."""

AGAIN: Final = timedelta(hours=1)
"""After this time a copy is tried again that could not be removed, and one is removed of an update that was
not applied: a request whose answer was lost may take effect until then."""

MOST_ROWS: Final = 1_000

log = structlog.get_logger(__name__)


class Keeper:
    """Finds the copies in the journal, so that none is forgotten, and removes those that are old."""

    def __init__(
        self, store: Store, clock: Clock, remove: Callable[[str], Awaitable[Undone | float]], days: int
    ) -> None:
        """``remove`` removes the copies of a run, as far as it can. They are kept for ``days``."""
        self._store = store
        self._clock = clock
        self._remove = remove
        self._days = timedelta(days=days)
        self._failed: dict[str, tuple[datetime, str]] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        # The copies are in the journal: nothing is lost.
        await repeat(self.look, EVERY, self._clock, "copies not looked at", at_once=True)

    async def look(self) -> None:
        """Remove what is due, and write into the rows of updates which copies exist."""
        async with self._store.read() as connection:
            found = await runs.with_copies(connection)
        for run in found:
            if self._due(run) <= self._clock.now():
                await self._try(run)
        async with self._store.read() as connection:
            left = {one.id: one for one in await runs.with_copies(connection)}
            rows = await change_records.shown(connection, MOST_ROWS)
        for row in rows:
            kept = left.get(row.approval_id or "") if row.applied_with is None else None
            text = self._text(kept) if kept is not None else ""
            if text != row.kept:
                await self._say(row, text)

    def _due(self, run: Run) -> datetime:
        failed, _ = self._failed.get(run.id, (None, ""))
        if failed is not None:
            return failed + AGAIN
        ended = run.finished_at or run.started_at
        return ended + (AGAIN if run.status is RunStatus.REFUSED else self._days)

    async def _try(self, run: Run) -> None:
        try:
            removed = await self._remove(run.id)
        except Exception as err:
            log.warning("copies not removed", run=run.id, exc_info=True)
            self._failed[run.id] = (self._clock.now(), describe_error(err))
            return
        if isinstance(removed, Undone) and removed.failure is not None:
            log.warning("copies not removed", run=run.id, reason=removed.failure)
            self._failed[run.id] = (self._clock.now(), removed.failure)
        elif isinstance(removed, Undone):
            self._failed.pop(run.id, None)

    def _text(self, run: Run) -> str:
        copies = household().listed(
            [f"{one.title} ({one.target.name})" for one in run.steps if one.preserves]
        )
        _, failure = self._failed.get(run.id, (None, ""))
        if failure:
            return translate(t"Kept: {copies}. It could not be removed: {failure}.")
        day = household().long_day(local(self._due(run)))
        return translate(t"Kept until {day}: {copies}.")

    async def _say(self, row: Change, text: str) -> None:
        async with self._store.change() as unit:
            now = await change_records.change(unit.connection, row.id)
            if now is not None and now.kept != text:
                await save(unit, replace(now, kept=text))
