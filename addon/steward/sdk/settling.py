"""Whether a program has run long enough since its start that its answers are complete."""

from collections import OrderedDict
from datetime import datetime
from typing import Final

from ..clock import Clock

MOST_RUNS: Final = 16


class Settling:
    """Follows the starts of a program, or of several programs at one address.

    The age of the first run is computed from its start time. The age of later runs is measured from when
    they were first seen, by the app's clock, because the program's clock may differ.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        """``seconds`` is how long the program takes to settle."""
        self._clock = clock
        self._seconds = seconds
        self._begun: OrderedDict[datetime, float] = OrderedDict()

    def is_settled(self, start: datetime) -> bool:
        """Return whether the run that began at ``start`` has settled."""
        now = self._clock.monotonic()
        age = 0.0 if self._begun else (self._clock.now() - start).total_seconds()
        begun = self._begun.setdefault(start, now - max(age, 0.0))
        if len(self._begun) > MOST_RUNS:
            self._begun.popitem(last=False)
        return now - begun >= self._seconds
