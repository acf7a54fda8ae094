"""The figures of a week, from rows in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import (
    ApprovalStatus,
    Incident,
    IncidentStatus,
    JournalStep,
    Outcome,
    RunStatus,
    Severity,
    StepState,
    Verb,
    Verdict,
)
from homelab_steward.contract.reports import Aging
from homelab_steward.contract.state import Instance, Origin, Resource, Snapshot
from rig import records
from rig.inventory import NOW, box
from steward.reports import figures
from steward.reports.aging import aging
from steward.reports.figures import WEEK, CloudRequest, ModelUse, Rows
from steward.reports.schedule import report_id, times_of
from steward.settings.model import Settings, Weekday, Weekly

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIXED = Verdict(outcome=Outcome.FIXED, checks=(), at=NOW)
STEP = JournalStep(
    index=0, action="toy.restart", target=box(), title="Restart", state=StepState.VERIFIED, changed_at=NOW
)
RUN = replace(
    records.run(),
    steps=(STEP,),
    status=RunStatus.SUCCEEDED,
    started_at=NOW - 2 * HOUR,
    verdict=FIXED,
)


def incident(
    number: int, opened_at: datetime, resolved_at: datetime | None = None, **more: object
) -> Incident:
    status = IncidentStatus.RESOLVED if resolved_at else IncidentStatus.UNSOLVED
    made = records.incident(
        id=f"i{number}", number=number, opened_at=opened_at, resolved_at=resolved_at, status=status
    )
    return replace(made, **more)  # type: ignore[arg-type]


ROWS = Rows(
    incidents=[
        incident(1, NOW - 10 * DAY, NOW - 9 * DAY),
        incident(2, NOW - 3 * DAY, NOW - 3 * DAY + HOUR, run=RUN),
        incident(3, NOW - 2 * DAY, NOW - 2 * DAY + 3 * HOUR),
        incident(4, NOW - DAY, severity=Severity.CRITICAL),
        incident(5, NOW - DAY, status=IncidentStatus.IGNORED),
        incident(6, NOW - HOUR, muted="Muted"),
        incident(7, NOW - HOUR, is_request=True),
        incident(8, NOW),
    ],
    approvals=[
        records.request(
            id="a",
            created_at=NOW - 5 * HOUR,
            status=ApprovalStatus.APPROVED,
            decision=replace(records.decision(), at=NOW - 4 * HOUR),
        ),
        records.request(
            id="b",
            created_at=NOW - 9 * HOUR,
            status=ApprovalStatus.IGNORED,
            decision=replace(records.decision(Verb.IGNORE), at=NOW - 6 * HOUR),
        ),
        records.request(id="c", created_at=NOW - DAY, status=ApprovalStatus.EXPIRED, expires_at=NOW - HOUR),
    ],
    runs=[
        RUN,
        replace(RUN, id="refused", status=RunStatus.REFUSED),
        replace(RUN, id="old", started_at=NOW - 8 * DAY),
        replace(RUN, id="read", steps=()),
        replace(RUN, id="unknown", verdict=None),
    ],
    uses=[
        ModelUse(deployment="big", day="2026-11-19", used=4, cost=1.0),
        ModelUse(deployment="big", day="2026-11-18", used=1, cost=0.25),
        ModelUse(deployment="small", day="2026-11-19", used=9),
        ModelUse(deployment="big", day="2026-11-12", used=50, cost=12.5),
    ],
    cloud=[CloudRequest(at=NOW - HOUR, size=100), CloudRequest(at=NOW - 8 * DAY, size=1)],
    limits={"big": 10, "small": None},
)


def test_a_week_in_figures() -> None:
    week = figures.week_figures(ROWS, NOW)
    assert (week.opened, week.resolved, week.repaired, week.by_itself) == (5, 2, 1, 1)
    assert (week.ignored, week.unsolved, week.muted) == (1, 2, 1)
    assert (week.resolve_median, week.resolve_longest) == (2 * 3600.0, 3 * 3600.0)
    assert (week.requests, week.approved, week.rejected, week.expired) == (3, 1, 1, 1)
    assert (week.wait_median, week.wait_longest) == (2 * 3600.0, 3 * 3600.0)
    assert (week.runs, week.helped) == (2, 1)
    assert (week.model_requests, week.cloud_requests, week.cloud_bytes, week.cost) == (14, 1, 100, 1.25)
    before = figures.week_figures(ROWS, NOW - WEEK)
    assert (before.opened, before.resolved, before.runs, before.cloud_requests) == (1, 1, 1, 1)
    assert before.resolve_median == 24 * 3600.0


def test_nothing_is_nothing() -> None:
    week = figures.week_figures(Rows(), NOW)
    assert (week.opened, week.resolve_median, week.wait_longest, week.cost) == (0, None, None, 0)


@given(st.lists(st.tuples(st.integers(-20, 2), st.integers(0, 10)), max_size=20))
def test_two_weeks_in_a_row_count_each_incident_once(given_: list[tuple[int, int]]) -> None:
    rows = Rows(
        incidents=[
            incident(number, NOW + days * DAY, NOW + days * DAY + took * HOUR)
            for number, (days, took) in enumerate(given_)
        ]
    )
    weeks = [figures.week_figures(rows, NOW - number * WEEK) for number in range(-1, 4)]
    assert sum(one.opened for one in weeks) == len(given_)
    assert sum(one.resolved for one in weeks) == len(given_)
    days = figures.day_figures(rows, NOW + WEEK, "UTC", 40)
    assert sum(one.opened for one in days) == len(given_)


def test_days_are_those_of_the_time_zone() -> None:
    rows = Rows(incidents=[incident(1, datetime(2026, 11, 19, 23, 30, tzinfo=UTC))])
    days = figures.day_figures(rows, NOW, "Europe/Vienna", 3)
    assert [(one.day, one.opened) for one in days] == [
        ("2026-11-18", 0),
        ("2026-11-19", 0),
        ("2026-11-20", 1),
    ]


def test_the_worst_incidents_come_first_and_there_is_a_most() -> None:
    found = figures.reported_incidents(ROWS, NOW)
    assert [one.number for one in found] == [4, 6, 5, 3, 2]
    many = Rows(incidents=[incident(number, NOW - HOUR, resolution="x" * 900) for number in range(99)])
    found = figures.reported_incidents(many, NOW)
    assert len(found) == figures.MOST_INCIDENTS
    assert all(len(one.resolution) <= figures.LONGEST_TEXT for one in found)


def test_runs_name_their_incident() -> None:
    owned = Rows(incidents=[incident(2, NOW - DAY, id=RUN.incident_id)], runs=ROWS.runs)
    found = figures.reported_runs(owned, NOW)
    assert [(one.incident_number, one.outcome) for one in found] == [(2, Outcome.FIXED), (2, None)]


def test_quotas_by_use() -> None:
    found = [
        (one.deployment, one.requests, one.busiest, one.limit, one.cost)
        for one in figures.quota_uses(ROWS, NOW)
    ]
    assert found == [("small", 9, 9, None, 0.0), ("big", 5, 4, 10, 1.25)]


def test_certificates_that_end_and_backups_that_are_old() -> None:
    rows = [
        Instance(id=key, service="toy", name=key.upper(), origin=Origin.FILE) for key in ("a", "b", "none")
    ]
    old, new = (NOW - 9 * DAY).isoformat(), (NOW - DAY).isoformat()
    resources = (
        Resource(kind="guest", id="1", name="Guest", values={"last_backup": old}),
        Resource(kind="guest", id="2", name="Fresh", values={"last_backup": new}),
        Resource(kind="guest", id="3", name="Odd", values={"last_backup": "x", "certificate_days": None}),
    )
    odd: dict[str, Value] = {"last_backup": "2026-01-01T00:00:00", "certificate_days": True}
    snapshots = {
        "a": Snapshot(instance_id="a", taken_at=NOW, values={"certificate_days": 12}, resources=resources),
        "b": Snapshot(
            instance_id="b",
            taken_at=NOW,
            values=odd,
            resources=(
                Resource(kind="c", id="1", name="Soon", values={"certificate_days": -1.0}),
                Resource(kind="c", id="2", name="Later", values={"certificate_days": 31}),
            ),
        ),
    }
    assert aging(rows, snapshots, NOW) == (
        Aging(is_certificate=True, name="Soon", instance="B", days=-1.0),
        Aging(is_certificate=True, name="A", instance="A", days=12.0),
        Aging(is_certificate=False, name="Guest", instance="A", days=9.0),
    )


@pytest.mark.parametrize("day", Weekday)
def test_a_report_is_due_on_its_day_at_its_local_time(day: Weekday) -> None:
    settings = Settings(weekly=Weekly(weekday=day, at="07:05"), time_zone="America/St_Johns")
    times = times_of(settings)
    assert times is not None
    due = times.last_due(NOW - WEEK, NOW)
    assert due is not None
    local = due.astimezone(ZoneInfo(settings.time_zone))
    assert (local.weekday(), f"{local:%H:%M}") == (day.number, "07:05")
    assert report_id(due, settings.time_zone) == local.date().isoformat()


def test_without_a_day_a_report_is_not_planned() -> None:
    settings = Settings(weekly=Weekly(weekday=None))
    assert times_of(settings) is None
