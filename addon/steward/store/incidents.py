"""Stores incidents and their alerts."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Column, ColumnElement, bindparam, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    Severity,
)

from .decoding import decode, encode
from .tables import alerts, incidents
from .upsert import upsert

CHUNK: Final = 500
DECODED_AT_ONCE: Final = 100
CLOSED: Final = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)

_ONE: Final = select(incidents.c.body).where(incidents.c.id == bindparam("id"))
_RECENT: Final = select(incidents.c.body).where(
    incidents.c.group_key.in_(bindparam("keys", expanding=True)),
    incidents.c.status.not_in([one.value for one in CLOSED])
    | (incidents.c.updated_at >= bindparam("since", type_=incidents.c.updated_at.type)),
)
CLOSED_PROBLEMS: Final = (
    select(incidents.c.id, incidents.c.updated_at)
    .where(incidents.c.status.in_([one.value for one in CLOSED]), incidents.c.is_request.is_(False))
    .order_by(incidents.c.number.desc())
    .limit(bindparam("most"))
)
_CLOSED: Final = CLOSED_PROBLEMS.add_columns(incidents.c.number).subquery()
CLOSED_DIGEST: Final = select(
    func.count(), func.max(_CLOSED.c.number), func.sum(type_coerce(_CLOSED.c.updated_at, BigInteger))
).select_from(_CLOSED)
_HIGHEST: Final = select(func.max(incidents.c.number))
_KNOWN_ALERTS: Final = select(alerts.c.fingerprint, alerts.c.body).where(
    alerts.c.source == bindparam("source"),
    alerts.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
)


async def save_incident(connection: AsyncConnection, incident: Incident) -> None:
    """Insert or replace an incident."""
    await save_incidents(connection, [incident])


async def save_incidents(connection: AsyncConnection, rows: Sequence[Incident]) -> None:
    """Insert or replace incidents."""
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
                "is_request": incident.is_request,
                "severity": incident.severity.value,
                "category": incident.category,
                "title": incident.title,
                "body": encode(incident),
            }
            for incident in rows
        ],
    )


async def next_number(connection: AsyncConnection) -> int:
    """Return the number of the next incident, starting at 1."""
    highest = await connection.scalar(_HIGHEST)
    return int(highest or 0) + 1


async def incident(connection: AsyncConnection, incident_id: str) -> Incident | None:
    """Return one incident, None when there is none."""
    body = await connection.scalar(_ONE, {"id": incident_id})
    return decode(Incident, body) if body is not None else None


async def existing(connection: AsyncConnection, incident_id: str) -> Incident:
    """Return an incident that must exist, because other rows refer to it."""
    return decode(Incident, (await connection.execute(_ONE, {"id": incident_id})).scalar_one())


async def incidents_in(
    connection: AsyncConnection, statuses: Iterable[IncidentStatus]
) -> tuple[Incident, ...]:
    """Return all incidents in one of ``statuses``, oldest first."""
    rows = await connection.scalars(
        select(incidents.c.body)
        .where(incidents.c.status.in_([status.value for status in statuses]))
        .order_by(incidents.c.number)
    )
    return tuple(decode(Incident, body) for body in rows)


async def incidents_by_id(connection: AsyncConnection, ids: Sequence[str]) -> tuple[Incident, ...]:
    """Return the existing incidents with these ids."""
    return await _all_with(connection, incidents.c.id, ids)


async def resolved_by_id(connection: AsyncConnection, ids: Sequence[str]) -> tuple[Incident, ...]:
    """Return those of these incidents that are resolved."""
    return await _all_with(
        connection, incidents.c.id, ids, incidents.c.status == IncidentStatus.RESOLVED.value
    )


async def recent_in_groups(
    connection: AsyncConnection, group_keys: Sequence[str], since: datetime
) -> list[Incident]:
    """Return the incidents of these groups that are open or were changed since then, newest first."""
    found: list[Incident] = []
    for start in range(0, len(group_keys), CHUNK):
        values = {"keys": list(group_keys[start : start + CHUNK]), "since": since}
        found.extend(decode(Incident, body) for body in await connection.scalars(_RECENT, values))
    return sorted(found, key=lambda one: one.number, reverse=True)


async def _all_with(
    connection: AsyncConnection,
    column: Column[str],
    values: Sequence[str],
    *conditions: ColumnElement[bool],
) -> tuple[Incident, ...]:
    found: list[Incident] = []
    for start in range(0, len(values), CHUNK):
        matches = column.in_(values[start : start + CHUNK])
        rows = await connection.scalars(select(incidents.c.body).where(matches, *conditions))
        found.extend(decode(Incident, body) for body in rows)
    return tuple(found)


async def newest_incidents(
    connection: AsyncConnection, limit: int, *, open_only: bool = False, problems_only: bool = False
) -> tuple[Incident, ...]:
    """Return up to ``limit`` incidents, newest first; with ``problems_only`` without requests of people."""
    query = select(incidents.c.body).order_by(incidents.c.number.desc()).limit(limit)
    if open_only:
        query = query.where(incidents.c.status.not_in([one.value for one in CLOSED]))
    if problems_only:
        query = query.where(incidents.c.is_request.is_(False))
    return tuple(decode(Incident, body) for body in await connection.scalars(query))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFilter:
    """Which incidents are wanted; what is empty matches every incident.

    ``text`` must be in the title, in any case.
    """

    statuses: tuple[IncidentStatus, ...] = ()
    severities: tuple[Severity, ...] = ()
    category: str = ""
    text: str = ""
    problems_only: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions of a query."""
        found: list[ColumnElement[bool]] = []
        if self.statuses:
            found.append(incidents.c.status.in_([one.value for one in self.statuses]))
        if self.severities:
            found.append(incidents.c.severity.in_([one.value for one in self.severities]))
        if self.category:
            found.append(incidents.c.category == self.category)
        if self.text:
            found.append(incidents.c.title.icontains(self.text, autoescape=True))
        if self.problems_only:
            found.append(incidents.c.is_request.is_(False))
        return found


