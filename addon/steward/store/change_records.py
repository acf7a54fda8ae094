"""Stores updates, one row for each revision of each."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.changes import Change, ChangeStatus

from .decoding import decode, encode
from .tables import changes
from .upsert import upsert

AT_WORK: Final = frozenset({ChangeStatus.ASKED, ChangeStatus.APPLYING, ChangeStatus.WATCHING})
"""Updates that somebody is asked about, or that are applied."""

FINAL: Final = frozenset(
    {
        ChangeStatus.DONE,
        ChangeStatus.WENT_BACK,
        ChangeStatus.FAILED,
        ChangeStatus.REJECTED,
        ChangeStatus.BLOCKED,
        ChangeStatus.GONE,
    }
)
"""What is not worked on any more."""

LESSONS: Final = frozenset(
    {ChangeStatus.WENT_BACK, ChangeStatus.FAILED, ChangeStatus.REJECTED, ChangeStatus.BLOCKED}
)
"""Versions that are not offered again by themselves: these rows are kept longest."""

_ONE: Final = select(changes.c.body).where(changes.c.id == bindparam("id"))


async def change(connection: AsyncConnection, change_id: str) -> Change | None:
    """Return one update, None when there is none."""
    body = await connection.scalar(_ONE, {"id": change_id})
    return decode(Change, body) if body is not None else None


async def changes_in(connection: AsyncConnection, statuses: Collection[ChangeStatus]) -> tuple[Change, ...]:
    """Return the updates in these statuses, the oldest first."""
    rows = await connection.scalars(
        select(changes.c.body)
        .where(changes.c.status.in_([one.value for one in statuses]))
        .order_by(changes.c.found_at, changes.c.id)
    )
    return tuple(decode(Change, body) for body in rows)


async def unfinished(connection: AsyncConnection) -> tuple[Change, ...]:
    """Return all updates that are not over, the oldest first."""
    return await changes_in(connection, [one for one in ChangeStatus if one not in FINAL])


async def of_target(connection: AsyncConnection, target: str) -> tuple[Change, ...]:
    """Return the updates of a target, the newest first. ``target`` is its key."""
    rows = await connection.scalars(
        select(changes.c.body)
        .where(changes.c.target == target)
        .order_by(changes.c.updated_at.desc(), changes.c.id)
    )
    return tuple(decode(Change, body) for body in rows)


async def of_request(connection: AsyncConnection, approval_id: str) -> tuple[Change, ...]:
    """Return the updates that a request is about and that are not over, the oldest first."""
    return tuple(one for one in await unfinished(connection) if one.approval_id == approval_id)


async def lessons(connection: AsyncConnection) -> tuple[Change, ...]:
    """Return the versions that are not offered again by themselves, the newest first."""
    rows = await connection.scalars(
        select(changes.c.body)
        .where(changes.c.status.in_([one.value for one in LESSONS]))
        .order_by(changes.c.updated_at.desc(), changes.c.id)
    )
    return tuple(decode(Change, body) for body in rows)


async def shown(connection: AsyncConnection, limit: int) -> tuple[Change, ...]:
    """Return all updates that are not over, and up to ``limit`` others, the last changed first."""
    is_over = changes.c.status.in_([one.value for one in FINAL])
    newest = changes.c.updated_at.desc()
    waiting = await connection.scalars(select(changes.c.body).where(~is_over).order_by(newest, changes.c.id))
    over = await connection.scalars(
        select(changes.c.body).where(is_over).order_by(newest, changes.c.id).limit(limit)
    )
    return tuple(decode(Change, body) for body in (*waiting, *over))


async def current(connection: AsyncConnection, waiting: int, over: int) -> tuple[Change, ...]:
    """Return up to ``waiting`` updates that are not over, those that are asked about or applied first.

    After them are up to ``over`` others; each part begins with the last changed.
    """
    is_over = changes.c.status.in_([one.value for one in FINAL])
    is_active = changes.c.status.in_([one.value for one in AT_WORK])
    newest = changes.c.updated_at.desc()
    first = select(changes.c.body).where(~is_over).order_by(is_active.desc(), newest, changes.c.id)
    last = select(changes.c.body).where(is_over).order_by(newest, changes.c.id)
    rows = (
        *await connection.scalars(first.limit(waiting)),
        *await connection.scalars(last.limit(over)),
    )
    return tuple(decode(Change, body) for body in rows)


async def listed(
    connection: AsyncConnection, limit: int, *, is_all: bool, begins: str = ""
) -> tuple[tuple[Change, ...], int]:
    """Return up to ``limit`` updates, those that are not over first, and how many more there are.

    ``begins`` are the first characters of their ids.
    """
    is_over = changes.c.status.in_([one.value for one in FINAL])
    wanted = changes.c.id.startswith(begins, autoescape=True)
    if not is_all:
        wanted &= ~is_over
    rows = await connection.scalars(
        select(changes.c.body)
        .where(wanted)
        .order_by(is_over, changes.c.updated_at.desc(), changes.c.id)
        .limit(limit)
    )
    found = tuple(decode(Change, body) for body in rows)
    count = await connection.scalar(select(func.count()).select_from(changes).where(wanted)) or 0
    return found, count - len(found)


async def save(connection: AsyncConnection, row: Change, target: str) -> None:
    """Insert or replace an update. ``target`` is the key of its target."""
    stored = {
        "id": row.id,
        "status": row.status.value,
        "target": target,
        "revision": row.revision,
        "found_at": row.found_at,
        "updated_at": row.updated_at,
        "body": encode(row),
    }
    await upsert(connection, changes, stored)


async def remove(connection: AsyncConnection, ids: Sequence[str]) -> None:
    """Delete updates."""
    await connection.execute(delete(changes).where(changes.c.id.in_(ids)))


async def superfluous(connection: AsyncConnection, kept: int) -> tuple[str, ...]:
    """Return the ids of what is over beyond the newest ``kept``; lessons count, and go, separately."""
    lessons = [one.value for one in LESSONS]
    others = [one.value for one in FINAL - LESSONS]
    found: list[str] = []
    for statuses in (lessons, others):
        rows = await connection.scalars(
            select(changes.c.id)
            .where(changes.c.status.in_(statuses))
            .order_by(changes.c.updated_at.desc(), changes.c.id)
            .offset(kept)
            .limit(kept)
        )
        found.extend(rows)
    return tuple(found)
