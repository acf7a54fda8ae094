"""Makes sure that one steward only uses a data folder."""

import errno
import fcntl
import os
import socket
from pathlib import Path
from typing import Final, Self

from sqlalchemy import make_url

from ..errors import StewardError

NAME: Final = "steward.lock"
LONGEST: Final = 200


class FolderInUse(StewardError):
    """Another steward uses the data folder, or the folder cannot be used; the text names it."""


class FolderLock:
    """An exclusive lock on a data folder. The system releases it when the process ends."""

    def __init__(self, descriptor: int) -> None:
        """``descriptor`` is the open and locked file."""
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Return the lock; a missing folder is created. Raises FolderInUse."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as err:
            raise FolderInUse(f"The data folder {folder} cannot be used: {err.strerror}") from err
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            message = _message(folder, descriptor, err)
            os.close(descriptor)
            raise FolderInUse(message) from err
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)


def folders_of(data_dir: Path, *urls: str) -> tuple[Path, ...]:
    """Return the folders to lock: the data folder, and those of SQLite files elsewhere."""
    parsed = [make_url(url) for url in urls]
    files = [Path(one.database) for one in parsed if one.get_backend_name() == "sqlite" and one.database]
    return tuple(dict.fromkeys([data_dir.resolve(), *(one.absolute().parent.resolve() for one in files)]))


def _message(folder: Path, descriptor: int, error: OSError) -> str:
    if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
        return f"The data folder {folder} cannot be locked: {error.strerror}. Use a local file system"
    owner = os.pread(descriptor, LONGEST, 0).decode(errors="replace")
    named = f" ({owner})" if owner.isprintable() and owner else ""
    return (
        f"Another steward{named} uses the data folder {folder}."
        " Stop it first, or set data_dir to another folder"
    )
