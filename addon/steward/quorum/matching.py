"""Which of the things that several monitors list are the same device. Pure.

The likeness of two things is a noisy-or over what they have in common. It is decided without a person only
for pairs that fit each other best and much better than any other pair.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from .marks import Marks, is_local

AUTOMATIC: Final = 0.9
MARGIN: Final = 0.2
"""A pair is joined from this likeness on, if it fits better than every other pair by the margin."""

ASKED: Final = 0.5
"""A person is asked about a pair from this likeness on."""

NUMBER: Final = 1.0
MAC: Final = 0.95
ADDRESS: Final = 0.7
SYS_NAME: Final = 0.6
SHORT_NAME: Final = 0.4
"""How much each thing that two have in common counts."""

MOST_ALIKE: Final = 50
"""What more things than this have in common identifies none of them."""

ROUNDED: Final = 6
"""Digits of a likeness: what is computed in another order is the same number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A device as one monitor lists it. ``key`` identifies it among those of all instances."""

    key: str
    instance: str
    name: str
    marks: Marks


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two sightings of different instances, ``first`` the smaller key, and how alike they are (0 to 1)."""

    likeness: float
    first: str
    second: str
    common: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, str]:
        """The keys of both."""
        return self.first, self.second


@dataclass(frozen=True, slots=True)
class Matches:
    """The devices, each as the sorted keys of its sightings, and the pairs that a person is asked about."""

    devices: tuple[tuple[str, ...], ...]
    questions: tuple[Pair, ...]


def likeness(one: Marks, other: Marks) -> tuple[float, tuple[str, ...]]:
    """Return how alike two are, from 0 to 1, and what they have in common. Contradictions do not count."""
    common = (
        ("uuid", NUMBER, bool(one.uuid) and one.uuid == other.uuid),
        ("serial", NUMBER, bool(one.serial) and one.serial == other.serial),
        ("mac", MAC, not one.macs.isdisjoint(other.macs)),
        ("address", ADDRESS, not one.addresses.isdisjoint(other.addresses)),
        ("sys_name", SYS_NAME, bool(one.sys_name) and one.sys_name == other.sys_name),
        ("short_name", SHORT_NAME, bool(one.short_name) and one.short_name == other.short_name),
    )
    other_than = 1.0
    for _, weight, has in common:
        other_than *= 1.0 - weight if has else 1.0
    return round(1.0 - other_than, ROUNDED), tuple(name for name, _, has in common if has)


def contradicts(one: Marks, other: Marks) -> bool:
    """Return whether a number or the MAC addresses of two say that they are different devices."""
    numbers = ((one.uuid, other.uuid), (one.serial, other.serial))
    if any(first and second and first != second for first, second in numbers):
        return True
    return bool(one.macs and other.macs) and one.macs.isdisjoint(other.macs)


def usable(sightings: Iterable[Sighting]) -> tuple[Sighting, ...]:
    """Return the sightings without marks that do not identify: doubles, and MAC addresses made up locally.

    A locally administered MAC address counts only if a hypervisor gave it out.
    """
    known = tuple(sorted(sightings, key=lambda one: one.key))
    assigned = {mac for one in known for mac in one.marks.assigned}
    doubles = _doubles(known)
    return tuple(replace(one, marks=_identifying(one, doubles, assigned)) for one in known)


def match(sightings: Iterable[Sighting], decided: Mapping[tuple[str, str], bool]) -> Matches:
    """Return the devices and the questions.

    ``decided`` is what people said of two keys, the smaller one first: True joins them, False keeps
    them apart. The order of the sightings does not matter.
    """
    known = {one.key: one for one in usable(sightings)}
    pairs = _pairs(known, decided)
    rivals = _rivals(known, pairs)
    devices = _Devices(known, decided)
    for (first, second), is_same in sorted(decided.items()):
        if is_same and first in known and second in known:
            devices.join(first, second)
    fitting = [(one, _lead(one, known, rivals)) for one in sorted(pairs, key=_order)]
    for pair, lead in fitting:
        if pair.likeness >= AUTOMATIC and lead >= MARGIN:
            devices.join_if_possible(pair)
    asked = tuple(
        one for one, lead in fitting if one.likeness >= ASKED and lead >= 0 and devices.is_open(one)
    )
    return Matches(devices.all(), asked)


