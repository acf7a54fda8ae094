"""When reports are made, that each is made once, and where they are kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.preferences import PreferenceState
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.reports import WeeklyQuery
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import ToyInventory
from rig.toy import Toy
from steward.clock import Clock, ManualClock
from steward.llm.settings import Deployment
from steward.llm.tables import egress, requests
from steward.reports import weekly
from steward.reports.schedule import JOB_ID
from steward.reports.weekly import WeeklyReports
from steward.store import approvals, incidents, preferences, reports
from steward.store.store import Store
from steward.timing.scheduler import Due, Job, Scheduler
from steward.timing.times import Cron

FRIDAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAYS = Cron("0 8 * * 1", "Europe/Vienna")
DUE = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAY = 86_400.0


@asynccontextmanager
async def opened(folder: Path, clock: Clock) -> AsyncIterator[tuple[Store, WeeklyReports]]:
    models = [Deployment(id="big", daily_requests=10, cost_per_request=0.5)]
    async with opened_store(folder, clock) as store:
        yield (
            store,
            WeeklyReports(store, ToyInventory(Toy()), clock, "Europe/Vienna", models, folder / "reports"),
        )


@asynccontextmanager
async def planned(folder: Path, clock: Clock) -> AsyncIterator[tuple[Store, WeeklyReports, Scheduler]]:
    """Yield reports that are made on Mondays."""
    async with opened(folder, clock) as (store, made):
        scheduler = Scheduler(store, clock)
        await scheduler.put(Job(id=JOB_ID, times=MONDAYS, run=made.make))
        await scheduler.start()
        try:
            yield store, made, scheduler
        finally:
            await scheduler.close()


async def latest(store: Store) -> str | None:
    async with store.read() as connection:
        found = await reports.latest(connection)
    return None if found is None else found.id


async def test_it_is_made_when_it_is_due_and_once(tmp_path: Path) -> None:
    clock = ManualClock(FRIDAY)
    async with planned(tmp_path, clock) as (store, _, scheduler):
        with store.changes.watch(RowKind.REPORT) as watch:
            clock.jump((DUE - FRIDAY).total_seconds() - 1)
            await scheduler.look(JOB_ID)
            assert await latest(store) is None
            clock.jump(1)
            await scheduler.look(JOB_ID)
            event: Any = await watch.next()
            assert (event.id, event.report.id) == ("2026-11-23", "2026-11-23")
            assert (event.report.since, event.report.until) == (DUE - timedelta(days=7), DUE)
            sequence = store.changes.sequence
            await scheduler.look(JOB_ID)
            clock.jump(3 * DAY)
            await scheduler.look(JOB_ID)
            assert store.changes.sequence == sequence
        assert (tmp_path / "reports" / "2026-11-23.md").read_text().startswith("# Weekly report")


async def test_what_was_missed_while_the_app_was_off_is_made_once(tmp_path: Path) -> None:
    async with planned(tmp_path, ManualClock(FRIDAY)) as (_, _, scheduler):
        await scheduler.look(JOB_ID)
    late = ManualClock(DUE + timedelta(days=15))
    for is_first in (True, False):
        async with planned(tmp_path, late) as (store, _, scheduler):
            await scheduler.look(JOB_ID)
            assert store.changes.sequence == int(is_first)
            assert await latest(store) == "2026-12-07"
    assert [one.name for one in (tmp_path / "reports").iterdir()] == ["2026-12-07.md"]


async def test_a_file_that_was_not_written_before_a_crash_is_written(tmp_path: Path) -> None:
    async with opened(tmp_path, ManualClock(DUE)) as (store, weekly_reports):
        await weekly_reports.make(Due(at=DUE))
        file = tmp_path / "reports" / "2026-11-23.md"
        file.unlink()
        sequence = store.changes.sequence
        await weekly_reports.make(Due(at=DUE))
        assert file.exists()
        assert store.changes.sequence == sequence


async def test_old_reports_and_files_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly, "KEPT", 2)
    async with opened(tmp_path, ManualClock(DUE)) as (store, weekly_reports):
        for week in range(4):
            await weekly_reports.make(Due(at=DUE + timedelta(weeks=week)))
        async with store.read() as connection:
            ids = [row.id for row in await connection.exec_driver_sql("SELECT id FROM reports ORDER BY id")]
        assert ids == ["2026-12-07", "2026-12-14"]
        assert sorted(one.stem for one in (tmp_path / "reports").iterdir()) == ids
        old = await weekly_reports.weekly(WeeklyQuery(id="2026-12-07", language="de"))
        assert old.headline == "Eine ruhige Woche: keine Vorfälle, und nichts wurde geändert."
        with pytest.raises(ContractError) as caught:
            await weekly_reports.weekly(WeeklyQuery(id="2026-11-23"))
        assert caught.value.code is ErrorCode.NOT_FOUND


async def test_a_report_on_request_is_not_stored(tmp_path: Path) -> None:
    clock = ManualClock(FRIDAY)
    async with opened(tmp_path, clock) as (store, weekly_reports):
        assert (await weekly_reports.weekly(WeeklyQuery())).report.until == clock.now()
        assert await latest(store) is None


async def test_a_report_on_request_has_what_the_store_has(tmp_path: Path) -> None:
    async with opened(tmp_path, ManualClock(FRIDAY)) as (store, weekly_reports):
        begun = FRIDAY - timedelta(hours=5)
        request = records.request(created_at=begun)
        async with store.change() as unit:
            made = records.incident(opened_at=begun, status=IncidentStatus.WAITING)
            await incidents.save_incident(unit.connection, made)
            await approvals.add(unit.connection, request)
            row = records.preference()
            await preferences.save(unit.connection, replace(row, state=PreferenceState.PROPOSED, ignored=3))
            await preferences.save(unit.connection, replace(row, id="approved", approved=3))
            used = {"deployment": "big", "day": "2026-11-19", "used": 4, "tokens": 900, "cost": 2.0}
            await unit.connection.execute(insert(requests).values(used))
            await unit.connection.execute(
                insert(egress).values(
                    at=begun,
                    deployment="big",
                    tier="cloud",
                    task="chat",
                    bytes=9,
                    privacy="public",
                    masked=0,
                    digest="d",
                )
            )
        report = (await weekly_reports.weekly(WeeklyQuery())).report
        assert (report.week.opened, report.week.requests, report.week.cost) == (1, 1, 2.0)
        assert (report.week.cloud_requests, report.week.cloud_bytes) == (1, 9)
        assert [one.id for one in report.proposed] == ["preference"]
        assert [one.id for one in report.always_approved] == ["approved"]
        assert [(one.deployment, one.limit) for one in report.quotas] == [("big", 10)]
        assert not report.is_partial


async def test_the_store_takes_each_report_once(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store, store.change() as unit:
        row = records.weekly_report()
        assert await reports.add(unit.connection, row, 2)
        assert not await reports.add(unit.connection, replace(row, is_partial=True), 2)
        assert await reports.report(unit.connection, row.id) == row


async def test_many_rows_are_counted_up_to_a_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weekly, "MOST_ROWS", 60)
    opened_at = FRIDAY - timedelta(hours=1)
    async with opened(tmp_path, ManualClock(FRIDAY)) as (store, weekly_reports):
        async with store.change() as unit:
            rows = [
                records.incident(id=f"i{number}", number=number, opened_at=opened_at) for number in range(70)
            ]
            await incidents.save_incidents(unit.connection, rows)
            for one in rows[:50]:
                request = records.request(id=one.id, incident_id=one.id, created_at=opened_at)
                await approvals.add(unit.connection, request)
        report = (await weekly_reports.weekly(WeeklyQuery())).report
        assert (report.week.opened, report.week.requests, report.is_partial) == (60, 50, True)


async def test_other_tasks_get_their_turn_while_rows_are_decoded() -> None:
    turns: list[int] = []

    async def other() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    assert await reports._decoded([b"x"] * 100, bytes.decode) == ("x",) * 100
    task.cancel()
    assert len(turns) == 100 // reports.AT_ONCE
