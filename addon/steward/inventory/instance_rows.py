"""Instances in the database: settings as JSON, secrets encrypted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Value

from ..store.upsert import upsert
from .tables import instances


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instance that a client configured. ``sealed`` are its encrypted secrets."""

    id: str
    service: str
    name: str
    settings: Mapping[str, Value]
    added_at: datetime
    sealed: bytes | None = field(default=None, repr=False)


async def load(connection: AsyncConnection) -> tuple[Row, ...]:
    """Return all rows in the order in which they were added."""
    found = await connection.execute(select(instances).order_by(instances.c.added_at, instances.c.id))
    return tuple(
        Row(
            id=row.id,
            service=row.service,
            name=row.name,
            settings=orjson.loads(row.settings),
            added_at=row.added_at,
            sealed=row.secrets,
        )
        for row in found
    )


async def put(connection: AsyncConnection, row: Row) -> None:
    """Insert or update a row."""
    values = {
        "id": row.id,
        "service": row.service,
        "name": row.name,
        "settings": orjson.dumps(dict(row.settings)).decode(),
        "secrets": row.sealed,
        "added_at": row.added_at,
    }
    await upsert(connection, instances, values)


async def drop(connection: AsyncConnection, instance_id: str) -> None:
    """Delete a row."""
    await connection.execute(delete(instances).where(instances.c.id == instance_id))
