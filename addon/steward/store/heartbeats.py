"""Stores the alerts that are meant to fire always, and when each was last seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import heartbeats
from .upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """A heartbeat of a monitor. ``interval`` is its longest usual pause in seconds, 0 until it is known.

    ``silent_since`` is set while its silence is reported.
    """

    source: str
    fingerprint: str
    name: str
    seen_at: datetime
    interval: int = 0
    silent_since: datetime | None = None


async def save(connection: AsyncConnection, rows: Sequence[Heartbeat]) -> None:
    """Insert or replace heartbeats."""
    await upsert(
        connection,
        heartbeats,
        [
            {
                "source": one.source,
                "fingerprint": one.fingerprint,
                "name": one.name,
                "seen_at": one.seen_at,
                "interval": one.interval,
                "silent_since": one.silent_since,
            }
            for one in rows
        ],
    )


async def of_source(connection: AsyncConnection, source: str) -> dict[str, Heartbeat]:
    """Return the heartbeats of a source by fingerprint."""
    rows = await connection.execute(select(heartbeats).where(heartbeats.c.source == source))
    return {row.fingerprint: Heartbeat(**row._mapping) for row in rows}  # noqa: SLF001 - public by its documentation


async def all_heartbeats(connection: AsyncConnection) -> tuple[Heartbeat, ...]:
    """Return all heartbeats."""
    rows = await connection.execute(select(heartbeats))
    return tuple(Heartbeat(**row._mapping) for row in rows)  # noqa: SLF001 - public by its documentation


async def forget(connection: AsyncConnection, source: str) -> None:
    """Delete the heartbeats of a source that was removed."""
    await connection.execute(delete(heartbeats).where(heartbeats.c.source == source))
