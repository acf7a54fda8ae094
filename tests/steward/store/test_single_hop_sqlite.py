"""SQLite connections with one thread hop per statement, or none."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from rig.databases import is_postgresql
from steward.store.database import BUSY_TIMEOUT_MS, Database
from steward.store.single_hop_sqlite import SingleHopConnection, SingleHopCursor, connect

pytestmark = pytest.mark.skipif(is_postgresql(), reason="for SQLite only")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{folder}/one.db")
    try:
        async with database.write() as connection:
            await connection.exec_driver_sql("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
        yield database
    finally:
        await database.close()


async def names(connection: AsyncConnection) -> list[str]:
    return list(await connection.scalars(text("SELECT name FROM things ORDER BY id")))


async def test_rows_counts_and_ids(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.write() as connection:
        one = await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        assert (one.lastrowid, one.rowcount) == (1, 1)
        many = [{"name": "b"}, {"name": "c"}]
        await connection.execute(text("INSERT INTO things (name) VALUES (:name)"), many)
        changed = await connection.execute(text("UPDATE things SET name = name || '!' WHERE id > 1"))
        assert changed.rowcount == 2
        kept = await connection.execute(text("DELETE FROM things WHERE id = 1 RETURNING name"))
        assert kept.all() == [("a",)]
        assert await names(connection) == ["b!", "c!"]
        empty = await connection.execute(text("SELECT id, name FROM things WHERE id = 9"))
        assert (list(empty.keys()), empty.all()) == (["id", "name"], [])


async def test_connection_is_usable_after_a_failed_statement(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.write() as connection:
        await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT nothing"))
        assert await names(connection) == ["a"]


async def test_statement_is_one_hop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hops = 0
    run_in_thread = SingleHopConnection.run_in_thread

    async def count(self: SingleHopConnection, *arguments: Any) -> None:
        nonlocal hops
        hops += 1
        await run_in_thread(self, *arguments)

    async with opened(tmp_path) as database, database.read() as connection:
        monkeypatch.setattr(SingleHopConnection, "run_in_thread", count)
        assert await names(connection) == []
        assert hops == 1


async def test_a_change_of_durability_costs_no_hop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hops = 0
    run_in_thread = SingleHopConnection.run_in_thread

    async def count(self: SingleHopConnection, *arguments: Any) -> None:
        nonlocal hops
        hops += 1
        await run_in_thread(self, *arguments)

    async with opened(tmp_path) as database:
        monkeypatch.setattr(SingleHopConnection, "run_in_thread", count)
        for durable, level in ((True, 2), (False, 1)):
            async with database.write(durable=durable):
                pass  # Nothing is sent: the next transaction sends it.
            async with database.write(durable=durable) as connection:
                assert await connection.scalar(text("PRAGMA synchronous")) == level
                await connection.execute(text("INSERT INTO things (name) VALUES (:name)"), {"name": level})

    assert hops == 4


async def test_begin_is_sent_with_the_first_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    execute = SingleHopConnection._execute

    async def record(self: SingleHopConnection, function: Any, *arguments: Any, **named: Any) -> Any:
        sent.append(getattr(function, "__name__", repr(function)))
        return await execute(self, function, *arguments, **named)  # type: ignore[no-untyped-call]

    async with opened(tmp_path) as database:
        monkeypatch.setattr(SingleHopConnection, "_execute", record)
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        assert sent == ["_run", "commit"]
        sent.clear()
        async with database.read() as connection:
            assert await names(connection) == ["a"]
        assert sent == ["_run", "rollback"]
        sent.clear()
        async with database.read():
            pass
        async with database.write():
            pass
        assert sent == [], "no statement was executed"


@asynccontextmanager
async def recorded(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Yield the names of the functions that are run in the thread of a connection."""
    sent: list[str] = []
    execute = SingleHopConnection._execute

    async def record(self: SingleHopConnection, function: Any, *arguments: Any, **named: Any) -> Any:
        sent.append(getattr(function, "__name__", repr(function)))
        return await execute(self, function, *arguments, **named)  # type: ignore[no-untyped-call]

    with monkeypatch.context() as patch:
        patch.setattr(SingleHopConnection, "_execute", record)
        yield sent


async def test_quick_read_needs_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as database:
        async with recorded(monkeypatch) as sent, database.read(quick=True) as connection:
            assert await names(connection) == []
        async with recorded(monkeypatch) as sent, database.read(quick=True) as connection:
            with pytest.raises(OperationalError):
                await connection.execute(text("SELECT nothing"))
            assert await names(connection) == []
        assert sent == []


