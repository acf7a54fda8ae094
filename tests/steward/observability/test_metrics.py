"""Figures follow what is stored, count everything once, and stay bounded."""

import asyncio
import dataclasses
from datetime import UTC, datetime
from typing import Self

import pytest
from prometheus_client import CollectorRegistry

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Outcome,
    Proposal,
    Run,
    RunStatus,
    Severity,
    Verdict,
)
from homelab_steward.contract.protocol import InitialState, RowKind
from steward.clock import ManualClock
from steward.observability import metrics as module
from steward.observability.metrics import Metrics
from steward.observability.metrics_collector import MetricsCollector
from steward.store.changes import Changes

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def run(status: RunStatus = RunStatus.SUCCEEDED, outcome: Outcome | None = Outcome.FIXED) -> Run:
    return Run(
        id="r1",
        incident_id="i1",
        approval_id="a1",
        option=1,
        label="Restart",
        plan_hash="h",
        status=status,
        steps=(),
        started_at=NOW,
        finished_at=NOW,
        verdict=Verdict(outcome=outcome, checks=(), at=NOW) if outcome else None,
    )


def incident(
    incident_id: str = "i1", status: IncidentStatus = IncidentStatus.OPEN, of: Run | None = None
) -> Incident:
    return Incident(
        id=incident_id,
        number=1,
        group_key="g",
        title="t",
        severity=Severity.WARNING,
        category="media",
        status=status,
        opened_at=NOW,
        updated_at=NOW,
        alerts=(),
        run=of,
    )


def approval(status: ApprovalStatus = ApprovalStatus.PENDING, approval_id: str = "a1") -> ApprovalRequest:
    return ApprovalRequest(
        id=approval_id,
        incident_id="i1",
        incident_number=1,
        title="t",
        text="x",
        severity=Severity.WARNING,
        category="media",
        status=status,
        proposal=Proposal(id="p", incident_id="i1", options=(), matches=(), policy_version=1, made_at=NOW),
        created_at=NOW,
        expires_at=NOW,
    )


def state(*incidents: Incident, approvals: tuple[ApprovalRequest, ...] = ()) -> InitialState:
    return InitialState(
        sequence=0,
        catalogue=Catalogue(digest="d", services=()),
        instances=(),
        snapshots=(),
        incidents=incidents,
        approvals=approvals,
        statistics=(),
        people=(),
    )


class Scene:
    def __init__(self, *begin: Incident, approvals: tuple[ApprovalRequest, ...] = ()) -> None:
        self.clock = ManualClock(NOW)
        self.changes = Changes(self.clock)
        self.state = state(*begin, approvals=approvals)
        self.metrics = Metrics(CollectorRegistry())
        self.watching = MetricsCollector(self.metrics, self.changes, self.clock, self.read)

    async def read(self, _sequence: int) -> InitialState:
        return self.state

    async def __aenter__(self) -> Self:
        self.watching.start()
        await self.settle()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.watching.close()

    async def settle(self) -> None:
        for _ in range(2_000 if self.changes.sequence > 500 else 20):
            await asyncio.sleep(0)

    async def publish(self, *rows: Incident | ApprovalRequest) -> None:
        for row in rows:
            kind = RowKind.INCIDENT if isinstance(row, Incident) else RowKind.APPROVAL
            self.changes.publish(kind, row.id, row)
        await self.settle()

    def value(self, line: str) -> float | None:
        for one in self.metrics.text().decode().splitlines():
            if one.startswith(f"{line} "):
                return float(one.rpartition(" ")[2])
        return None


async def test_open_incidents() -> None:
    async with Scene(incident("old"), incident("done", IncidentStatus.RESOLVED)) as scene:
        assert scene.value("steward_incidents_open") == 1
        await scene.publish(incident("new"), incident("new"), incident("new", IncidentStatus.WAITING))
        assert scene.value("steward_incidents_open") == 2
        await scene.publish(incident("old", IncidentStatus.RESOLVED), incident("new", IncidentStatus.IGNORED))
        assert scene.value("steward_incidents_open") == 0


async def test_a_run_is_counted_once_by_its_outcome() -> None:
    async with Scene() as scene:
        unfinished = dataclasses.replace(run(), finished_at=None, verdict=None)
        await scene.publish(incident(of=unfinished), incident(of=run()), incident(of=run()))
        assert scene.value('steward_runs_total{outcome="fixed"}') == 1
        refused = dataclasses.replace(run(RunStatus.REFUSED, None), id="r2")
        await scene.publish(incident(of=refused))
        assert scene.value('steward_runs_total{outcome="refused"}') == 1


async def test_approvals_by_status() -> None:
    async with Scene(approvals=(approval(approval_id="old"),)) as scene:
        await scene.publish(
            approval(approval_id="old"), approval(), approval(), approval(ApprovalStatus.APPROVED)
        )
        assert scene.value('steward_approvals_total{status="pending"}') == 1
        assert scene.value('steward_approvals_total{status="approved"}') == 1


async def test_what_was_there_at_start_is_no_news() -> None:
    async with Scene(incident(of=run())) as scene:
        await scene.publish(incident(of=run()))
        assert scene.value('steward_runs_total{outcome="fixed"}') is None


async def test_rows_lost_in_a_burst_are_read_again() -> None:
    async with Scene() as scene:
        await scene.publish(incident("resolved unheard"))
        scene.state = state(incident("a"), incident("b"))
        await scene.publish(*(incident(f"x{number}") for number in range(1_500)))
        assert scene.value("steward_incidents_open") == 2


async def test_the_memory_of_what_was_counted_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 10)
    async with Scene() as scene:
        await scene.publish(*(approval(approval_id=f"a{number}") for number in range(50)))
        assert scene.value('steward_approvals_total{status="pending"}') == 50
        assert len(scene.metrics._counted) == 10


async def test_the_event_loop_s_lag() -> None:
    async with Scene() as scene:
        scene.clock.move(1.0)
        await scene.settle()
        scene.clock.move(1.3)
        await scene.settle()
        assert scene.value("steward_event_loop_lag_seconds_count") == 2
        assert scene.value('steward_event_loop_lag_seconds_bucket{le="0.001"}') == 1
        assert scene.value('steward_event_loop_lag_seconds_bucket{le="0.5"}') == 2


async def test_faces_polls_and_alerts() -> None:
    async with Scene() as scene:
        scene.metrics.front_end(1)
        scene.metrics.front_end(1)
        scene.metrics.front_end(-1)
        scene.metrics.poll("radarr", "ok", 0.2)
        scene.metrics.alerts("mon", 3)
        assert scene.value("steward_front_ends") == 1
        assert scene.value('steward_poll_seconds_count{service="radarr",status="ok"}') == 1
        assert scene.value('steward_alerts_received_total{source="mon"}') == 3
