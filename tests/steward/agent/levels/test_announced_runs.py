"""Announced runs: what is withdrawn, planned again, or looked at once more after a failure."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Verb,
)
from homelab_steward.contract.protocol import RowKind
from rig import records
from rig.agent_rig import AgentRig, open_rig, opened_store
from rig.clocks import WatchedClock
from rig.earned import TEN_MINUTES, announced, earn, earned
from rig.inventory import NOW
from steward.agent.levels.announced_runs import CHANGED, RETRY, _announced, replan
from steward.clock import ManualClock
from steward.store import approvals, incidents
from steward.store.changes import QUEUED, Changes
from steward.store.store import Store


async def status_of(rig: AgentRig, request_id: str) -> ApprovalStatus:
    return (await rig.request_with(request_id)).status


async def test_what_has_no_runbook_any_more_is_planned_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        monkeypatch.setattr(rig.agent._autonomy.announced, "_library", {})
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        assert await status_of(rig, request.id) is ApprovalStatus.SUPERSEDED
        assert rig.toy.done == []


async def test_what_cannot_be_planned_any_more_is_planned_again(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        rig.toy.refusal = "the box is locked"
        clock.move(TEN_MINUTES)
        await rig.agent._autonomy.announced.look()
        assert await status_of(rig, request.id) is ApprovalStatus.SUPERSEDED
        assert rig.toy.done == []


async def test_after_a_failure_it_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = WatchedClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await earn(rig, 10, AutonomyLevel.VETO)
        stage = rig.agent._autonomy.announced
        real, tried = stage.look, asyncio.Event()

        async def broken() -> float:
            monkeypatch.setattr(stage, "look", real)
            tried.set()
            raise ValueError

        monkeypatch.setattr(stage, "look", broken)
        await announced(rig)
        await tried.wait()
        clock.move(TEN_MINUTES)
        await clock.until_asleep(RETRY)
        clock.move(RETRY)
        await rig.status(IncidentStatus.RESOLVED)


async def put(store: Store, incident: Incident) -> None:
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, incident)
        await approvals.add(unit.connection, replace(records.request(), acts_at=NOW))


async def planned_again(store: Store) -> tuple[ApprovalStatus, IncidentStatus]:
    """Plan the stored request again; return its status and that of its incident."""
    async with store.change(durable=True) as unit:
        await replan(unit, records.request(), CHANGED, NOW)
        request = await approvals.request(unit.connection, "request")
        assert request is not None
        return request.status, (await incidents.existing(unit.connection, request.incident_id)).status


@pytest.mark.parametrize(
    ("status", "approval_id", "after"),
    [
        (IncidentStatus.WAITING, "request", IncidentStatus.OPEN),
        (IncidentStatus.WAITING, "another", IncidentStatus.WAITING),
        (IncidentStatus.ACTING, "request", IncidentStatus.ACTING),
    ],
)
async def test_an_incident_is_opened_again_only_while_it_waits_for_this_request(
    tmp_path: Path, status: IncidentStatus, approval_id: str, after: IncidentStatus
) -> None:
    incident = replace(records.incident(records.stored_alert()), status=status, approval_id=approval_id)
    async with opened_store(tmp_path, ManualClock(NOW)) as store:
        await put(store, incident)
        assert await planned_again(store) == (ApprovalStatus.SUPERSEDED, after)


async def test_what_was_decided_is_not_planned_again(tmp_path: Path) -> None:
    incident = replace(
        records.incident(records.stored_alert()), status=IncidentStatus.WAITING, approval_id="request"
    )
    async with opened_store(tmp_path, ManualClock(NOW)) as store:
        await put(store, incident)
        async with store.change() as unit:
            assert await approvals.decide(
                unit.connection, "request", ApprovalStatus.REJECTED, records.decision(Verb.REJECT), None
            )
        assert await planned_again(store) == (ApprovalStatus.REJECTED, IncidentStatus.WAITING)


@pytest.mark.parametrize(
    ("row", "number", "wakes"),
    [
        (records.request(), 1, False),
        (replace(records.request(), acts_at=NOW), 1, True),
        (None, 1, True),
        (records.request(), QUEUED + 1, True),
    ],
)
async def test_only_announced_requests_are_looked_at(
    row: ApprovalRequest | None, number: int, *, wakes: bool
) -> None:
    changes = Changes(ManualClock(NOW))
    with changes.watch() as watch:
        for _ in range(number):
            changes.publish(RowKind.APPROVAL, "request", row)
        # Eager: it is done with all rows that were published when it waits.
        task = asyncio.create_task(_announced(watch), eager_start=True)
        assert task.done() is wakes
        task.cancel()
