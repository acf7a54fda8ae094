"""Stores how far backups were restored, and the copies that drills create."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.restore_drill import BackupProof, RestoreReport
from homelab_steward.contract.state import TargetRef

from .app_metadata import read_value, write_value
from .tables import restore_copies, restore_proofs
from .target_keys import target_key
from .upsert import upsert

KEY: Final = "restores"


async def report(connection: AsyncConnection) -> RestoreReport | None:
    """Return the report that clients get, None before the first."""
    stored = await read_value(connection, KEY)
    return None if stored is None else RestoreReport.from_json(stored)


async def write_report(connection: AsyncConnection, one: RestoreReport) -> None:
    """Store the report in place of the one before."""
    await write_value(connection, KEY, one.to_json().decode())


async def proofs(connection: AsyncConnection, place: str | None = None) -> tuple[BackupProof, ...]:
    """Return the proofs in the order of their targets, with ``place`` only those of one place."""
    query = select(restore_proofs.c.body).order_by(restore_proofs.c.target)
    if place is not None:
        query = query.where(restore_proofs.c.place == place)
    return tuple(BackupProof.from_json(body) for body in await connection.scalars(query))


async def proof(connection: AsyncConnection, target: TargetRef) -> BackupProof | None:
    """Return the proof of one target, None when no backup of it is known."""
    query = select(restore_proofs.c.body).where(restore_proofs.c.target == target_key(target))
    body = await connection.scalar(query)
    return BackupProof.from_json(body) if body is not None else None


async def save(connection: AsyncConnection, place: str, row: BackupProof) -> None:
    """Insert or replace the proof of a target."""
    stored = {"target": target_key(row.target), "place": place, "body": row.to_json()}
    await upsert(connection, restore_proofs, stored)


async def keep_only(connection: AsyncConnection, place: str, targets: Collection[TargetRef]) -> None:
    """Delete the proofs of a place whose targets have no backup any more."""
    kept = {target_key(one) for one in targets}
    found = await connection.scalars(select(restore_proofs.c.target).where(restore_proofs.c.place == place))
    gone = [one for one in found if one not in kept]
    await connection.execute(delete(restore_proofs).where(restore_proofs.c.target.in_(gone)))


async def keep_places(connection: AsyncConnection, places: Collection[str]) -> None:
    """Delete the proofs of places that are not used any more."""
    await connection.execute(delete(restore_proofs).where(restore_proofs.c.place.not_in(places)))


async def add_copy(connection: AsyncConnection, place: str, copy: str, at: datetime) -> None:
    """Store that a copy will be created."""
    await upsert(connection, restore_copies, {"place": place, "copy": copy, "begun_at": at})


async def drop_copy(connection: AsyncConnection, place: str, copy: str) -> None:
    """Store that a copy does not exist any more."""
    where = (restore_copies.c.place == place) & (restore_copies.c.copy == copy)
    await connection.execute(delete(restore_copies).where(where))


async def copies(connection: AsyncConnection) -> tuple[tuple[str, str], ...]:
    """Return place and id of the copies that may exist, the oldest first."""
    query = select(restore_copies.c.place, restore_copies.c.copy).order_by(restore_copies.c.begun_at)
    return tuple((row.place, row.copy) for row in await connection.execute(query))
