"""A steward whose event loop is watched."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, override

import orjson

from bench.rig import ROOT
from demo.steward import Steward

WRITE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Block:
    """Most milliseconds of a callback on the clock, with its name, and most of the processor."""

    wall: float
    cpu: float
    callback: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the record that ``bench.loop_watch`` writes."""
        record = orjson.loads(file.read_bytes())
        return cls(record["seconds"] * 1000, record["cpu"] * 1000, record["callback"])


class WatchedSteward(Steward):
    """Runs under ``bench.loop_watch``."""

    @property
    def _record(self) -> Path:
        return self.folder / "loop.json"

    async def longest_block(self, pid: int) -> Block:
        """Return the longest callback since the start or the last call. Raises TimeoutError."""
        self._record.unlink(missing_ok=True)
        os.kill(pid, signal.SIGUSR1)
        async with asyncio.timeout(WRITE_SECONDS):
            while not self._record.exists():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.01)
        return Block.read(self._record)

    @override
    def _command(self, *arguments: str) -> list[str]:
        watch = str(ROOT / "bench" / "loop_watch.py")
        # -P: the folder of the program has modules named like packages.
        program = [sys.executable, "-P", watch, str(self._record)]
        return [*program, *arguments, "--settings", str(self.settings_file)]
