"""Reads what the checks of the storage need."""

import asyncio
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from ..store.database import Database, StoreUnavailable
from ..store.migrate import newest_revision, stored_revision
from ..store.start_check import SHARED, check_store
from .storage import StorageFacts

type Free = Callable[[Path], int]
"""Returns the free bytes of the disk that a folder is on. Raises OSError."""

WAL: Final = "-wal"


def free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk that a folder is on. Raises OSError."""
    return shutil.disk_usage(folder).free


async def read_storage(
    folder: Path, database: Database, others: Iterable[Path] = (), free: Free = free_bytes
) -> StorageFacts:
    """Return what is known about the data; nothing is written.

    ``others`` are files with secrets besides those of the data folder, such as the settings file.
    """
    if not await asyncio.to_thread(folder.is_dir):
        return StorageFacts(folder=str(folder), exists=False, is_writable=False, free=None)
    is_writable, space, modes, wal = await asyncio.to_thread(_folder, folder, database.file, others, free)
    problem, revision = await _database(database, folder)
    return StorageFacts(
        folder=str(folder),
        exists=True,
        is_writable=is_writable,
        free=space,
        modes=modes,
        database_problem=problem,
        revision=revision,
        newest=newest_revision(),
        wal=wal,
    )


def _folder(
    folder: Path, database: Path | None, others: Iterable[Path], free: Free
) -> tuple[bool, int | None, dict[str, int], int]:
    try:
        space: int | None = free(folder)
    except OSError:
        space = None
    wal = Path(f"{database}{WAL}")
    secrets = (*(folder / name for name in SHARED), *others)
    modes = {str(one): stat.S_IMODE(one.stat().st_mode) for one in secrets if one.is_file()}
    return os.access(folder, os.W_OK), space, modes, wal.stat().st_size if wal.is_file() else 0


async def _database(database: Database, folder: Path) -> tuple[str | None, str | None]:
    """Return why the database cannot be used ("" when it can, None without one), and its revision."""
    if database.file is not None and not database.file.exists() and not (folder / SHARED[0]).exists():
        return None, None
    try:
        await check_store(database, folder)
        async with database.read() as connection:
            return "", await connection.run_sync(stored_revision)
    except StoreUnavailable as err:
        return str(err), None
