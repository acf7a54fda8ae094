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

SERVER: Final = "STEWARD_TEST_POSTGRESQL"


def store_url(folder: Path) -> str:
    """Return the address of the store whose home is ``folder``; its database exists."""
    server = os.environ.get(SERVER)
    if not server:
        return f"sqlite+aiosqlite:///{folder / 'steward.db'}"
    return _database(server, folder, "store").replace("postgresql://", "postgresql+psycopg://")


def workflow_url(folder: Path) -> str:
    """Return the address of the workflow engine whose home is ``folder``."""
    server = os.environ.get(SERVER)
    return _database(server, folder, "dbos") if server else f"sqlite:///{folder / 'dbos.db'}"


def is_postgresql() -> bool:
    return bool(os.environ.get(SERVER))


def _database(server: str, folder: Path, purpose: str) -> str:
    name = f"{purpose}_{hashlib.sha256(str(folder).encode()).hexdigest()[:24]}"
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if found is None:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    return f"{server.rsplit('/', 1)[0]}/{name}"
