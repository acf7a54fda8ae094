"""Metrics follow published rows, count each once, and use bounded memory."""

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
    Run,
    RunStatus,
    Severity,
    Verdict,
)
from homelab_steward.contract.proposals import Proposal
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


class MetricsRig:
    def __init__(self, *begin: Incident, approvals: tuple[ApprovalRequest, ...] = ()) -> None:
        self.clock = ManualClock(NOW)
        self.changes = Changes(self.clock)
        self.state = state(*begin, approvals=approvals)
        self.metrics = Metrics(CollectorRegistry())
        self.collector = MetricsCollector(self.metrics, self.changes, self.clock, self.read)

    async def read(self, _sequence: int) -> InitialState:
        return self.state

    async def __aenter__(self) -> Self:
        self.collector.start()
        await self.settle()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.collector.close()

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


async def test_number_of_open_incidents() -> None:
    async with MetricsRig(incident("old"), incident("done", IncidentStatus.RESOLVED)) as rig:
        assert rig.value("steward_incidents_open") == 1
        await rig.publish(incident("new"), incident("new"), incident("new", IncidentStatus.WAITING))
        assert rig.value("steward_incidents_open") == 2
        await rig.publish(incident("old", IncidentStatus.RESOLVED), incident("new", IncidentStatus.IGNORED))
        assert rig.value("steward_incidents_open") == 0


async def test_run_is_counted_once_by_its_outcome() -> None:
    async with MetricsRig() as rig:
        unfinished = dataclasses.replace(run(), finished_at=None, verdict=None)
        await rig.publish(incident(of=unfinished), incident(of=run()), incident(of=run()))
        assert rig.value('steward_runs_total{outcome="fixed"}') == 1
        refused = dataclasses.replace(run(RunStatus.REFUSED, None), id="r2")
        await rig.publish(incident(of=refused))
        assert rig.value('steward_runs_total{outcome="refused"}') == 1


async def test_approvals_are_counted_by_status() -> None:
    async with MetricsRig(approvals=(approval(approval_id="old"),)) as rig:
        await rig.publish(
            approval(approval_id="old"), approval(), approval(), approval(ApprovalStatus.APPROVED)
        )
        assert rig.value('steward_approvals_total{status="pending"}') == 1
        assert rig.value('steward_approvals_total{status="approved"}') == 1


async def test_existing_rows_are_not_counted() -> None:
    async with MetricsRig(incident(of=run())) as rig:
        await rig.publish(incident(of=run()))
        assert rig.value('steward_runs_total{outcome="fixed"}') is None


async def test_lost_rows_are_read_again() -> None:
    async with MetricsRig() as rig:
        await rig.publish(incident("resolved meanwhile"))
        rig.state = state(incident("a"), incident("b"))
        await rig.publish(*(incident(f"x{number}") for number in range(1_500)))
        assert rig.value("steward_incidents_open") == 2


async def test_memory_of_counted_rows_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 10)
    async with MetricsRig() as rig:
        await rig.publish(*(approval(approval_id=f"a{number}") for number in range(50)))
        assert rig.value('steward_approvals_total{status="pending"}') == 50
        assert len(rig.metrics._counted) == 10


async def test_event_loop_lag() -> None:
    async with MetricsRig() as rig:
        rig.clock.move(1.0)
        await rig.settle()
        rig.clock.move(1.3)
        await rig.settle()
        assert rig.value("steward_event_loop_lag_seconds_count") == 2
        assert rig.value('steward_event_loop_lag_seconds_bucket{le="0.001"}') == 1
        assert rig.value('steward_event_loop_lag_seconds_bucket{le="0.5"}') == 2


async def test_front_ends_polls_and_alerts() -> None:
    async with MetricsRig() as rig:
        rig.metrics.front_end(1)
        rig.metrics.front_end(1)
        rig.metrics.front_end(-1)
        rig.metrics.poll("radarr", "ok", 0.2)
        rig.metrics.alerts("mon", 3)
        assert rig.value("steward_front_ends") == 1
        assert rig.value('steward_poll_seconds_count{service="radarr",status="ok"}') == 1
        assert rig.value('steward_alerts_received_total{source="mon"}') == 3
