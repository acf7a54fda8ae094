"""Applies database migrations at each start."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from .database import Database, StoreUnavailable

MIGRATIONS: Final = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> None:
    """Apply all missing migrations in one transaction.

    Raises StoreUnavailable when the database has the schema of a newer version of the app.
    """
    try:
        async with database.write(durable=True) as connection:
            await connection.run_sync(_upgrade)
    except CommandError as err:
        message = f"The database is newer than this app ({err}). Update the app or restore a backup"
        raise StoreUnavailable(message) from err


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
