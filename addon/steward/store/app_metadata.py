"""Key-value metadata of this app, such as its id."""

import secrets
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import app_metadata
from .upsert import upsert

RESTORED: Final = "restored_at"
"""Is set by a restore until the next start has ended what was under way at the backup."""

GENERATION: Final = "generation"

_VALUE: Final = select(app_metadata.c.value).where(app_metadata.c.key == bindparam("key"))


async def read_value(connection: AsyncConnection, key: str) -> str | None:
    """Return the value of a key, None when there is none."""
    value: str | None = await connection.scalar(_VALUE, {"key": key})
    return value


async def write_value(connection: AsyncConnection, key: str, value: str) -> None:
    """Set the value of a key."""
    await upsert(connection, app_metadata, {"key": key, "value": value})


async def delete_value(connection: AsyncConnection, key: str) -> None:
    """Delete a key."""
    await connection.execute(delete(app_metadata).where(app_metadata.c.key == key))


async def own_id(connection: AsyncConnection) -> str:
    """Return the id of this app, which is created on first use. Needs a write transaction."""
    return await _kept(connection, "app_id")


async def generation(connection: AsyncConnection) -> str:
    """Return what binds the workflows to this store, created on first use. Needs a write transaction."""
    return await _kept(connection, GENERATION)


async def renew_generation(connection: AsyncConnection) -> None:
    """Set a new generation: workflows of the store before do not belong to this one."""
    await write_value(connection, GENERATION, secrets.token_hex(8))


async def _kept(connection: AsyncConnection, key: str) -> str:
    stored = await read_value(connection, key)
    if stored is not None:
        return stored
    new = secrets.token_hex(8)
    await write_value(connection, key, new)
    return new
