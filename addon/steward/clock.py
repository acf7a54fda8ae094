"""Clocks that are passed to all parts that wait or need the time."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Interface of a clock."""

    def now(self) -> datetime:
        """Return the aware UTC time. It may jump, so do not measure durations with it."""

    def monotonic(self) -> float:
        """Return seconds that never decrease."""

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""


class SystemClock:
    """The clock of the system."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never decrease."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        await asyncio.sleep(seconds)


def boot_seconds() -> float:
    """Return seconds that also pass while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class ManualClock:
    """A clock for tests that changes only when it is moved."""

    def __init__(self, now: datetime) -> None:
        """Start at ``now`` (aware)."""
        self._now = now
        self._monotonic = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the current time of this clock."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that the clock was moved by."""
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock is moved by ``seconds``."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, future))
        await future

    def jump(self, seconds: float) -> None:
        """Change the wall clock only, as a clock correction does."""
        self._now += timedelta(seconds=seconds)

    def move(self, seconds: float) -> None:
        """Move both clocks by ``seconds``."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        due = [one for one in self._sleepers if one[0] <= self._monotonic]
        # Who was cancelled meanwhile is forgotten.
        self._sleepers = [one for one in self._sleepers if one[0] > self._monotonic and not one[1].done()]
        for _, future in due:
            if not future.done():
                future.set_result(None)
