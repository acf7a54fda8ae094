"""The words of answers in one language: what they mean among readings, and which mean nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ..language.words import WORD, words_of
from .read_facts import GENERIC, stems

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

LONGEST_PHRASE: Final = 5
"""Words of a phrase that are looked for."""

STATES: Final = frozenset({"running", "stopped", "failing", "healthy", "outdated"})
CLEAR: Final = 4
"""Letters from which on a word for a state has no other use, unlike "up" and "an"."""

_STATE_STEMS: Final = {
    "running": stems("running up online active started"),
    "stopped": stems("stopped down offline off exited"),
}
_EXACT: Final = "="
_FLAGS: Final = {
    "answer_negation": "negation",
    "answer_nothing": "negation",
    "answer_universal": "universal",
    "answer_cause": "cause",
    "answer_contrast": "contrast",
    "answer_general": "general",
    "answer_condition": "condition",
    "answer_definition": "definition",
    "answer_contrary": "contrary",
}
"""The kinds of phrases by the rule that has them."""

_VALUES: Final = {
    "state": "state",
    "said_state": "state",
    "superlative": "order",
    "bound": "bound",
    "said_number": "number",
}
"""The kinds of phrases by the list that has them."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase of an answer means: one of some words that were read, or every one of others.

    ``parts`` are what its words mean one by one, of each of which one word was read.
    """

    any_of: frozenset[str]
    all_of: frozenset[str] = frozenset()
    parts: tuple[frozenset[str], ...] = ()

    def fits(self, words: frozenset[str]) -> bool:
        """Return whether words that were read say this."""
        has_all = bool(self.all_of) and self.all_of <= words
        return (
            has_all
            or bool(self.any_of & words)
            or (bool(self.parts) and all(one & words for one in self.parts))
        )

    def covered(self, words: frozenset[str]) -> frozenset[str]:
        """Return those of some words that this says."""
        return (self.any_of | self.all_of).union(*self.parts) & words


@dataclass(frozen=True, slots=True)
class Said:
    """What a phrase can be: its kind, and what it stands for."""

    kind: str
    value: str = ""
    term: Term | None = None


class AnswerWords:
    """The phrases of one language by their kinds."""

    def __init__(
        self, matcher: LanguageMatcher, readings: Mapping[str, str], kinds: Mapping[str, str]
    ) -> None:
        """Take the names of readings in all languages, with the English one after "=", and those of kinds."""
        self._kinds = kinds
        self.language = matcher.language
        self._matcher = matcher
        self._readings = readings

    @cached_property
    def common(self) -> frozenset[str]:
        """Frequent words of the language, by which it is recognised."""
        return self._matcher.phrases("not_name") | self._matcher.phrases("answer_filler")

    def prepare(self) -> None:
        """Make what is otherwise made at the first answer."""
        _ = self.common, self.units
        for _place in self.phrases_in("x"):
            pass

    def reply(self, text: str) -> bool | None:
        """Return whether a text says yes or no, None when it says something else."""
        return self._matcher.reply(text)

    def share(self, words: tuple[str, ...]) -> int:
        """Return how many of some words are frequent in this language."""
        return sum(one in self.common for one in words)

    @cached_property
    def _phrases(self) -> Mapping[tuple[str, ...], tuple[Said, ...]]:
        """All phrases with what they can be."""
        found: dict[tuple[str, ...], dict[str, Said]] = {}
        for text, said in (*self._flags(), *self._values(), *self._terms(), *self._empty()):
            words = words_of(text)
            if words and len(words) <= LONGEST_PHRASE:
                found.setdefault(words, {}).setdefault(said.kind, said)
        for text in self._matcher.phrases("question_filler") - self._matcher.phrases("answer_contrary"):
            # A noun of questions, such as "films", says something in an answer.
            if len(words_of(text)) == 1:
                found.setdefault(words_of(text), {"filler": Said("filler")})
        return {words: tuple(kinds.values()) for words, kinds in found.items()}

    def _flags(self) -> Iterator[tuple[str, Said]]:
        """Yield the phrases that change what a sentence says."""
        for rule, kind in _FLAGS.items():
            for text in self._matcher.phrases(rule):
                yield text, Said(kind)

    def _values(self) -> Iterator[tuple[str, Said]]:
        """Yield the phrases that stand for a value: states, orders, bounds, numbers."""
        for name, kind in _VALUES.items():
            for text, meant in self._matcher.values(name).items():
                value = str(meant).partition(" ")[0] if kind == "order" else str(meant)
                if kind != "state" or value in STATES:
                    yield text, Said(kind, value)
        for text, number in self._matcher.numbers.items():
            yield text, Said("number", str(number))

    def _terms(self) -> Iterator[tuple[str, Said]]:
        """Yield the names of readings, and the words of answers with their meaning."""
        for text, value in self._readings.items():
            words = stems(value.removeprefix(_EXACT))
            term = Term(frozenset(), words - GENERIC or words, self._parts(text))
            yield text, Said("term", term=term)
        for text, words in self._meanings.items():
            yield text, Said("term", term=Term(words))

    def _empty(self) -> Iterator[tuple[str, Said]]:
        """Yield the phrases without a meaning of their own."""
        one = self._matcher
        kinds = (*one.values("kind"), *one.values("kind_word"), *self._kinds)
        yield from ((text, Said("pronoun")) for text in one.values("pronoun"))
        yield from ((text, Said("kind")) for text in kinds)
        yield from ((text, Said("joint")) for text in one.values("conjunction"))
        yield from ((text, Said("filler")) for text in (*one.phrases("answer_filler"), *one.values("the")))

    @cached_property
    def _meanings(self) -> Mapping[str, frozenset[str]]:
        """The words of readings that a phrase stands for."""
        found: dict[str, set[str]] = {}
        for name in ("gloss", "reading"):
            for text, meant in self._matcher.values(name).items():
                is_word = len(words_of(text)) == 1
                if name == "gloss" or is_word or len(str(meant).split()) == 1:
                    found.setdefault(text, set()).update(
                        stems(str(meant)) | (stems(text) if is_word else set())
                    )
        return {text: frozenset(words) for text, words in found.items()}

    def _parts(self, text: str) -> tuple[frozenset[str], ...]:
        """Return what each word of a name stands for, () when one of them has no meaning of its own."""
        states = {**self._matcher.values("state"), **self._matcher.values("said_state")}
        empty = self._matcher.phrases("answer_filler")
        words = [one for one in words_of(text) if one not in empty]
        found = [
            self._meanings.get(word) or _STATE_STEMS.get(str(states.get(word)), frozenset()) for word in words
        ]
        return tuple(found) if " " in text and all(found) else ()

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The units by the words for them."""
        one = self._matcher
        return {said: str(unit) for name in ("unit", "said_unit") for said, unit in one.values(name).items()}

    def phrases_in(self, text: str) -> Iterator[tuple[int, int, tuple[Said, ...]]]:
        """Yield each phrase, the longest at each place, and each other word: its place and its kinds."""
        places = list(WORD.finditer(text))
        words = tuple(one[0].casefold() for one in places)
        at = 0
        while at < len(words):
            tries = (words[at : at + count] for count in range(LONGEST_PHRASE, 0, -1))
            phrase = next((one for one in tries if one in self._phrases), None)
            end = at + len(phrase or "x")
            yield places[at].start(), places[end - 1].end(), self._phrases.get(words[at:end], ())
            at = end


def unit_after(text: str, at: int, units: Mapping[str, str]) -> tuple[str, int]:
    """Return the unit that follows a number and where it ends, "" without one."""
    found = re.compile(r"\s?([%\w°]+(?:/\w+)?(?: \w+)?)").match(text, at)
    if not found:
        return "", at
    for said in (found[1], found[1].partition(" ")[0]):
        unit = "%" if said == "%" else units.get(said.casefold(), "")
        if unit or said in ("°C", "Mbit/s", "kbit/s", "MiB/s", "KiB/s", "Wh", "V"):
            return unit or said, found.start(1) + len(said)
    return "", at
