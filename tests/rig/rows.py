"""Rows without meaning, for tests of the database itself."""

import uuid

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rig.inventory import NOW
from steward.llm.tables import egress
from steward.store.tables import alerts


async def put(connection: AsyncConnection, *bodies: bytes) -> None:
    """Store a row for each body."""
    rows = [
        {
            "source": "rows",
            "fingerprint": uuid.uuid4().hex,
            "status": "resolved",
            "received_at": NOW,
            "seen_at": NOW,
            "body": body,
        }
        for body in bodies
    ]
    await connection.execute(insert(alerts), rows)


async def count(connection: AsyncConnection) -> int:
    """Return the number of rows."""
    return int(await connection.scalar(select(func.count()).select_from(alerts)) or 0)


async def bodies(connection: AsyncConnection) -> list[bytes]:
    """Return the bodies in the order of their bytes."""
    return sorted(await connection.scalars(select(alerts.c.body)))


async def put_numbered(connection: AsyncConnection) -> None:
    """Store a row whose id the database chooses."""
    values = {"deployment": "d", "tier": "local", "task": "ask", "bytes": 1, "privacy": "open", "masked": 0}
    await connection.execute(insert(egress).values(at=NOW, digest="x", **values))


async def ids(connection: AsyncConnection) -> list[int]:
    """Return the ids that the database chose, in order."""
    return sorted(await connection.scalars(select(egress.c.id)))