async def test_quick_read_sees_one_consistent_state(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        async with database.read(quick=True) as connection:
            assert await names(connection) == []
            await write_one(database)
            assert await names(connection) == []
        async with database.read(quick=True) as connection:
            assert await names(connection) == ["a"]


async def test_quick_write_waits_for_the_disk_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as database:
        async with recorded(monkeypatch) as sent, database.write(durable=True, quick=True) as connection:
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
            await connection.execute(text("INSERT INTO things (name) VALUES ('b')"))
            with pytest.raises(IntegrityError):
                await connection.execute(text("INSERT INTO things (name) VALUES ('b')"))
            assert await connection.scalar(text("PRAGMA synchronous")) == 2
            assert await names(connection) == ["a", "b"]
            assert sent == []
        assert sent == ["commit"]
        async with recorded(monkeypatch) as sent, database.read() as connection:
            assert await names(connection) == ["a", "b"]
        assert sent == ["_run", "rollback"], "the connection is not quick any more"


async def test_quick_write_waits_for_another_program_in_its_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as database:
        other = sqlite3.connect(tmp_path / "one.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with database.read(quick=True) as connection:
            assert await names(connection) == []
        async with recorded(monkeypatch) as sent:
            written = asyncio.create_task(write_one(database))
            await asyncio.sleep(0)
        assert sent == ["_run"]
        turns = 0
        while turns < 50:  # The event loop goes on while the writer waits.
            turns += 1
            await asyncio.sleep(0)
        assert not written.done()
        other.execute("ROLLBACK")
        other.close()
        await written
        async with database.write(quick=True) as connection:
            assert await names(connection) == ["a"]
            assert await connection.scalar(text("PRAGMA busy_timeout")) == BUSY_TIMEOUT_MS


async def write_one(database: Database) -> None:
    async with database.write(quick=True) as connection:
        await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))


async def test_failed_quick_write_is_rolled_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        with suppress(ZeroDivisionError):
            async with database.write(quick=True) as connection:
                await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
                raise ZeroDivisionError
        await write_one(database)
        async with database.read(quick=True) as connection:
            assert await names(connection) == ["a"]


async def test_nothing_overtakes_a_statement_of_a_cancelled_quick_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement may still run in the thread: the connection is closed there, after it."""
    started, go_on = threading.Event(), threading.Event()
    store_result = SingleHopCursor._store_result

    def slow(self: SingleHopCursor, cursor: sqlite3.Cursor) -> None:
        started.set()
        go_on.wait()
        store_result(self, cursor)

    async with opened(tmp_path) as database:
        other = sqlite3.connect(tmp_path / "one.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with recorded(monkeypatch) as sent:
            with monkeypatch.context() as patch:
                patch.setattr(SingleHopCursor, "_store_result", slow)
                task = asyncio.create_task(write_one(database))
                await asyncio.sleep(0)
                assert sent == ["_run"], "it waits in the thread for the other program"
                other.close()
                await asyncio.to_thread(started.wait)
                task.cancel()
                await asyncio.sleep(0)
                go_on.set()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert sent == ["_run", "close"]
        async with database.read(quick=True) as connection:
            assert await names(connection) == []


async def test_read_sees_one_consistent_state(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.read() as connection:
        assert await names(connection) == []
        async with database.write() as other:
            await other.execute(text("INSERT INTO things (name) VALUES ('a')"))
        assert await names(connection) == []


async def test_no_transaction_stays_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await read_and_fail(database)
        await write_and_fail(database)
        await write_and_be_cancelled(database)
        for _ in range(3):
            async with database.engine.connect() as connection:
                raw = await connection.get_raw_connection()
                assert isinstance(raw.driver_connection, SingleHopConnection)
                assert not raw.driver_connection.in_transaction
        async with database.write() as connection:
            assert await names(connection) == []


async def read_and_fail(database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with database.read() as connection:
            await names(connection)
            raise ZeroDivisionError


async def write_and_fail(database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
            raise ZeroDivisionError


async def write_and_be_cancelled(database: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things (name) VALUES ('b')"))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_slow_statement_does_not_block_the_event_loop(tmp_path: Path) -> None:
    count = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT max(i) FROM n"
    )
    async with opened(tmp_path) as database, database.read() as connection:
        query = asyncio.create_task(connection.scalar(text(count)))
        turns = 0
        while not query.done():
            turns += 1
            await asyncio.sleep(0)
        assert query.result() == 300_000

    assert turns > 10


async def test_closed_connection_raises_an_error(tmp_path: Path) -> None:
    connection = await connect(str(tmp_path / "one.db"))
    assert isinstance(connection, SingleHopConnection)
    await connection.close()
    with pytest.raises(ValueError, match="Connection closed"):
        await connection.cursor().execute("SELECT 1")


async def test_synchronous_level_follows_durable(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        for durable in (True, True, False, False, True):
            async with database.write(durable=durable) as connection:
                assert await connection.scalar(text("PRAGMA synchronous")) == (2 if durable else 1)


async def test_commit_is_visible_to_other_connections(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with sqlite3.connect(tmp_path / "one.db") as other:
            assert other.execute("SELECT name FROM things").fetchall() == [("a",)]
        other.close()
