"""Vectors of documents: which are near a query, on a scale that no model and no library changes. Pure."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from pathlib import Path
from statistics import fmean, pstdev
from typing import Final

from .lines import lines_of

BACKGROUND_FILE: Final = Path(__file__).parent / "background.txt"
MOST_DIMENSIONS: Final = 4_096
MOST_COMPARED: Final = 60
"""Documents that are compared exactly: those whose signs differ least from those of the query."""
LEAST_SPREAD: Final = 0.005
"""Of the similarities to the background; less means that the model returns the same for every text."""
NOT_NEAR: Final = 1.1
"""Deviations above the background from which a document counts as near."""
VERY_NEAR: Final = 4.5

type Vector = array[float]


class UnusableVector(ValueError):
    """A model returned something else than a vector of usable numbers."""


def unit(values: Sequence[float]) -> Vector:
    """Return a vector of length one. Raises UnusableVector."""
    length = math.hypot(*values) if 0 < len(values) <= MOST_DIMENSIONS else 0.0
    if not math.isfinite(length) or length <= 0:
        raise UnusableVector
    return array("f", (one / length for one in values))


def background_texts() -> tuple[str, ...]:
    """Return the texts that queries and documents are compared with."""
    return tuple(lines_of(BACKGROUND_FILE))


class Vectors:
    """The vectors of documents, all from one model."""

    def __init__(self, background: Sequence[Vector]) -> None:
        """``background`` has the vectors of :func:`background_texts`."""
        self.dimensions = len(background[0])
        self._background = [list(one) for one in background]
        self._found: dict[str, tuple[Vector, int, float]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def put(self, document_id: str, vector: Vector) -> None:
        """Add the vector of a document, or replace it."""
        usual = fmean(math.sumprod(vector, one) for one in self._background)
        self._found[document_id] = (vector, _signs(vector), usual)

    def remove(self, document_id: str) -> None:
        """Remove the vector of a document, if there is one."""
        self._found.pop(document_id, None)

    def near(self, query: Vector, wanted: Iterable[str] = ()) -> Mapping[str, float]:
        """Return how near documents are, from -1 (not at all) to 1: the nearest and those ``wanted``."""
        signs, plain = _signs(query), list(query)
        compared = [math.sumprod(plain, one) for one in self._background]
        usual, spread = fmean(compared), pstdev(compared)
        if spread < LEAST_SPREAD:
            return {}
        distances = ((signs ^ own).bit_count() for _, own, _ in self._found.values())
        nearest = nsmallest(MOST_COMPARED, zip(distances, self._found, strict=True))
        names = dict.fromkeys(
            (*(name for _, name in nearest), *(one for one in wanted if one in self._found))
        )
        return {name: self._near(name, plain, usual, spread) for name in names}

    def _near(self, name: str, query: Sequence[float], usual: float, spread: float) -> float:
        vector, _, own_usual = self._found[name]
        above = (math.sumprod(query, vector) - (usual + own_usual) / 2) / spread
        return max(-1.0, min(1.0, (above - NOT_NEAR) / (VERY_NEAR - NOT_NEAR)))


def _signs(vector: Vector) -> int:
    """Return the signs of a vector as bits."""
    return int("".join("1" if one > 0 else "0" for one in vector), 2)
