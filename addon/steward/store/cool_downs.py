"""Stores for how long nobody is asked about an alert of a target."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.false_alarms import CoolDown

from .tables import cool_downs
from .upsert import upsert

_WITH_IDS: Final = select(cool_downs.c.body).where(cool_downs.c.id.in_(bindparam("ids", expanding=True)))


async def with_ids(connection: AsyncConnection, ids: Collection[str]) -> dict[str, CoolDown]:
    """Return the cool-downs with these ids, also those that are over."""
    rows = await connection.scalars(_WITH_IDS, {"ids": list(ids)})
    return {one.id: one for one in map(CoolDown.from_json, rows)}


async def lasting(connection: AsyncConnection, now: datetime) -> tuple[CoolDown, ...]:
    """Return the cool-downs that are not over, those that end first at first."""
    rows = await connection.scalars(
        select(cool_downs.c.body)
        .where(cool_downs.c.until > now)
        .order_by(cool_downs.c.until, cool_downs.c.id)
    )
    return tuple(map(CoolDown.from_json, rows))


async def save(connection: AsyncConnection, row: CoolDown) -> None:
    """Insert or replace a cool-down."""
    await upsert(connection, cool_downs, {"id": row.id, "until": row.until, "body": row.to_json()})


async def remove(connection: AsyncConnection, cool_down_id: str) -> None:
    """Delete a cool-down."""
    await connection.execute(delete(cool_downs).where(cool_downs.c.id == cool_down_id))


async def remove_before(connection: AsyncConnection, before: datetime) -> None:
    """Delete what was over before ``before``."""
    await connection.execute(delete(cool_downs).where(cool_downs.c.until < before))
