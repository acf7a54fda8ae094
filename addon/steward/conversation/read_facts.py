"""What was read, line by line: the thing that a line is about, its words, its numbers with their units."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from homelab_steward.contract.state import TargetRef

from ..language.words import words_of
from ..search.terms import tokens
from .mentions import NameIndex

NUMBER: Final = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
_FIELD: Final = re.compile(r",\s+|;\s*|\s*\(|\)\s*")
_UNIT: Final = re.compile(r"\s?([%°\w]+(?:/\w+)?)")
_DENIES: Final = frozenset({"no", "not", "none", "never", "without"})
_LONGEST_LABEL: Final = 3
"""Words of a label; a longer one is a sentence."""

_GROUP: Final = 3
"""Digits between marks of thousands."""

_NONE: Final = frozenset({"none"})
_JOINING: Final = frozenset(
    [
        "of",
        "the",
        "a",
        "an",
        "and",
        "or",
        "is",
        "are",
        "it",
        "in",
        "at",
        "for",
        "on",
        "with",
        "to",
        "by",
        "has",
        "have",
    ]
)
LIMIT: Final = frozenset({"limit", "total"})
"""Stems of words for the number after "of"."""
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_SPELLED: Final = {
    f"{word}{ending}": unit
    for word, unit in (("day", "d"), ("hour", "h"), ("minute", "min"), ("second", "s"), ("week", "w"))
    for ending in ("", "s")
}
_POWERS: Final = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
_BYTES: Final = re.compile(r"([KMGTP]?)i?B", re.IGNORECASE)
_KNOWN: Final = frozenset({"%", "°C", "W", "V", "A", "Wh", "Mbit/s", "kbit/s", "KiB/s", "MiB/s"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that was read. ``words`` say of what it is; ``unit`` is "" for a count."""

    value: float
    unit: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a reading, about one of ``owners``, or general without any.

    ``title`` are the words of the title, ``label`` those before the colon. ``positive`` are the words of
    what it says that there is, ``plain`` those without a number, ``negative`` of what there is not.
    """

    owners: frozenset[TargetRef]
    title: frozenset[str]
    label: frozenset[str]
    positive: frozenset[str]
    plain: frozenset[str]
    negative: frozenset[str]
    is_none: bool
    amounts: tuple[Amount, ...]
    text: str

    @property
    def words(self) -> frozenset[str]:
        """The words of everything that is there: "Degraded: none" says nothing of it."""
        label = self.label if self.positive or not self.negative else frozenset[str]()
        return self.title | label | self.positive

    def names(self, name: str) -> bool:
        """Return whether a name or token occurs in the line."""
        return _padded(name) in _padded(self.text)


def lines_of(title: str, text: str, owners: frozenset[TargetRef], names: NameIndex) -> tuple[Line, ...]:
    """Return the lines of a reading about ``owners``.

    A label that is the name of another thing makes that the owner of its line and of those below it.
    """
    found: list[Line] = []
    owner = owners
    if NUMBER.search(title):
        # "Radarr uses 95 %" is the title of a reading that says so.
        found.append(_line("", "", title, owners, is_only=False))
    rows = [one for one in text.splitlines() if one.strip()]
    for row in rows:
        label, separator, rest = row.partition(": ")
        if not separator:
            label, rest = "", row
        named = _owner_of(label, names)
        owner = named or owner
        found.append(_line(title, label, rest, owner, is_only=len(rows) == 1))
    counted = _counted(title, rows, found, owners)
    names_of = frozenset[str]().union(*(stems(one.name) for one in owners))
    return tuple(_without(names_of, one) for one in (*found, *([counted] if counted else [])))


def _line(title: str, label: str, rest: str, owners: frozenset[TargetRef], *, is_only: bool) -> Line:
    label_words = stems(label)
    positive: set[str] = set()
    # "One request is waiting for an answer: …" is a sentence before a colon.
    plain = set(label_words) if len(label.split()) > _LONGEST_LABEL else set[str]()
    negative: set[str] = set()
    amounts: list[Amount] = []
    for field in filter(str.strip, _FIELD.split(rest)):
        own = list(_amounts(field, label_words))
        amounts += own
        words = stems(field)
        if words & _DENIES or (own and all(not one.value for one in own)):
            negative |= words or label_words
            negative |= label_words if not words - _DENIES - _units(own) else set()
        else:
            positive |= words
            plain |= set() if own else words
    return Line(
        owners=owners,
        title=stems(title) - _JOINING,
        label=label_words,
        positive=frozenset(positive),
        plain=frozenset(plain),
        negative=frozenset(negative - _DENIES),
        is_none=is_only and bool(words_of(rest)) and bool(_NONE & set(words_of(rest))),
        amounts=tuple(amounts),
        text=f"{title}\n{label}: {rest}" if label else f"{title}\n{rest}",
    )


@lru_cache(maxsize=8_192)
def _padded(text: str) -> str:
    return f" {' '.join(words_of(text))} "


def _without(names: frozenset[str], line: Line) -> Line:
    """Return a line without the names of its own thing among the words of what it says."""
    amounts = tuple(replace(one, words=one.words - names) for one in line.amounts)
    return replace(line, title=line.title - names, amounts=amounts)


def _units(amounts: Iterable[Amount]) -> frozenset[str]:
    return frozenset[str]().union(*(stems(one.unit) for one in amounts))


def _amounts(field: str, label: frozenset[str]) -> Iterator[Amount]:
    """Yield the numbers of one field; without words of its own, the label says of what they are."""
    places = list(NUMBER.finditer(field))
    units = [_unit(field, one.end()) for one in places]
    own = stems(NUMBER.sub(" ", field)) - _JOINING - frozenset[str]().union(*map(stems, units))
    for number, (place, unit) in enumerate(zip(places, units, strict=True)):
        words = own or label
        if number and re.search(r"\bof\s*$", field[: place.start()]):
            words |= LIMIT
        for value in values(place[0]):
            yield Amount(value, unit, words)


def _unit(text: str, at: int) -> str:
    found = _UNIT.match(text, at)
    if found and found[1] in _SPELLED:
        return _SPELLED[found[1]]
    if found and (found[1] in _KNOWN or found[1] in _SECONDS or _BYTES.fullmatch(found[1])):
        return found[1]
    return ""


def _counted(
    title: str, rows: Sequence[str], lines: Sequence[Line], owners: frozenset[TargetRef]
) -> Line | None:
    """Return how many entries a list has, None when it may be longer."""
    entries = [one for one in lines if not one.is_none and one.title]
    if NUMBER.search(title) or len(entries) != len(rows) or any("incomplete" in one for one in rows):
        return None
    words = stems(title) - _JOINING
    amount = Amount(float(len(entries)), "", words)
    return Line(
        owners,
        words,
        frozenset(),
        words,
        frozenset(),
        frozenset(),
        is_none=False,
        amounts=(amount,),
        text=title,
    )


def _owner_of(label: str, names: NameIndex) -> frozenset[TargetRef]:
    """Return the targets whose whole name a label is."""
    plain = re.sub(r"\s*\(.*", "", label)
    mentions = names.find(plain) if plain else ()
    if len(mentions) == 1 and words_of(plain) == words_of(plain[slice(*mentions[0].span)]):
        return frozenset(one.target for one in mentions[0].targets)
    return frozenset()


@lru_cache(maxsize=8_192)
def stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text, without numbers."""
    return frozenset(one.stem for one in tokens(text) if not one.stem.isdigit())


