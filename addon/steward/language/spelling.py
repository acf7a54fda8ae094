"""Corrects misspelled words of questions and requests: the words of the sentences, without accents too."""

import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from ..llm.detectors.known_words import is_known
from .words import WORD

SHORTEST: Final = 5
"""Letters of a word that is corrected if one of them is wrong."""

LEAST: Final = 0.8
"""Similarity of a misspelled word to the right one."""

MARGIN: Final = 0.02
"""How much more similar the right word must be than any other."""

SHORTEST_JOINED: Final = 6
"""Letters of a word that is said as two: "back ups"."""

SHORTEST_SOUND: Final = 4
"""Consonants of a word that is found by them: "bekups" sounds like "backups"."""

LEAST_BY_SOUND: Final = 0.7
"""Similarity of a word to one with the same consonants."""

_PAIR: Final = re.compile(r"\b(\w+)(?=[ \[\]()]+(\w+))")

_VOWELS: Final = re.compile("[aeiouy]")

_SOUNDS: Final = (
    (re.compile("ph"), "f"),
    (re.compile("sch|sh|ch"), "x"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("ck|c|qu|q"), "k"),
    (re.compile("dt|th"), "t"),
    (re.compile("[aeiouyh]"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
"""Letters that sound the same in the languages of the app; vowels are left out."""


class Spelling:
    """The words of one language."""

    def __init__(
        self,
        words: Iterable[str],
        abbreviations: Mapping[str, str],
        reversing: Collection[str] = (),
        pairs: Collection[tuple[str, str]] = (),
        common: Collection[str] = (),
    ) -> None:
        """``abbreviations`` are replaced by what they stand for.

        Words are not joined if they are one of the ``pairs``, or both ``common``: "nach dem" stays.

        No misspelled word is taken for a ``reversing`` one: "Kinder" is no mistake for "keiner".
        """
        self._words = frozenset(one for one in words if one.isalpha())
        self._abbreviations = abbreviations
        self._pairs = pairs
        self._common = common
        self._reversing = reversing

    # The indexes are made when they are used: most texts are in one language, and others need no more
    # than its words.

    @cached_property
    def _plain(self) -> Mapping[str, str]:
        """The word by its letters without accents, "" for several words."""
        found: dict[str, str] = {}
        for word in self._words:
            bare = without_accents(word)
            # Mostly the word itself, of which no second object is kept.
            key = word if bare == word else bare
            found[key] = "" if key in found else word
        return found

    @cached_property
    def _similar_to(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """The words by first letter and length: all misspelled forms would be ten times as many."""
        found: dict[tuple[str, int], list[str]] = {}
        for word in self._meanable():
            found.setdefault((word[0], len(word)), []).append(word)
        return found

    @cached_property
    def _by_sound(self) -> Mapping[str, Sequence[str]]:
        """The words by their consonants."""
        found: dict[str, list[str]] = {}
        for word in self._meanable():
            found.setdefault(_sound(word), []).append(word)
        return found

    def _meanable(self) -> Iterator[str]:
        """Yield the words that a misspelled one is taken for."""
        return (one for one in self._words if len(one) >= SHORTEST - 1 and one not in self._reversing)

    def has(self, word: str) -> bool:
        """Return whether a word in lower case is one of the language."""
        return word in self._words

    def corrected(self, text: str, names: Collection[str], others: Sequence[Spelling] = ()) -> str:
        """Return a text with the words that are meant; ``names`` and words of ``others`` are no mistakes."""
        text = self._joined(text, names)
        parts: list[str] = []
        end, before = 0, ""
        for word in WORD.finditer(text):
            folded = word[0].casefold()
            is_right = folded not in self._abbreviations and any(one.has(folded) for one in others)
            # "41 Grad" has a unit, "wie warm ist es grad" is short for "gerade".
            is_right = is_right or (before.isdecimal() and folded in self._words)
            before = folded
            parts += [text[end : word.start()], word[0] if is_right else self._meant(word[0], names)]
            end = word.end()
        return "".join([*parts, text[end:]])

    def _joined(self, text: str, names: Collection[str]) -> str:
        """Return a text with one word where it was said as two: "back ups"."""
        for first, second in pairwise(list(WORD.finditer(text))):
            pair = first[0].casefold(), second[0].casefold()
            whole = "".join(pair)
            is_joined = len(whole) >= SHORTEST_JOINED and whole in self._words and pair not in self._pairs
            is_apart = text[first.end() : second.start()] != " " or any(
                all(one in many for one in pair) for many in (names, self._common)
            )
            if is_joined and not is_apart:
                return self._joined(f"{text[: first.end()]}{text[second.start() :]}", names)
        return text

    def _meant(self, word: str, names: Collection[str]) -> str:
        folded = word.casefold()
        if folded in self._abbreviations:
            return self._abbreviations[folded]
        if folded in self._words or folded in names or not folded.isalpha():
            return word
        found = self._plain.get(without_accents(folded))
        return found or self._similar(folded) or self._sounding(folded) or word

    def _sounding(self, word: str) -> str | None:
        """Return the only word with the same consonants, None if there is none."""
        sound = _sound(word)
        if len(sound) < SHORTEST_SOUND or is_known(word):
            return None
        # "Living" is no mistake for "leaving": only the vowels of a short word are too little.
        near = [
            one
            for one in self._by_sound.get(sound, ())
            if abs(len(word) - len(one)) <= 1
            and _similarity(word, one) >= LEAST_BY_SOUND
            and (len(sound) > SHORTEST_SOUND or _consonants(word) != _consonants(one))
        ]
        # Other forms of a word, such as its plural, have other consonants at the end.
        return near[0] if len(near) == 1 and not word.startswith(near[0]) else None

    def _similar(self, word: str) -> str | None:
        """Return the only word that differs in one letter or in the order of two, None if there is none."""
        # "Storm" is no mistake for "story".
        if len(word) < SHORTEST or is_known(word):
            return None
        lengths = (len(word) - 1, len(word), len(word) + 1)
        known = (one for length in lengths for one in self._similar_to.get((word[0], length), ()))
        # "Mondays" and "feels" are other forms of a word, not mistakes.
        mistaken = (one for one in known if _is_near(word, one) and not word.startswith(one))
        rated = sorted(((_similarity(word, one), one) for one in mistaken), reverse=True)
        if not rated or rated[0][0] < LEAST:
            return None
        is_clear = len(rated) == 1 or rated[0][0] - rated[1][0] >= MARGIN
        return rated[0][1] if is_clear else None


def words_in(texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of templates and texts, in lower case."""
    for text in texts:
        yield from (sys.intern(one[0].casefold()) for one in WORD.finditer(text))


def pairs_in(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the words that stand next to each other in templates and texts, in lower case."""
    for text in texts:
        pairs = _PAIR.finditer(text)
        yield from ((sys.intern(one[1].casefold()), sys.intern(one[2].casefold())) for one in pairs)


@lru_cache(maxsize=512)
def without_accents(word: str) -> str:
    """Return a word in lower case without the accents of its letters."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _consonants(word: str) -> str:
    return _VOWELS.sub("", without_accents(word))


def _sound(word: str) -> str:
    """Return the consonants of a word as they sound."""
    sound = without_accents(word)
    for letters, heard in _SOUNDS:
        sound = letters.sub(heard, sound)
    return sound


def _similarity(one: str, other: str) -> float:
    """Return how similar two words are; the same letters in another order are nearly the same."""
    ratio = SequenceMatcher(None, one, other).ratio()
    return max(ratio, 0.95) if sorted(one) == sorted(other) and one[0] == other[0] else ratio


def _is_near(one: str, other: str) -> bool:
    """Return whether two words are the same without at most one letter of each."""
    start, end = 0, 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    first, second = one[start : len(one) - end], other[start : len(other) - end]
    if not first or not second:
        return len(first) + len(second) <= 1
    return first[1:] == second[:-1] or first[:-1] == second[1:]
