"""Backups in files that this machine can read: those of databases, and repositories of restic."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..errors import PreconditionFailed
from ..sdk.description import Backup, NotRestorable, Prepared, Reached
from ..settings.restore_drill import DatabaseBackup, DrillKind, ResticRepository, RestoreDrills
from . import postgresql_dump, sqlite_copy
from .place import Found, Place
from .postgresql_dump import PostgresqlDump
from .programs import installed
from .restic_sample import MOST_BYTES, ResticSample
from .scratch import Scratch

LONGEST_MAGIC: Final = 16


@dataclass(frozen=True, slots=True)
class DatabaseBackups:
    """The backups of one database: files of SQLite, or dumps of PostgreSQL. ``path`` is for programs."""

    settings: DatabaseBackup
    data_dir: Path
    clock: Clock
    path: str
    drill: str = DrillKind.DATABASE.value

    @property
    def id(self) -> str:
        """Return what identifies the place."""
        return f"{self.drill}:{self.settings.id}"

    @property
    def target(self) -> TargetRef:
        """Return what it has backups of."""
        return _target(self.drill, self.settings)

    async def backups(self) -> Sequence[Found]:
        """Return the newest file. Raises PreconditionFailed when the folder cannot be read."""
        try:
            newest = await asyncio.to_thread(_newest, self.settings.path)
        except OSError as err:
            source = self.settings.path
            raise PreconditionFailed(t"{source} cannot be read: {err.strerror}") from err
        if newest is None:
            return []
        path, made_at, size = newest
        target = self.target
        backup = Backup(kind=target.kind, target_id=target.id, id=path.name, made_at=made_at, size=size)
        return [Found(target, backup)]

    async def prepare(self, backup: Backup, mark: str) -> Prepared:
        """Return the folder that the drill will create. Raises NotRestorable and PreconditionFailed."""
        source = self._source(backup)
        free = await self._scratch.free()
        if await self._is_sqlite(source):
            return Prepared(copy=mark, needs=backup.size, free=free)
        await asyncio.to_thread(self._scratch.root.mkdir, mode=0o700, parents=True, exist_ok=True)
        return Prepared(copy=mark, needs=await self._dump(source, self._scratch.root).needs(), free=free)

    async def try_out(self, backup: Backup, copy: str, reached: Reached) -> None:
        """Restore the file into a folder, and count its rows. Raises NotRestorable and StewardError."""
        source = self._source(backup)
        is_sqlite = await self._is_sqlite(source)
        folder = await self._scratch.create(copy)
        if is_sqlite:
            await asyncio.to_thread(sqlite_copy.try_out, source, folder, reached)
        else:
            await self._dump(source, folder).try_out(reached)

    async def remove(self, copy: str) -> None:
        """Remove the folder of a copy. Raises ServiceRefused."""
        await self._scratch.remove(copy)

    async def left(self, mark: str) -> Sequence[str]:  # noqa: ARG002 - the folder has no copies of others
        """Return the names of all folders: the data folder belongs to one steward only."""
        return await self._scratch.left()

    async def _is_sqlite(self, source: Path) -> bool:
        """Return whether a file is of SQLite; otherwise it is a dump of PostgreSQL.

        Raises NotRestorable for an empty file, and PreconditionFailed for every other form.
        """
        try:
            begin = await asyncio.to_thread(_begin, source)
        except OSError as err:
            raise PreconditionFailed(t"{source} cannot be read: {err.strerror}") from err
        if not begin:
            raise NotRestorable(t"{source} is empty.")
        if begin == sqlite_copy.MAGIC:
            return True
        if not begin.startswith(postgresql_dump.MAGIC):
            raise PreconditionFailed(
                t"{source} is neither a database of SQLite nor a dump of pg_dump --format=custom."
            )
        return False

    def _source(self, backup: Backup) -> Path:
        path = self.settings.path
        return path if path.name == backup.id and not path.is_dir() else path / backup.id

    def _dump(self, source: Path, folder: Path) -> PostgresqlDump:
        return PostgresqlDump(source, folder, self.clock, self.path)

    @property
    def _scratch(self) -> Scratch:
        return Scratch(self.data_dir)


@dataclass(frozen=True, slots=True)
class ResticBackups:
    """The newest snapshot of a repository of restic. ``path`` is for programs."""

    settings: ResticRepository
    data_dir: Path
    path: str
    drill: str = DrillKind.RESTIC.value

    @property
    def id(self) -> str:
        """Return what identifies the place."""
        return f"{self.drill}:{self.settings.id}"

    @property
    def target(self) -> TargetRef:
        """Return what it has backups of."""
        return _target(self.drill, self.settings)

    async def backups(self) -> Sequence[Found]:
        """Return the newest snapshot. Raises NotRestorable and PreconditionFailed."""
        newest = await self._sample(self.data_dir).newest()
        if newest is None:
            return []
        target = self.target
        backup = Backup(kind=target.kind, target_id=target.id, id=newest.id, made_at=newest.time)
        return [Found(target, backup)]

    async def prepare(self, backup: Backup, mark: str) -> Prepared:  # noqa: ARG002 - a sample has a limit
        """Return the folder that the drill will create. Raises PreconditionFailed."""
        return Prepared(copy=mark, needs=MOST_BYTES, free=await self._scratch.free())

    async def try_out(self, backup: Backup, copy: str, reached: Reached) -> None:
        """Restore a sample of the snapshot into a folder. Raises NotRestorable and StewardError."""
        await self._sample(await self._scratch.create(copy)).try_out(backup.id, reached)

    async def remove(self, copy: str) -> None:
        """Remove the folder of a copy. Raises ServiceRefused."""
        await self._scratch.remove(copy)

    async def left(self, mark: str) -> Sequence[str]:  # noqa: ARG002 - the folder has no copies of others
        """Return the names of all folders: the data folder belongs to one steward only."""
        return await self._scratch.left()

    def _sample(self, folder: Path) -> ResticSample:
        return ResticSample(self.settings.path, self.settings.password_path, folder, self.path)

    @property
    def _scratch(self) -> Scratch:
        return Scratch(self.data_dir)


def places_in_files(settings: RestoreDrills, data_dir: Path, clock: Clock) -> Iterator[Place]:
    """Yield the places in the settings."""
    path = installed()
    for database in settings.databases:
        yield DatabaseBackups(database, data_dir, clock, path)
    for repository in settings.restic:
        yield ResticBackups(repository, data_dir, path)


def _target(kind: str, settings: DatabaseBackup | ResticRepository) -> TargetRef:
    return TargetRef(instance_id="", kind=kind, id=settings.id, name=settings.name or settings.id)


def _newest(path: Path) -> tuple[Path, datetime, int] | None:
    """Return the newest file of a folder, or the file itself, with its time and size. Raises OSError."""
    files = [path] if not path.is_dir() else [one for one in path.iterdir() if _is_backup(one)]
    stated = [(one.stat(), one) for one in files]
    if not stated:
        return None
    status, newest = max(stated, key=lambda one: one[0].st_mtime)
    return newest, datetime.fromtimestamp(status.st_mtime, UTC), status.st_size


def _is_backup(path: Path) -> bool:
    """Return whether a file is no file beside a backup, and not hidden."""
    is_beside = path.name.endswith(("-wal", "-shm", "-journal", ".part", ".tmp"))
    return path.is_file() and not path.name.startswith(".") and not is_beside


def _begin(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST_MAGIC)
