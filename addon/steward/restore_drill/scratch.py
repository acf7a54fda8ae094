"""The folder in which drills on this machine create their copies; each copy is a folder of its own."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..errors import PreconditionFailed, ServiceRefused

FOLDER: Final = "restore-drill"


@dataclass(frozen=True, slots=True)
class Scratch:
    """The copies below a data folder, which belongs to one steward only."""

    data_dir: Path

    @property
    def root(self) -> Path:
        """The folder with all copies."""
        return self.data_dir / FOLDER

    def folder(self, copy: str) -> Path:
        """Return the folder of a copy. Raises ServiceRefused for a name that is none."""
        if Path(copy).name != copy or copy in ("", ".."):
            raise ServiceRefused(t"{copy} is no copy of a drill")
        return self.root / copy

    async def create(self, copy: str) -> Path:
        """Create the folder of a copy, which only the app can read. Raises OSError."""
        folder = self.folder(copy)
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
        return folder

    async def free(self) -> int:
        """Return the free space in bytes. Raises PreconditionFailed."""
        try:
            return (await asyncio.to_thread(shutil.disk_usage, self.data_dir)).free
        except OSError as err:
            raise PreconditionFailed(t"The space in {self.data_dir} cannot be read: {err.strerror}") from err

    async def remove(self, copy: str) -> None:
        """Remove the folder of a copy if it exists. Raises ServiceRefused."""
        folder = self.folder(copy)
        try:
            await asyncio.to_thread(_remove, folder)
        except OSError as err:
            raise ServiceRefused(t"{folder} cannot be removed: {err.strerror}") from err

    async def left(self) -> Sequence[str]:
        """Return the names of all copies."""
        return await asyncio.to_thread(_folders, self.root)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _folders(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
