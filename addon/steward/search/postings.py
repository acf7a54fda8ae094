"""The documents that have a term, and how often."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from heapq import heapify, heappush, heappushpop, nlargest
from typing import Final

MOST_FIRST: Final = 400
"""Documents that one term finds, those where it is most frequent: more would make common terms slow."""


class Posting:
    """The documents that have a term, in ascending order, and its saturated frequency in each."""

    __slots__ = ("_first", "places", "values")

    def __init__(self) -> None:
        self.places = array("L")
        self.values = array("f")
        self._first: list[tuple[float, int]] | None = []

    def put(self, place: int, value: float) -> None:
        """Add a document that does not have the term yet."""
        if not self.places or self.places[-1] < place:
            self.places.append(place)
            self.values.append(value)
            if self._first is not None:
                (heappush if len(self._first) < MOST_FIRST else heappushpop)(self._first, (value, place))
            return
        at = bisect_left(self.places, place)
        self.places.insert(at, place)
        self.values.insert(at, value)
        self._first = None

    def remove(self, place: int) -> None:
        """Remove a document that has the term."""
        at = bisect_left(self.places, place)
        del self.places[at], self.values[at]
        self._first = None

    def value(self, place: int) -> float:
        """Return the frequency in one document, 0 when it does not have the term."""
        found = bisect_left(self.places, place)
        return self.values[found] if found < len(self.places) and self.places[found] == place else 0.0

    def first(self) -> Sequence[tuple[float, int]]:
        """Return at most MOST_FIRST frequencies, the highest, each with its document."""
        if self._first is None:
            self._first = nlargest(MOST_FIRST, zip(self.values, self.places, strict=True))
            heapify(self._first)
        return self._first
