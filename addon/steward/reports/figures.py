"""Computes the figures of a week from stored rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    Severity,
)
from homelab_steward.contract.reports import DayFigures, QuotaUse, ReportedIncident, ReportedRun, WeekFigures

WEEK: Final = timedelta(days=7)
MOST_INCIDENTS: Final = 20
MOST_RUNS: Final = 20
LONGEST_TEXT: Final = 200
RANK: Final = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """The requests to one deployment on one day (a date such as "2026-11-28"), and what they cost."""

    deployment: str
    day: str
    used: int
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudRequest:
    """One request that left the home: when, and how many bytes."""

    at: datetime
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the store has about two weeks. ``limits`` are the daily requests of deployments, by id."""

    incidents: Sequence[Incident] = ()
    approvals: Sequence[ApprovalRequest] = ()
    runs: Sequence[Run] = ()
    uses: Sequence[ModelUse] = ()
    cloud: Sequence[CloudRequest] = ()
    limits: Mapping[str, int | None] = field(default_factory=dict)


def week_figures(rows: Rows, until: datetime) -> WeekFigures:
    """Return the figures of the seven days before ``until``."""
    since = until - WEEK
    problems = [one for one in rows.incidents if not one.is_request]
    opened = [one for one in problems if since <= one.opened_at < until]
    resolved = [one for one in problems if _in(one.resolved_at, since, until)]
    times = resolve_seconds(rows, until)
    waits = _waits(rows.approvals, since, until)
    runs = [one for one in rows.runs if since <= one.started_at < until and _has_effect(one)]
    uses = _uses(rows.uses, since, until)
    cloud = [one for one in rows.cloud if since <= one.at < until]
    decided = [one for one in rows.approvals if one.decision and since <= one.decision.at < until]
    statuses = [one.status for one in decided]
    return WeekFigures(
        opened=len(opened),
        resolved=len(resolved),
        repaired=sum(_is_repaired(one) for one in resolved),
        by_itself=sum(not _is_repaired(one) for one in resolved),
        ignored=sum(one.status is IncidentStatus.IGNORED for one in opened),
        unsolved=sum(not one.status.is_closed for one in opened),
        muted=sum(one.muted is not None for one in opened),
        resolve_median=median(times) if times else None,
        resolve_longest=max(times, default=None),
        requests=sum(since <= one.created_at < until for one in rows.approvals),
        approved=statuses.count(ApprovalStatus.APPROVED),
        rejected=statuses.count(ApprovalStatus.REJECTED) + statuses.count(ApprovalStatus.IGNORED),
        expired=sum(
            one.status is ApprovalStatus.EXPIRED and since <= one.expires_at < until for one in rows.approvals
        ),
        wait_median=median(waits) if waits else None,
        wait_longest=max(waits, default=None),
        runs=len(runs),
        helped=sum(one.verdict is not None and one.verdict.outcome is Outcome.FIXED for one in runs),
        model_requests=sum(one.used for one in uses),
        cloud_requests=len(cloud),
        cloud_bytes=sum(one.size for one in cloud),
        cost=sum(one.cost for one in uses),
    )


def day_figures(rows: Rows, until: datetime, zone: str, days: int) -> tuple[DayFigures, ...]:
    """Return the days before ``until``, oldest first; the first and last may be in part only."""
    local = ZoneInfo(zone)
    last = (until - timedelta(microseconds=1)).astimezone(local).date()
    problems = [one for one in rows.incidents if not one.is_request]
    opened = [one.opened_at.astimezone(local).date() for one in problems if one.opened_at < until]
    ended = [
        one.resolved_at.astimezone(local).date()
        for one in problems
        if one.resolved_at is not None and one.resolved_at < until
    ]
    found = [last - timedelta(days=number) for number in reversed(range(days))]
    return tuple(
        DayFigures(day=one.isoformat(), opened=opened.count(one), resolved=ended.count(one)) for one in found
    )


def resolve_seconds(rows: Rows, until: datetime) -> tuple[float, ...]:
    """Return how long the incidents took that were resolved in the week, shortest first."""
    found = (
        max(0.0, (one.resolved_at - one.opened_at).total_seconds())
        for one in rows.incidents
        if not one.is_request and one.resolved_at is not None and _in(one.resolved_at, until - WEEK, until)
    )
    return tuple(sorted(found))


def reported_incidents(rows: Rows, until: datetime) -> tuple[ReportedIncident, ...]:
    """Return the worst incidents of the week: critical first, then the newest."""
    since = until - WEEK
    found = [
        one
        for one in rows.incidents
        if not one.is_request and (since <= one.opened_at < until or _in(one.resolved_at, since, until))
    ]
    found.sort(key=lambda one: (RANK[one.severity], -one.number))
    return tuple(
        ReportedIncident(
            id=one.id,
            number=one.number,
            title=one.title,
            severity=one.severity,
            status=one.status,
            opened_at=one.opened_at,
            resolved_at=one.resolved_at,
            resolution=one.resolution[:LONGEST_TEXT],
        )
        for one in found[:MOST_INCIDENTS]
    )


def reported_runs(rows: Rows, until: datetime) -> tuple[ReportedRun, ...]:
    """Return the newest changes of the week that were carried out."""
    numbers = {one.id: one.number for one in rows.incidents}
    found = [one for one in rows.runs if until - WEEK <= one.started_at < until and _has_effect(one)]
    found.sort(key=lambda one: one.started_at, reverse=True)
    return tuple(
        ReportedRun(
            incident_number=numbers.get(one.incident_id, 0),
            label=one.label,
            at=one.started_at,
            outcome=one.verdict.outcome if one.verdict else None,
        )
        for one in found[:MOST_RUNS]
    )


def quota_uses(rows: Rows, until: datetime) -> tuple[QuotaUse, ...]:
    """Return the use of each deployment in the week, the most used first."""
    by_deployment: dict[str, list[ModelUse]] = {}
    for one in _uses(rows.uses, until - WEEK, until):
        by_deployment.setdefault(one.deployment, []).append(one)
    found = [
        QuotaUse(
            deployment=key,
            requests=sum(one.used for one in uses),
            busiest=max(one.used for one in uses),
            limit=rows.limits.get(key),
            cost=sum(one.cost for one in uses),
        )
        for key, uses in by_deployment.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.requests, one.deployment)))


def _in(at: datetime | None, since: datetime, until: datetime) -> bool:
    return at is not None and since <= at < until


def _uses(uses: Iterable[ModelUse], since: datetime, until: datetime) -> list[ModelUse]:
    """Return the uses of the seven days that end with the day before ``until``; days are those of UTC."""
    return [one for one in uses if since.date().isoformat() <= one.day < until.date().isoformat()]


def _waits(approvals: Iterable[ApprovalRequest], since: datetime, until: datetime) -> list[float]:
    """Return how long requests waited that people decided in the week, in seconds."""
    return [
        max(0.0, (one.decision.at - one.created_at).total_seconds())
        for one in approvals
        if one.decision is not None and since <= one.decision.at < until
    ]


def _has_effect(run: Run) -> bool:
    """Return whether a run changed something, or may have."""
    return run.status is not RunStatus.REFUSED and any(step.has_effect for step in run.steps)


def _is_repaired(incident: Incident) -> bool:
    run = incident.run
    return run is not None and run.verdict is not None and run.verdict.outcome is Outcome.FIXED
