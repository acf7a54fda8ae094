"""Witnesses, what they say, and which of them are independent of each other. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Aspect, Method, Word

FRESH: Final = 2.5
"""A testimony is fresh when it is younger than this many intervals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Something that looks at others.

    ``instance`` is the id of the configured monitor. ``vantage`` is the machine or probe from which it looks,
    "" when that is not known. ``derived_from`` is the id of the witness or instance that it repeats, "" for
    none.
    """

    id: str
    instance: str
    vantage: str = ""
    method: Method = Method.API
    derived_from: str = ""

    @property
    def sources(self) -> frozenset[tuple[str, str]]:
        """What it depends on; witnesses that have one in common are not independent."""
        named = (("source", self.id), ("source", self.instance), ("source", self.derived_from))
        return frozenset(one for one in (*named, ("vantage", self.vantage)) if one[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """What a witness says about one aspect of a subject, and when it looked.

    ``interval`` is the time between two looks. ``since`` is when it began to say so, None when not known.
    """

    witness: Witness
    subject: str
    aspect: Aspect
    word: Word
    checked_at: datetime
    interval: timedelta
    since: datetime | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Return whether it is young enough to count. One from the future is not: a clock is wrong."""
        age = now - self.checked_at
        return -self.interval <= age < FRESH * self.interval


def groups(witnesses: Iterable[Witness]) -> tuple[frozenset[Witness], ...]:
    """Return the witnesses in groups that are independent of each other: each group is one vote.

    Also those that have something in common through a third one are one group. One that repeats another of
    them is in the group of that one only: the monitor that passes it on may say other things by itself.
    """
    known = tuple(dict.fromkeys(witnesses))
    found: list[tuple[frozenset[tuple[str, str]], frozenset[Witness]]] = []
    for witness in known:
        sources, members = _sources(witness, known), frozenset({witness})
        apart = []
        for other in found:
            if sources.isdisjoint(other[0]):
                apart.append(other)
            else:
                sources, members = sources | other[0], members | other[1]
        found = [*apart, (sources, members)]
    return tuple(members for _, members in found)


def _sources(witness: Witness, known: Iterable[Witness]) -> frozenset[tuple[str, str]]:
    """Return what a witness depends on; of one that repeats another of ``known``, only that."""
    others = {name for one in known if one != witness for name in (one.id, one.instance)}
    if witness.derived_from not in others:
        return witness.sources
    return frozenset({("source", witness.id), ("source", witness.derived_from)})


def names_of(witnesses: Iterable[Witness]) -> Iterator[str]:
    """Yield the ids of witnesses in order, each once."""
    yield from sorted({one.id for one in witnesses})
