"""Time, handed in: everything that waits or stamps asks this."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the app needs of time."""

    def now(self) -> datetime:
        """Return the aware UTC time. It may jump: never measure spans with it."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands until it is moved; sleepers wake when their time is passed."""

    def __init__(self, now: datetime) -> None:
        """Start at ``now`` (aware)."""
        self._now = now
        self._monotonic = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the time it was moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was moved by."""
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved past ``seconds`` from now."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, future))
        await future

    def jump(self, seconds: float) -> None:
        """Move the wall clock only, as a corrected system clock does."""
        self._now += timedelta(seconds=seconds)

    def move(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        due = [one for one in self._sleepers if one[0] <= self._monotonic]
        self._sleepers = [one for one in self._sleepers if one[0] > self._monotonic]
        for _, future in due:
            if not future.done():
                future.set_result(None)
