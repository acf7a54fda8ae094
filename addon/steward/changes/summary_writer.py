"""Stage: adds what a local model says about the release notes to updates that people are asked about."""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import replace
from typing import Final, Protocol

import structlog

from homelab_steward.contract.changes import Assessment, Change, ChangeStatus
from homelab_steward.contract.protocol import RowKind

from ..store import change_records
from ..store.changes import Lost
from ..store.store import Store
from .assess import with_summary
from .following import save

log = structlog.get_logger(__name__)

SHOWN: Final = frozenset({ChangeStatus.READY, ChangeStatus.ASKED})
MOST_WAITING: Final = 50
MOST_KNOWN: Final = 200
"""Summaries that are kept, so that notes which are judged again are read once."""


class SummaryPort(Protocol):
    """What sums up release notes."""

    async def summary(self, assessment: Assessment) -> str:
        """Return a summary, "" for none."""


class SummaryWriter:
    """Sums up one update after another. Nothing waits for it, and it adds text only."""

    def __init__(self, store: Store, summaries: SummaryPort) -> None:
        """Nothing is read before :meth:`start`."""
        self._store = store
        self._summaries = summaries
        self._due: OrderedDict[str, None] = OrderedDict()
        self._has_due = asyncio.Event()
        self._known: OrderedDict[str, str] = OrderedDict()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start with the updates that wait already, then follow changes."""
        self._tasks = [
            asyncio.create_task(self._listen(), name="summaries listen"),
            asyncio.create_task(self._write_due(), name="summaries"),
        ]

    async def close(self) -> None:
        """Stop; the next start writes the rest."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        with self._store.changes.watch(RowKind.CHANGE) as watch:
            await self._look()
            while True:
                event = await watch.next()
                if isinstance(event, Lost):
                    await self._look()
                elif event.change is not None:
                    self._note(event.change)

    async def _look(self) -> None:
        async with self._store.read() as connection:
            for one in await change_records.changes_in(connection, SHOWN):
                self._note(one)

    def _note(self, change: Change) -> None:
        if not _lacks_summary(change):
            return
        self._due[change.id] = None
        while len(self._due) > MOST_WAITING:
            self._due.popitem(last=False)
        self._has_due.set()

    async def _write_due(self) -> None:
        while True:
            await self._has_due.wait()
            if not self._due:
                self._has_due.clear()
                continue
            change_id, _ = self._due.popitem()
            try:
                await self._write(change_id)
            except Exception:
                # Only the summary is missing.
                log.exception("release notes not summed up", change=change_id)

    async def _write(self, change_id: str) -> None:
        async with self._store.read() as connection:
            change = await change_records.change(connection, change_id)
        if change is None or change.assessment is None or not _lacks_summary(change):
            return
        read = change.assessment
        text = await self._summary(read)
        if not text:
            return
        async with self._store.change() as unit:
            now = await change_records.change(unit.connection, change_id)
            if now is not None and now.assessment == read:
                await save(unit, replace(now, assessment=with_summary(read, text)))

    async def _summary(self, assessment: Assessment) -> str:
        """Return a summary; notes are read again only after a new start, also when there was none."""
        key = hashlib.sha256(f"{assessment.level}{assessment.notes}".encode()).hexdigest()
        if key not in self._known:
            self._known[key] = await self._summaries.summary(assessment)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return self._known[key]


def _lacks_summary(change: Change) -> bool:
    found = change.assessment
    return change.status in SHOWN and found is not None and bool(found.notes) and not found.summary