async def incident_page(
    connection: AsyncConnection, wanted: IncidentFilter, limit: int, before: int | None = None
) -> tuple[tuple[Incident, ...], int]:
    """Return up to ``limit`` incidents with numbers below ``before``, newest first, and how many match.

    The number counts the matching incidents of all pages.
    """
    conditions = wanted.conditions()
    total = await connection.scalar(select(func.count()).select_from(incidents).where(*conditions))
    query = select(incidents.c.body).where(*conditions).order_by(incidents.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(incidents.c.number < before)
    found = tuple(decode(Incident, body) for body in await connection.scalars(query))
    return found, int(total or 0)


async def closed_problems(connection: AsyncConnection, limit: int) -> dict[str, datetime]:
    """Return when each of the newest closed problems was changed last, by id, newest first."""
    rows = await connection.execute(CLOSED_PROBLEMS, {"most": limit})
    return {row.id: row.updated_at for row in rows}


async def closed_digest(connection: AsyncConnection, limit: int) -> tuple[object, ...]:
    """Return what is another value when :func:`closed_problems` is; one row is read."""
    return tuple((await connection.execute(CLOSED_DIGEST, {"most": limit})).one())


async def latest_in_group(connection: AsyncConnection, group_key: str) -> Incident | None:
    """Return the newest incident of a group, open or closed."""
    body = await connection.scalar(
        select(incidents.c.body)
        .where(incidents.c.group_key == group_key)
        .order_by(incidents.c.number.desc())
        .limit(1)
    )
    return decode(Incident, body) if body is not None else None


async def save_alerts(connection: AsyncConnection, rows: Sequence[Alert]) -> None:
    """Insert or replace alerts."""
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
                "seen_at": alert.seen_at or alert.received_at,
                "body": encode(alert),
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
        rows = await connection.execute(_KNOWN_ALERTS, {"source": source, "fingerprints": part})
        found.update({row.fingerprint: decode(Alert, row.body) for row in rows})
    return found


async def firing_of(connection: AsyncConnection, source: str) -> tuple[Alert, ...]:
    """Return the firing alerts of ``source``."""
    rows = await connection.scalars(
        select(alerts.c.body).where(alerts.c.source == source, alerts.c.status == AlertStatus.FIRING.value)
    )
    return tuple(decode(Alert, body) for body in rows)


async def firing(connection: AsyncConnection, limit: int) -> tuple[Alert, ...]:
    """Return up to ``limit`` firing alerts of all sources, newest first; other tasks get their turn."""
    rows = await connection.scalars(
        select(alerts.c.body)
        .where(alerts.c.status == AlertStatus.FIRING.value)
        .order_by(alerts.c.received_at.desc())
        .limit(limit)
    )
    found: list[Alert] = []
    for body in rows:
        found.append(decode(Alert, body))
        if len(found) % DECODED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return tuple(found)


async def resolved_since(connection: AsyncConnection, since: datetime) -> tuple[Incident, ...]:
    """Return the resolved incidents that were changed at ``since`` or later, oldest first, requests too.

    Other tasks get their turn.
    """
    rows = await connection.scalars(
        select(incidents.c.body)
        .where(incidents.c.status == IncidentStatus.RESOLVED.value, incidents.c.updated_at >= since)
        .order_by(incidents.c.number)
    )
    found: list[Incident] = []
    for body in rows:
        found.append(decode(Incident, body))
        if len(found) % DECODED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return tuple(found)


async def firing_in_requests(connection: AsyncConnection) -> tuple[Alert, ...]:
    """Return the firing alerts that belong to requests, such as updates, oldest first."""
    rows = await connection.scalars(
        select(alerts.c.body)
        .join(incidents, incidents.c.id == alerts.c.incident_id)
        .where(alerts.c.status == AlertStatus.FIRING.value, incidents.c.is_request.is_(True))
        .order_by(alerts.c.received_at, alerts.c.fingerprint)
    )
    return tuple(decode(Alert, body) for body in rows)


async def firing_since(connection: AsyncConnection, since: datetime, limit: int) -> tuple[Alert, ...]:
    """Return up to ``limit`` firing alerts that began at ``since`` or later, oldest first."""
    rows = await connection.scalars(
        select(alerts.c.body)
        .where(alerts.c.status == AlertStatus.FIRING.value, alerts.c.received_at >= since)
        .order_by(alerts.c.received_at, alerts.c.fingerprint)
        .limit(limit)
    )
    return tuple(decode(Alert, body) for body in rows)


async def received_since(connection: AsyncConnection, since: datetime) -> tuple[Alert, ...]:
    """Return all alerts that began to fire at ``since`` or later, also those that ended."""
    rows = await connection.scalars(
        select(alerts.c.body).where(alerts.c.received_at >= since).order_by(alerts.c.received_at)
    )
    found: list[Alert] = []
    for body in rows:
        found.append(decode(Alert, body))
        if len(found) % DECODED_AT_ONCE == 0:
            await asyncio.sleep(0)
    return tuple(found)


async def firing_unseen(connection: AsyncConnection, since: datetime, limit: int) -> tuple[Alert, ...]:
    """Return up to ``limit`` firing alerts that no source has reported since ``since``, oldest first."""
    rows = await connection.scalars(
        select(alerts.c.body)
        .where(alerts.c.status == AlertStatus.FIRING.value, alerts.c.seen_at < since)
        .order_by(alerts.c.seen_at)
        .limit(limit)
    )
    return tuple(decode(Alert, body) for body in rows)


async def alerts_of(
    connection: AsyncConnection, incident_id: str, limit: int | None = None
) -> tuple[Alert, ...]:
    """Return up to ``limit`` alerts of an incident, oldest first."""
    rows = await connection.scalars(
        select(alerts.c.body)
        .where(alerts.c.incident_id == incident_id)
        .order_by(alerts.c.received_at, alerts.c.fingerprint)
        .limit(limit)
    )
    return tuple(decode(Alert, body) for body in rows)


async def count_in(connection: AsyncConnection, incident_id: str) -> tuple[int, int]:
    """Return the number of alerts of an incident, and of those that are firing."""
    counted = await counts_in(connection, [incident_id])
    return counted.get(incident_id, (0, 0))


async def counts_in(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the numbers of alerts and of firing alerts, by incident that has alerts."""
    counted: dict[str, tuple[int, int]] = {}
    firing = func.count().filter(alerts.c.status == AlertStatus.FIRING.value)
    for start in range(0, len(ids), CHUNK):
        rows = await connection.execute(
            select(alerts.c.incident_id, func.count(), firing)
            .where(alerts.c.incident_id.in_(ids[start : start + CHUNK]))
            .group_by(alerts.c.incident_id)
        )
        counted.update({incident_id: (total, firing_now) for incident_id, total, firing_now in rows})
    return counted
