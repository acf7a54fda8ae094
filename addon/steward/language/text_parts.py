"""Reads a text as parts: names, numbers, and the texts that the sentences know, in their order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .part_texts import MOST_READ, PartTexts
from .words import WORD

PARTS: Final = (
    "reading", "adjective", "superlative", "kind", "kind_word", "state", "cue",
    "check", "bound", "unit", "share", "past", "recent", "conjunction", "remaining", "reach", "topic",
    "amount", "size",
)  # fmt: skip
"""Lists of the sentences whose texts are parts."""

PLACE: Final = "qxz"
"""Stands in a text for a name, with the number of the mention."""

NUMBER: Final = "number"
"""The slot of a number."""

LONGEST_PREPOSITION: Final = 2

_DECIMALS: Final = re.compile(r"[.,](\d+)\b")
_LISTED: Final = re.compile(r"\w\s*[,+/&]\s*\w")
"""Several things that are said after one another."""

_BOUNDS: Final = {">": "over", "<": "under"}
_ARROWS: Final = ("->", "=>")
"""Signs before a value that is wanted, and that nothing is compared with."""

_WITH_UNIT: Final = re.compile(r"(\d+)([a-z]+)")
_SIGN: Final = re.compile(r"\s*([%°])")
_SIGNS: Final = {"%": "%", "°": "°C"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What stands in a text: the numbers of names, what other texts stand for, and what is not understood.

    ``fillers`` are the words that say nothing, ``unknown`` the places of those that are not known.
    ``is_listed``: several things are said after one another.
    """

    names: tuple[int, ...]
    found: tuple[Mapping[str, str], ...]
    unknown: tuple[tuple[int, int], ...]
    fillers: frozenset[str] = frozenset()
    is_listed: bool = False

    @property
    def is_one(self) -> bool:
        """Whether nothing but one reading is said: "Temperatures, please", "available updates"."""
        said = [one for one in self.found if one and one.get("state") != "running"]
        return len(said) == 1 and "reading" in said[0] and not self.unknown

    @property
    def is_label(self) -> bool:
        """Whether nothing is asked or said of what is named: "running containers"."""
        return not any(map(self.values, ("cue", "check", "past", "recent", "conjunction", "topic")))

    def values(self, slot: str) -> list[str]:
        """Return the different values that the parts have for a slot, in order."""
        return list(dict.fromkeys(one[slot] for one in self.found if slot in one))


def read_parts(text: str, known: PartTexts) -> Parts:
    """Return the parts of a text with marks in place of names; the last ones are kept."""
    kept: Parts | None = known.read.get(text)
    if kept is None:
        if len(known.read) >= MOST_READ:
            known.read.clear()
        kept = known.read[text] = _read(text, known)
    return kept


def _read(text: str, known: PartTexts) -> Parts:
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    names: list[int] = []
    found: list[Mapping[str, str]] = []
    unknown: list[tuple[int, int]] = []
    fillers: set[str] = set()
    at, last_unknown = 0, -1
    while at < len(words):
        number = _mark(folded[at])
        count = 1 if number is not None else _length(folded, at, known)
        if number is not None:
            names.append(number)
        elif not count and folded[at].isdecimal():
            found += [*_sign_before(text, words[at]), _number(text, words[at])]
            count = 2 if "." in found[-1][NUMBER] else 1
        elif not count and (joined := _joined_number(folded[at], known)) is not None:
            found += [*_sign_before(text, words[at]), joined]
        elif count:
            text_words = tuple(folded[at : at + count])
            found.append(_meant(known[text_words], found, folded, at, count))
            fillers |= set() if known[text_words] or count > 1 else {folded[at]}
        elif similar := known.similar(folded[at]):
            found += similar
        else:
            is_same = bool(unknown) and last_unknown == at - 1
            start = unknown.pop()[0] if is_same else words[at].start()
            unknown.append((start, words[at].end()))
            last_unknown = at
        at += max(count, 1)
    is_listed = bool(_LISTED.search(text)) or any("conjunction" in one for one in found)
    return Parts(tuple(dict.fromkeys(names)), tuple(found), tuple(unknown), frozenset(fillers), is_listed)


def _meant(
    slots: Mapping[str, str], before: Sequence[Mapping[str, str]], words: Sequence[str], at: int, count: int
) -> Mapping[str, str]:
    """Return what a text stands for where it is.

    One letter is a unit only after a number. In "disk sda" the noun says what the name is.
    """
    if "unit" in slots and len(words[at]) == 1 and not (before and NUMBER in before[-1]):
        return {slot: value for slot, value in slots.items() if slot != "unit"}
    is_before_name = at + count < len(words) and _mark(words[at + count]) is not None
    if is_before_name and count == 1 and "state" in slots and len(words[at]) <= LONGEST_PREPOSITION:
        return {}  # "on pve1"
    if is_before_name and {"reading", "kind"} <= {*slots}:
        return {slot: value for slot, value in slots.items() if slot != "reading"}
    return slots


def _length(words: Sequence[str], at: int, known: PartTexts) -> int:
    """Return the number of words of the longest text that begins here, 0 when none does."""
    for count in range(min(known.longest, len(words) - at), 0, -1):
        if tuple(words[at : at + count]) in known:
            return count
    return 0


def _number(text: str, word: re.Match[str]) -> dict[str, str]:
    """Return the slots of the number that begins with a word, and of the sign that follows it."""
    decimals = _DECIMALS.match(text, word.end())
    number = f"{word[0]}.{decimals[1]}" if decimals else word[0]
    sign = _SIGN.match(text, decimals.end() if decimals else word.end())
    return {NUMBER: number, **({"unit": _SIGNS[sign[1]]} if sign else {})}


def _sign_before(text: str, word: re.Match[str]) -> list[dict[str, str]]:
    """Return the bound of a number after "<" or ">"."""
    before = text[: word.start()].rstrip()
    is_bound = before[-1:] in _BOUNDS and not before.endswith(_ARROWS)
    return [{"bound": _BOUNDS[before[-1:]]}] if is_bound else []


def _joined_number(word: str, known: PartTexts) -> dict[str, str] | None:
    """Return the slots of "60d": a number with its unit."""
    found = _WITH_UNIT.fullmatch(word)
    unit = known.get((found[2],), {}).get("unit") if found else None
    return {NUMBER: found[1], "unit": unit} if found and unit else None


def mark(number: int) -> str:
    """Return the mark of a mention."""
    return f"{PLACE}{number}{PLACE}"


def _mark(word: str) -> int | None:
    """Return the number of the mention that a word marks, None when it marks none."""
    number = word.removeprefix(PLACE).removesuffix(PLACE)
    return int(number) if word.startswith(PLACE) and number.isdigit() else None
