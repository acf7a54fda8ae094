"""Values over time, including past values."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ramp:
    """A value that changes linearly from `start` to `end` and stays there."""

    start: float
    end: float
    since: float
    seconds: float

    def at(self, moment: float) -> float:
        """Return the value at a time; before `since` it is `start`."""
        if self.seconds <= 0:
            return self.end if moment >= self.since else self.start
        done = min(max((moment - self.since) / self.seconds, 0.0), 1.0)
        return self.start + (self.end - self.start) * done


def level(value: float) -> Ramp:
    """Return a constant value."""
    return Ramp(value, value, 0.0, 0.0)


class Timeline[T]:
    """A value that changes in steps, which can be in the future."""

    def __init__(self, first: T) -> None:
        self._moments: list[float] = []
        self._values: list[T] = [first]

    def set(self, moment: float, value: T) -> None:
        """Set `value` from `moment` on, and drop later steps."""
        index = bisect_right(self._moments, moment)
        del self._moments[index:], self._values[index + 1 :]
        self._moments.append(moment)
        self._values.append(value)

    def plan(self, moment: float, value: T) -> None:
        """Add a step after the existing ones. Raises ValueError for an earlier time."""
        if self._moments and moment < self._moments[-1]:
            raise ValueError("a planned step must be after the others")
        self._moments.append(moment)
        self._values.append(value)

    def at(self, moment: float) -> T:
        """Return the value at a time."""
        return self._values[bisect_right(self._moments, moment)]

    def since(self, moment: float) -> float | None:
        """Return when the value of that time was set, None if it never changed."""
        index = bisect_right(self._moments, moment)
        return self._moments[index - 1] if index else None
