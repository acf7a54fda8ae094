"""Stores how regularly the webhooks of each source arrive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import webhook_rhythms
from .upsert import upsert

_OF_SOURCE: Final = select(webhook_rhythms).where(webhook_rhythms.c.source == bindparam("source"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRhythm:
    """The webhooks of a source. ``interval`` is their longest usual pause in seconds, 0 until it is known.

    ``pauses`` is how many pauses in a row fit it. ``silent_since`` is set while their silence is reported.
    """

    source: str
    seen_at: datetime
    interval: int = 0
    pauses: int = 0
    silent_since: datetime | None = None


async def save(connection: AsyncConnection, row: WebhookRhythm) -> None:
    """Insert or replace the row of a source."""
    values = {
        "source": row.source,
        "seen_at": row.seen_at,
        "interval": row.interval,
        "pauses": row.pauses,
        "silent_since": row.silent_since,
    }
    await upsert(connection, webhook_rhythms, values)


async def of_source(connection: AsyncConnection, source: str) -> WebhookRhythm | None:
    """Return the row of a source, None when none of its webhooks has arrived."""
    row = (await connection.execute(_OF_SOURCE, {"source": source})).first()
    return None if row is None else WebhookRhythm(**row._mapping)  # noqa: SLF001 - public by its documentation


async def all_rhythms(connection: AsyncConnection) -> tuple[WebhookRhythm, ...]:
    """Return the rows of all sources."""
    rows = await connection.execute(select(webhook_rhythms))
    return tuple(WebhookRhythm(**row._mapping) for row in rows)  # noqa: SLF001 - public by its documentation


async def forget(connection: AsyncConnection, source: str) -> None:
    """Delete the row of a source that was removed."""
    await connection.execute(delete(webhook_rhythms).where(webhook_rhythms.c.source == source))
