"""Checks an answer of a model while it arrives: only what was read, or what the person said, is given out.

In talk about things here, each sentence is given out as a whole: after a reading when ``claims`` finds
all of it in what was read. In talk about other things the text is given out as it arrives.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..language.words import WORD, words_of
from .answer_words import LONGEST_PHRASE
from .claims import Claims, Record
from .lexicon import CLAIMED, Lexicon, Phrase, found_in, is_clear
from .mentions import Mention
from .quotations import Quoting, without_quotations
from .read_facts import NUMBER, Line, lines_of, values

MOST_DROPPED: Final = 4
"""Sentences that are left out before the rest of an answer is not waited for."""

_SENTENCE: Final = re.compile(r".+?(?:[.!?](?=\s)|\n|\Z)", re.DOTALL)
_WHOLE: Final = re.compile(
    r"\s*(?:(?:[-*•]|#+|\d+[.)])\s+)*\S.*?(?:[.!?][\"”»*)]*(?=\s+[^\s\Wa-zà-öø-ÿ]|\s+[-*#¿¡•])|\n|\Z)",
    re.DOTALL,
)
"""A sentence, with the mark of a list before it. What begins in lower case does not begin a sentence."""

_NO_QUOTATION: Final = Quoting("")
_LIST_NUMBER: Final = re.compile(r"(?:\A|\n)\s*$")
_UNIT: Final = re.compile(r"\s?([%\w]+)")
_BYTES: Final = (1.0, 1000.0, 1024.0, 1000.0**2, 1024.0**2, 1000.0**3, 1024.0**3)
_TIMES: Final = (1.0, 60.0, 3_600.0, 86_400.0, 24.0, 7.0)
_SCALES: Final = {"MiB": _BYTES, "GiB": _BYTES, "TiB": _BYTES, "min": _TIMES, "h": _TIMES, "d": _TIMES}


@dataclass(frozen=True)
class Grounds:
    """A text that was read; ``about`` are the targets it says something about, () when it is general.

    With ``is_claim`` a person said it: it was not read.
    """

    text: str
    about: frozenset[TargetRef] = frozenset()
    is_claim: bool = False

    @cached_property
    def words(self) -> str:
        """The words of the text, for comparison."""
        return f" {' '.join(words_of(self.text))} "

    @cached_property
    def lines(self) -> frozenset[str]:
        """The words of each line of the text, for comparison."""
        return frozenset(f" {' '.join(words_of(one))} " for one in self.text.splitlines())

    @cached_property
    def numbers(self) -> frozenset[float]:
        """What the numbers of the text can mean."""
        return frozenset(value for found in NUMBER.finditer(self.text) for value in values(found[0]))

    def is_about(self, target: TargetRef) -> bool:
        """Return whether the text says something about a target: it was read, or its name is in a list."""
        return target in self.about or self.names(target.name)

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
    part of the answer that was not read: nothing from there on is given out. ``dropped`` counts the
    sentences that were left out, because no reading says them.
    ``is_in`` returns whether a target is in a state, ``sensors`` the lines of its current readings.
    """

    lexicon: Lexicon
    question: str
    asked: frozenset[TargetRef]
    known: Sequence[Grounds]
    is_in: Callable[[TargetRef, str], bool | None]
    sensors: Callable[[TargetRef], str] = lambda _: ""
    language: str = "en"
    readings: list[Grounds] = field(default_factory=list)
    follows_request: bool = False
    unread: str | None = None
    claims_state: bool = False
    dropped: int = 0
    _has_given: bool = False
    _gap: str = ""
    _lines: list[Line] = field(default_factory=list)
    _sensor_lines: dict[TargetRef, Sequence[Line]] = field(default_factory=dict)
    _held: str = ""
    _quoting: Quoting = _NO_QUOTATION
    _open: _Sentence = _Sentence("")

    def add(self, title: str, text: str, about: Sequence[TargetRef], *, is_record: bool = True) -> None:
        """Note a reading. ``about`` begins with the thing that was read; its application has the same name.

        Without ``is_record`` it describes other things, such as past incidents: it has no values.
        """
        self.readings.append(Grounds(f"{title}\n{text}", frozenset(about)))
        owners = frozenset(one for one in about if one.name.casefold() == about[0].name.casefold())
        if is_record:
            self._lines += lines_of(title, text, owners, self.lexicon.names)

    @cached_property
    def _judge(self) -> Claims:
        """What judges the sentences."""
        for one in self.known:
            if not one.is_claim:
                self._lines += lines_of("", one.text, frozenset(), self.lexicon.names)
        record = Record(lines=self._lines_about, is_in=self.is_in, asked=self.asked, question=self.question)
        return Claims(record, self.lexicon.reader(self.language))

    def _lines_about(self, subject: frozenset[TargetRef]) -> Sequence[Line]:
        for one in subject - self._sensor_lines.keys():
            text = self.sensors(one)
            self._sensor_lines[one] = lines_of("", text, frozenset({one}), self.lexicon.names)
        return [*self._lines, *(line for one in subject for line in self._sensor_lines[one])]

    @cached_property
    def asks_state(self) -> bool:
        """Whether the question asks for a state, so that no answer is true without a reading."""
        return self.lexicon.asks_for_a_state(self.question, is_about_thing=bool(self.asked))

    def read(self, text: str) -> str:
        """Return what may be given out now of an answer that continues with ``text``."""
        self._held += text
        if self.needs_reading:
            return ""
        if self._is_by_sentence:
            return self._judged(is_end=False)
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
        return self._judged(is_end=True) if self._is_by_sentence else self._release(len(self._held))

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
        left = (
            group
            for group in groups
            if not any(one.is_about(each) for one in self.readings for each in group)
        )
        return frozenset[TargetRef]().union(*left)

    @cached_property
    def _named(self) -> tuple[Mention, ...]:
        return self.lexicon.names.find(self.question)

    @property
    def _is_about_asked(self) -> bool:
        return any(
            not self.asked or not one.about or any(map(one.is_about, self.asked)) for one in self.readings
        )

    def claims_a_change(self, answer: str) -> bool:
        """Return whether an answer says that something was changed which no reading says."""
        words = (" ".join(one.words) for one in found_in(answer, self.lexicon.changes))
        return any(not any(one.names(word) for one in self.readings) for word in words)

    @property
    def _is_by_sentence(self) -> bool:
        return bool(self.readings or self.asked)

    def _holds(self, sentence: str) -> bool:
        """Return whether a sentence claims nothing that was not read."""
        if self.readings:
            return self._judge.holds(self._unquoted(sentence))
        mentions = self.lexicon.names.find(sentence)
        states = list(found_in(sentence, self.lexicon.states))
        return all(one.is_read for one in self._claims(sentence, mentions, states))

    def _unquoted(self, sentence: str) -> str:
        """Return what a sentence says beside what it quotes; the quotation may begin in the one before."""
        before, self._quoting = self._quoting, _NO_QUOTATION
        for one in dict.fromkeys((before.continued(sentence), sentence)):
            found = without_quotations(one, self.lexicon.names, self.readings)
            if found is not None:
                self._quoting = found
                return found.rest
        return sentence

    def _judged(self, *, is_end: bool) -> str:
        """Return the whole sentences that were read, and leave out the others."""
        given, at = "", 0
        for found in _WHOLE.finditer(self._held):
            is_whole = is_end or found.end() < len(self._held) or found[0].endswith("\n")
            if not is_whole or self.unread is not None:
                break
            at = found.end()
            # The space between two sentences may be at the end of one or before the other.
            text = f"{self._gap}{found[0]}"
            self._gap = text[len(text.rstrip()) :]
            if self._holds(found[0]):
                text = text.rstrip()
                given += text if self._has_given or given else text.lstrip()
            else:
                self.dropped += 1
                self.unread = found[0].strip() if self.dropped == MOST_DROPPED else None
        self._held = "" if is_end else self._held[at:]
        self._has_given = self._has_given or bool(given)
        return given

    def _release(self, end: int) -> str:
        """Return the next characters of the answer, without the first part that was not read."""
        if self.unread is not None:
            return ""
        start, whole = len(self._open.text), self._open.text + self._held[:end]
        before, last = self._open, None
        for found in _SENTENCE.finditer(whole):
            last = before.continued(found[0])
            mentions = (*last.mentions, *self.lexicon.names.find(last.text, last.names_from))
            states = list(found_in(last.text, self.lexicon.states, last.states_from))
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
        self, sentence: str, mentions: Sequence[Mention], states: Iterable[Phrase]
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
        for one in NUMBER.finditer(sentence):
            if _LIST_NUMBER.search(sentence[: one.start()]) and sentence[one.end() : one.end() + 1] in ".)":
                continue
            about = self._grounds(self._subjects(mentions, one.start()))
            read = self._said.numbers.union(*(ground.numbers for ground in (*self.known, *about)))
            unit = _UNIT.match(sentence, one.end())
            said = self.lexicon.units.get(unit[1].casefold(), "") if unit else ""
            yield _Claim(one.start(), one[0], _is_among(one[0], read, _SCALES.get(said, (1.0,))))

    def _states(self, mentions: Sequence[Mention], states: Iterable[Phrase]) -> Iterator[_Claim]:
        """Yield what a sentence says about states."""
        for one in states:
            self.claims_state = self.claims_state or one.meaning in CLAIMED
            if not is_clear(one):
                continue
            subjects = self._subjects(mentions, one.span[0])
            is_read = bool(self._grounds(subjects)) if subjects else self._are_strange_names_read
            is_true = is_read and not self._contradicts(subjects, one.meaning)
            yield _Claim(one.span[0], " ".join(one.words), is_true)

    def _contradicts(self, subjects: frozenset[TargetRef], state: str) -> bool:
        """Return whether the last readings say the opposite about the only thing that is meant."""
        if state == "failing" or not subjects:
            return False
        running = {self.is_in(one, "running") for one in subjects}
        return running == {state != "running"}


def _is_among(number: str, read: AbstractSet[float], scales: Sequence[float]) -> bool:
    """Return whether a number is one of those that were read, rounded or in another unit."""
    decimals = len(re.split(r"[.,]", number)[-1])
    for value in values(number):
        margin = 0.5 if value.is_integer() else 0.5 * 10.0**-decimals
        if any(
            abs(value - one / by) <= margin or abs(value - one * by) <= margin
            for one in read
            for by in scales
        ):
            return True
    return False
