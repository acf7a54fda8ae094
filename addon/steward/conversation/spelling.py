"""Corrects misspelled words of questions and requests: the words of the sentences, without accents too."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from ..llm.detectors.known_words import is_known
from .words import WORD

SHORTEST: Final = 5
"""Letters of a word that is corrected if one of them is wrong."""

LEAST: Final = 0.8
"""Similarity of a misspelled word to the right one."""

MARGIN: Final = 0.02
"""How much more similar the right word must be than any other."""


class Spelling:
    """The words of one language."""

    def __init__(
        self,
        words: Iterable[str],
        abbreviations: Mapping[str, str],
        reversing: Collection[str] = (),
    ) -> None:
        """``abbreviations`` are replaced by what they stand for.

        No misspelled word is taken for a ``reversing`` one: "Kinder" is no mistake for "keiner".
        """
        self._words = frozenset(one for one in words if one.isalpha())
        self._abbreviations = abbreviations
        self._plain: dict[str, set[str]] = {}
        self._deleted: dict[str, set[str]] = {}
        for word in self._words:
            self._plain.setdefault(without_accents(word), set()).add(word)
            if len(word) >= SHORTEST - 1 and word not in reversing:
                for one in (word, *_without_letter(word)):
                    self._deleted.setdefault(one, set()).add(word)

    def has(self, word: str) -> bool:
        """Return whether a word in lower case is one of the language."""
        return word in self._words

    def corrected(self, text: str, names: Collection[str], others: Sequence[Spelling] = ()) -> str:
        """Return a text with the words that are meant; ``names`` and words of ``others`` are no mistakes."""
        parts: list[str] = []
        end = 0
        for word in WORD.finditer(text):
            is_right = any(one.has(word[0].casefold()) for one in others)
            parts += [text[end : word.start()], word[0] if is_right else self._meant(word[0], names)]
            end = word.end()
        return "".join([*parts, text[end:]])

    def _meant(self, word: str, names: Collection[str]) -> str:
        folded = word.casefold()
        if folded in self._abbreviations:
            return self._abbreviations[folded]
        if folded in self._words or folded in names or not folded.isalpha():
            return word
        found = self._plain.get(without_accents(folded), ())
        if len(found) == 1:
            return next(iter(found))
        return self._similar(folded) or word

    def _similar(self, word: str) -> str | None:
        """Return the only word that differs in one letter or in the order of two, None if there is none."""
        # "Storm" is no mistake for "story".
        if len(word) < SHORTEST or is_known(word):
            return None
        near = {known for one in (word, *_without_letter(word)) for known in self._deleted.get(one, ())}
        # "Mondays" and "feels" are other forms of a word, not mistakes.
        mistaken = (one for one in near if one[0] == word[0] and not word.startswith(one))
        rated = sorted(((_similarity(word, one), one) for one in mistaken), reverse=True)
        if not rated or rated[0][0] < LEAST:
            return None
        is_clear = len(rated) == 1 or rated[0][0] - rated[1][0] >= MARGIN
        return rated[0][1] if is_clear else None


def words_in(texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of templates and texts, in lower case."""
    for text in texts:
        yield from (one[0].casefold() for one in WORD.finditer(text))


@lru_cache(maxsize=8192)
def without_accents(word: str) -> str:
    """Return a word in lower case without the accents of its letters."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _similarity(one: str, other: str) -> float:
    """Return how similar two words are; the same letters in another order are nearly the same."""
    ratio = SequenceMatcher(None, one, other).ratio()
    return max(ratio, 0.95) if sorted(one) == sorted(other) and one[0] == other[0] else ratio


def _without_letter(word: str) -> Sequence[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]
