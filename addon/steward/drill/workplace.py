"""The folder of a drill beside the data of the app, which is removed at the end, or at the next start."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..errors import StewardError
from ..store.folder_lock import NAME, FolderInUse, FolderLock

FOLDER: Final = "drill"
SCRATCH: Final = "scratch"


class DrillUnderWay(StewardError):
    """Another drill of this installation runs now, or its folder cannot be used."""


@contextmanager
def workplace(data_dir: Path) -> Iterator[Path]:
    """Yield an empty folder; what an earlier drill has left is removed first.

    Raises DrillUnderWay.
    """
    folder = data_dir / FOLDER
    try:
        lock = FolderLock.take(folder)
    except FolderInUse as err:
        message = f"Another drill runs, or the folder {folder} cannot be used: {err}"
        raise DrillUnderWay(message) from err
    try:
        _empty(folder)
        scratch = folder / SCRATCH
        scratch.mkdir(mode=0o700)
        try:
            yield scratch
        finally:
            _empty(folder)
    finally:
        lock.release()


def remove_leftovers(data_dir: Path) -> None:
    """Remove what a drill that was killed has left. A drill that runs now keeps its folder."""
    folder = data_dir / FOLDER
    if not folder.is_dir():
        return
    try:
        lock = FolderLock.take(folder)
    except FolderInUse:
        return
    try:
        _empty(folder)
    finally:
        lock.release()


def _empty(folder: Path) -> None:
    for one in folder.iterdir():
        if one.is_dir():
            shutil.rmtree(one)
        elif one.name != NAME:
            one.unlink()
