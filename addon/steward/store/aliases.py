"""Stores the other names that people gave to targets, one row for each name of a target."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.target_names import Alias, TargetKey

from .tables import target_aliases
from .target_keys import bounded_key
from .upsert import upsert


async def every(connection: AsyncConnection) -> tuple[Alias, ...]:
    """Return all names."""
    bodies = await connection.scalars(select(target_aliases.c.body))
    return tuple(Alias.from_json(body) for body in bodies)


async def save(connection: AsyncConnection, alias: Alias, words: str) -> None:
    """Insert or replace a name. ``words`` are its words in lower case, with which it is compared."""
    row = {"target": _target(alias.target), "words": words, "body": alias.to_json()}
    await upsert(connection, target_aliases, row)


async def remove(connection: AsyncConnection, target: TargetKey, words: str) -> None:
    """Delete a name of a target."""
    columns = target_aliases.c
    await connection.execute(
        delete(target_aliases).where(columns.target == _target(target), columns.words == words)
    )


def _target(target: TargetKey) -> str:
    return bounded_key(f"{target.instance_id}:{target.kind}:{target.id}")
