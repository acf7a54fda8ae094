"""Clocks that tests can wait for, and one that runs faster."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final, override

from steward.clock import ManualClock

HANGING: Final = 50.0
"""Seconds after which a test that waits for an event fails, just before the test's own limit."""


LONG: Final = 1_000.0
"""Seconds of a timeout that a test ends by hand, see `end_timeouts`."""


async def end_timeouts(seconds: float) -> None:
    """Wait until a timeout of so many seconds, more than HANGING, has begun, and end all of them."""
    loop = asyncio.get_running_loop()

    def begun() -> list[asyncio.TimerHandle]:
        timers: list[asyncio.TimerHandle] = loop._scheduled  # type: ignore[attr-defined]
        alive = [one for one in timers if _is_timeout(one) and not one.cancelled()]
        return [one for one in alive if HANGING < one.when() - loop.time() <= seconds]

    async with asyncio.timeout(HANGING):
        while not begun():  # noqa: ASYNC110 - a timer has no event
            await asyncio.sleep(0.005)
    for timer in begun():
        timer._run()
        timer.cancel()


def _is_timeout(timer: asyncio.TimerHandle) -> bool:
    return isinstance(getattr(timer._callback, "__self__", None), asyncio.Timeout)  # type: ignore[attr-defined]


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


class FastClock:
    """A clock that runs ``speed`` times as fast as that of the system."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._started = time.monotonic()
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._started) * self._speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


class CoarseClock(ManualClock):
    """A clock that runs ``speed`` times as fast, in steps: who sleeps shorter than a step wakes once in it.

    So a month passes in minutes, although many tasks look at something every few seconds.
    """

    def __init__(self, speed: float, step: float) -> None:
        super().__init__(datetime.now(UTC))
        self._speed = speed
        self._step = step

    async def run(self) -> None:
        """Move until cancelled."""
        began = self.monotonic()
        started = time.monotonic()
        while True:
            await asyncio.sleep(self._step / self._speed)
            due = (time.monotonic() - started) * self._speed - (self.monotonic() - began)
            if due >= self._step:
                self.move(due - due % self._step)
