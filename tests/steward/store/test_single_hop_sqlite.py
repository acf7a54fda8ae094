"""Connections that go to their thread once per statement."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from rig.databases import is_postgresql
from steward.store.database import Database
from steward.store.single_hop_sqlite import SingleHopConnection, connect

pytestmark = pytest.mark.skipif(is_postgresql(), reason="SQLite's own")


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


async def test_rows_counts_and_ids_come_back(tmp_path: Path) -> None:
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


async def test_a_statement_that_fails_leaves_the_connection_as_it_was(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.write() as connection:
        await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT nothing"))
        assert await names(connection) == ["a"]


async def test_a_statement_is_one_trip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trips = 0
    travel = SingleHopConnection.travel

    async def counted(self: SingleHopConnection, *arguments: Any) -> None:
        nonlocal trips
        trips += 1
        await travel(self, *arguments)

    async with opened(tmp_path) as database, database.read() as connection:
        monkeypatch.setattr(SingleHopConnection, "travel", counted)
        assert await names(connection) == []

    assert trips == 1


async def test_a_transaction_is_begun_with_its_first_statement_and_needs_no_trip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    execute = SingleHopConnection._execute

    async def noted(self: SingleHopConnection, function: Any, *arguments: Any, **named: Any) -> Any:
        sent.append(getattr(function, "__name__", repr(function)))
        return await execute(self, function, *arguments, **named)

    async with opened(tmp_path) as database:
        monkeypatch.setattr(SingleHopConnection, "_execute", noted)
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
        assert sent == [], "nothing was asked"


async def test_two_statements_of_one_read_see_the_same(tmp_path: Path) -> None:
    async with opened(tmp_path) as database, database.read() as connection:
        assert await names(connection) == []
        async with database.write() as other:
            await other.execute(text("INSERT INTO things (name) VALUES ('a')"))
        assert await names(connection) == []


async def test_no_transaction_is_left_behind(tmp_path: Path) -> None:
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


async def test_the_loop_goes_on_while_a_statement_takes_its_time(tmp_path: Path) -> None:
    count = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT max(i) FROM n"
    )
    async with opened(tmp_path) as database, database.read() as connection:
        asked = asyncio.create_task(connection.scalar(text(count)))
        turns = 0
        while not asked.done():
            turns += 1
            await asyncio.sleep(0)
        assert asked.result() == 300_000

    assert turns > 10


async def test_a_closed_connection_says_so(tmp_path: Path) -> None:
    connection = await connect(str(tmp_path / "one.db"))
    assert isinstance(connection, SingleHopConnection)
    await connection.close()
    with pytest.raises(ValueError, match="Connection closed"):
        await connection.cursor().execute("SELECT 1")


async def test_every_commit_is_as_safe_as_it_is_asked_to_be(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        for durable in (True, True, False, False, True):
            async with database.write(durable=durable) as connection:
                assert await connection.scalar(text("PRAGMA synchronous")) == (2 if durable else 1)


async def test_what_was_written_is_there_for_others(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO things (name) VALUES ('a')"))
        with sqlite3.connect(tmp_path / "one.db") as other:
            assert other.execute("SELECT name FROM things").fetchall() == [("a",)]
        other.close()
