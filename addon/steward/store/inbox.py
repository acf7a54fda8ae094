"""Alerts of webhooks: stored before the webhook is answered, taken in order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import inbox


@dataclass(frozen=True, slots=True)
class InboundWebhook:
    """The alerts of one webhook that wait to be taken; ``body`` is their stored form."""

    id: int
    source: str
    received_at: datetime
    body: bytes


async def put(connection: AsyncConnection, webhooks: list[tuple[str, datetime, bytes]]) -> None:
    """Store webhooks as (source, received at, body)."""
    await connection.execute(
        insert(inbox),
        [{"source": source, "received_at": at, "body": body} for source, at, body in webhooks],
    )


async def oldest(connection: AsyncConnection, limit: int) -> tuple[InboundWebhook, ...]:
    """Return the oldest webhooks."""
    rows = await connection.execute(select(inbox).order_by(inbox.c.id).limit(limit))
    return tuple(InboundWebhook(*row) for row in rows)


async def done(connection: AsyncConnection, up_to: int) -> None:
    """Delete all up to and including id ``up_to``."""
    await connection.execute(delete(inbox).where(inbox.c.id <= up_to))


async def waiting(connection: AsyncConnection) -> int:
    """Return how many webhooks wait."""
    return int(await connection.scalar(select(func.count()).select_from(inbox)) or 0)
