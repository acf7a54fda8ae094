"""Where tests keep their data: SQLite files, or the PostgreSQL server an environment names.

With ``STEWARD_TEST_POSTGRESQL`` set to ``postgresql://user@host:port/postgres`` the same
tests run on PostgreSQL, each folder in databases of its own.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from steward.store.database import Database
from steward.store.migrate import migrate

SERVER: Final = "STEWARD_TEST_POSTGRESQL"
EMPTY: Final = "template1"
MIGRATED: Final = "migrated_store"
"""The database with all migrations that new stores of a server are copies of."""

MIGRATING: Final = 20_261
"""The advisory lock of the process that makes it."""


def store_url(folder: Path) -> str:
    """Return the address of the store whose home is ``folder``; its database exists."""
    server = os.environ.get(SERVER)
    if not server:
        return f"sqlite+aiosqlite:///{folder / 'steward.db'}"
    return _of_store(_database(server, folder, "store"))


async def migrated_store_url(folder: Path) -> str:
    """Return the address of a store like `store_url`. A new one on a server has all migrations already."""
    server = os.environ.get(SERVER)
    if not server:
        return store_url(folder)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
        if not _exists(connection, MIGRATED):
            await _migrate_first(connection, server)
    return _of_store(_database(server, folder, "store", MIGRATED))


def workflow_url(folder: Path) -> str:
    """Return the address of the workflow engine whose home is ``folder``."""
    server = os.environ.get(SERVER)
    return _database(server, folder, "dbos") if server else f"sqlite:///{folder / 'dbos.db'}"


def is_postgresql() -> bool:
    return bool(os.environ.get(SERVER))


async def _migrate_first(connection: psycopg.Connection, server: str) -> None:
    """Make the database that is copied. It gets its name when it is complete."""
    unfinished = Path(f"migrated by {os.getpid()}")
    url = _database(server, unfinished, "store")
    database = Database(_of_store(url))
    try:
        await migrate(database)
    finally:
        await database.close()
    name = url.rsplit("/", 1)[1]
    connection.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(MIGRATED)))


def _of_store(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


def _exists(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    return found is not None


def _database(server: str, folder: Path, purpose: str, template: str = EMPTY) -> str:
    name = f"{purpose}_{hashlib.sha256(str(folder).encode()).hexdigest()[:24]}"
    with psycopg.connect(server, autocommit=True) as connection:
        if not _exists(connection, name):
            command = SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template))
            connection.execute(command)
    return f"{server.rsplit('/', 1)[0]}/{name}"
