"""Finds phrases of several words in a text by their first words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from .words import words_of


class PhraseTable:
    """Phrases that are looked up at a place in a text."""

    def __init__(self, texts: Iterable[str]) -> None:
        """``texts`` are phrases in any order."""
        found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
        for text in texts:
            words = words_of(text)
            if words:
                found[words[0]].add(words)
        self._by_first: Final[Mapping[str, list[tuple[str, ...]]]] = {
            first: sorted(many, key=len, reverse=True) for first, many in found.items()
        }

    def length(self, words: Sequence[str], at: int = 0) -> int:
        """Return the number of words of the longest phrase that begins at a place, 0 when none does."""
        if at >= len(words):
            return 0
        for phrase in self._by_first.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                return len(phrase)
        return 0