GENERIC: Final = stems("use uses used usage current state status")
"""Stems of words that many readings have in their names."""


def values(number: str) -> tuple[float, ...]:
    """Return what a number can mean: its points and commas separate thousands, or the last one decimals."""
    parts = re.split(r"[.,]", number)
    if len(parts) == 1:
        return (float(number),)
    found = [float("".join(parts))] if all(len(one) == _GROUP for one in parts[1:]) else []
    if len(parts) == 2 or len(parts[-1]) != _GROUP:  # noqa: PLR2004 - digits before and after one mark
        found.append(float(f"{''.join(parts[:-1])}.{parts[-1]}"))
    return tuple(found)


def dimension(unit: str) -> str:
    """Return what a unit measures: "bytes", "time", the unit itself, or "" for a count."""
    if _BYTES.fullmatch(unit):
        return "bytes"
    return "time" if unit in _SECONDS else unit


def equals(said: str, unit: str, amount: Amount) -> bool:
    """Return whether a number is an amount that was read, rounded or in another unit of its dimension."""
    if dimension(unit) != dimension(amount.unit):
        return False
    decimals = len(re.split(r"[.,]", said)[-1])
    for value in values(said):
        margin = 0.5 if value.is_integer() else 0.5 * 10.0**-decimals
        if unit == amount.unit and value.is_integer() and amount.value.is_integer():
            margin = 0.0
        if any(abs(value - amount.value * by) <= margin for by in _scales(amount.unit, unit)):
            return True
    return False


def is_beyond(said: str, unit: str, amount: Amount, *, over: bool) -> bool:
    """Return whether an amount is over, or under, a number."""
    if dimension(unit) != dimension(amount.unit):
        return False
    read = [amount.value * by for by in _scales(amount.unit, unit)]
    return all(one > value if over else one < value for one in read for value in values(said)[-1:])


def _scales(unit: str, wanted: str) -> tuple[float, ...]:
    """Return what an amount is multiplied with to be in another unit: for bytes by both kinds of prefixes."""
    if unit == wanted:
        return (1.0,)
    if unit in _SECONDS:
        return (_SECONDS[unit] / _SECONDS[wanted],)
    one, other = _BYTES.fullmatch(unit), _BYTES.fullmatch(wanted)
    if one is None or other is None:
        return (1.0,)
    power = _POWERS[one[1].upper()] - _POWERS[other[1].upper()]
    return (1024.0**power, 1000.0**power)
