"""Finds the words of a library that a word of a query resembles: typing errors, other endings, compounds."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

SHORTEST: Final = 5
"""Letters of a word that is compared; shorter ones resemble too many others."""
START: Final = 3
"""Letters at the beginning of a word that are the same in all words that resemble it."""
SAME_SHARE: Final = 0.7
"""Of the longer word, what both have in common from the beginning when they differ in their ending."""
MOST_NEAR: Final = 3


class Vocabulary:
    """The stems of a library."""

    def __init__(self) -> None:
        """Begin without stems."""
        self._by_start: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, stem: str) -> None:
        """Add a stem; short ones and those that are not letters only are ignored."""
        if _is_comparable(stem):
            self._by_start[stem[:START]].add(stem)

    def remove(self, stem: str) -> None:
        """Remove a stem, if it is known."""
        self._by_start[stem[:START]].discard(stem)

    def near(self, stem: str) -> tuple[str, ...]:
        """Return the stems that a stem which is not in the library resembles most, at most MOST_NEAR."""
        if not _is_comparable(stem):
            return ()
        found = [one for one in self._by_start.get(stem[:START], ()) if _resembles(one, stem)]
        parts = [one for one in _parts(stem) if one in self._by_start.get(one[:START], ())]
        return tuple(sorted(found, key=lambda one: (abs(len(one) - len(stem)), one))[:MOST_NEAR] or parts)


def _is_comparable(stem: str) -> bool:
    return len(stem) >= SHORTEST and stem.isalpha()


def _resembles(one: str, other: str) -> bool:
    longer = max(len(one), len(other))
    same = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if same is None:
        same = min(len(one), len(other))
    return same >= max(SHORTEST, SAME_SHARE * longer) or _is_mistyped(one[same:], other[same:])


def _is_mistyped(one: str, other: str) -> bool:
    """Return whether two rests of words differ by one letter, or by two that are swapped."""
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[2:] == other[2:] and one[:2] == other[1::-1])
    )


def _parts(stem: str) -> Iterator[str]:
    """Yield the ends and the beginnings of a compound, the longest first."""
    for length in range(len(stem) - START, SHORTEST - 1, -1):
        yield stem[-length:]
        yield stem[:length]
