"""Takes a sentence of an answer apart: its things, numbers, states, and words that have to be read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..language.words import words_of
from .answer_words import CLEAR, AnswerWords, Said, Term, unit_after
from .mentions import Mention, NameIndex
from .read_facts import NUMBER, Line, stems

_TOKEN: Final = re.compile(r"(?:[^\s,;()\[\]“”\"]|(?<=\d),(?=\d))*\d(?:[^\s,;()\[\]“”\"]|(?<=\d),(?=\d))*")
_PLAIN: Final = re.compile(r"[#~≈]?\d+(?:[.,]\d+)*(?:[%°][CF]?|[a-zA-Z]{1,4}(?:/s)?)?[.:!?]*")
_LIST_MARK: Final = re.compile(r"\A\s*(?:(?:[-*•]|#+|\d+[.)])\s+)+")
_BREAK: Final = re.compile(r"(?:[,;:](?=\s)|[()\n]|\s[-\N{EN DASH}\N{EM DASH}]\s)")
_MARKUP: Final = re.compile(r"[*`]+|\b_+|_+\b")
_FLAGS: Final = frozenset({"negation", "universal", "cause", "general", "condition"})
_LONGEST_REPLY: Final = 3
"""Words of "yes" and "no, not at all"."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit; ``bound`` is "over" or "under" when something is compared with it."""

    start: int
    text: str
    unit: str
    bound: str = ""


@dataclass(slots=True)
class Piece:
    """A part of a sentence. ``groups`` are the things that it names, those that are joined together.

    ``tokens`` are texts with digits that are no numbers, ``terms`` what it says in words, of which
    ``names`` are no words for readings. ``orders`` are "most" and "least", ``state_terms`` what the words for
    states can mean otherwise.
    """

    text: str
    groups: list[list[Mention]] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    names: list[Term] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    state_terms: list[Term | None] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    @property
    def is_negative(self) -> bool:
        """Whether it says what is not so."""
        return "negation" in self.kinds


def targets_of(mentions: Sequence[Mention]) -> frozenset[TargetRef]:
    """Return the targets that names can mean."""
    return frozenset(one.target for mention in mentions for one in mention.targets)


class SentenceReader:
    """Reads sentences in any of some languages."""

    def __init__(self, names: NameIndex, languages: Sequence[AnswerWords]) -> None:
        """``languages`` begin with the person's."""
        self._names = names
        self._languages = languages
        self._english = next((one for one in languages if one.language == "en"), languages[0])

    def read(self, sentence: str) -> list[Piece]:
        """Return the parts of a sentence in order, [] when nothing is in it."""
        plain = _MARKUP.sub("", _LIST_MARK.sub("", sentence)).strip()
        words = self._language_of(plain)
        mentions = self._names.find(plain)
        pieces: list[Piece] = []
        for start, end in pairwise(_cuts(plain, mentions)):
            inside = [_moved(one, start) for one in mentions if start <= one.start < end]
            pieces += _split(plain[start:end], inside, words)
        return [one for one in pieces if words_of(one.text)]

    def reply(self, piece: Piece) -> bool | None:
        """Return whether a piece says yes or no, None when it says something else."""
        if len(words_of(piece.text)) > _LONGEST_REPLY or piece.groups:
            return None
        return self._language_of(piece.text).reply(piece.text.strip(" ,.!;:"))

    def asked_terms(self, question: str) -> list[Term]:
        """Return the readings that a question names."""
        return [one for piece in self.read(question) for one in piece.terms if one not in piece.names]

    def states_of(self, line: Line) -> set[tuple[str, bool]]:
        """Return the states that a line of a reading names, and whether it denies them."""
        found = [kinds for _, _, kinds in self._english.phrases_in(line.text.partition("\n")[2])]
        is_denied = any(one.kind == "negation" for many in found for one in many)
        return {(one.value, is_denied) for many in found for one in many if one.kind == "state"}

    def _language_of(self, text: str) -> AnswerWords:
        # Names of files and versions are in no language.
        words = tuple(one for part in text.split() if "." not in part[:-1] for one in words_of(part))
        return max(self._languages, key=lambda one: one.share(words))


def _cuts(text: str, mentions: Sequence[Mention]) -> list[int]:
    """Return where the parts of a text begin, and its length; names that a comma joins stay together."""
    joints = [(one.end, other.start) for one, other in pairwise(mentions)]
    found = [0]
    for one in _BREAK.finditer(text):
        at = one.start()
        is_in_name = any(each.start < at < each.end for each in mentions)
        is_joint = any(start <= at < end and text[start:end].strip() == "," for start, end in joints)
        if not is_in_name and not is_joint:
            found.append(one.end())
    return [*found, len(text)]


def _split(text: str, mentions: Sequence[Mention], words: AnswerWords) -> list[Piece]:
    """Return one piece, or several when a conjunction joins parts with a number or a state each."""
    whole = _read(text, mentions, words)
    for start, end, kinds in words.phrases_in(text):
        names = {one.kind for one in kinds}
        first = [one for one in mentions if one.end <= start]
        rest = [_moved(one, end) for one in mentions if one.start >= end]
        if len(first) + len(rest) != len(mentions) or not names & {"joint", "contrast"}:
            continue
        before, after = _read(text[:start], first, words), _read(text[end:], rest, words)
        is_in_order = len(before.groups) == 1 and len(before.groups[0]) > 1 and not rest
        has_both = all(one.numbers or one.states for one in (before, after)) and not is_in_order
        if "contrast" in names or has_both:
            return [before, *_split(text[end:], rest, words)]
    return [whole]


