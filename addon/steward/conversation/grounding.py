"""Checks an answer of a model while it arrives: only what was read, or what the person said, is given out."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
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
        is_state = any(map(_is_clear, _found(text, self.states)))
        return is_state or any(
            word in self.questions for word in words if is_about_thing or len(word) >= CLEAR
        )


def _phrases(matchers: Sequence[LanguageMatcher], name: str) -> dict[_Words, str]:
    return {words_of(said): str(meant) for one in matchers for said, meant in one.values(name).items()}


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase in a text, and what it means."""

    span: tuple[int, int]
    words: _Words
    meaning: str


def _found(text: str, phrases: Mapping[_Words, str], start: int = 0) -> Iterator[_Phrase]:
    """Yield each phrase in a text from a place on, the longest at each place."""
    places = list(WORD.finditer(text, start))
    words = tuple(one[0].casefold() for one in places)
    at = 0
    while at < len(words):
        tries = (words[at : at + count] for count in range(LONGEST_PHRASE, 0, -1))
        phrase = next((one for one in tries if one in phrases), None)
        if phrase:
            span = places[at].start(), places[at + len(phrase) - 1].end()
            yield _Phrase(span, phrase, phrases[phrase])
        at += len(phrase or "x")


def _is_clear(phrase: _Phrase) -> bool:
    return phrase.meaning in _CLAIMED and sum(map(len, phrase.words)) >= CLEAR


@dataclass(frozen=True)
class Grounds:
    """A text that was read; ``about`` are the targets it says something about, () when it is general."""

    text: str
    about: frozenset[TargetRef] = frozenset()

    @cached_property
    def words(self) -> str:
        """The words of the text, for comparison."""
        return f" {' '.join(words_of(self.text))} "

    @cached_property
    def numbers(self) -> frozenset[float]:
        """What the numbers of the text can mean."""
        return frozenset(value for found in _NUMBER.finditer(self.text) for value in _values(found[0]))

    def names(self, name: str) -> bool:
        """Return whether a name occurs in the text."""
        return f" {' '.join(words_of(name))} " in self.words


@dataclass(frozen=True, slots=True)
class _Claim:
    start: int
    text: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as far as it is known.

    What follows changes nothing before the places where the search for names and states goes on.
    ``mentions`` are the names before that place.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    names_from: int = 0
    states_from: int = 0

    def continued(self, text: str) -> _Sentence:
        """Return this sentence with its text so far."""
        return _Sentence(text, self.mentions, self.names_from, self.states_from)

    def settled(self, mentions: Sequence[Mention], states: Sequence[tuple[int, int]]) -> _Sentence:
        """Return this sentence with the names and the places of states that were found in it."""
        words = [one.start() for one in WORD.finditer(self.text, min(self.names_from, self.states_from))]
        if len(words) <= LONGEST_PHRASE:
            return self
        # The last word may not be at its end, and a phrase may begin with the words before it.
        limit = words[-LONGEST_PHRASE - 1]
        return _Sentence(
            self.text,
            tuple(one for one in mentions if one.start < limit),
            _after(limit, [one.span for one in mentions]),
            _after(limit, states),
        )


def _after(limit: int, spans: Iterable[tuple[int, int]]) -> int:
    """Return a place, or the end of the span that it is in."""
    return next((end for start, end in spans if start < limit < end), limit)


