"""Append-only audit log; each entry contains the hash of the entry before it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Select, insert, inspect, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import StewardError
from .database import Database, is_durable
from .schema import microseconds
from .tables import audit

DURABLE: Final = frozenset(
    {
        "action.requested",
        "alias.added",
        "alias.removed",
        "approval.decided",
        "approval.expired",
        "approval.first",
        "approval.held",
        "approval.refused",
        "approval.released",
        "approval.reoffered",
        "approval.requested",
        "approval.snoozed",
        "approval.withdrawn",
        "autonomy.lowered",
        "autonomy.raised",
        "change.decided",
        "cool_down.removed",
        "device.matched",
        "elevation.begun",
        "elevation.ended",
        "fence.added",
        "fence.answered",
        "fence.removed",
        "foreign_tool.accepted",
        "incident.commented",
        "incident.concluded",
        "incident.false_alarm",
        "maintenance.added",
        "maintenance.ended",
        "maintenance.removed",
        "preference.decided",
        "preference.taken_back",
        "run.intended",
        "run.status",
        "run.step",
        "run.undo",
        "run.verdict",
        "runbook.draft_decided",
        "runbook.saved",
        "schedule.off",
        "schedule.on",
        "schedule.removed",
        "schedule.run",
        "schedule.saved",
        "steward.paused",
        "steward.resumed",
        "steward.verbose",
        "store.restored",
        "target.expected_off",
        "telegram.group_chosen",
    }
)
"""Events that must survive a power cut: what people decided or set, what was done, and who was refused."""

GENESIS: Final = "0" * 64
BATCH: Final = 1_000

_LAST: Final = select(audit.c.position, audit.c.digest).order_by(audit.c.position.desc()).limit(1)
_ADD: Final = insert(audit)


class NotDurable(StewardError):
    """An event that must survive a power cut was written in a transaction that may not."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One audited event. ``body`` is canonical JSON without secrets.

    ``at`` is the time in microseconds since 1970.
    """

    position: int
    at: int
    event: str
    body: str
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Result of a verification. ``broken_at`` is the first position with an error."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str = ""


def entry_digest(position: int, at: int, event: str, body: str, previous: str) -> str:
    """Return the SHA-256 of an entry's fields and the digest of the entry before it."""
    # The length before each part keeps the parts apart, even in a tampered table.
    parts = [str(part).encode() for part in (position, at, event, body, previous)]
    return hashlib.sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).hexdigest()


async def append(connection: AsyncConnection, at: datetime, event: str, body: Mapping[str, object]) -> None:
    """Append one entry in the transaction of the audited change."""
    await append_all(connection, at, event, [body])


async def append_all(
    connection: AsyncConnection, at: datetime, event: str, bodies: Sequence[Mapping[str, object]]
) -> None:
    """Append one entry for each of ``bodies``, in their order, with two statements.

    Raises NotDurable for an event of DURABLE when the transaction is not durable.
    """
    if not bodies:
        return
    if event in DURABLE and not is_durable(connection):
        raise NotDurable(f"{event} needs a durable transaction")
    last = (await connection.execute(_LAST)).first()
    position, previous = (last.position, last.digest) if last else (0, GENESIS)
    rows: list[dict[str, object]] = []
    for body in bodies:
        position += 1
        text = orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()
        digest = entry_digest(position, microseconds(at), event, text, previous)
        rows.append(
            {
                "position": position,
                "at": at,
                "event": event,
                "body": text,
                "previous": previous,
                "digest": digest,
            }
        )
        previous = digest
    await connection.execute(_ADD, rows)


def broken_link(entry: AuditEntry, position: int, previous: str) -> str | None:
    """Return why ``entry`` does not continue the chain, None when it does."""
    if entry.position != position:
        return f"entry {position} is missing"
    if entry.previous != previous:
        return "the hash of the entry before does not match"
    digest = entry_digest(entry.position, entry.at, entry.event, entry.body, previous)
    if digest != entry.digest:
        return "the entry was changed"
    return None


async def verify(connection: AsyncConnection) -> AuditReport:
    """Verify all entries and return a report with the first error, if any.

    Entries removed from the end are not detected; compare the reported head for that.
    """
    position, previous = 1, GENESIS
    while True:
        entries = await _entries(connection, position - 1 if position > 1 else None)
        for entry in entries:
            reason = broken_link(entry, position, previous)
            if reason is not None:
                return AuditReport(position - 1, previous, position, reason)
            position, previous = position + 1, entry.digest
        if len(entries) < BATCH:
            return AuditReport(position - 1, previous)


async def verify_stored(database: Database) -> AuditReport | None:
    """Verify the log of a database, None if it has none yet; a missing file is not created.

    Raises StoreUnavailable.
    """
    if database.file is not None and not database.file.exists():
        return None
    await database.check()
    async with database.read() as connection:
        if not await connection.run_sync(lambda one: inspect(one).has_table(audit.name)):
            return None
        return await verify(connection)


async def page(
    connection: AsyncConnection, limit: int, before: int | None = None, event: str = "", text: str = ""
) -> tuple[AuditEntry, ...]:
    """Return up to ``limit`` entries with positions below ``before``, newest first.

    ``event`` is the beginning of the event; ``text`` must be in the body or the event, in any case.
    """
    query = _columns().order_by(audit.c.position.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.position < before)
    if event:
        query = query.where(audit.c.event.startswith(event, autoescape=True))
    if text:
        found = [one.icontains(text, autoescape=True) for one in (audit.c.body, audit.c.event)]
        query = query.where(or_(*found))
    return tuple(AuditEntry(*row) for row in await connection.execute(query))


async def _entries(connection: AsyncConnection, after: int | None) -> list[AuditEntry]:
    """Return the next entries; None starts at the lowest position, which may be below 1."""
    query = _columns()
    if after is not None:
        query = query.where(audit.c.position > after)
    rows = await connection.execute(query.order_by(audit.c.position).limit(BATCH))
    return [AuditEntry(*row) for row in rows]


def _columns() -> Select[Any]:
    """Return a query for all entries, with their fields in the order of AuditEntry."""
    return select(
        audit.c.position,
        type_coerce(audit.c.at, BigInteger),
        audit.c.event,
        audit.c.body,
        audit.c.previous,
        audit.c.digest,
    )
