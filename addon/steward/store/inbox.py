"""Webhook bodies as they came: stored before they are answered, read in order."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import inbox


@dataclass(frozen=True, slots=True)
class InboundWebhook:
    """One webhook body that still waits to be read."""

    id: int
    source: str
    received_at: datetime
    body: bytes


async def put(connection: AsyncConnection, webhooks: list[tuple[str, datetime, bytes]]) -> None:
    """Store bodies as (source, received at, body)."""
    await connection.execute(
        insert(inbox),
        [{"source": source, "received_at": at, "body": body} for source, at, body in webhooks],
    )


async def oldest(connection: AsyncConnection, limit: int) -> tuple[InboundWebhook, ...]:
    """Return the oldest waiting bodies."""
    rows = await connection.execute(select(inbox).order_by(inbox.c.id).limit(limit))
    return tuple(InboundWebhook(*row) for row in rows)


async def done(connection: AsyncConnection, up_to: int) -> None:
    """Forget all bodies up to and including id ``up_to``: they have become alerts."""
    await connection.execute(delete(inbox).where(inbox.c.id <= up_to))


async def waiting(connection: AsyncConnection) -> int:
    """Return how many bodies wait."""
    return int(await connection.scalar(select(func.count()).select_from(inbox)) or 0)
