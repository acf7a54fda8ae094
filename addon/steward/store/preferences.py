"""Stores what people decide again and again, one row for each kind of incident."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.preferences import Preference, PreferenceState

from .tables import preferences
from .upsert import upsert

_ONE: Final = select(preferences.c.body).where(preferences.c.id == bindparam("id"))


async def preference(connection: AsyncConnection, preference_id: str) -> Preference | None:
    """Return one preference, None when there is none."""
    body = await connection.scalar(_ONE, {"id": preference_id})
    return Preference.from_json(body) if body is not None else None


async def newest(
    connection: AsyncConnection, limit: int, state: PreferenceState | None = None
) -> tuple[Preference, ...]:
    """Return up to ``limit`` preferences, the last changed first."""
    query = select(preferences.c.body).order_by(preferences.c.last_at.desc(), preferences.c.id).limit(limit)
    if state is not None:
        query = query.where(preferences.c.state == state.value)
    return tuple(Preference.from_json(body) for body in await connection.scalars(query))


async def save(connection: AsyncConnection, row: Preference) -> None:
    """Insert or replace a preference."""
    stored = {"id": row.id, "state": row.state.value, "last_at": row.last_at, "body": row.to_json()}
    await upsert(connection, preferences, stored)


async def remove(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Delete preferences."""
    await connection.execute(delete(preferences).where(preferences.c.id.in_(ids)))


async def oldest_noted(connection: AsyncConnection, most: int) -> tuple[str, ...]:
    """Return the ids of the oldest rows that only count, beyond ``most`` rows in all."""
    total = await connection.scalar(select(func.count()).select_from(preferences)) or 0
    if total <= most:
        return ()
    rows = await connection.scalars(
        select(preferences.c.id)
        .where(preferences.c.state == PreferenceState.NOTED.value)
        .order_by(preferences.c.last_at)
        .limit(total - most)
    )
    return tuple(rows)
