"""Rate limits and retry delays, computed from given times. Pure."""

from collections import deque
from collections.abc import Iterable
from typing import Final

from .settings import Limits

MINUTE: Final = 60.0
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 60.0
TOKEN_RETRY: Final = 300.0
"""Seconds between retries with a rejected token, which only a person can replace."""

FORGOTTEN_AFTER: Final = 600.0
"""Seconds after which a failed message that was not tried again no longer counts: it was dropped."""


def retry_delay(failures: int, draw: float) -> float:
    """Return the seconds to wait after ``failures`` in a row, doubling up to a minute.

    ``draw`` (0 to 1) is the jitter: it reduces the delay by up to half.
    """
    ceiling = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(failures - 1, 16))
    return ceiling * (1.0 - draw / 2)


class Window:
    """Counts events of the last minute."""

    def __init__(self) -> None:
        """Start with no events."""
        self._times: deque[float] = deque()

    def count(self, now: float) -> int:
        """Return the number of events in the minute before ``now``."""
        while self._times and self._times[0] <= now - MINUTE:
            self._times.popleft()
        return len(self._times)

    def add(self, now: float) -> None:
        """Count an event at ``now``."""
        self._times.append(now)

    def next_change(self, now: float) -> float:
        """Return the seconds until the count decreases, 0 when it is 0."""
        return self._times[0] + MINUTE - now if self.count(now) else 0.0


class RateLimit:
    """Limits of one chat: a token bucket for all calls, a count per minute for new messages."""

    def __init__(self, limits: Limits, *, is_group: bool) -> None:
        """Telegram limits messages per minute in groups only."""
        self._limits = limits
        self._is_group = is_group
        self._level = float(limits.burst)
        self._at: float | None = None
        self._sends = Window()

    def wait(self, now: float) -> float:
        """Return the seconds until the next call is allowed."""
        self._fill(now)
        return max(0.0, (1.0 - self._level) / self._limits.per_second)

    def may_send(self, now: float, *, urgent: bool) -> bool:
        """Return whether the limit per minute allows one more new message."""
        if not self._is_group:
            return True
        reserved = 0 if urgent else self._limits.reserved
        return self._sends.count(now) < self._limits.per_minute - reserved

    def next_send(self, now: float) -> float:
        """Return the seconds until the limit per minute allows more."""
        return self._sends.next_change(now)

    def note(self, now: float, *, send: bool) -> None:
        """Count a call; ``send`` when it sends a new message."""
        self._fill(now)
        self._level -= 1.0
        if send:
            self._sends.add(now)

    def _fill(self, now: float) -> None:
        if self._at is not None:
            gained = (now - self._at) * self._limits.per_second
            self._level = min(float(self._limits.burst), self._level + gained)
        self._at = now


class Retries:
    """Messages whose last attempt failed, by row id, each with the time of its next attempt."""

    def __init__(self) -> None:
        """Start with no failures."""
        self._failures: dict[int, int] = {}
        self._due: dict[int, float] = {}

    def __len__(self) -> int:
        """Return the number of messages that failed."""
        return len(self._due)

    def failed(self, row_id: int, now: float, draw: float) -> None:
        """Try a message again after a delay that grows with its failures; see :func:`retry_delay`."""
        self._failures[row_id] = self._failures.get(row_id, 0) + 1
        self._due[row_id] = now + retry_delay(self._failures[row_id], draw)

    def postpone(self, row_id: int, until: float) -> None:
        """Try a message again at ``until``."""
        self._due[row_id] = until

    def forget(self, row_ids: Iterable[int]) -> None:
        """Remove messages that were sent or given up."""
        for one in row_ids:
            self._due.pop(one, None)
            self._failures.pop(one, None)

    def retry_all(self) -> None:
        """Try every message again now."""
        self._due.clear()
        self._failures.clear()

    def postponed(self, now: float) -> tuple[int, ...]:
        """Return the messages that are not due. Forget those that nobody has tried since long."""
        self.forget([one for one, due in self._due.items() if due < now - FORGOTTEN_AFTER])
        return tuple(one for one, due in self._due.items() if due > now)

    def next_due(self, now: float) -> float:
        """Return the seconds until a message is due, 0 when none waits."""
        return min((due - now for due in self._due.values() if due > now), default=0.0)
