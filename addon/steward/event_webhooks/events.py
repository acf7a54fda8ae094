"""Reads what happened from the audit log, with the rows that it is about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.changes import Change
from homelab_steward.contract.incidents import ApprovalRequest, Incident, Run

from ..settings.event_webhooks import EventGroup
from ..store import approvals, change_records, incidents, runs
from ..store.tables import audit

GROUPS: Final = {
    "incident.opened": EventGroup.INCIDENT,
    "incident.resolved": EventGroup.INCIDENT,
    "incident.concluded": EventGroup.INCIDENT,
    "run.relapsed": EventGroup.INCIDENT,
    "action.requested": EventGroup.REQUEST,
    "approval.requested": EventGroup.REQUEST,
    "approval.decided": EventGroup.REQUEST,
    "approval.expired": EventGroup.REQUEST,
    "approval.withdrawn": EventGroup.REQUEST,
    "run.intended": EventGroup.RUN,
    "run.verdict": EventGroup.RUN,
    "steward.paused": EventGroup.STEWARD,
    "steward.resumed": EventGroup.STEWARD,
    "autonomy.raised": EventGroup.STEWARD,
    "autonomy.lowered": EventGroup.STEWARD,
}
"""The events that webhooks can have, by their name in the audit log."""

TYPES: Final = {"autonomy.raised": "level.raised", "autonomy.lowered": "level.lowered"}
"""The types of events that are called differently outside."""


@dataclass(frozen=True, slots=True)
class HappenedEvent:
    """One event; ``position`` is its place in the audit log, ``body`` what the log says."""

    position: int
    at: datetime
    name: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many events wait for a webhook, and since when the oldest one does."""

    number: int
    oldest: datetime | None


def names_of(groups: Collection[EventGroup]) -> tuple[str, ...]:
    """Return the names of the events in some groups."""
    return tuple(name for name, group in GROUPS.items() if group in groups)


async def newest_position(connection: AsyncConnection) -> int:
    """Return the position of the last entry of the audit log, 0 for an empty one."""
    return int(await connection.scalar(select(func.max(audit.c.position))) or 0)


async def next_event(
    connection: AsyncConnection, after: int, names: Collection[str], since: datetime
) -> HappenedEvent | None:
    """Return the first event behind a position that is not older than ``since``."""
    query = (
        select(audit.c.position, audit.c.at, audit.c.event, audit.c.body)
        .where(audit.c.position > after, audit.c.event.in_(names), audit.c.at >= since)
        .order_by(audit.c.position)
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return row and HappenedEvent(row.position, row.at, row.event, orjson.loads(row.body))


async def backlog(
    connection: AsyncConnection, after: int, names: Collection[str], since: datetime
) -> Backlog:
    """Return what waits behind a position."""
    query = select(func.count(), func.min(audit.c.at)).where(
        audit.c.position > after, audit.c.event.in_(names), audit.c.at >= since
    )
    number, oldest = (await connection.execute(query)).one()
    return Backlog(number, oldest)


async def content(connection: AsyncConnection, event: HappenedEvent) -> dict[str, object]:
    """Return the body of a webhook: type, time, and the rows as they are now, without readings and logs."""
    run_id = event.body.get("run")
    run = await runs.run(connection, str(run_id)) if run_id else None
    request_id = event.body.get("approval") or (run.approval_id if run else None)
    request = await approvals.request(connection, str(request_id)) if request_id else None
    incident_id = event.body.get("incident") or next(
        (one.incident_id for one in (request, run) if one is not None), None
    )
    incident = await incidents.incident(connection, str(incident_id)) if incident_id else None
    changes = await change_records.of_request(connection, request.id) if request else ()
    parts: dict[str, object | None] = {
        "incident": _of_incident(incident) if incident else None,
        "request": _of_request(request) if request else None,
        "run": _of_run(run) if run else None,
        "updates": [_of_change(one) for one in changes] or None,
    }
    if GROUPS[event.name] is EventGroup.STEWARD:
        parts |= {key: event.body.get(key) for key in ("scope", "cell", "from", "to", "reason")}
    data = {key: value for key, value in parts.items() if value is not None}
    return {"type": TYPES.get(event.name, event.name), "timestamp": event.at, "data": data}


def _of_incident(incident: Incident) -> dict[str, object]:
    return {
        "number": incident.number,
        "title": incident.title,
        "severity": incident.severity,
        "category": incident.category,
        "status": incident.status,
        "target": incident.target.name if incident.target else None,
        "opened_at": incident.opened_at,
        "resolved_at": incident.resolved_at,
        "resolution": incident.resolution,
        "is_request": incident.is_request,
    }


def _of_request(request: ApprovalRequest) -> dict[str, object]:
    decision = request.decision
    return {
        "id": request.id,
        "title": request.title,
        "status": request.status,
        "options": [{"number": one.number, "label": one.label} for one in request.proposal.options],
        "expires_at": request.expires_at,
        "decided_by": None if decision is None else decision.person_name,
        "decided_via": None if decision is None else decision.via,
        "decided_option": None if decision is None else decision.option,
    }


def _of_run(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "label": run.label,
        "status": run.status,
        "outcome": run.verdict.outcome if run.verdict else None,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "steps": [{"title": one.title, "target": one.target.name, "state": one.state} for one in run.steps],
        "error": run.error,
    }


def _of_change(change: Change) -> dict[str, object]:
    return {
        "id": change.id,
        "title": change.title,
        "target": change.target.name,
        "status": change.status,
        "result": change.result,
    }
