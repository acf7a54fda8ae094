"""Key-value metadata of this app, such as its id."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import app_metadata
from .upsert import upsert


async def read_value(connection: AsyncConnection, key: str) -> str | None:
    """Return the value of a key, None when there is none."""
    value: str | None = await connection.scalar(select(app_metadata.c.value).where(app_metadata.c.key == key))
    return value


async def write_value(connection: AsyncConnection, key: str, value: str) -> None:
    """Set the value of a key."""
    await upsert(connection, app_metadata, {"key": key, "value": value})


async def own_id(connection: AsyncConnection) -> str:
    """Return the id of this app, which is created on first use. Needs a write transaction."""
    stored = await read_value(connection, "app_id")
    if stored is not None:
        return stored
    new = secrets.token_hex(8)
    await write_value(connection, "app_id", new)
    return new
