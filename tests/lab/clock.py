"""Time as the lab sees it: passed in, so that a test can move it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time and monotonic time, both in seconds."""

    def time(self) -> float:
        """Return the seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never decrease."""
        ...


class SystemClock:
    """The clock of the machine."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that only changes with `advance`."""

    def __init__(self, start: float = 1_795_000_000.0) -> None:
        self._start = start
        self._elapsed = 0.0

    def time(self) -> float:
        return self._start + self._elapsed

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Advance wall time and monotonic time."""
        self._elapsed += seconds


class SteppedClock(ManualClock):
    """A clock for the lab and the app alike that moves only when somebody sleeps on it.

    A sleep takes no real time: waiting for a minute costs one turn of the event loop.
    """

    def now(self) -> datetime:
        """Return the aware UTC time, as the app reads it."""
        return datetime.fromtimestamp(self.time(), UTC)

    async def sleep(self, seconds: float) -> None:
        """Move the clock, and let other tasks run once."""
        self.advance(seconds)
        await asyncio.sleep(0)
