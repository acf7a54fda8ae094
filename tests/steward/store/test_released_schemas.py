"""The database of each released version is updated to the schema of today, with its rows."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, inspect, select, table, text

from rig.databases import is_postgresql
from rig.schema_dumps import dump, load, write_rows
from steward.store import audit
from steward.store.database import Database
from steward.store.migrate import migrate, newest_revision, stored_revision
from steward.store.schema import metadata
from steward.wiring.backup_commands import ALL_TABLES

ROOT: Final = Path(__file__).parents[3]
KEPT: Final = ROOT / "tests/data/schemas"
on_sqlite = pytest.mark.skipif(is_postgresql(), reason="the kept databases are those of SQLite")
CHANGELOG: Final = (ROOT / "CHANGELOG.md").read_text()


def released(changelog: str) -> list[str]:
    """Return the versions of a changelog that are released."""
    return re.findall(r"^## (\d+\.\d+\.\d+)(?! \(unreleased\))", changelog, re.MULTILINE)


def files() -> list[Path]:
    return sorted(KEPT.glob("*.sql.gz"))


def differences(connection: Connection) -> list[Any]:
    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    )


def counts(connection: Connection) -> dict[str, int]:
    names = inspect(connection).get_table_names()
    found = {one: connection.scalar(select(func.count()).select_from(table(one))) for one in names}
    return {name: number for name, number in found.items() if number}


async def update(database: Database) -> None:
    """Update a database, and check its schema, its rows and its audit log."""
    async with database.read() as connection:
        before = await connection.run_sync(counts)
    assert before["audit"] > 0
    await migrate(database)
    async with database.read() as connection:
        assert await connection.run_sync(stored_revision) == newest_revision()
        assert await connection.run_sync(differences) == []
        after = await connection.run_sync(counts)
        assert {name: after.get(name) for name in before} == before
        assert (await audit.verify(connection)).broken_at is None


@pytest.fixture(params=[*files(), None], ids=lambda file: file.name if file else "today")
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A database of a released version, and one of today."""
    assert ALL_TABLES, "every table of the app is declared"
    source = request.param
    if source is None:
        source = tmp_path / "today.sql.gz"
        (tmp_path / "made").mkdir()
        dump(await write_rows(tmp_path / "made"), source)
    load(source, tmp_path / "steward.db")
    found = Database(f"sqlite+aiosqlite:///{tmp_path}/steward.db")
    yield found
    await found.close()


@on_sqlite
async def test_each_released_database_is_updated(database: Database) -> None:
    await update(database)


@on_sqlite
async def test_a_migration_that_was_changed_after_the_release_is_found(database: Database) -> None:
    """As if the first migration had got a column that databases of users do not have."""
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE audit ADD COLUMN later TEXT"))
    with pytest.raises(AssertionError):
        await update(database)


def test_each_release_has_its_database() -> None:
    assert released("# C\n\n## 0.2.0 (unreleased)\n\n## 0.1.0\n\n* x\n") == ["0.1.0"]
    assert {f"{version}.sql.gz" for version in released(CHANGELOG)} <= {one.name for one in files()}