@dataclass(kw_only=True)
class AnswerCheck:
    """The check of one answer.

    ``question`` is what the person wrote, ``asked`` the targets that it names, ``known`` the earlier
    messages, ``runs`` returns whether a target runs, None when that is not known. ``follows_request``: a
    change was requested just before, so that any answer may be about its result. ``unread`` is the first
    part of the answer that was not read: nothing from there on is given out.
    """

    lexicon: Lexicon
    question: str
    asked: frozenset[TargetRef]
    known: Sequence[Grounds]
    runs: Callable[[TargetRef], bool | None]
    readings: list[Grounds] = field(default_factory=list)
    follows_request: bool = False
    unread: str | None = None
    claims_state: bool = False
    _held: str = ""
    _open: _Sentence = _Sentence("")

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
        if self.needs_reading:
            return ""
        return self._release(len(self._held) - self.lexicon.open_length(self._held))

    def end(self, *, is_answer: bool = True) -> str:
        """Return what is left of a text that ends here; with ``is_answer`` nothing more is read for it.

        A question back needs no reading.
        """
        is_question = self._held.rstrip().endswith("?")
        if self.needs_reading and not is_question and self._held.strip():
            self.unread = self._held.strip() if is_answer else None
            self._held = ""
            return ""
        return self._release(len(self._held))

    @cached_property
    def strange_names(self) -> list[str]:
        """The words of the question that are written as names, and are no names of things here."""
        mentions = self._named
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
    def needs_reading(self) -> bool:
        """Whether no text is a true answer before something is read about what was asked."""
        return (self.asks_state or self.follows_request) and not self._is_about_asked

    @property
    def names_things(self) -> bool:
        """Whether the question itself names something."""
        return bool(self._named)

    @property
    def missing(self) -> frozenset[TargetRef]:
        """What the question names and no reading is about."""
        groups = [frozenset(one.target for one in found.targets) for found in self._named] or [self.asked]
        about = frozenset[TargetRef]().union(*(one.about for one in self.readings))
        return frozenset[TargetRef]().union(*(one for one in groups if not one & about))

    @cached_property
    def _named(self) -> tuple[Mention, ...]:
        return self.lexicon.names.find(self.question)

    @property
    def _is_about_asked(self) -> bool:
        return any(not self.asked or not one.about or self.asked & one.about for one in self.readings)

    def claims_a_change(self, answer: str) -> bool:
        """Return whether an answer says that something was changed which no reading says."""
        words = (" ".join(one.words) for one in _found(answer, self.lexicon.changes))
        return any(not any(one.names(word) for one in self.readings) for word in words)

    def _release(self, end: int) -> str:
        """Return the next characters of the answer, without the first part that was not read."""
        if self.unread is not None:
            return ""
        start, whole = len(self._open.text), self._open.text + self._held[:end]
        before, last = self._open, None
        for found in _SENTENCE.finditer(whole):
            last = before.continued(found[0])
            mentions = (*last.mentions, *self.lexicon.names.find(last.text, last.names_from))
            states = list(_found(last.text, self.lexicon.states, last.states_from))
            for claim in self._claims(last.text, mentions, states):
                at = found.start() + claim.start
                if at >= start and not claim.is_read:
                    self.unread, self._held = claim.text, ""
                    return whole[start:at]
            last, before = last.settled(mentions, [one.span for one in states]), _Sentence("")
        self._held = self._held[end:]
        self._open = last if last and not whole.endswith("\n") else _Sentence("")
        return whole[start:]

    def _claims(
        self, sentence: str, mentions: Sequence[Mention], states: Iterable[_Phrase]
    ) -> Sequence[_Claim]:
        """Return the claims of a sentence in order: names, numbers, and states."""
        names = ((one, sentence[one.start : one.end]) for one in mentions)
        claims = [_Claim(one.start, name, self._is_named(name)) for one, name in names]
        claims += self._numbers(sentence, mentions)
        claims += self._states(mentions, states)
        return sorted(claims, key=lambda one: one.start)

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
        return any(one.names(name) for one in (self._said, *self.known, *self.readings))

    @cached_property
    def _said(self) -> Grounds:
        return Grounds(self.question)

    def _numbers(self, sentence: str, mentions: Sequence[Mention]) -> Iterator[_Claim]:
        for one in _NUMBER.finditer(sentence):
            if _LIST_NUMBER.search(sentence[: one.start()]) and sentence[one.end() : one.end() + 1] in ".)":
                continue
            about = self._grounds(self._subjects(mentions, one.start()))
            read = self._said.numbers.union(*(ground.numbers for ground in (*self.known, *about)))
            unit = _UNIT.match(sentence, one.end())
            said = self.lexicon.units.get(unit[1].casefold(), "") if unit else ""
            yield _Claim(one.start(), one[0], _is_among(one[0], read, _SCALES.get(said, (1.0,))))

    def _states(self, mentions: Sequence[Mention], states: Iterable[_Phrase]) -> Iterator[_Claim]:
        """Yield what a sentence says about states."""
        for one in states:
            self.claims_state = self.claims_state or one.meaning in _CLAIMED
            if not _is_clear(one):
                continue
            subjects = self._subjects(mentions, one.span[0])
            is_read = bool(self._grounds(subjects)) if subjects else self._are_strange_names_read
            is_true = is_read and not self._contradicts(subjects, one.meaning)
            yield _Claim(one.span[0], " ".join(one.words), is_true)

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


def _is_among(number: str, read: AbstractSet[float], scales: Sequence[float]) -> bool:
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
