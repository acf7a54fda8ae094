"""Clocks that tests can wait for."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Final, override

from steward.clock import ManualClock

HANGING: Final = 50.0
"""Seconds after which a test that waits for an event fails, just before the test's own limit."""


class WatchedClock(ManualClock):
    """A clock that stands still, and notifies tests when somebody sleeps."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._asleep: list[float] = []
        self._awake: Counter[float] = Counter()
        self._changed = asyncio.Event()

    @override
    async def sleep(self, seconds: float) -> None:
        self._asleep.append(seconds)
        self._changed.set()
        try:
            await super().sleep(seconds)
        finally:
            self._asleep.remove(seconds)
            self._awake[seconds] += 1
            self._changed.set()

    async def until_asleep(self, seconds: float) -> None:
        """Wait until somebody sleeps for just so long."""
        async with asyncio.timeout(HANGING):
            while seconds not in self._asleep:
                self._changed.clear()
                await self._changed.wait()

    async def pass_by(self, seconds: float) -> None:
        """Wait until somebody sleeps for just so long, let that time pass, and wait until they are awake."""
        await self.until_asleep(seconds)
        awake = self._awake[seconds]
        self.move(seconds)
        async with asyncio.timeout(HANGING):
            while self._awake[seconds] == awake:
                self._changed.clear()
                await self._changed.wait()
