"""Stores what witnesses said of problems, and whether they were right once that is known."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.devices import Aspect

from ..quorum.reliability import Claim, Outcome
from .tables import witness_claims as table
from .upsert import upsert

MOST: Final = 5_000
"""Outcomes that are read: the newest."""


async def note(connection: AsyncConnection, source: str, claims: Iterable[Claim], at: datetime) -> None:
    """Keep what witnesses say of a problem; ``source`` identifies it, such as the id of an incident."""
    rows = [
        {
            "source": source,
            "witness": one.witness,
            "aspect": one.aspect.value,
            "right_if_real": one.right_if_real,
            "noted_at": at,
        }
        for one in claims
    ]
    await upsert(connection, table, rows)


async def of_problem(connection: AsyncConnection, source: str) -> tuple[Claim, ...]:
    """Return what witnesses said of a problem."""
    rows = await connection.execute(
        select(table.c.witness, table.c.aspect, table.c.right_if_real).where(table.c.source == source)
    )
    return tuple(
        Claim(witness=row.witness, aspect=Aspect(row.aspect), right_if_real=row.right_if_real) for row in rows
    )


async def settle(connection: AsyncConnection, source: str, at: datetime, *, was_real: bool) -> None:
    """Keep whether a problem was real: then it is known who was right. What was said last counts."""
    was_right = table.c.right_if_real if was_real else not_(table.c.right_if_real)
    await connection.execute(
        update(table).where(table.c.source == source).values(was_right=was_right, settled_at=at)
    )


async def outcomes(connection: AsyncConnection) -> tuple[Outcome, ...]:
    """Return who was right when, the newest first."""
    rows = await connection.execute(
        select(table.c.witness, table.c.aspect, table.c.was_right, table.c.settled_at)
        .where(table.c.was_right.is_not(None))
        .order_by(table.c.settled_at.desc(), table.c.source, table.c.witness, table.c.aspect)
        .limit(MOST)
    )
    return tuple(
        Outcome(
            witness=row.witness,
            aspect=Aspect(row.aspect),
            was_right=row.was_right,
            settled_at=row.settled_at,
        )
        for row in rows
    )


async def delete_before(connection: AsyncConnection, before: datetime) -> None:
    """Delete what was said before a time."""
    await connection.execute(delete(table).where(table.c.noted_at < before))
