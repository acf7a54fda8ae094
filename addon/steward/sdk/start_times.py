"""Start times of what reports only how long it has run."""

from datetime import datetime, timedelta
from typing import Final

from ..clock import Clock

TOLERANCE: Final = 90.0
"""Seconds by which a start time that is computed from an uptime may move without a restart."""


class StartTimes:
    """Start times by key. Each stays the same text until it moves by more than the tolerance.

    A report with the same uptime as before is an old one, and says nothing new.
    """

    def __init__(self, clock: Clock, tolerance: float = TOLERANCE) -> None:
        """``tolerance`` in seconds: how old a reported uptime can be, with some reserve."""
        self._clock = clock
        self._tolerance = timedelta(seconds=tolerance)
        self._known: dict[str, tuple[float, datetime]] = {}

    def of(self, key: str, uptime: float) -> str:
        """Return when something started that has run for ``uptime`` seconds, to the minute."""
        start = self._clock.now() - timedelta(seconds=uptime)
        last, known = self._known.get(key, (uptime, start))
        is_same = uptime == last or abs(start - known) <= self._tolerance
        self._known[key] = (uptime, known if is_same else start)
        return f"{self._known[key][1]:%Y-%m-%d %H:%M} UTC"
