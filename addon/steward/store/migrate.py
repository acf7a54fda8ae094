"""Applies database migrations at the start, if there are new ones."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from .database import Database, StoreUnavailable

MIGRATIONS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "alembic_version"


async def migrate(database: Database) -> None:
    """Apply all missing migrations in one transaction.

    Raises StoreUnavailable when the database has the schema of a newer version of the app.
    """
    async with database.write(durable=True) as connection:
        if await connection.run_sync(stored_revision) != newest_revision():
            await connection.run_sync(_upgrade)


def newest_revision() -> str:
    """Return the revision of the newest migration: the first part of the name of its file."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def stored_revision(connection: Connection) -> str | None:
    """Return the revision of the schema of a database, None for one without a schema."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608
    return found


def _upgrade(connection: Connection) -> None:
    # Alembic takes long to load, and most starts do not need it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as err:
        message = f"The database is newer than this app ({err}). Update the app or restore a backup"
        raise StoreUnavailable(message) from err
