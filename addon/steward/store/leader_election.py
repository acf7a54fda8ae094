"""Elects the leader of a store, renews its lease, and lets the others wait as standby."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Final

import structlog
from sqlalchemy import ColumnElement, Connection, and_, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from ..clock import boot_seconds
from ..errors import LeadershipLost
from .database import Database, StoreUnavailable
from .leader import Leader, end_when_idle
from .leader_rules import StoredLease, claim_of
from .leader_table import ROW, leader_table
from .upsert import upsert

log = structlog.get_logger(__name__)

LASTS: Final = 30.0
"""Seconds that a lease lasts after each renewal."""

RENEWALS: Final = 6
"""Renewals while a lease lasts."""

KEY: Final = 0x53746577617264
"""The key of the advisory lock of a claim: the letters of Steward."""

MICROSECONDS: Final = 1_000_000

_NOW: Final = {
    "postgresql": text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"),
    "sqlite": text("SELECT CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"),
}

IN_USE: Final = (
    "Another steward uses the PostgreSQL database of database_url. Stop it first, set replicas to allowed,"
    " or set database_url to another database. After a crash of its machine, wait half a minute"
)

type StandBy = Callable[[], AbstractAsyncContextManager[None]]
"""What a process does while another one is the leader."""


@asynccontextmanager
async def leading(
    database: Database,
    owner: str,
    *,
    stand_by: StandBy | None = None,
    waits: bool = False,
    lasts: float = LASTS,
) -> AsyncIterator[Leader]:
    """Be the leader while the block runs; the database then refuses what others write.

    ``owner`` is the id of this process; one with the same id must have ended. With ``stand_by`` it
    waits until no other process is the leader, with ``waits`` until the lease of one that crashed has
    ended. Raises StoreUnavailable, without ``stand_by`` also when there is another leader.
    """
    leader = await claim(database, owner, lasts)
    if leader is None and stand_by is None and waits:
        leader = await _claim_after_crash(database, owner, lasts)
    if leader is None:
        if stand_by is None:
            raise StoreUnavailable(IN_USE)
        async with stand_by():
            while leader is None:
                await asyncio.sleep(lasts / RENEWALS)
                leader = await _claimed_later(database, owner, lasts)
    log.info("leader", epoch=leader.epoch)
    database.leader = leader
    renewing = asyncio.create_task(_renew_forever(database, leader), name="lease of the leader")
    try:
        yield leader
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        await _release(database, leader)
        database.leader = None


async def claim(database: Database, owner: str, lasts: float = LASTS) -> Leader | None:
    """Become the leader; return None while another process is. Raises StoreUnavailable."""
    asked_at = boot_seconds()
    async with database.write(durable=True) as connection:
        stored, now = await _stored(connection, lasts)
        claimed = claim_of(stored, owner, is_alone=database.is_sqlite)
        if claimed is None:
            return None
        age = claimed.unclean_age
        row = {
            "id": ROW,
            "owner": owner,
            "epoch": claimed.epoch,
            "expires_at": now + round(lasts * MICROSECONDS),
            "is_released": False,
            "unclean_at": None if age is None else now - round(age * MICROSECONDS),
        }
        await upsert(connection, leader_table, row)
    return Leader(owner, claimed, None if database.is_sqlite else lasts, asked_at)


async def _claim_after_crash(database: Database, owner: str, lasts: float) -> Leader | None:
    """Return the claim once a lease that nobody renews has ended, None as soon as somebody renews it."""
    log.info("waiting for the lease of another process, which may have crashed", seconds=lasts)
    before = await _expires_at(database)
    while True:
        await asyncio.sleep(lasts / RENEWALS)
        if (leader := await claim(database, owner, lasts)) is not None:
            return leader
        if await _expires_at(database) != before:
            return None


async def _expires_at(database: Database) -> int | None:
    """Return when the lease ends, by the clock of the database."""
    async with database.read() as connection:
        return (await connection.scalars(select(leader_table.c.expires_at))).one_or_none()


async def _claimed_later(database: Database, owner: str, lasts: float) -> Leader | None:
    """Return the claim, None too while the database does not answer: a standby waits."""
    try:
        return await claim(database, owner, lasts)
    except StoreUnavailable as err:
        log.warning("leader not known", reason=str(err))
        return None


async def _stored(connection: AsyncConnection, lasts: float) -> tuple[StoredLease | None, int]:
    """Return the lease, locked, and the time of the database in microseconds since 1970."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        await end_when_idle(connection, lasts)
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({KEY})"))
    await connection.run_sync(_create)
    # The leader holds this lock while it writes.
    row = (await connection.execute(select(leader_table).with_for_update())).first()
    now = int((await connection.execute(_NOW[dialect])).scalar_one())
    if row is None:
        return None, now
    age = None if row.unclean_at is None else (now - row.unclean_at) / MICROSECONDS
    lease = StoredLease(
        owner=row.owner,
        epoch=row.epoch,
        is_released=row.is_released,
        left=(row.expires_at - now) / MICROSECONDS,
        unclean_age=age,
    )
    return lease, now


def _create(connection: Connection) -> None:
    if not inspect(connection).has_table(leader_table.name):
        leader_table.create(connection)


async def _renew_forever(database: Database, leader: Leader) -> None:
    """Renew the lease until it is lost, with a connection of its own that no other work can hold up."""
    if leader.lasts is None:
        return
    every = leader.lasts / RENEWALS
    engine = create_async_engine(
        database.engine.url, isolation_level="AUTOCOMMIT", pool_pre_ping=True, pool_size=1, max_overflow=0
    )
    try:
        while not leader.lost.is_set():
            await asyncio.sleep(every)
            try:
                async with asyncio.timeout(leader.lasts), engine.connect() as connection:
                    await _renew(connection, leader, leader.lasts)
            except LeadershipLost:
                log.warning("another process of the steward has taken over")
            except (SQLAlchemyError, OSError, TimeoutError) as err:
                log.warning("lease not renewed", reason=type(err).__name__)
    finally:
        await engine.dispose()


async def _renew(connection: AsyncConnection, leader: Leader, lasts: float) -> None:
    """Renew the lease once. Raises LeadershipLost."""
    asked_at = boot_seconds()
    now = int((await connection.execute(_NOW["postgresql"])).scalar_one())
    renewed = await connection.execute(
        update(leader_table).where(_mine(leader)).values(expires_at=now + round(lasts * MICROSECONDS))
    )
    if renewed.rowcount != 1:
        leader.lose()
        raise LeadershipLost
    leader.renewed(asked_at)


async def _release(database: Database, leader: Leader) -> None:
    """Let another process be the leader at once; what cannot be written ends with the lease."""
    with suppress(StoreUnavailable, LeadershipLost):
        async with database.write(durable=True) as connection:
            await connection.execute(update(leader_table).where(_mine(leader)).values(is_released=True))


def _mine(leader: Leader) -> ColumnElement[bool]:
    columns = leader_table.c
    return and_(columns.id == ROW, columns.owner == leader.owner, columns.epoch == leader.epoch)
