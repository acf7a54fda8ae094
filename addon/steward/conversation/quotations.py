"""Tells which sentences of an answer quote what was read, word by word."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from homelab_steward.contract.state import TargetRef

from ..language.words import words_of
from .mentions import NameIndex

_MARK: Final = re.compile('["“”„«»`]')
_LEAST: Final = 3
"""The fewest words of a quotation: fewer in quotation marks are most often a name."""

_MOST_MARKS: Final = 24
"""Quotation marks of a sentence that are compared with each other, to bound the work."""


class Read(Protocol):
    """A text that was read."""

    @property
    def words(self) -> str:
        """Return its words in lower case, with a blank before and after each."""

    @property
    def lines(self) -> frozenset[str]:
        """Return the words of each of its lines, in the same form."""

    def is_about(self, target: TargetRef, /) -> bool:
        """Return whether it says something about a target."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """What a sentence says beside its quotations.

    ``is_open``: the last quotation has no end in the sentence, so that the next one may continue it.
    """

    rest: str
    is_open: bool = False

    def continued(self, sentence: str) -> str:
        """Return the next sentence with what was said before the quotation that it continues."""
        return f'{self.rest.strip()} "{sentence.lstrip()}' if self.is_open else sentence


def without_quotations(sentence: str, names: NameIndex, readings: Iterable[Read]) -> Quoting | None:
    """Return what a sentence says beside its quotations.

    A quotation may have quotation marks in it, as a line of a log does. One or two words are a quotation
    if they are a whole line and nothing else is said than names.
    What is in quotation marks and was not read is said by the sentence itself.
    None when a sentence quotes nothing, or something that was read about other things than it names.
    """
    reads = tuple(readings)
    found, quoted = _parted(sentence, reads)
    named = [[each.target for each in one.targets] for one in names.find(found.rest)]
    about = [one for one in reads if all(any(map(one.is_about, each)) for each in named)]
    if not quoted or not all(_was_read(one, about) for one in quoted):
        return None
    is_short = any(len(one.split()) < _LEAST for one in quoted)
    return None if is_short and not _is_only_names(found.rest, names) else found


def _parted(sentence: str, readings: Sequence[Read]) -> tuple[Quoting, list[str]]:
    """Return a sentence without its quotations, and the words of each: the longest ones that were read."""
    marks = [one.start() for one in _MARK.finditer(sentence)][:_MOST_MARKS]
    rest, at, quoted = "", 0, list[str]()
    for number, start in enumerate(marks):
        ends = [*reversed(marks[number + 1 :])]
        if not ends or words_of(sentence[ends[0] :]):
            # It may be cut into sentences: its last mark is in a later one.
            ends.insert(0, len(sentence))
        if start >= at and (found := _longest(sentence, start, ends, readings)):
            said, end = found
            quoted.append(said)
            rest += sentence[at:start]
            at = end + 1
    return Quoting(rest + sentence[at:], is_open=at > len(sentence)), quoted


def _longest(
    sentence: str, start: int, ends: Sequence[int], readings: Sequence[Read]
) -> tuple[str, int] | None:
    """Return the words of the longest quotation from a mark that was read, and its end."""
    for end in ends:
        said = " ".join(words_of(sentence[start + 1 : end]))
        if _was_read(said, readings):
            return said, end
    return None


def _is_only_names(text: str, names: NameIndex) -> bool:
    """Return whether a text has no words beside the names of things."""
    spans = [(one.start, one.end) for one in names.find(text)]
    kept = "".join(one for at, one in enumerate(text) if not any(start <= at < end for start, end in spans))
    return not words_of(kept)


def _was_read(said: str, readings: Iterable[Read]) -> bool:
    if len(said.split()) < _LEAST:
        return bool(said) and any(f" {said} " in one.lines for one in readings)
    return any(f" {said} " in one.words for one in readings)
