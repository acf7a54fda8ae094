"""One steward only uses a data folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from steward.store.folder_lock import NAME, FolderInUse, FolderLock

HOLD = """
import sys, pathlib
from steward.store.folder_lock import FolderLock
lock = FolderLock.take(pathlib.Path(sys.argv[1]))
print(flush=True)
sys.stdin.read()
"""


def test_a_folder_is_created_and_locked_until_released(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    lock = FolderLock.take(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    with pytest.raises(FolderInUse, match="Another steward"):
        FolderLock.take(folder)
    lock.release()
    FolderLock.take(folder).release()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(FolderInUse, match=rf"process {process.pid} on "):
            FolderLock.take(tmp_path)
        process.kill()
        process.wait()
    FolderLock.take(tmp_path).release()


def test_an_unreadable_owner_is_left_out(tmp_path: Path) -> None:
    lock = FolderLock.take(tmp_path)
    (tmp_path / NAME).write_bytes(b"\x00\xff")
    with pytest.raises(FolderInUse, match="Another steward uses the data folder"):
        FolderLock.take(tmp_path)
    lock.release()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderInUse, match=r"file cannot be used: File exists"):
        FolderLock.take(tmp_path / "file")


def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(37, os.strerror(37))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(FolderInUse, match=r"cannot be locked: No locks available. Use a local file system"):
        FolderLock.take(tmp_path)
