"""What outlives the app: its databases and the world, copied as they are at one instant."""

import json
import os
import pickle
import shutil
import struct
import threading
from pathlib import Path
from typing import Any, Final

STORE: Final = "steward.db"
WORKFLOWS: Final = "dbos.db"
DATABASES: Final = (STORE, WORKFLOWS)
WORLD: Final = "world.pickle"
SYNCED: Final = "synced.json"
FRAME_HEADER: Final = 24
WAL_HEADER: Final = 32
PAGE_SIZE_AT: Final = 8
"""The offset of the page size in the header of a write-ahead log."""

TORN: Final = 100
"""Bytes of the first frame that was not synced which reach the disk in a power cut."""


class Disk:
    """The folder of an app. Who changes a database or the world has the ``lock``: images are never torn."""

    def __init__(self, folder: Path, world: Any) -> None:
        """``world`` can be pickled."""
        self.folder = folder
        self.world = world
        self.lock = threading.RLock()
        self._synced: dict[str, int] = {}
        self._last: dict[str, tuple[tuple[int, int], Path]] = {}

    def note_synced(self, database: Path) -> None:
        """Note that the write-ahead log of a database is on the disk as it is now."""
        self._synced[database.name] = _size(_log_of(database))

    def keep_world(self) -> None:
        """Write the world into the folder."""
        (self.folder / WORLD).write_bytes(pickle.dumps(self.world))

    def copy(self, image: Path) -> None:
        """Copy databases and world to ``image``, as a process that ends now leaves them."""
        image.mkdir(parents=True)
        for name in DATABASES:
            for part in (self.folder / name, _log_of(self.folder / name)):
                if part.exists():
                    self._copy(part, image / part.name)
        (image / WORLD).write_bytes(pickle.dumps(self.world))
        (image / SYNCED).write_text(json.dumps(self._synced), encoding="utf-8")

    def _copy(self, part: Path, copy: Path) -> None:
        """Copy a file; one that is as in the last image is linked to that."""
        found = part.stat()
        state = (found.st_size, found.st_mtime_ns)
        before = self._last.get(part.name)
        if before is not None and before[0] == state:
            os.link(before[1], copy)
        else:
            shutil.copyfile(part, copy)
        self._last[part.name] = state, copy


def restored_world(folder: Path) -> Any:
    """Return the world of a folder, None when there is none."""
    file = folder / WORLD
    return pickle.loads(file.read_bytes()) if file.exists() else None  # noqa: S301 - our own file


def use_image(image: Path, folder: Path) -> None:
    """Make ``folder`` that of an app that ended when ``image`` was made."""
    shutil.copytree(image, folder, dirs_exist_ok=True)


def loses_something(image: Path) -> bool:
    """Return whether a power cut at the instant of an image loses a part of a database."""
    synced: dict[str, int] = json.loads((image / SYNCED).read_text(encoding="utf-8"))
    return any(_size(_log_of(image / name)) > synced.get(name, 0) for name in DATABASES)


def cut_power(folder: Path) -> int:
    """Take from the databases what was not synced when the image was made; return the number of lost frames.

    The write-ahead log keeps its last full commit that was synced, and the begin of the next frame.
    """
    synced: dict[str, int] = json.loads((folder / SYNCED).read_text(encoding="utf-8"))
    lost = 0
    for name in DATABASES:
        log = _log_of(folder / name)
        size, kept = _size(log), synced.get(name, 0)
        if size <= kept:
            continue
        content = log.read_bytes()
        page = struct.unpack_from(">I", content, PAGE_SIZE_AT)[0]
        lost += (size - max(kept, WAL_HEADER)) // (FRAME_HEADER + page)
        log.write_bytes(content[: kept + TORN])
    return lost


def _log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
