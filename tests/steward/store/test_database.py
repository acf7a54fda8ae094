"""The database: one writer at a time, consistent reads, and published commits."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from homelab_steward.contract.protocol import RowKind
from rig import records, rows
from rig.agent_rig import opened_store
from rig.databases import is_postgresql, store_url
from steward.store import app_metadata, approvals, incidents, tables
from steward.store.database import Database, StoreUnavailable, _shielded
from steward.store.schema import Timestamp, microseconds
from steward.store.store import Store
from steward.store.upsert import upsert

on_sqlite = pytest.mark.skipif(is_postgresql(), reason="for SQLite only")


async def put(store: Store, number: int) -> None:
    async with store.change() as unit:
        await rows.put(unit.connection, str(number).encode())


async def test_read_sees_one_consistent_state(store: Store) -> None:
    await put(store, 1)
    async with store.read() as connection:
        assert await rows.count(connection) == 1
        await put(store, 2)
        assert await rows.count(connection) == 1
        assert len(await rows.bodies(connection)) == 1
    async with store.read() as connection:
        assert await rows.count(connection) == 2


async def test_read_connection_stores_nothing(store: Store) -> None:
    async with store.read() as connection:
        await rows.put(connection, b"x")
    async with store.read() as connection:
        assert await rows.count(connection) == 0


async def test_writers_wait_for_each_other(store: Store) -> None:
    inside = 0

    async def write() -> None:
        nonlocal inside
        async with store.change() as unit:
            assert inside == 0
            inside += 1
            known = await app_metadata.read_value(unit.connection, "count") or "0"
            await app_metadata.write_value(unit.connection, "count", str(int(known) + 1))
            inside -= 1

    await asyncio.gather(*(write() for _ in range(40)))
    async with store.read() as connection:
        assert await app_metadata.read_value(connection, "count") == "40"


async def test_failed_block_is_rolled_back(store: Store) -> None:
    async def fail() -> None:
        async with store.change() as unit:
            await rows.put(unit.connection, b"x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await put(store, 1)
    async with store.read() as connection:
        assert await rows.count(connection) == 1


async def test_cancelled_block_is_rolled_back(store: Store) -> None:
    entered = asyncio.Event()

    async def write() -> None:
        async with store.change() as unit:
            await rows.put(unit.connection, b"x")
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await put(store, 1)
    async with store.read() as connection:
        assert await rows.count(connection) == 1


@pytest.mark.parametrize("turns", range(25))
async def test_committed_row_is_published_wherever_the_writer_is_cancelled(store: Store, turns: int) -> None:
    async def write() -> None:
        async with store.change(durable=True) as unit:
            row = records.incident(id="i1", number=1)
            await incidents.save_incident(unit.connection, row)
            unit.publish(RowKind.INCIDENT, row.id, row)

    task = asyncio.create_task(write())
    for _ in range(turns):
        # Each turn lets the writer run further, up to and beyond its commit.
        await asyncio.sleep(0 if turns % 2 else 0.0005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with store.read() as connection:
        kept = await incidents.incident(connection, "i1") is not None
    assert store.changes.sequence == (1 if kept else 0)
    await put(store, 1)


async def test_shielded_work_finishes_before_the_cancellation() -> None:
    steps: list[str] = []
    go_on = asyncio.Event()

    async def work() -> None:
        steps.append("started")
        await go_on.wait()
        steps.append("done")

    task = asyncio.create_task(_shielded(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["started", "done"]


@pytest.mark.parametrize("cancelled", [False, True])
async def test_error_of_shielded_work_is_raised(cancelled: bool) -> None:  # noqa: FBT001
    async def work() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    task = asyncio.create_task(_shielded(work()))
    await asyncio.sleep(0)
    if cancelled:
        task.cancel()
    with pytest.raises(ZeroDivisionError):
        await task


async def test_cancelled_shielded_work_cancels_its_caller() -> None:
    async def work() -> None:
        current = asyncio.current_task()
        assert current is not None
        current.cancel()
        await asyncio.sleep(1)

    with pytest.raises(asyncio.CancelledError):
        await _shielded(work())


@on_sqlite
async def test_sqlite_settings(store: Store) -> None:
    async def pragma(name: str) -> object:
        async with store.read() as connection:
            return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()

    assert await pragma("journal_mode") == "wal"
    assert await pragma("foreign_keys") == 1
    assert await pragma("busy_timeout") == 10_000
    assert store.database.is_sqlite
    for durable, level in ((True, 2), (False, 1)):
        async with store.change(durable=durable) as unit:
            assert (await unit.connection.exec_driver_sql("PRAGMA synchronous")).scalar() == level


async def test_foreign_keys_are_enforced(store: Store) -> None:
    async def orphan() -> None:
        async with store.change() as unit:
            await approvals.add(unit.connection, records.request())

    with pytest.raises(IntegrityError):
        await orphan()


async def test_two_databases_on_one_file(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as other:
        await asyncio.gather(*(put(store, number) for number in range(20) for store in (one, other)))
        async with one.read() as connection:
            assert await rows.count(connection) == 40


async def test_check_of_a_working_and_a_broken_database(tmp_path: Path) -> None:
    database = Database(store_url(tmp_path))
    await database.check()
    await database.close()
    broken = Database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'x.db'}")
    with pytest.raises(StoreUnavailable, match="The database cannot be opened"):
        await broken.check()
    await broken.close()
    # The thread of a connection that could not be opened ends by itself.
    for thread in threading.enumerate():
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


async def test_postgresql_url_is_recognised() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert not database.is_sqlite
    with pytest.raises(StoreUnavailable):
        await database.check()
    await database.close()


TIMES = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis needs bounds without a time zone
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))]),
)


@given(TIMES)
def test_time_round_trip_keeps_microseconds(time: datetime) -> None:
    column, dialect = Timestamp(), sqlite.dialect()
    stored = column.process_bind_param(time, dialect)
    assert stored == microseconds(time)
    found = column.process_result_value(stored, dialect)
    assert found == time
    assert found is not None
    assert found.tzinfo is UTC


@given(TIMES, TIMES)
def test_stored_times_keep_their_order(one: datetime, other: datetime) -> None:
    assert (microseconds(one) < microseconds(other)) == (one < other)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        microseconds(datetime(2026, 1, 1))  # noqa: DTZ001
    assert Timestamp().process_bind_param(None, sqlite.dialect()) is None
    assert Timestamp().process_result_value(None, sqlite.dialect()) is None


async def test_upsert_replaces_rows(store: Store) -> None:
    async with store.change() as unit:
        await upsert(unit.connection, tables.app_metadata, [])
        await upsert(unit.connection, tables.app_metadata, {"key": "a", "value": "1"})
        await upsert(
            unit.connection, tables.app_metadata, [{"key": "a", "value": "2"}, {"key": "b", "value": "3"}]
        )
        rows = await unit.connection.execute(select(tables.app_metadata).order_by(tables.app_metadata.c.key))
        assert [tuple(row) for row in rows] == [("a", "2"), ("b", "3")]


async def test_app_metadata(store: Store) -> None:
    async with store.change() as unit:
        assert await app_metadata.read_value(unit.connection, "x") is None
        made = await app_metadata.own_id(unit.connection)
        assert len(made) == 16
        assert await app_metadata.own_id(unit.connection) == made
        await app_metadata.write_value(unit.connection, "x", "1")
        await app_metadata.write_value(unit.connection, "x", "2")
        assert await app_metadata.read_value(unit.connection, "x") == "2"
    async with store.read() as connection:
        assert await app_metadata.own_id(connection) == made
