"""Summaries are written beside updates that people are asked about, each notes once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from homelab_steward.contract.changes import Assessment, Change, ChangeLevel, ChangeStatus
from homelab_steward.contract.protocol import RowKind
from rig.agent_rig import opened_store
from rig.clocks import HANGING
from rig.inventory import NOW
from rig.records import change
from steward.changes.following import save
from steward.changes.summary_writer import SummaryWriter
from steward.store import change_records
from steward.store.store import Store

ASSESSED = Assessment(level=ChangeLevel.SAFE, at=NOW, notes="- A moon")


class Model:
    """Answers with the notes; ``fails`` once raises an error."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails = False
        self.before: asyncio.Event | None = None
        self.is_asked = asyncio.Event()

    async def summary(self, assessment: Assessment) -> str:
        self.asked.append(assessment.notes)
        self.is_asked.set()
        if self.before is not None:
            await self.before.wait()
        if self.fails:
            self.fails = False
            raise RuntimeError("out of order")
        return "" if "nothing" in assessment.notes else f"Sum: {assessment.notes}"


@asynccontextmanager
async def rig(tmp_path: Path, *rows: Change) -> AsyncIterator[tuple[Store, Model]]:
    async with opened_store(tmp_path) as store:
        await put(store, *rows)
        model = Model()
        writer = SummaryWriter(store, model)
        writer.start()
        try:
            yield store, model
        finally:
            await writer.close()


async def put(store: Store, *rows: Change) -> None:
    for row in rows:
        async with store.change() as unit:
            await save(unit, row)


async def summed(store: Store, change_id: str) -> Change:
    """Return an update as soon as it has a summary."""
    with store.changes.watch(RowKind.CHANGE) as watch:
        async with asyncio.timeout(HANGING):
            while True:
                async with store.read() as connection:
                    row = await change_records.change(connection, change_id)
                if row is not None and row.assessment is not None and row.assessment.summary:
                    return row
                await watch.next()


def ready(change_id: str, notes: str = "- A moon", status: ChangeStatus = ChangeStatus.READY) -> Change:
    return change(change_id, status=status, assessment=replace(ASSESSED, notes=notes))


async def test_waiting_and_new_updates_get_a_summary_that_changes_nothing_else(tmp_path: Path) -> None:
    async with rig(tmp_path, ready("c1")) as (store, model):
        row = await summed(store, "c1")
        assert row == replace(ready("c1"), assessment=replace(ASSESSED, summary="Sum: - A moon"))
        await put(store, ready("held", "- A sun", ChangeStatus.HELD), ready("empty", ""))
        await put(store, ready("c2", "- A star", ChangeStatus.ASKED))
        await summed(store, "c2")
        assert model.asked == ["- A moon", "- A star"]


async def test_the_same_notes_are_read_once_and_a_failure_stops_nothing(tmp_path: Path) -> None:
    async with rig(tmp_path) as (store, model):
        model.fails = True
        for change_id, notes in (("c1", "- A moon"), ("c2", "nothing")):
            model.is_asked.clear()
            await put(store, ready(change_id, notes))
            async with asyncio.timeout(HANGING):
                await model.is_asked.wait()
        for change_id, notes in (("c3", "- A sun"), ("c4", "- A sun"), ("c5", "nothing"), ("c6", "- A star")):
            await put(store, ready(change_id, notes))
        for change_id in ("c3", "c4", "c6"):
            await summed(store, change_id)
        # What failed may be read again: a new update is seen at the start and as a change.
        assert sorted(one for one in model.asked if one != "- A moon") == ["- A star", "- A sun", "nothing"]


async def test_an_assessment_that_changed_meanwhile_is_kept(tmp_path: Path) -> None:
    async with rig(tmp_path) as (store, model):
        model.before = asyncio.Event()
        await put(store, ready("c1"))
        newer = replace(ASSESSED, at=NOW + timedelta(days=1), notes="- A sun", level=ChangeLevel.BREAKING)
        async with asyncio.timeout(HANGING):
            await model.is_asked.wait()
        await put(store, change("c1", status=ChangeStatus.READY, assessment=newer))
        model.before.set()
        row = await summed(store, "c1")
        assert row.assessment == replace(newer, summary="Sum: - A sun")
