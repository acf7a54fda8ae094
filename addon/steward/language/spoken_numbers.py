"""Numbers with units in texts, in digits and in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .question_parts import FILLER
from .words import WORD

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

# Three digits after a separator may be thousands or thousandths: such a number is ignored.
_NUMBER: Final = re.compile(r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,2})?)(?![.,]?\d)\s*(%|[^\W\d_]+)?")

_IN_MIB: Final = {"MiB": 1.0, "GiB": 1024.0, "TiB": 1024.0 * 1024}
_HOURS: Final = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
FACTORS: Final[Mapping[str, Mapping[str, float]]] = {
    "MiB": _IN_MIB,
    "GiB": {unit: factor / 1024 for unit, factor in _IN_MIB.items()},
    "h": _HOURS,
    "min": {unit: factor * 60 for unit, factor in _HOURS.items()},
    "d": {unit: factor / 24 for unit, factor in _HOURS.items()},
}
"""By the unit of an argument: the factor of each unit that a number was said with."""


LONGEST_NUMBER: Final = 5
"""Words of a number: "quatre-vingt-dix-neuf"."""


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A number, the unit that follows it, and where they stand. ``unit`` is "" without a known one."""

    number: float
    unit: str
    word: str
    start: int
    number_end: int
    end: int

    def in_unit(self, unit: str | None) -> float:
        """Return the number in a unit; unchanged when its own unit is not known."""
        return self.number * FACTORS.get(unit or "", {}).get(self.unit, 1.0)


def spoken_numbers(text: str, languages: Sequence[LanguageMatcher]) -> list[SpokenNumber]:
    """Return the numbers in a text, in order. ``languages`` begin with that of the person."""
    units: dict[str, str] = {}
    words: dict[str, int] = {}
    # "To" is a terabyte in French: the units of a person's language and of English are enough.
    for one in reversed(languages[:2]):
        units |= {said: str(unit) for said, unit in one.values("unit").items()}
        words |= one.numbers
    found = [
        _spoken(match, match.start(1), match.end(1), float(match[1].replace(",", ".")), match[2], units)
        for match in _NUMBER.finditer(text)
    ]
    for match in _WORD_WITH_NEXT.finditer(text):
        number = words.get(match[1].casefold())
        following = match[2]
        # A word such as "seven" is a number here only with a unit: it may be a part of a name.
        if number is not None and following and following.casefold() in units:
            found.append(_spoken(match, match.start(1), match.end(1), number, following, units))
    return sorted(found, key=lambda one: one.start)


_WORD_WITH_NEXT: Final = re.compile(r"(?<![\w-])([^\W\d_]+(?:-[^\W\d_]+)*)(?=\s+([^\W\d_]+))")


def _spoken(
    match: re.Match[str], start: int, end: int, number: float, word: str | None, units: Mapping[str, str]
) -> SpokenNumber:
    said = word or ""
    unit = units.get(said.casefold(), "")
    return SpokenNumber(number, unit, said, start, end, match.end(2) if said else end)


def numbers_said(
    texts: Iterable[str], unit: str | None, languages: Sequence[LanguageMatcher]
) -> frozenset[float]:
    """Return every number in the texts, converted to ``unit`` where its own unit is known."""
    return frozenset(one.in_unit(unit) for text in texts for one in spoken_numbers(text, languages))


def with_digits(text: str, matcher: LanguageMatcher) -> str:
    """Return a text with digits in place of numbers of several words before a unit: "forty five minutes".

    So it is for one word that otherwise says nothing in a question: "two minutes".
    """
    units, joiners = matcher.values("unit"), matcher.values("conjunction")
    alone = matcher.phrases(FILLER)
    words = list(WORD.finditer(text))
    for place in range(len(words) - 1, 0, -1):
        if words[place][0].casefold() not in units:
            continue
        is_alone = words[place - 1][0].casefold() in alone
        for first in range(max(0, place - LONGEST_NUMBER), place if is_alone else place - 1):
            said = [one[0].casefold() for one in words[first:place]]
            number = matcher.joined_numbers.get(tuple(one for one in said if one not in joiners))
            number = matcher.numbers.get(said[0]) if len(said) == 1 else number
            if number is not None and said[0] not in joiners:
                text = f"{text[: words[first].start()]}{number} {text[words[place].start() :]}"
                break
    return text
