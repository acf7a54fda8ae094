"""The id of this replica, and the database while no app runs."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from ..secret_file import keep_secret
from ..store.database import Database
from ..store.leader_election import leading

LOCAL: Final = "local"
"""The owner on SQLite, where the lock of the folder admits one process."""

NAME: Final = "replica_id"
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


async def owner_of(database: Database, data_dir: Path) -> str:
    """Return the id of the process that holds the lock of this data folder. Raises SecretFileUnusable."""
    return LOCAL if database.is_sqlite else await asyncio.to_thread(replica_id, data_dir)


def replica_id(data_dir: Path) -> str:
    """Return the id that belongs to a data folder. Raises SecretFileUnusable.

    A copy of the folder has another id. It is another one, too, after a start of the machine.
    """
    file = data_dir / NAME
    kept = keep_secret(file, lambda: secrets.token_hex(8))
    found = file.stat()
    boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
    return hashlib.sha256(f"{kept} {boot} {found.st_dev} {found.st_ino}".encode()).hexdigest()[:32]


@asynccontextmanager
async def claimed_database(url: str, data_dir: Path) -> AsyncIterator[None]:
    """Be the leader of a database without an app. SQLite's file is held by the lock of its folder.

    Raises StoreUnavailable when a steward uses it, or when the server does not answer.
    """
    database = Database(url)
    try:
        if database.is_sqlite:
            yield
            return
        async with leading(database, await owner_of(database, data_dir)):
            yield
    finally:
        await database.close()
