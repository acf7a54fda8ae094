"""The names of things, and the words for states, changes and readings, in all languages."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..language.words import WORD, words_of
from .answer_sentences import SentenceReader
from .answer_words import CLEAR, LONGEST_PHRASE, AnswerWords
from .mentions import NameIndex

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

CLAIMED: Final = frozenset({"running", "stopped", "failing"})
"""States that an answer without a reading must not claim."""

_OPEN_NUMBER: Final = re.compile(r"(?<![\w.,])\d[\d.,]*\s?$")

type _Words = tuple[str, ...]


class Lexicon:
    """The names of things, and the words for states and for changes in all languages."""

    def __init__(
        self,
        names: NameIndex,
        matchers: Sequence[LanguageMatcher],
        readings: Mapping[str, str] | None = None,
        kinds: Mapping[str, str] | None = None,
    ) -> None:
        """Take the matchers of all languages, and names of readings and kinds as ``Known`` has them."""
        self.names = names
        self._readings, self._kinds = readings or {}, kinds or {}
        self.words = tuple(AnswerWords(one, self._readings, self._kinds) for one in matchers)
        self.states = _phrases(matchers, "state")
        self.changes = _phrases(matchers, "done")
        self.units = {said: str(unit) for one in matchers for said, unit in one.values("unit").items()}
        self.common = frozenset(word for one in matchers for word in one.phrases("not_name"))
        self.questions = frozenset(word for one in matchers for word in one.phrases("act"))

    def is_about(self, readings: Mapping[str, str], kinds: Mapping[str, str]) -> bool:
        """Return whether these are the names of its readings and kinds."""
        return self._readings is readings and self._kinds is kinds

    def with_names(self, names: NameIndex) -> Lexicon:
        """Return the same words with other names of things."""
        found = copy(self)
        found.names = names
        found.__dict__.pop("_keys", None)
        return found

    def prepare(self) -> None:
        """Make what is otherwise made at the first answer."""
        self.open_length("x")
        for one in self.words:
            one.prepare()

    @cached_property
    def _keys(self) -> list[str]:
        phrases = (*self.names.phrases, *self.states, *self.changes)
        return sorted(" ".join(one) for one in phrases)

    def reader(self, language: str) -> SentenceReader:
        """Return what reads sentences in all languages, that of the person first."""
        own = language.partition("-")[0].casefold()
        return SentenceReader(self.names, sorted(self.words, key=lambda one: one.language != own))

    def open_length(self, text: str) -> int:
        """Return the length of the end of a text that may be the beginning of a name, a state, a number."""
        number = _OPEN_NUMBER.search(text)
        found = [number.start()] if number else []
        words = list(WORD.finditer(text))[-LONGEST_PHRASE:]
        gap = "" if words and words[-1].end() == len(text) else " "
        for number_of, word in enumerate(words):
            tail = " ".join(one[0].casefold() for one in words[number_of:]) + gap
            place = bisect_left(self._keys, tail)
            if place < len(self._keys) and self._keys[place].startswith(tail):
                found.append(word.start())
                break
        return len(text) - min(found, default=len(text))

    def asks_for_a_state(self, text: str, *, is_about_thing: bool) -> bool:
        """Return whether a question contains a word for a state, or for doing its work.

        Short words count only in a question about a thing.
        """
        words = words_of(text)
        is_state = any(map(is_clear, found_in(text, self.states)))
        return is_state or any(
            word in self.questions for word in words if is_about_thing or len(word) >= CLEAR
        )


def _phrases(matchers: Sequence[LanguageMatcher], name: str) -> dict[_Words, str]:
    return {words_of(said): str(meant) for one in matchers for said, meant in one.values(name).items()}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase in a text, and what it means."""

    span: tuple[int, int]
    words: _Words
    meaning: str


def found_in(text: str, phrases: Mapping[_Words, str], start: int = 0) -> Iterator[Phrase]:
    """Yield each phrase in a text from a place on, the longest at each place."""
    places = list(WORD.finditer(text, start))
    words = tuple(one[0].casefold() for one in places)
    at = 0
    while at < len(words):
        tries = (words[at : at + count] for count in range(LONGEST_PHRASE, 0, -1))
        phrase = next((one for one in tries if one in phrases), None)
        if phrase:
            span = places[at].start(), places[at + len(phrase) - 1].end()
            yield Phrase(span, phrase, phrases[phrase])
        at += len(phrase or "x")


def is_clear(phrase: Phrase) -> bool:
    """Return whether a word for a state has no other use."""
    return phrase.meaning in CLAIMED and sum(map(len, phrase.words)) >= CLEAR
