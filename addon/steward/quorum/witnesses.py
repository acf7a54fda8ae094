"""Witnesses, what they say, which of them are independent, and what they say together. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Agreement, Aspect, Method, Word

from ..texts import Text

FRESH: Final = 2.5
"""A testimony is fresh when it is younger than this many intervals."""

ENOUGH: Final = 2
"""Independent groups that have to agree, our own reading included."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """What the witnesses say together about one aspect of a subject.

    ``support`` are the ids of those that say that it is down (up, if nobody says that it is down),
    ``against`` of those that say the opposite, ``silent`` of those that say nothing that counts.
    ``may_act`` is whether it may be acted upon without asking a person.
    """

    verdict: Agreement
    why: Text
    support: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    may_act: bool = False


def agree(
    testimonies: Iterable[Testimony],
    now: datetime,
    *,
    blind: Collection[str] = (),
    dead: Collection[str] = (),
) -> Consensus:
    """Return what testimonies about one aspect of one subject say together.

    What is stale, paused or unknown says nothing, nor does a witness whose id is in ``blind`` or whose
    vantage is in ``dead``. The order does not matter.
    """
    said = tuple(_heard(one, now, blind, dead) for one in testimonies)
    down = {one.witness for one in said if one.word is Word.DOWN}
    up = {one.witness for one in said if one.word is Word.UP}
    silent = {one.witness for one in said} - down - up
    independent = groups(down | up)
    return _consensus(down, up, silent, len(independent))


def _consensus(down: set[Witness], up: set[Witness], silent: set[Witness], votes: int) -> Consensus:
    """Return the consensus; ``votes`` is how many independent groups say something."""
    quiet = tuple(names_of(silent))
    if not down and not up:
        return Consensus(verdict=Agreement.BLIND, why=t"No monitor says anything that counts", silent=quiet)
    if not down:
        return Consensus(
            verdict=Agreement.UP,
            why=t"Nobody reports the problem",
            support=tuple(names_of(up)),
            silent=quiet,
        )
    result = Consensus(
        verdict=Agreement.DOWN,
        why=t"{votes} independent witnesses report the problem",
        support=tuple(names_of(down)),
        against=tuple(names_of(up)),
        silent=quiet,
        may_act=True,
    )
    if up and votes > 1:
        return replace(
            result,
            verdict=Agreement.SPLIT,
            why=t"Some monitors report the problem, others say that there is none",
            may_act=False,
        )
    if up:
        return replace(
            result, verdict=Agreement.ALONE, why=t"The only witness contradicts itself", may_act=False
        )
    if votes < ENOUGH:
        return replace(
            result,
            verdict=Agreement.ALONE,
            why=t"Only one independent witness reports the problem",
            may_act=False,
        )
    return result


def _heard(testimony: Testimony, now: datetime, blind: Collection[str], dead: Collection[str]) -> Testimony:
    """Return a testimony as it counts: unknown when it is stale, or when its witness cannot see."""
    witness = testimony.witness
    can_see = witness.id not in blind and not (witness.vantage and witness.vantage in dead)
    counts = testimony.is_fresh(now) and can_see
    return testimony if counts else replace(testimony, word=Word.UNKNOWN)
