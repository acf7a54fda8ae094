"""Measures for how long a value has been the same."""

from ..clock import Clock


class Unchanged:
    """Follows one value, such as a counter that grows while a program works."""

    def __init__(self, clock: Clock) -> None:
        """``clock`` measures the time."""
        self._clock = clock
        self._value: object = None
        self._since = 0.0

    def seconds(self, value: object) -> float:
        """Return for how many seconds the value has been the same, 0 when it has just changed."""
        now = self._clock.monotonic()
        if value != self._value:
            self._value, self._since = value, now
        return now - self._since
