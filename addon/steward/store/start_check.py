"""Checks the store at the start of the app, before anything is written to it."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from .database import Database, StoreUnavailable
from .leader_table import leader_table
from .tables import app_metadata

SIGN: Final = "secret.key"
"""A file of the data folder that the first start creates."""

SHARED: Final = (SIGN, "signing_key", "token", "monitor_token")
"""Files of the data folder that all replicas have."""

RESTORE: Final = "Restore a backup: steward restore --newest"


async def check_store(database: Database, data_dir: Path) -> None:
    """Raise StoreUnavailable, with what to do, for a store that must not be used.

    An empty store is used only when the data folder is new: after a loss, an empty start would
    hide that everything is gone.
    """
    file = database.file
    is_used = (data_dir / SIGN).exists()
    if file is not None and is_used and (not file.exists() or file.stat().st_size == 0):
        state = "is empty" if file.exists() else "is missing"
        raise StoreUnavailable(
            f"The database {file} {state}, although {data_dir} was used before. {_remedy(data_dir)}"
        )
    await database.check()
    async with database.read() as connection:
        if database.is_sqlite:
            found = (await connection.exec_driver_sql("PRAGMA quick_check(1)")).scalar()
            if found != "ok":
                raise StoreUnavailable(f"The database {file} is damaged. {RESTORE}")
        tables = await connection.run_sync(_tables)
    if tables and app_metadata.name not in tables:
        raise StoreUnavailable("The database has tables of another program. Check the setting database_url")
    if not tables and is_used:
        raise StoreUnavailable(
            f"The database is empty, although {data_dir} was used before. {_remedy(data_dir)}"
        )


async def check_shared_key(database: Database, data_dir: Path) -> None:
    """Raise StoreUnavailable for a replica that could not read the secrets in a used store."""
    async with database.read() as connection:
        tables = await connection.run_sync(_tables)
    if tables and not (data_dir / SIGN).exists():
        raise StoreUnavailable(
            f"The database is used by another replica, and {data_dir} has no {SIGN}. Copy {', '.join(SHARED)}"
            " from the data folder of the other replica"
        )


def _remedy(data_dir: Path) -> str:
    return f"{RESTORE}. To start without the old data, move {data_dir / SIGN} away"


def _tables(connection: Connection) -> frozenset[str]:
    return frozenset(inspect(connection).get_table_names()) - {leader_table.name}
