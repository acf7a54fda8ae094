"""The database: one writer at a time, reads of one state, and commits that are told whatever happens."""

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
from rig import records
from rig.agent_rig import opened_store
from rig.databases import is_postgresql, store_url
from rig.inventory import NOW
from steward.store import app_metadata, approvals, inbox, incidents, tables
from steward.store.database import Database, StoreUnavailable, _to_the_end
from steward.store.schema import Timestamp, microseconds
from steward.store.store import Store
from steward.store.upsert import upsert

on_sqlite = pytest.mark.skipif(is_postgresql(), reason="SQLite's own")


async def put(store: Store, number: int) -> None:
    async with store.change() as unit:
        await inbox.put(unit.connection, [("am", NOW, str(number).encode())])


async def test_a_read_sees_one_state_however_long_it_takes(store: Store) -> None:
    await put(store, 1)
    async with store.read() as connection:
        assert await inbox.waiting(connection) == 1
        await put(store, 2)
        assert await inbox.waiting(connection) == 1
        assert len(await inbox.oldest(connection, 10)) == 1
    async with store.read() as connection:
        assert await inbox.waiting(connection) == 2


async def test_a_read_changes_nothing(store: Store) -> None:
    async with store.read() as connection:
        await inbox.put(connection, [("am", NOW, b"x")])
    async with store.read() as connection:
        assert await inbox.waiting(connection) == 0


async def test_writers_queue(store: Store) -> None:
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


async def test_a_failed_block_leaves_nothing_and_the_next_writer_goes_on(store: Store) -> None:
    async def fail() -> None:
        async with store.change() as unit:
            await inbox.put(unit.connection, [("am", NOW, b"x")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await put(store, 1)
    async with store.read() as connection:
        assert await inbox.waiting(connection) == 1


async def test_a_writer_cancelled_in_its_block_leaves_nothing(store: Store) -> None:
    entered = asyncio.Event()

    async def write() -> None:
        async with store.change() as unit:
            await inbox.put(unit.connection, [("am", NOW, b"x")])
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await put(store, 1)
    async with store.read() as connection:
        assert await inbox.waiting(connection) == 1


@pytest.mark.parametrize("turns", range(25))
async def test_wherever_a_writer_is_cancelled_what_is_kept_is_told(store: Store, turns: int) -> None:
    async def write() -> None:
        async with store.change(durable=True) as unit:
            row = records.incident(id="i1", number=1)
            await incidents.save_incident(unit.connection, row)
            unit.publish(RowKind.INCIDENT, row.id, row)

    task = asyncio.create_task(write())
    for _ in range(turns):
        # Each turn lets it come a little further, up to and beyond its commit.
        await asyncio.sleep(0 if turns % 2 else 0.0005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with store.read() as connection:
        kept = await incidents.incident(connection, "i1") is not None
    assert store.changes.sequence == (1 if kept else 0)
    await put(store, 1)


async def test_what_must_be_done_to_the_end_is() -> None:
    steps: list[str] = []
    go_on = asyncio.Event()

    async def work() -> None:
        steps.append("begun")
        await go_on.wait()
        steps.append("done")

    task = asyncio.create_task(_to_the_end(work()))
    for _ in range(3):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["begun", "done"]


@pytest.mark.parametrize("cancelled", [False, True])
async def test_what_breaks_on_the_way_to_the_end_says_so(cancelled: bool) -> None:  # noqa: FBT001
    async def work() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    task = asyncio.create_task(_to_the_end(work()))
    await asyncio.sleep(0)
    if cancelled:
        task.cancel()
    with pytest.raises(ZeroDivisionError):
        await task


async def test_work_that_is_itself_cancelled_cancels_its_caller() -> None:
    async def work() -> None:
        current = asyncio.current_task()
        assert current is not None
        current.cancel()
        await asyncio.sleep(1)

    with pytest.raises(asyncio.CancelledError):
        await _to_the_end(work())


@on_sqlite
async def test_sqlite_is_set_up_for_this(store: Store) -> None:
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


async def test_rows_that_are_referred_to_come_first(store: Store) -> None:
    async def orphan() -> None:
        async with store.change() as unit:
            await approvals.add(unit.connection, records.request())

    with pytest.raises(IntegrityError):
        await orphan()


async def test_two_databases_on_one_file_wait_for_each_other(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as one, opened_store(tmp_path) as other:
        await asyncio.gather(*(put(store, number) for number in range(20) for store in (one, other)))
        async with one.read() as connection:
            assert await inbox.waiting(connection) == 40


async def test_a_database_that_answers_and_one_that_does_not(tmp_path: Path) -> None:
    database = Database(store_url(tmp_path))
    await database.check()
    await database.close()
    broken = Database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'x.db'}")
    with pytest.raises(StoreUnavailable, match="The database does not answer: OperationalError"):
        await broken.check()
    await broken.close()
    # A connection that could not be opened lets its thread end by itself.
    for thread in threading.enumerate():
        if "_connection_worker" in thread.name:
            await asyncio.to_thread(thread.join, 5)


async def test_an_address_of_a_server_is_known_as_such() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert not database.is_sqlite
    with pytest.raises(StoreUnavailable):
        await database.check()
    await database.close()


MOMENTS = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - bounds of hypothesis have none
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))]),
)


@given(MOMENTS)
def test_moments_come_back_to_the_microsecond(moment: datetime) -> None:
    column, dialect = Timestamp(), sqlite.dialect()
    stored = column.process_bind_param(moment, dialect)
    assert stored == microseconds(moment)
    found = column.process_result_value(stored, dialect)
    assert found == moment
    assert found is not None
    assert found.tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_they_are_stored(one: datetime, other: datetime) -> None:
    assert (microseconds(one) < microseconds(other)) == (one < other)


def test_a_time_without_its_zone_is_a_defect() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        microseconds(datetime(2026, 1, 1))  # noqa: DTZ001
    assert Timestamp().process_bind_param(None, sqlite.dialect()) is None
    assert Timestamp().process_result_value(None, sqlite.dialect()) is None


async def test_upsert_replaces_rows_whole(store: Store) -> None:
    async with store.change() as unit:
        await upsert(unit.connection, tables.app_metadata, [])
        await upsert(unit.connection, tables.app_metadata, {"key": "a", "value": "1"})
        await upsert(
            unit.connection, tables.app_metadata, [{"key": "a", "value": "2"}, {"key": "b", "value": "3"}]
        )
        rows = await unit.connection.execute(select(tables.app_metadata).order_by(tables.app_metadata.c.key))
        assert [tuple(row) for row in rows] == [("a", "2"), ("b", "3")]


async def test_facts(store: Store) -> None:
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


async def test_letters_are_read_in_order_and_forgotten(store: Store) -> None:
    for number in range(5):
        await put(store, number)
    async with store.change() as unit:
        found = await inbox.oldest(unit.connection, 3)
        assert [(one.source, one.received_at, one.body) for one in found] == [
            ("am", NOW, str(number).encode()) for number in range(3)
        ]
        await inbox.done(unit.connection, found[-1].id)
        assert [one.body for one in await inbox.oldest(unit.connection, 10)] == [b"3", b"4"]
        assert await inbox.waiting(unit.connection) == 2
