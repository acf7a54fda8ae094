"""Start times of programs that report only their uptime."""

from datetime import datetime, timedelta
from typing import Final

from ..clock import Clock

TOLERANCE: Final = 90.0
"""Seconds by which a start time that is computed from an uptime may vary without a restart."""


class StartTimes:
    """Start times by key. Each is the same text until a restart.

    After a restart the uptime is not longer than the time since the last report, so a late or repeated
    report is no restart.
    """

    def __init__(self, clock: Clock, tolerance: float = TOLERANCE) -> None:
        """``tolerance`` is the largest age of a reported uptime, with some reserve, in seconds."""
        self._clock = clock
        self._tolerance = timedelta(seconds=tolerance)
        self._known: dict[str, tuple[datetime, datetime]] = {}

    def of(self, key: str, uptime: float) -> str:
        """Return when a program started that has run for ``uptime`` seconds: "2026-11-28 14:33 UTC"."""
        now = self._clock.now()
        start = now - timedelta(seconds=uptime)
        known, reported = self._known.get(key, (start, now))
        is_new = start - known > self._tolerance and start >= reported - self._tolerance
        self._known[key] = (start if is_new else known, now)
        return f"{self._known[key][0]:%Y-%m-%d %H:%M} UTC"
