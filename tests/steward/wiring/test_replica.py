"""The id of a replica, and the database of a command that needs it for itself."""

from pathlib import Path

import pytest

from rig.databases import is_postgresql, store_url
from steward.store.database import Database, StoreUnavailable
from steward.wiring import replica
from steward.wiring.replica import LOCAL, claimed_database, owner_of, replica_id


def folder_is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


async def test_sqlite_has_one_process(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/steward.db")
    assert await owner_of(database, tmp_path) == LOCAL
    assert folder_is_empty(tmp_path)


def test_the_id_of_a_replica_belongs_to_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = replica_id(tmp_path / "a")
    assert first == replica_id(tmp_path / "a")
    assert len(first) == 32
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "replica_id").write_bytes((tmp_path / "a" / "replica_id").read_bytes())
    assert replica_id(tmp_path / "b") != first, "a copy of the folder"
    monkeypatch.setattr(replica, "BOOT_ID", tmp_path / "none")
    assert replica_id(tmp_path / "a") != first, "another start of the machine"


async def test_sqlite_needs_no_claim(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/steward.db"
    async with claimed_database(url, tmp_path), claimed_database(url, tmp_path):
        pass
    assert folder_is_empty(tmp_path)


async def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="The database does not answer"):
        async with claimed_database("postgresql+psycopg://steward@127.0.0.1:1/steward", tmp_path):
            pytest.fail("it was claimed")


@pytest.mark.skipif(not is_postgresql(), reason="needs PostgreSQL")
async def test_a_database_is_claimed_once(tmp_path: Path) -> None:
    url = store_url(tmp_path)
    async with claimed_database(url, tmp_path / "a"):
        with pytest.raises(StoreUnavailable, match="Another steward uses the PostgreSQL database"):
            async with claimed_database(url, tmp_path / "b"):
                pytest.fail("it was claimed twice")
        async with claimed_database(store_url(tmp_path / "other"), tmp_path / "b"):
            pass
    async with claimed_database(url, tmp_path / "b"):
        pass
