"""Migrations: the schema matches the tables, and a newer database is not changed."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import steward
from rig.agent_rig import opened_store
from rig.databases import store_url
from steward.store import migrate as migrate_module
from steward.store.database import Database, StoreUnavailable
from steward.store.migrate import MIGRATIONS, migrate, newest_revision, stored_revision
from steward.store.schema import metadata


def import_all_tables() -> None:
    """Import all modules of the app named ``tables``."""
    found = [
        module.name
        for module in pkgutil.walk_packages(steward.__path__, "steward.", onerror=lambda _name: None)
        if module.name.endswith(".tables")
    ]
    assert "steward.store.tables" in found
    for name in found:
        importlib.import_module(name)


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrated_schema_matches_the_tables(tmp_path: Path) -> None:
    import_all_tables()
    async with opened_store(tmp_path) as store, store.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_second_migration_changes_nothing(tmp_path: Path) -> None:
    import_all_tables()
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await unit.connection.run_sync(migrate_module._upgrade)
        async with store.read() as connection:
            assert await connection.run_sync(differences) == []


async def test_alembic_is_not_asked_about_a_schema_that_is_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Connection] = []
    async with opened_store(tmp_path) as store:
        monkeypatch.setattr(migrate_module, "_upgrade", asked.append)
        await migrate(store.database)
        assert asked == []
        async with store.change() as unit:
            await unit.connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        await migrate(store.database)
        assert len(asked) == 1


async def test_the_newest_revision_is_alembics(tmp_path: Path) -> None:
    assert newest_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()
    async with opened_store(tmp_path) as store, store.read() as connection:
        assert await connection.run_sync(stored_revision) == newest_revision()


async def test_difference_of_a_table_is_detected(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await unit.connection.execute(text("ALTER TABLE app_metadata ADD COLUMN more TEXT"))
        async with store.read() as connection:
            assert await connection.run_sync(differences) != []


async def test_failed_migration_is_rolled_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(store_url(tmp_path))

    def fail(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (x INTEGER)"))
        raise ZeroDivisionError

    monkeypatch.setattr("steward.store.migrate._upgrade", fail)
    with pytest.raises(ZeroDivisionError):
        await migrate(database)
    monkeypatch.undo()
    await migrate(database)
    async with database.read() as connection:
        tables = await connection.run_sync(lambda plain: plain.dialect.get_table_names(plain))
    assert "half" not in tables
    assert "app_metadata" in tables
    await database.close()


async def test_database_of_a_newer_app_is_refused(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await unit.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StoreUnavailable, match=r"newer than this app .* Update the app"):
            await migrate(store.database)
