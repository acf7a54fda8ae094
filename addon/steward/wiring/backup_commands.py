"""The commands backup and restore."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

from ..clock import SystemClock
from ..inventory import tables as inventory_tables
from ..llm import tables as llm_tables
from ..settings.model import Settings
from ..store import archive
from ..store.archive import BackupUnusable, Content, backups_in, file_name
from ..store.backup import OLD, back_up, restore
from ..store.database import Database
from ..store.folder_lock import FolderLock
from ..store.migrate import newest_revision
from ..telegram import tables as telegram_tables
from .offsite import newest_copy, read_encrypted
from .replica import claimed_database

ALL_TABLES = (inventory_tables, llm_tables, telegram_tables)
"""Importing these declares their tables: a backup contains every table of the metadata."""


async def make_backup(settings: Settings, file: Path | None) -> str:
    """Write a backup, by default to the configured folder, and return a line about it.

    Raises BackupUnusable and StoreUnavailable.
    """
    now = SystemClock().now()
    target = (file or settings.backup_dir / file_name(now)).absolute()
    if target.exists():
        raise BackupUnusable(f"{target} exists already")
    database = Database(settings.database_url)
    if database.file is not None and not database.file.exists():
        raise BackupUnusable(f"There is no database yet: the app has not run with {settings.data_dir}")
    try:
        manifest = await back_up(database, settings.data_dir, target, now)
    finally:
        await database.close()
    return f"Backup written and verified: {target} ({sum(manifest.rows.values())} rows)"


async def restore_backup(settings: Settings, file: Path | None, key_file: Path | None = None) -> list[str]:
    """Restore a backup, by default the newest good one, and return lines about it.

    With ``key_file``, the private key, that is an encrypted copy: ``file``, or the newest good one in object
    storage. Raises BackupUnusable, StoreUnavailable, AgeError, SecretFileUnusable,
    OffsiteFailed, and FolderInUse while the app runs.
    """
    name, content, lines = await _chosen(settings, file, key_file)
    lock = FolderLock.take(settings.data_dir)
    try:
        async with claimed_database(settings.database_url, settings.data_dir):
            await restore(content, settings.database_url, settings.data_dir, SystemClock().now())
    finally:
        lock.release()
    lines.append(f"Restored {name}, made at {content.manifest.created_at:%Y-%m-%d %H:%M} UTC.")
    if settings.database_url.startswith("sqlite"):
        lines.append(f"The old files are kept with the ending {OLD}.")
    lines.append("What was under way at that time ends as not known when the app starts.")
    return lines


async def _chosen(
    settings: Settings, file: Path | None, key_file: Path | None
) -> tuple[str, Content, list[str]]:
    """Return the name of a backup, the backup, and a line about each newer one that is not sound."""
    if key_file is not None:
        if file is None:
            return await newest_copy(settings, key_file)
        return str(file), await asyncio.to_thread(read_encrypted, file, key_file), []
    if file is not None:
        return str(file), await asyncio.to_thread(archive.read, file), []
    newest, content, skipped = await asyncio.to_thread(_newest, settings.backup_dir)
    return str(newest), content, skipped


def _newest(folder: Path) -> tuple[Path, Content, list[str]]:
    """Return the newest sound backup of this version, and a line about each newer one that is not."""
    skipped: list[str] = []
    for file, found in _read_all(folder):
        if isinstance(found, Content) and found.manifest.revision == newest_revision():
            return file, found, skipped
        of_other = f"The backup {file.name} is of another version of the app"
        skipped.append(f"Left out: {of_other if isinstance(found, Content) else found}")
    raise BackupUnusable(". ".join([f"There is no usable backup in {folder}", *skipped]))


def _read_all(folder: Path) -> Iterator[tuple[Path, Content | BackupUnusable]]:
    for file in backups_in(folder):
        try:
            yield file, archive.read(file)
        except BackupUnusable as err:
            yield file, err
