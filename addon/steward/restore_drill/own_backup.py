"""The backups of the app itself, restored into a folder of their own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from homelab_steward.contract.restore_drill import ProofLevel
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..errors import PreconditionFailed, StewardError
from ..inventory import instance_rows
from ..inventory import tables as inventory_tables
from ..inventory.secret_vault import Vault
from ..llm import tables as llm_tables
from ..sdk.description import Backup, NotRestorable, Prepared, Reached
from ..store import archive, audit
from ..store.archive import BackupUnusable, Content, Manifest, backups_in
from ..store.backup import restore
from ..store.database import Database, StoreUnavailable, is_full
from ..store.migrate import migrate
from ..store.schema import metadata
from ..store.start_check import SIGN, check_store
from ..store.tables import app_metadata
from ..store.tables import audit as audit_table
from ..telegram import tables as telegram_tables
from ..texts import translate
from .place import Found
from .scratch import Scratch

ALL_TABLES: Final = (inventory_tables, llm_tables, telegram_tables)
"""Importing these declares their tables: a backup has every table."""

STEWARD: Final = "steward"
DATABASE: Final = "steward.db"
TARGET: Final = TargetRef(instance_id="", kind=STEWARD, id=STEWARD, name="Homelab Steward")
ADDED: Final = {app_metadata.name: 2, audit_table.name: 1}
"""How many rows a restore may add to a table: when it was, and the generation; one entry of the audit log."""


@dataclass(frozen=True, slots=True)
class OwnBackups:
    """Restores the newest backup into a new SQLite database, opens it as the app does, and compares it."""

    backup_dir: Path
    data_dir: Path
    clock: Clock
    id: str = STEWARD
    drill: str = STEWARD
    target: TargetRef = TARGET

    async def backups(self) -> Sequence[Found]:
        """Return the newest backup, nothing when there is none."""
        newest = await asyncio.to_thread(_newest, self.backup_dir)
        return [] if newest is None else [Found(TARGET, newest)]

    async def prepare(self, backup: Backup, mark: str) -> Prepared:
        """Return the folder that the drill will create. Raises PreconditionFailed."""
        free = await self._scratch.free()
        return Prepared(copy=mark, needs=await asyncio.to_thread(self._needs, backup), free=free)

    def _needs(self, backup: Backup) -> int | None:
        """Return the unpacked size."""
        try:
            return archive.unpacked_size(self.backup_dir / backup.id)
        except BackupUnusable:
            # The drill finds out what is wrong with it; nothing of it will be written.
            return 0

    async def try_out(self, backup: Backup, copy: str, reached: Reached) -> None:
        """Restore the backup into a folder, and compare all that is in it.

        Raises NotRestorable, and PreconditionFailed for what says nothing about the backup: a full disk, or a
        folder that cannot be written to.
        """
        try:
            content = await asyncio.to_thread(archive.read, self.backup_dir / backup.id)
            reached(ProofLevel.READABLE)
            folder = await self._scratch.create(copy)
            await self._restored(content, folder, reached)
        except (BackupUnusable, StoreUnavailable) as err:
            if is_full(err):
                raise PreconditionFailed(t"There is no space left in {self.data_dir}.") from err
            raise NotRestorable(str(err)) from err
        except OSError as err:
            raise PreconditionFailed(t"{self.data_dir} cannot be written to: {err.strerror}") from err

    async def _restored(self, content: Content, folder: Path, reached: Reached) -> None:
        url = f"sqlite+aiosqlite:///{folder / DATABASE}"
        await restore(content, url, folder, self.clock.now())
        reached(ProofLevel.RESTORED)
        database = Database(url)
        try:
            await check_store(database, folder)
            await migrate(database)
            reached(ProofLevel.BOOTED)
            await _compare(database, content.manifest)
            if SIGN in content.secrets:
                await _decrypt(database, folder)
            reached(ProofLevel.ANSWERED)
        finally:
            await database.close()

    async def remove(self, copy: str) -> None:
        """Remove the folder of a copy. Raises ServiceRefused."""
        await self._scratch.remove(copy)

    async def left(self, mark: str) -> Sequence[str]:  # noqa: ARG002 - the folder has no copies of others
        """Return the names of all folders: the data folder belongs to one steward only."""
        return await self._scratch.left()

    @property
    def _scratch(self) -> Scratch:
        return Scratch(self.data_dir)


def _newest(folder: Path) -> Backup | None:
    for file in backups_in(folder):
        try:
            status = file.stat()
        except OSError:
            continue  # removed meanwhile
        made_at = datetime.fromtimestamp(status.st_mtime, UTC)
        return Backup(kind=STEWARD, target_id=STEWARD, id=file.name, made_at=made_at, size=status.st_size)
    return None


async def _compare(database: Database, manifest: Manifest) -> None:
    """Raise NotRestorable unless every row is there, and the audit log is whole."""
    counts = await _counts(database)
    for name, expected in manifest.rows.items():
        there = counts.get(name, 0)
        if not expected <= there <= expected + ADDED.get(name, 0):
            raise NotRestorable(t"The table {name} has {there} rows instead of {expected}.")
    async with database.read() as connection:
        report = await audit.verify(connection)
        entry = await connection.scalar(
            select(audit_table.c.digest).where(audit_table.c.position == manifest.entries)
        )
    if report.broken_at is not None or (manifest.entries and entry != manifest.head):
        raise NotRestorable(t"The audit log of the copy is not whole.")


async def _counts(database: Database) -> Mapping[str, int]:
    async with database.read() as connection:
        return {
            one.name: await connection.scalar(select(func.count()).select_from(one)) or 0
            for one in metadata.sorted_tables
        }


async def _decrypt(database: Database, folder: Path) -> None:
    """Raise NotRestorable unless the stored secrets can be decrypted with the key of the backup."""
    vault = Vault(folder / SIGN)
    async with database.read() as connection:
        rows = await instance_rows.load(connection)
    try:
        await asyncio.to_thread(vault.open)
        for one in rows:
            if one.sealed:
                vault.unseal(one.id, one.sealed)
    except StewardError as err:
        reason = str(err)
        raise NotRestorable(translate(t"The secrets of the copy cannot be read: {reason}")) from err