class _Devices:
    """Sightings that are joined to devices."""

    def __init__(self, known: Mapping[str, Sighting], decided: Mapping[tuple[str, str], bool]) -> None:
        self._known = known
        self._decided = decided
        self._of: dict[str, set[str]] = {key: {key} for key in known}

    def join(self, first: str, second: str) -> None:
        """Join the devices of two sightings."""
        joined = self._of[first] | self._of[second]
        for key in joined:
            self._of[key] = joined

    def is_open(self, pair: Pair) -> bool:
        """Return whether two sightings are of different devices that may be the same."""
        return self._of[pair.first] is not self._of[pair.second] and self._may_join(pair)

    def join_if_possible(self, pair: Pair) -> None:
        """Join two sightings unless something in their devices says that they are different."""
        if self.is_open(pair):
            self.join(pair.first, pair.second)

    def all(self) -> tuple[tuple[str, ...], ...]:
        """Return all devices."""
        return tuple(sorted({tuple(sorted(one)) for one in self._of.values()}))

    def _may_join(self, pair: Pair) -> bool:
        return all(
            self._is_possible(first, second)
            for first in self._of[pair.first]
            for second in self._of[pair.second]
        )

    def _is_possible(self, first: str, second: str) -> bool:
        one, other = self._known[first], self._known[second]
        if one.instance == other.instance or self._decided.get(_keys(first, second)) is False:
            return False
        return not contradicts(one.marks, other.marks)


def _pairs(known: Mapping[str, Sighting], decided: Mapping[tuple[str, str], bool]) -> tuple[Pair, ...]:
    """Return the pairs of different instances that have something in common and that nothing contradicts."""
    by_mark: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, one in known.items():
        for mark in _named(one.marks):
            by_mark[mark].append(key)
    found = {}
    for keys in by_mark.values():
        for first, second in combinations(keys, 2) if len(keys) <= MOST_ALIKE else ():
            pair = _keys(first, second)
            one, other = known[pair[0]], known[pair[1]]
            is_apart = one.instance == other.instance or decided.get(pair) is False
            if pair not in found and not is_apart and not contradicts(one.marks, other.marks):
                found[pair] = Pair(*_likeness(one.marks, other.marks, pair))
    return tuple(found.values())


def _likeness(one: Marks, other: Marks, keys: tuple[str, str]) -> tuple[float, str, str, tuple[str, ...]]:
    score, common = likeness(one, other)
    return score, *keys, common


def _rivals(known: Mapping[str, Sighting], pairs: Iterable[Pair]) -> dict[tuple[str, str], list[float]]:
    """Return the likenesses of each sighting to those of each other instance, the largest first."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for pair in pairs:
        found[pair.first, known[pair.second].instance].append(pair.likeness)
        found[pair.second, known[pair.first].instance].append(pair.likeness)
    return {place: sorted(scores, reverse=True) for place, scores in found.items()}


def _lead(pair: Pair, known: Mapping[str, Sighting], rivals: Mapping[tuple[str, str], list[float]]) -> float:
    """Return by how much a pair is more alike than the next best pair of either; negative if it is less."""
    places = (pair.first, known[pair.second].instance), (pair.second, known[pair.first].instance)
    return min(_lead_in(rivals[place], pair.likeness) for place in places)


def _lead_in(scores: list[float], own: float) -> float:
    if own < scores[0]:
        return own - scores[0]
    return round(own - (scores[1] if len(scores) > 1 else 0.0), ROUNDED)


def _keys(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)


def _order(pair: Pair) -> tuple[float, str, str]:
    return -pair.likeness, *pair.keys


def _named(own: Marks) -> Iterator[tuple[str, str]]:
    """Yield what can be in common, with the kind of each."""
    single = (("uuid", own.uuid), ("serial", own.serial), ("sys", own.sys_name), ("short", own.short_name))
    yield from (one for one in single if one[1])
    yield from (("mac", one) for one in own.macs)
    yield from (("address", one) for one in own.addresses)


def _doubles(known: Iterable[Sighting]) -> Collection[tuple[str, str, str]]:
    """Return the marks that several sightings of one instance have, with the instance."""
    counted = Counter((one.instance, *mark) for one in known for mark in _named(one.marks))
    return {mark for mark, times in counted.items() if times > 1}


def _identifying(
    one: Sighting, doubles: Collection[tuple[str, str, str]], assigned: Collection[str]
) -> Marks:
    own = one.marks

    def single(kind: str, value: str) -> bool:
        return (one.instance, kind, value) not in doubles

    return replace(
        own,
        macs=frozenset(m for m in own.macs if single("mac", m) and (m in assigned or not is_local(m))),
        addresses=frozenset(a for a in own.addresses if single("address", a)),
    )
