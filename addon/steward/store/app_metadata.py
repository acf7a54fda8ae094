"""Small lasting facts about this steward: its id, its policy version."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import app_metadata
from .upsert import upsert


async def read_value(connection: AsyncConnection, key: str) -> str | None:
    """Return a fact, None when it was never written."""
    value: str | None = await connection.scalar(select(app_metadata.c.value).where(app_metadata.c.key == key))
    return value


async def write_value(connection: AsyncConnection, key: str, value: str) -> None:
    """Write a fact."""
    await upsert(connection, app_metadata, {"key": key, "value": value})


async def own_id(connection: AsyncConnection) -> str:
    """Return the id of this steward, made on first use (inside a transaction)."""
    known = await read_value(connection, "app_id")
    if known is not None:
        return known
    made = secrets.token_hex(8)
    await write_value(connection, "app_id", made)
    return made
