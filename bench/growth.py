"""What a process keeps more of after some time: objects, entries of caches, long containers, allocations."""

import asyncio
import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

WRITE_SECONDS: Final = 300.0
MOST_LINES: Final = 25
"""Lines of each section, those that grew most."""

type Census = Mapping[str, Mapping[str, Any]]
"""Numbers by name, in sections, as ``rig.census`` writes them."""


class Growth:
    """Asks a process of ``rig.fast_app`` for a census, and compares the first one with the last one."""

    def __init__(self, file: Path) -> None:
        """``file`` is where the process writes."""
        self.file = file
        self._taken: list[Census] = []

    async def take(self, pid: int) -> None:
        """Take a census. Raises TimeoutError."""
        os.kill(pid, signal.SIGUSR1)
        async with asyncio.timeout(WRITE_SECONDS):
            while not self.file.exists():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.1)
        self._taken.append(orjson.loads(self.file.read_bytes()))
        self.file.unlink()

    def lines(self) -> Iterator[str]:
        """Yield what grew, section by section: how much, how much there is now, and its name."""
        if len(self._taken) > 1:
            yield from grown(self._taken[0], self._taken[-1])


def grown(before: Census, after: Census) -> Iterator[str]:
    """Yield what grew between two censuses."""
    for section, now in after.items():
        was = before.get(section, {})
        more = {name: count - was.get(name, 0) for name, count in now.items()}
        yield f"{section}: {sum(more.values()):+,}"
        most = sorted(more.items(), key=lambda one: -one[1])[:MOST_LINES]
        yield from (f"  {one:+,} ({now[name]:,}) {name}" for name, one in most if one > 0)
