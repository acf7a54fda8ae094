"""Stores what people said about which things of several monitors are the same device."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import device_matches, device_questions
from .upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a person said about two keys, the smaller one first."""

    first: str
    second: str
    is_same: bool
    person_id: str
    decided_at: datetime


async def answers(connection: AsyncConnection) -> tuple[Answered, ...]:
    """Return all that people said."""
    rows = await connection.execute(select(device_matches))
    return tuple(Answered(**row._mapping) for row in rows)  # noqa: SLF001 - public by its documentation


async def decided(connection: AsyncConnection) -> dict[tuple[str, str], bool]:
    """Return whether two keys are the same device, by the keys, the smaller one first."""
    return {(one.first, one.second): one.is_same for one in await answers(connection)}


async def answer_to(connection: AsyncConnection, keys: tuple[str, str]) -> bool | None:
    """Return what a person said of two keys, the smaller one first; None when nobody has."""
    where = (device_matches.c.first == keys[0]) & (device_matches.c.second == keys[1])
    found: bool | None = await connection.scalar(select(device_matches.c.is_same).where(where))
    return found


async def asked(connection: AsyncConnection) -> frozenset[tuple[str, str]]:
    """Return the pairs that people were asked about."""
    rows = await connection.execute(select(device_questions.c.first, device_questions.c.second))
    return frozenset((row.first, row.second) for row in rows)


async def note_asked(connection: AsyncConnection, pairs: Iterable[tuple[str, str]], at: datetime) -> None:
    """Keep that people were asked about pairs of keys, the smaller one first."""
    rows = [{"first": first, "second": second, "asked_at": at} for first, second in pairs]
    await upsert(connection, device_questions, rows)


async def decide(
    connection: AsyncConnection, keys: tuple[str, str], person_id: str, at: datetime, *, is_same: bool | None
) -> None:
    """Keep what a person said of two keys, the smaller one first; None takes it back."""
    if is_same is None:
        where = (device_matches.c.first == keys[0]) & (device_matches.c.second == keys[1])
        await connection.execute(delete(device_matches).where(where))
        return
    row = {"first": keys[0], "second": keys[1], "is_same": is_same, "person_id": person_id, "decided_at": at}
    await upsert(connection, device_matches, [row])
