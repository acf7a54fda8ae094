"""One steward only uses a PostgreSQL database, and the folders of SQLite files."""

from pathlib import Path

import pytest
from sqlalchemy import text

from rig.databases import is_postgresql, store_url
from steward.store.database import Database, StoreUnavailable
from steward.store.database_claim import claimed_database
from steward.store.folder_lock import folders_of

on_postgresql = pytest.mark.skipif(not is_postgresql(), reason="needs PostgreSQL")


def folder_is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


async def test_sqlite_needs_no_claim(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/steward.db"
    async with claimed_database(url), claimed_database(url):
        pass
    assert folder_is_empty(tmp_path)


async def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(StoreUnavailable, match="The database does not answer: "):
        async with claimed_database("postgresql+psycopg://steward@127.0.0.1:1/steward"):
            pytest.fail("it was claimed")


@on_postgresql
async def test_a_database_is_claimed_once(tmp_path: Path) -> None:
    url = store_url(tmp_path)
    async with claimed_database(url):
        with pytest.raises(StoreUnavailable, match="Another steward uses the PostgreSQL database"):
            async with claimed_database(url):
                pytest.fail("it was claimed twice")
        async with claimed_database(store_url(tmp_path / "other")):
            pass
    async with claimed_database(url):
        pass


@on_postgresql
async def test_a_claim_whose_session_the_server_ended_can_be_given_up(tmp_path: Path) -> None:
    url = store_url(tmp_path)
    database = Database(url)
    async with claimed_database(url), database.write() as connection:
        ended = await connection.scalars(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
            )
        )
        assert True in set(ended)
    await database.close()
    async with claimed_database(url):
        pass


def test_the_folders_of_sqlite_files_are_locked_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    inside, outside = f"sqlite+aiosqlite:///{data}/steward.db", f"sqlite:///{tmp_path}/other/workflows.db"
    assert folders_of(data, inside, outside) == (data, tmp_path / "other")
    assert folders_of(data, "postgresql+psycopg://u:p@db/steward") == (data,)
    (tmp_path / "link").symlink_to(data)
    assert folders_of(tmp_path / "link", inside) == (data,)
