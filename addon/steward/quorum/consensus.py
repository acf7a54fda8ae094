"""Whether witnesses agree that something is down, and whether that allows to act. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.devices import Agreement, Word

from ..texts import Text
from .witnesses import Testimony, Witness, groups, names_of

ENOUGH: Final = 2
"""Independent groups that have to agree, our own reading included."""


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
