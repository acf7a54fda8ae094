"""Finds the inventory's names (hosts, rooms, people) in a text, in any spelling."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

from .detectors.detector import Span

SHORTEST: Final = 3
_WIDEST_GAP: Final = 2
_WORD: Final = re.compile(r"[^\W_]+")

type _Words = tuple[str, ...]


def find_names(text: str, names: frozenset[str]) -> Iterator[Span]:
    """Yield every occurrence of ``names``: whole words, in any case, at most two characters apart."""
    index = _index_by_first_word(names)
    if not index:
        return
    found = [(match.start(), match.end(), match.group().casefold()) for match in _WORD.finditer(text)]
    for position, (start, _, word) in enumerate(found):
        for wanted in index.get(word, ()):
            part = found[position : position + len(wanted)]
            if tuple(one[2] for one in part) == wanted and _are_close(part):
                yield Span(start=start, end=part[-1][1], label="OWN_NAME")
                break


def _are_close(words: list[tuple[int, int, str]]) -> bool:
    return all(after[0] - before[1] <= _WIDEST_GAP for before, after in pairwise(words))


@lru_cache(maxsize=4)
def _index_by_first_word(names: frozenset[str]) -> Mapping[str, tuple[_Words, ...]]:
    """Return the words of each name by their first word, longest name first."""
    index: dict[str, list[_Words]] = {}
    for name in names:
        words = tuple(word.casefold() for word in _WORD.findall(name))
        if words and len(name.strip()) >= SHORTEST:
            index.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(many, key=len, reverse=True)) for first, many in index.items()}
