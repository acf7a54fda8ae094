"""How fast we may talk: decided from times alone, so that tests need no waiting. Pure."""

from collections import deque
from typing import Final

from .settings import Limits

MINUTE: Final = 60.0
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 60.0
TOKEN_RETRY: Final = 300.0
"""Only a person can mend a refused token: hurry helps nobody."""


def retry_delay(failures: int, draw: float) -> float:
    """Return seconds to wait after that many failures in a row, doubling up to a minute.

    ``draw`` (0 to 1) takes up to half of it away, so that nobody comes back in step.
    """
    ceiling = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(failures - 1, 16))
    return ceiling * (1.0 - draw / 2)


class Window:
    """Counts what happened in the last minute."""

    def __init__(self) -> None:
        """Begin with an empty minute."""
        self._moments: deque[float] = deque()

    def count(self, now: float) -> int:
        """Return how often it happened in the minute before ``now``."""
        while self._moments and self._moments[0] <= now - MINUTE:
            self._moments.popleft()
        return len(self._moments)

    def add(self, now: float) -> None:
        """It happened."""
        self._moments.append(now)

    def next_change(self, now: float) -> float:
        """Return the seconds until the count falls, 0 when it is empty."""
        return self._moments[0] + MINUTE - now if self.count(now) else 0.0


class RateLimit:
    """One chat's pace: any request by a bucket, new messages by the minute."""

    def __init__(self, limits: Limits, *, is_group: bool) -> None:
        """Only groups have a limit by the minute."""
        self._limits = limits
        self._is_group = is_group
        self._level = float(limits.burst)
        self._at: float | None = None
        self._sends = Window()

    def wait(self, now: float) -> float:
        """Return the seconds until any request may go out."""
        self._fill(now)
        return max(0.0, (1.0 - self._level) / self._limits.per_second)

    def may_send(self, now: float, *, urgent: bool) -> bool:
        """Return whether the minute has room for one more new message."""
        if not self._is_group:
            return True
        kept_back = 0 if urgent else self._limits.kept_back
        return self._sends.count(now) < self._limits.per_minute - kept_back

    def next_send(self, now: float) -> float:
        """Return the seconds until the minute has more room."""
        return self._sends.next_change(now)

    def note(self, now: float, *, send: bool) -> None:
        """A request went out; ``send`` when it made a new message."""
        self._fill(now)
        self._level -= 1.0
        if send:
            self._sends.add(now)

    def _fill(self, now: float) -> None:
        if self._at is not None:
            gained = (now - self._at) * self._limits.per_second
            self._level = min(float(self._limits.burst), self._level + gained)
        self._at = now
