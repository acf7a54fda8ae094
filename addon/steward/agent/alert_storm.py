"""Detects alert storms: many webhooks at once are correlated before anybody is asked."""

from collections import deque
from typing import Final

from ..clock import Clock

MANY: Final = 50
SPAN: Final = 1.0
LONGEST: Final = 10.0
LOOK: Final = 0.1


class AlertStorm:
    """A storm is MANY webhooks within SPAN seconds.

    In a storm later alerts change what the first ones mean, and every diagnosis would delay
    the senders. Stages wait for LONGEST seconds at most.
    """

    def __init__(self, clock: Clock) -> None:
        """No webhook has come in yet."""
        self._clock = clock
        self._arrivals: deque[float] = deque(maxlen=MANY)
        self._began: float | None = None

    def note(self) -> None:
        """Count a webhook that has come in."""
        self._arrivals.append(self._clock.monotonic())

    async def gather(self) -> None:
        """Return at once, in a storm after a short wait: many webhooks are taken as fast as a few."""
        if self._is_on():
            await self._clock.sleep(LOOK)

    async def over(self) -> None:
        """Return when there is no storm, or when it has lasted too long."""
        while self._is_on() and self._lasts() < LONGEST:
            await self._clock.sleep(LOOK)

    def _is_on(self) -> bool:
        now = self._clock.monotonic()
        is_on = len(self._arrivals) == MANY and now - self._arrivals[0] < SPAN
        if not is_on:
            self._began = None
        elif self._began is None:
            self._began = now
        return is_on

    def _lasts(self) -> float:
        return 0.0 if self._began is None else self._clock.monotonic() - self._began
