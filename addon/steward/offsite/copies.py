"""Copies backups that are not there yet, reads each copy back, and deletes the oldest ones."""

import asyncio
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from pyrage.x25519 import Recipient

from .. import age
from ..store.archive import PREFIX, SUFFIX, backups_in
from .bucket import Objects, OffsiteFailed

log = structlog.get_logger(__name__)

ENDING: Final = ".age"
CHECKSUM: Final = ".sha256"
NAME: Final = re.compile(rf"{re.escape(PREFIX)}\d{{8}}T\d{{12}}Z{re.escape(SUFFIX + ENDING)}")
"""Names of copies. Other objects of the bucket are never touched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsiteCopies:
    """Keeps the newest ``keep`` backups as copies that only the owner of a key can read.

    ``recipient`` is the public key: the app itself cannot read a copy.
    """

    objects: Objects
    folder: Path
    recipient: Recipient
    keep: int

    async def copy(self) -> tuple[str, ...]:
        """Copy what is missing or too short, and return the names of the new copies.

        Each copy is read back and compared; the oldest are deleted when all that were due are good.
        Raises OffsiteFailed.
        """
        sizes = await self.objects.sizes()
        due = await asyncio.to_thread(self._due, sizes)
        for file in due:
            await self._copy(file)
        if due:
            sizes = await self.objects.sizes()
            if lost := await asyncio.to_thread(self._due, sizes):
                raise OffsiteFailed(f"The object storage does not list the copy {name_of(lost[0])}")
        for name in sorted(copies_in(sizes), reverse=True)[self.keep :]:
            # A copy without its checksum counts as missing, so it is the first to go.
            await self.objects.delete(f"{name}{CHECKSUM}")
            await self.objects.delete(name)
            log.info("offsite copy deleted", name=name)
        return tuple(name_of(file) for file in due)

    def _due(self, sizes: Mapping[str, int]) -> list[Path]:
        """Return the backups to copy, the oldest first."""
        newest = backups_in(self.folder)[: self.keep]
        smallest = {file: age.smallest_size(file.stat().st_size) for file in newest}
        return [
            file
            for file in reversed(newest)
            if sizes.get(name_of(file), 0) < smallest[file] or f"{name_of(file)}{CHECKSUM}" not in sizes
        ]

    async def _copy(self, file: Path) -> None:
        data = await asyncio.to_thread(lambda: age.encrypt(file.read_bytes(), self.recipient))
        name = name_of(file)
        await self.objects.delete(f"{name}{CHECKSUM}")
        await self.objects.write(name, data)
        if digest(await self.objects.read(name)) != digest(data):
            raise OffsiteFailed(f"The copy {name} is not what was sent")
        # Last, because it says that the copy is good. The program sha256sum reads it.
        await self.objects.write(f"{name}{CHECKSUM}", f"{digest(data)}  {name}\n".encode())
        log.info("offsite copy made and read back", name=name, bytes=len(data))


def name_of(file: Path) -> str:
    """Return the name of the copy of a backup; it says when the backup was made."""
    return f"{file.name}{ENDING}"


def copies_in(names: Iterable[str]) -> list[str]:
    """Return the names of the copies among those of objects."""
    return [name for name in names if NAME.fullmatch(name)]


def digest(data: bytes) -> str:
    """Return the SHA-256 of an object."""
    return hashlib.sha256(data).hexdigest()
