"""Incidents and their alerts in the store."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Column, ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
)

from .tables import alerts, incidents
from .upsert import upsert

CHUNK: Final = 500
CLOSED: Final = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)


async def save_incident(connection: AsyncConnection, incident: Incident) -> None:
    """Write the whole incident."""
    await save_incidents(connection, [incident])


async def save_incidents(connection: AsyncConnection, rows: Sequence[Incident]) -> None:
    """Write whole incidents, many at once."""
    await upsert(
        connection,
        incidents,
        [
            {
                "id": incident.id,
                "number": incident.number,
                "group_key": incident.group_key,
                "status": incident.status.value,
                "opened_at": incident.opened_at,
                "updated_at": incident.updated_at,
                "body": incident.to_json(),
            }
            for incident in rows
        ],
    )


async def next_number(connection: AsyncConnection) -> int:
    """Return the number of the next incident (1, 2, …)."""
    highest = await connection.scalar(select(func.max(incidents.c.number)))
    return int(highest or 0) + 1


async def incident(connection: AsyncConnection, incident_id: str) -> Incident | None:
    """Return one incident."""
    body = await connection.scalar(select(incidents.c.body).where(incidents.c.id == incident_id))
    return Incident.from_json(body) if body is not None else None


async def existing(connection: AsyncConnection, incident_id: str) -> Incident:
    """Return an incident that other rows refer to: the database keeps it there."""
    query = select(incidents.c.body).where(incidents.c.id == incident_id)
    return Incident.from_json((await connection.execute(query)).scalar_one())


async def incidents_in(
    connection: AsyncConnection, statuses: Iterable[IncidentStatus]
) -> tuple[Incident, ...]:
    """Return all incidents in one of ``statuses``, oldest first."""
    rows = await connection.scalars(
        select(incidents.c.body)
        .where(incidents.c.status.in_([status.value for status in statuses]))
        .order_by(incidents.c.number)
    )
    return tuple(Incident.from_json(body) for body in rows)


async def incidents_by_id(connection: AsyncConnection, ids: Sequence[str]) -> tuple[Incident, ...]:
    """Return the incidents with these ids, as far as there are any."""
    return await _all_with(connection, incidents.c.id, ids)


async def open_in_groups(connection: AsyncConnection, group_keys: Sequence[str]) -> tuple[Incident, ...]:
    """Return the incidents of these groups that are not closed."""
    is_open = incidents.c.status.not_in([one.value for one in CLOSED])
    return await _all_with(connection, incidents.c.group_key, group_keys, is_open)


async def _all_with(
    connection: AsyncConnection,
    column: Column[str],
    values: Sequence[str],
    *conditions: ColumnElement[bool],
) -> tuple[Incident, ...]:
    found: list[Incident] = []
    for start in range(0, len(values), CHUNK):
        wanted = column.in_(values[start : start + CHUNK])
        rows = await connection.scalars(select(incidents.c.body).where(wanted, *conditions))
        found.extend(Incident.from_json(body) for body in rows)
    return tuple(found)


async def newest_incidents(
    connection: AsyncConnection, limit: int, *, open_only: bool = False
) -> tuple[Incident, ...]:
    """Return the newest incidents, newest first."""
    query = select(incidents.c.body).order_by(incidents.c.number.desc()).limit(limit)
    if open_only:
        query = query.where(incidents.c.status.not_in([one.value for one in CLOSED]))
    return tuple(Incident.from_json(body) for body in await connection.scalars(query))


async def latest_in_group(connection: AsyncConnection, group_key: str) -> Incident | None:
    """Return the newest incident of a group, open or closed."""
    body = await connection.scalar(
        select(incidents.c.body)
        .where(incidents.c.group_key == group_key)
        .order_by(incidents.c.number.desc())
        .limit(1)
    )
    return Incident.from_json(body) if body is not None else None


async def latest_in_groups(connection: AsyncConnection, group_keys: Sequence[str]) -> dict[str, Incident]:
    """Return the newest incident of each of these groups that has one, open or closed."""
    found: list[Incident] = []
    for start in range(0, len(group_keys), CHUNK):
        newest = (
            select(func.max(incidents.c.number))
            .where(incidents.c.group_key.in_(group_keys[start : start + CHUNK]))
            .group_by(incidents.c.group_key)
        )
        rows = await connection.scalars(select(incidents.c.body).where(incidents.c.number.in_(newest)))
        found.extend(Incident.from_json(body) for body in rows)
    return {one.group_key: one for one in found}


async def save_alerts(connection: AsyncConnection, rows: Sequence[Alert]) -> None:
    """Write whole alerts, many at once."""
    await upsert(
        connection,
        alerts,
        [
            {
                "source": alert.source,
                "fingerprint": alert.fingerprint,
                "status": alert.status.value,
                "incident_id": alert.incident_id,
                "received_at": alert.received_at,
                "body": alert.to_json(),
            }
            for alert in rows
        ],
    )


async def alerts_by_fingerprint(
    connection: AsyncConnection, source: str, fingerprints: Sequence[str]
) -> dict[str, Alert]:
    """Return the stored alerts of ``source`` with these fingerprints."""
    found: dict[str, Alert] = {}
    for start in range(0, len(fingerprints), CHUNK):
        part = fingerprints[start : start + CHUNK]
        rows = await connection.execute(
            select(alerts.c.fingerprint, alerts.c.body).where(
                alerts.c.source == source, alerts.c.fingerprint.in_(part)
            )
        )
        found.update({row.fingerprint: Alert.from_json(row.body) for row in rows})
    return found


async def firing_of(connection: AsyncConnection, source: str) -> tuple[Alert, ...]:
    """Return all alerts of ``source`` that fire as far as we know."""
    rows = await connection.scalars(
        select(alerts.c.body).where(alerts.c.source == source, alerts.c.status == AlertStatus.FIRING.value)
    )
    return tuple(Alert.from_json(body) for body in rows)


async def alerts_of(
    connection: AsyncConnection, incident_id: str, limit: int | None = None
) -> tuple[Alert, ...]:
    """Return the alerts of an incident, oldest first, at most ``limit``."""
    rows = await connection.scalars(
        select(alerts.c.body)
        .where(alerts.c.incident_id == incident_id)
        .order_by(alerts.c.received_at, alerts.c.fingerprint)
        .limit(limit)
    )
    return tuple(Alert.from_json(body) for body in rows)


async def count_in(connection: AsyncConnection, incident_id: str) -> tuple[int, int]:
    """Return how many alerts an incident has, and how many of them still fire."""
    counted = await counts_in(connection, [incident_id])
    return counted.get(incident_id, (0, 0))


async def counts_in(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return how many alerts each incident has that has any, and how many of them still fire."""
    counted: dict[str, tuple[int, int]] = {}
    firing = func.count().filter(alerts.c.status == AlertStatus.FIRING.value)
    for start in range(0, len(ids), CHUNK):
        rows = await connection.execute(
            select(alerts.c.incident_id, func.count(), firing)
            .where(alerts.c.incident_id.in_(ids[start : start + CHUNK]))
            .group_by(alerts.c.incident_id)
        )
        counted.update({incident_id: (total, still) for incident_id, total, still in rows})
    return counted


async def forget_resolved(connection: AsyncConnection, before: datetime) -> int:
    """Drop resolved alerts older than ``before``; return how many."""
    result = await connection.execute(
        alerts.delete().where(
            alerts.c.status == AlertStatus.RESOLVED.value,
            alerts.c.received_at < before,
        )
    )
    return int(result.rowcount)