def _read(text: str, mentions: Sequence[Mention], words: AnswerWords) -> Piece:
    piece = Piece(text, groups=_groups(text, mentions, words))
    taken = [one.span for one in mentions]
    taken += _read_digits(piece, text, taken, words)
    phrases = [one for one in words.phrases_in(text) if not _is_in(taken, one[0], one[1])]
    for start, end, kinds in phrases:
        known = {one.kind: one for one in kinds}
        if "number" in known:
            unit, _ = unit_after(text, end, words.units)
            piece.numbers.append(Number(start, known["number"].value, unit))
    phrases = [one for one in phrases if not any(each.kind == "number" for each in one[2])]
    for start, end, kinds in phrases:
        is_unit = any(end <= one[1] and start >= one[0] for one in _unit_places(piece, text, words))
        if not is_unit:
            is_last = (start, end) == phrases[-1][:2]
            _interpret(piece, text, (start, end), {one.kind: one for one in kinds}, is_last=is_last)
    piece.numbers.sort(key=lambda one: one.start)
    if any(one.bound for one in piece.numbers):
        piece.orders.clear()
        piece.kinds.discard("order")
    return piece


def _unit_places(piece: Piece, text: str, words: AnswerWords) -> Iterator[tuple[int, int]]:
    """Yield the places of the units after numbers that are written as words."""
    for one in piece.numbers:
        word = re.compile(r"\w+").match(text, one.start)
        if word and one.unit and not word[0].isdigit():
            yield word.end(), unit_after(text, word.end(), words.units)[1]


def _read_digits(
    piece: Piece, text: str, taken: Sequence[tuple[int, int]], words: AnswerWords
) -> list[tuple[int, int]]:
    """Read the numbers and the texts with digits of a piece, and return their places."""
    found: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(text):
        if _is_in(taken, *token.span()):
            continue
        number = NUMBER.search(token[0])
        if number is None or not _PLAIN.fullmatch(token[0]) or number[0].count(".") > 1:
            plain = token[0].rstrip(".:!?")
            piece.tokens.append(plain)
            piece.names.append(Term(frozenset(), stems(plain)))
            found.append(token.span())
            continue
        end = token.start() + number.end()
        unit, after = unit_after(text, end, words.units)
        piece.numbers.append(Number(token.start(), number[0], unit))
        found.append((token.start(), max(after, end)))
    return found


def _interpret(
    piece: Piece,
    text: str,
    place: tuple[int, int],
    kinds: Mapping[str, Said],
    *,
    is_last: bool,
) -> None:
    """Note what one phrase of a piece says."""
    start, end = place
    flags = kinds.keys() & _FLAGS
    term = kinds["term"].term if "term" in kinds else None
    piece.kinds |= flags
    number = next((one for one in piece.numbers if 0 <= one.start - end <= 1), None)
    if "bound" in kinds and number is not None:
        piece.numbers[piece.numbers.index(number)] = replace(number, bound=kinds["bound"].value)
    elif (
        "state" in kinds
        and (is_last or end - start >= CLEAR)
        and not (piece.numbers and term and term.any_of)
    ):
        piece.states.append(kinds["state"].value)
        piece.state_terms.append(term)
    elif "order" in kinds:
        piece.kinds.add("order")
        piece.orders.append(kinds["order"].value)
    elif "definition" in kinds:
        # "Swap is a part of the disk", but not "there is an error".
        is_named = bool(piece.terms) or any(one.end <= start for group in piece.groups for one in group)
        piece.kinds |= {"general"} if is_named else set()
    elif flags:
        return
    elif term is not None:
        piece.terms.append(term)
    elif not (
        kinds.keys() & {"filler", "pronoun", "joint"} or ("kind" in kinds and not _is_counted(piece, start))
    ):
        term = Term(stems(text[start:end]))
        piece.terms.append(term)
        piece.names.append(term)


def _groups(text: str, mentions: Sequence[Mention], words: AnswerWords) -> list[list[Mention]]:
    """Return the mentions, those together that only conjunctions and commas join."""
    found: list[list[Mention]] = []
    for one in mentions:
        before = found[-1][-1] if found else None
        between = text[before.end : one.start] if before else ""
        kinds = [{each.kind for each in kinds} for _, _, kinds in words.phrases_in(between)]
        if before is not None and all("joint" in each for each in kinds):
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _is_in(places: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(one < end and start < other for one, other in places)


def _is_counted(piece: Piece, start: int) -> bool:
    """Return whether a word stands directly after a number without a unit."""
    return any(not one.unit and 0 < start - one.start - len(one.text) <= 1 for one in piece.numbers)


def _moved(mention: Mention, by: int) -> Mention:
    return replace(mention, start=mention.start - by, end=mention.end - by)
