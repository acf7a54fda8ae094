"""A small disk that a test fills: a tmpfs, where this machine lets the test mount one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

FILLER: Final = "filler"
BLOCK: Final = 64 * 1024


class SmallDisk:
    """A folder with limited space."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Use up all space, to the last byte."""
        with (self.folder / FILLER).open("ab", buffering=0) as file:
            for size in (BLOCK, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def free(self) -> None:
        """Give the space back."""
        (self.folder / FILLER).unlink()


@asynccontextmanager
async def small_disk(folder: Path, megabytes: int = 8) -> AsyncIterator[SmallDisk]:
    """Yield a small disk at ``folder``. Skips the test where nothing may be mounted."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    if await _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)) != 0:
        pytest.skip("this machine does not let the test mount a small disk")
    try:
        yield SmallDisk(folder)
    finally:
        await _run("umount", "--lazy", str(folder))


async def _run(*command: str) -> int:
    try:
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    except OSError:
        return 1
    return await process.wait()
