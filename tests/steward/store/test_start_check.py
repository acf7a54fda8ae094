"""A store that must not be used stops the start with what to do, and never becomes an empty start."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from rig.agent_rig import opened_store
from rig.databases import is_postgresql, store_url
from steward.store.database import Database, StoreUnavailable
from steward.store.leader_election import claim
from steward.store.migrate import migrate
from steward.store.start_check import SIGN, check_shared_key, check_store

on_sqlite = pytest.mark.skipif(is_postgresql(), reason="for SQLite only")
REMEDY = "Restore a backup: steward restore --newest"


async def check(folder: Path) -> None:
    database = Database(store_url(folder))
    try:
        await check_store(database, folder)
        await migrate(database)
    finally:
        await database.close()


async def used(folder: Path) -> Path:
    """Use a data folder once; return the file of its database."""
    async with opened_store(folder) as store:
        await store.check()
    (folder / SIGN).write_text("key")
    return folder / "steward.db"


async def refused(folder: Path) -> str:
    with pytest.raises(StoreUnavailable) as found:
        await check(folder)
    return str(found.value)


async def test_a_replica_without_the_key_refuses_a_used_store(tmp_path: Path) -> None:
    """It would take over, and could read no secret."""
    database = Database(store_url(tmp_path))
    await claim(database, "first")
    await check_shared_key(database, tmp_path)
    await migrate(database)
    with pytest.raises(StoreUnavailable, match=r"Copy secret\.key, signing_key, token, monitor_token from"):
        await check_shared_key(database, tmp_path)
    (tmp_path / SIGN).write_text("key")
    await check_shared_key(database, tmp_path)
    await database.close()


async def test_a_new_folder_and_a_used_one_are_fine(tmp_path: Path) -> None:
    await check(tmp_path)
    await used(tmp_path)
    await check(tmp_path)


@on_sqlite
async def test_a_missing_file_beside_a_key_is_not_an_empty_start(tmp_path: Path) -> None:
    file = await used(tmp_path)
    file.unlink()
    reason = await refused(tmp_path)
    assert reason.startswith(f"The database {file} is missing, although {tmp_path} was used before. {REMEDY}")
    assert str(tmp_path / SIGN) in reason
    assert not file.exists(), "nothing is created"


@on_sqlite
async def test_an_empty_file_beside_a_key_is_not_an_empty_start(tmp_path: Path) -> None:
    file = await used(tmp_path)
    file.write_bytes(b"")
    assert "is empty, although" in await refused(tmp_path)
    assert file.stat().st_size == 0


async def test_an_empty_database_beside_a_key_is_not_an_empty_start(tmp_path: Path) -> None:
    (tmp_path / SIGN).write_text("key")
    if not is_postgresql():
        with closing(sqlite3.connect(tmp_path / "steward.db")) as connection:
            connection.execute("CREATE TABLE x (y)")
            connection.execute("DROP TABLE x")
            connection.commit()
    assert (await refused(tmp_path)).startswith("The database is empty, although")


@on_sqlite
@pytest.mark.parametrize("begin", [0, 8192])
async def test_a_damaged_file_names_the_remedy(tmp_path: Path, begin: int) -> None:
    file = await used(tmp_path)
    content = bytearray(file.read_bytes())
    content[begin : begin + 8192] = b"\xa5" * len(content[begin : begin + 8192])
    file.write_bytes(content)
    reason = await refused(tmp_path)
    assert "damaged" in reason or "not a database" in reason
    assert REMEDY in reason


@on_sqlite
async def test_a_file_that_is_no_database_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "steward.db").write_text("these are not the bytes of a database at all\n" * 100)
    assert await refused(tmp_path) == f"The file is not a database. {REMEDY}"


async def test_the_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    database = Database(store_url(tmp_path))
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE grafana (id INTEGER)"))
    await database.close()
    assert "tables of another program" in await refused(tmp_path)


@on_sqlite
async def test_a_locked_database_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.store.database.BUSY_TIMEOUT_MS", 50)
    file = await used(tmp_path)
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert await refused(tmp_path) == "The database is locked by another program. Stop that program"
