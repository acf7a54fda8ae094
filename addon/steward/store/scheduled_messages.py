"""Stores what schedules found, one row for each run."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.schedules import ScheduledMessage

from .tables import scheduled_messages


async def message(connection: AsyncConnection, message_id: str) -> ScheduledMessage | None:
    """Return one message."""
    body = await connection.scalar(
        select(scheduled_messages.c.body).where(scheduled_messages.c.id == message_id)
    )
    return ScheduledMessage.from_json(body) if body is not None else None


async def last_of(connection: AsyncConnection, schedule_id: str) -> ScheduledMessage | None:
    """Return the newest message of a schedule, also one with nothing to say."""
    body = await connection.scalar(
        select(scheduled_messages.c.body)
        .where(scheduled_messages.c.schedule_id == schedule_id)
        .order_by(scheduled_messages.c.made_at.desc())
        .limit(1)
    )
    return ScheduledMessage.from_json(body) if body is not None else None


async def newest_of(
    connection: AsyncConnection, schedule_id: str, limit: int
) -> tuple[ScheduledMessage, ...]:
    """Return the newest messages of a schedule, the newest first."""
    bodies = await connection.scalars(
        select(scheduled_messages.c.body)
        .where(scheduled_messages.c.schedule_id == schedule_id)
        .order_by(scheduled_messages.c.made_at.desc())
        .limit(limit)
    )
    return tuple(map(ScheduledMessage.from_json, bodies))


async def newest(connection: AsyncConnection, limit: int) -> tuple[ScheduledMessage, ...]:
    """Return the newest messages, the newest first."""
    bodies = await connection.scalars(
        select(scheduled_messages.c.body).order_by(scheduled_messages.c.made_at.desc()).limit(limit)
    )
    return tuple(map(ScheduledMessage.from_json, bodies))


async def add(connection: AsyncConnection, row: ScheduledMessage, kept: int) -> None:
    """Store a message, and keep only the newest ``kept`` of its schedule."""
    await connection.execute(
        scheduled_messages.insert().values(
            id=row.id, schedule_id=row.schedule_id, made_at=row.made_at, body=row.to_json()
        )
    )
    old = (
        select(scheduled_messages.c.id)
        .where(scheduled_messages.c.schedule_id == row.schedule_id)
        .order_by(scheduled_messages.c.made_at.desc())
        .offset(kept)
    )
    ids = tuple(await connection.scalars(old))
    await connection.execute(delete(scheduled_messages).where(scheduled_messages.c.id.in_(ids)))


async def change(connection: AsyncConnection, row: ScheduledMessage) -> None:
    """Store a message again, with what became of it."""
    where = scheduled_messages.c.id == row.id
    await connection.execute(update(scheduled_messages).where(where).values(body=row.to_json()))
