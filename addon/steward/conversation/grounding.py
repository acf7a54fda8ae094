"""Checks an answer of a model while it arrives: only what was read, or what the person said, is given out."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from .mentions import Mention, NameIndex
from .words import WORD, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

LONGEST_PHRASE: Final = 5
"""Words of a name or a state that are looked for."""

CLEAR: Final = 4
"""Letters from which on a word for a state has no other use, unlike "up" and "an"."""

_CLAIMED: Final = frozenset({"running", "stopped", "failing"})
_NUMBER: Final = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_OPEN_NUMBER: Final = re.compile(r"(?<![\w.,])\d[\d.,]*\s?$")
_SENTENCE: Final = re.compile(r".+?(?:[.!?](?=\s)|\n|\Z)", re.DOTALL)
_LIST_NUMBER: Final = re.compile(r"(?:\A|\n)\s*$")
_UNIT: Final = re.compile(r"\s?([%\w]+)")
_BYTES: Final = (1.0, 1000.0, 1024.0, 1000.0**2, 1024.0**2, 1000.0**3, 1024.0**3)
_TIMES: Final = (1.0, 60.0, 3_600.0, 86_400.0, 24.0, 7.0)
_SCALES: Final = {"MiB": _BYTES, "GiB": _BYTES, "TiB": _BYTES, "min": _TIMES, "h": _TIMES, "d": _TIMES}

type _Words = tuple[str, ...]


class Lexicon:
    """The names of things, and the words for states and for changes in all languages."""

    def __init__(self, names: NameIndex, matchers: Sequence[LanguageMatcher]) -> None:
        """``matchers`` are those of all languages."""
        self.names = names
        self.states = _phrases(matchers, "state")
        self.changes = _phrases(matchers, "done")
        self.units = {said: str(unit) for one in matchers for said, unit in one.values("unit").items()}
        self.common = frozenset(word for one in matchers for word in one.phrases("not_name"))
        self.questions = frozenset(word for one in matchers for word in one.phrases("act"))

    @cached_property
    def _keys(self) -> list[str]:
        phrases = (*self.names.phrases, *self.states, *self.changes)
        return sorted(" ".join(one) for one in phrases)

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
        is_state = any(_is_clear(phrase, state) for _, phrase, state in _found(words, self.states))
        return is_state or any(
            word in self.questions for word in words if is_about_thing or len(word) >= CLEAR
        )


def _phrases(matchers: Sequence[LanguageMatcher], name: str) -> dict[_Words, str]:
    return {words_of(said): str(meant) for one in matchers for said, meant in one.values(name).items()}


def _found(words: _Words, phrases: Mapping[_Words, str]) -> Iterator[tuple[int, _Words, str]]:
    """Yield the place, the words and the meaning of each phrase in a text, the longest at each place."""
    at = 0
    while at < len(words):
        tries = (words[at : at + count] for count in range(LONGEST_PHRASE, 0, -1))
        phrase = next((one for one in tries if one in phrases), None)
        if phrase:
            yield at, phrase, phrases[phrase]
        at += len(phrase or "x")


def _is_clear(phrase: _Words, state: str) -> bool:
    return state in _CLAIMED and sum(map(len, phrase)) >= CLEAR


@dataclass(frozen=True, slots=True)
class Grounds:
    """A text that was read; ``about`` are the targets it says something about, () when it is general."""

    text: str
    about: frozenset[TargetRef] = frozenset()

    @property
    def words(self) -> str:
        """The words of the text, for comparison."""
        return f" {' '.join(words_of(self.text))} "

    def names(self, name: str) -> bool:
        """Return whether a name occurs in the text."""
        return f" {' '.join(words_of(name))} " in self.words


@dataclass(frozen=True, slots=True)
class _Claim:
    start: int
    text: str
    is_read: bool


@dataclass(kw_only=True)
class AnswerCheck:
    """The check of one answer.

    ``question`` is what the person wrote, ``asked`` the targets that it names, ``known`` the earlier
    messages, ``runs`` returns whether a target runs, None when that is not known. ``unread`` is the
    first part of the answer that was not read: nothing from there on is given out.
    """

    lexicon: Lexicon
    question: str
    asked: frozenset[TargetRef]
    known: Sequence[Grounds]
    runs: Callable[[TargetRef], bool | None]
    readings: list[Grounds] = field(default_factory=list)
    unread: str | None = None
    claims_state: bool = False
    _held: str = ""
    _sentence: str = ""

    def add(self, text: str, about: Iterable[TargetRef]) -> None:
        """Note a reading."""
        self.readings.append(Grounds(text, frozenset(about)))

    @cached_property
    def asks_state(self) -> bool:
        """Whether the question asks for a state, so that no answer is true without a reading."""
        return self.lexicon.asks_for_a_state(self.question, is_about_thing=bool(self.asked))

    def read(self, text: str) -> str:
        """Return what may be given out now of an answer that continues with ``text``."""
        self._held += text
        if self.asks_state and not self._is_about_asked:
            return ""
        return self._release(len(self._held) - self.lexicon.open_length(self._held))

    def end(self, *, is_answer: bool = True) -> str:
        """Return what is left of a text that ends here; with ``is_answer`` nothing more is read for it.

        A question back needs no reading.
        """
        is_question = self._held.rstrip().endswith("?")
        if self.asks_state and not self._is_about_asked and not is_question and self._held.strip():
            self.unread = self._held.strip() if is_answer else None
            self._held = ""
            return ""
        return self._release(len(self._held))

    @cached_property
    def strange_names(self) -> list[str]:
        """The words of the question that are written as names, and are no names of things here."""
        mentions = self.lexicon.names.find(self.question)
        words = list(WORD.finditer(self.question))[1:]
        return [
            one[0]
            for one in words
            if one[0][0].isupper()
            and one[0].casefold() not in self.lexicon.common
            and not any(found.start <= one.start() < found.end for found in mentions)
        ]

    @property
    def _are_strange_names_read(self) -> bool:
        return all(any(one.names(name) for one in self.readings) for name in self.strange_names)

    @property
    def _is_about_asked(self) -> bool:
        return any(not self.asked or not one.about or self.asked & one.about for one in self.readings)

    def claims_a_change(self, answer: str) -> bool:
        """Return whether an answer says that something was changed which no reading says."""
        words = (" ".join(phrase) for _, phrase, _ in _found(words_of(answer), self.lexicon.changes))
        return any(not any(one.names(word) for one in self.readings) for word in words)

    def _release(self, end: int) -> str:
        """Return the next characters of the answer, without the first part that was not read."""
        if self.unread is not None:
            return ""
        start, whole = len(self._sentence), self._sentence + self._held[:end]
        for claim in self._claims(whole):
            if claim.start >= start and not claim.is_read:
                self.unread, self._held = claim.text, ""
                return whole[start : claim.start]
        self._held = self._held[end:]
        last = list(_SENTENCE.finditer(whole))
        self._sentence = last[-1][0] if last and not whole.endswith("\n") else ""
        return whole[start:]

    def _claims(self, text: str) -> Iterator[_Claim]:
        """Yield the claims of a text in order: names, numbers, and states."""
        for sentence in _SENTENCE.finditer(text):
            mentions = self.lexicon.names.find(sentence[0])
            names = ((one, sentence[0][one.start : one.end]) for one in mentions)
            claims = [_Claim(one.start, name, self._is_named(name)) for one, name in names]
            claims += self._numbers(sentence[0], mentions)
            claims += self._states(sentence[0], mentions)
            for claim in sorted(claims, key=lambda one: one.start):
                yield _Claim(sentence.start() + claim.start, claim.text, claim.is_read)

    def _subjects(self, mentions: Sequence[Mention], at: int) -> frozenset[TargetRef]:
        """Return what a place of a sentence is about: what the sentence named so far, or what was asked."""
        named = [one.target for found in mentions if found.start <= at for one in found.targets]
        return frozenset(named) or self.asked

    def _grounds(self, subjects: frozenset[TargetRef]) -> list[Grounds]:
        """Return the readings that say something about one of ``subjects``, all if there are none."""
        return [
            one
            for one in self.readings
            if not subjects
            or not one.about
            or subjects & one.about
            or any(one.names(subject.name) for subject in subjects)
        ]

    def _is_named(self, name: str) -> bool:
        said = Grounds(self.question)
        return any(one.names(name) for one in (said, *self.known, *self.readings))

    def _numbers(self, sentence: str, mentions: Sequence[Mention]) -> Iterator[_Claim]:
        for one in _NUMBER.finditer(sentence):
            if _LIST_NUMBER.search(sentence[: one.start()]) and sentence[one.end() : one.end() + 1] in ".)":
                continue
            about = self._grounds(self._subjects(mentions, one.start()))
            texts = [self.question, *(ground.text for ground in (*self.known, *about))]
            read = {
                value for text in texts for found in _NUMBER.finditer(text) for value in _values(found[0])
            }
            unit = _UNIT.match(sentence, one.end())
            said = self.lexicon.units.get(unit[1].casefold(), "") if unit else ""
            yield _Claim(one.start(), one[0], _is_among(one[0], read, _SCALES.get(said, (1.0,))))

    def _states(self, sentence: str, mentions: Sequence[Mention]) -> Iterator[_Claim]:
        """Yield what a sentence says about states."""
        places = [one.start() for one in WORD.finditer(sentence)]
        for at, phrase, state in _found(words_of(sentence), self.lexicon.states):
            self.claims_state = self.claims_state or state in _CLAIMED
            if not _is_clear(phrase, state):
                continue
            subjects = self._subjects(mentions, places[at])
            is_read = bool(self._grounds(subjects)) if subjects else self._are_strange_names_read
            yield _Claim(places[at], " ".join(phrase), is_read and not self._contradicts(subjects, state))

    def _contradicts(self, subjects: frozenset[TargetRef], state: str) -> bool:
        """Return whether the last readings say the opposite about the only thing that is meant."""
        if state == "failing" or not subjects:
            return False
        running = {self.runs(one) for one in subjects}
        return running == {state != "running"}


def _values(number: str) -> set[float]:
    """Return what a number can mean: its points and commas separate thousands, or the last one decimals."""
    whole, _, decimals = number.replace(",", ".").rpartition(".")
    found = {float(re.sub(r"[.,]", "", number))}
    return found | {float(f"{whole.replace('.', '')}.{decimals}")} if whole else found


def _is_among(number: str, read: set[float], scales: Sequence[float]) -> bool:
    """Return whether a number is one of those that were read, rounded or in another unit."""
    decimals = len(re.split(r"[.,]", number)[-1])
    for value in _values(number):
        margin = 0.5 if value.is_integer() else 0.5 * 10.0**-decimals
        if any(
            abs(value - one / by) <= margin or abs(value - one * by) <= margin
            for one in read
            for by in scales
        ):
            return True
    return False
