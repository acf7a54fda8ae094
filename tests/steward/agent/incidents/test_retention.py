"""Retention: what is old and over is deleted, and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from rig import records
from rig.agent_rig import AgentRig, open_rig, opened_store
from rig.clocks import WatchedClock
from rig.inventory import NOW, alert
from rig.toy import Toy
from steward.agent.incidents.retention import TICK, Kept, Retention
from steward.clock import ManualClock, SystemClock
from steward.llm.tables import egress
from steward.store import audit, incidents, runs, tables
from steward.store.store import Store

KEPT = Kept()
FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
OLD = NOW - KEPT.incidents - timedelta(seconds=1)


async def put(
    store: Store, number: int, status: IncidentStatus, at: datetime, alert: AlertStatus = RESOLVED
) -> None:
    incident = records.incident(id=f"i{number}", number=number, status=status, opened_at=at)
    stored = records.stored_alert(f"a{number}", status=alert, received_at=at, incident_id=incident.id)
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, incident)
        await incidents.save_alerts(unit.connection, [stored])


async def left(store: Store) -> tuple[list[str], list[str]]:
    async with store.read() as connection:
        found = await connection.scalars(select(tables.incidents.c.id).order_by(tables.incidents.c.id))
        stored = await connection.scalars(select(tables.alerts.c.fingerprint).order_by("fingerprint"))
        return list(found), list(stored)


@pytest.mark.parametrize(
    ("status", "at", "alert", "is_kept"),
    [
        (IncidentStatus.RESOLVED, OLD, RESOLVED, False),
        (IncidentStatus.IGNORED, OLD, RESOLVED, False),
        (IncidentStatus.IGNORED, OLD, FIRING, True),
        (IncidentStatus.RESOLVED, OLD + timedelta(seconds=1), RESOLVED, True),
        (IncidentStatus.UNSOLVED, OLD, RESOLVED, True),
        (IncidentStatus.WAITING, OLD, RESOLVED, True),
        (IncidentStatus.ACTING, OLD, RESOLVED, True),
    ],
)
async def test_which_incidents_are_kept(
    tmp_path: Path,
    status: IncidentStatus,
    at: datetime,
    alert: AlertStatus,
    is_kept: bool,  # noqa: FBT001
) -> None:
    async with opened_store(tmp_path) as store:
        await put(store, 1, status, at, alert)
        await put(store, 2, IncidentStatus.RESOLVED, NOW)
        with store.changes.watch(RowKind.INCIDENT) as watch:
            await Retention(store, ManualClock(NOW), KEPT).delete_old()
            if not is_kept:
                event = await watch.next()
                assert (event.id, event.gone) == ("i1", True)  # type: ignore[union-attr]
        assert (await left(store))[0] == (["i1", "i2"] if is_kept else ["i2"])


async def test_which_alerts_are_kept(tmp_path: Path) -> None:
    old = NOW - KEPT.alerts - timedelta(seconds=1)
    async with opened_store(tmp_path) as store:
        await put(store, 1, IncidentStatus.RESOLVED, old)
        await put(store, 2, IncidentStatus.WAITING, old)
        await put(store, 3, IncidentStatus.IGNORED, old, FIRING)
        await put(store, 4, IncidentStatus.RESOLVED, NOW - KEPT.alerts)
        async with store.change() as unit:
            alone = records.stored_alert("alone", status=RESOLVED, received_at=old)
            await incidents.save_alerts(unit.connection, [alone])
        await Retention(store, ManualClock(NOW), KEPT).delete_old()
        assert (await left(store))[1] == ["a2", "a3", "a4"]


async def test_the_newest_incident_is_kept_for_its_number(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        await put(store, 7, IncidentStatus.RESOLVED, OLD)
        await Retention(store, ManualClock(NOW), KEPT).delete_old()
        async with store.read() as connection:
            assert await incidents.next_number(connection) == 8


async def test_requests_runs_and_journals_are_deleted_with_their_incident(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy()) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        await rig.stand_still()
        await rig.fire(alert(status=RESOLVED))
        later = SystemClock().now() + KEPT.incidents + timedelta(days=1)
        await put(rig.store, 2, IncidentStatus.RESOLVED, later)
        await Retention(rig.store, ManualClock(later), KEPT).delete_old()
        assert [one.id for one in await rig.incidents()] == ["i2"]
        for table in (tables.approvals, tables.approval_options, tables.runs, tables.journal):
            assert await _count(rig, table) == 0
        async with rig.store.read() as connection:
            assert len(await runs.all_statistics(connection)) == 1
            assert (await audit.verify(connection)).broken_at is None


async def _count(rig: AgentRig, table: object) -> int:
    async with rig.store.read() as connection:
        return int(await connection.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


async def test_old_requests_to_models_are_deleted(tmp_path: Path) -> None:
    row = {
        "deployment": "d",
        "tier": "cloud",
        "task": "chat",
        "bytes": 1,
        "privacy": "public",
        "masked": 0,
        "digest": "",
    }
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            times = (NOW - KEPT.ledger - timedelta(seconds=1), NOW - KEPT.ledger)
            await unit.connection.execute(insert(egress), [row | {"at": at} for at in times])
        await Retention(store, ManualClock(NOW), KEPT).delete_old()
        async with store.read() as connection:
            assert list(await connection.scalars(select(egress.c.at))) == [NOW - KEPT.ledger]


async def test_it_runs_every_hour_also_after_a_failure(tmp_path: Path) -> None:
    clock = WatchedClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await put(rig.store, 1, IncidentStatus.RESOLVED, NOW)
        await put(rig.store, 2, IncidentStatus.RESOLVED, NOW)
        broken = replace(KEPT, incidents=None)  # type: ignore[arg-type]
        rig.agent._incidents.retention._kept = broken
        await clock.pass_by(TICK)
        await clock.until_asleep(TICK)
        rig.agent._incidents.retention._kept = replace(KEPT, incidents=timedelta())
        await clock.pass_by(TICK)
        await clock.until_asleep(TICK)
        assert [one.number for one in await rig.incidents()] == [2]
