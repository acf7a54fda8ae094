"""Whether a witness does not see any more: too much of what it watches went down at once. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Word

from ..texts import Text
from .witnesses import Testimony, Witness, groups

FEWEST: Final = 5
PERCENT: Final = 30
"""As many of its subjects go down together before a witness counts as blind: the larger of both."""

TOGETHER: Final = 2.0
"""Intervals within which they go down."""

LONGEST: Final = timedelta(days=1)
"""How long a witness stays blind while as much of what it watches stays down: after that it may be true."""


@dataclass(frozen=True, slots=True)
class Blindness:
    """Why a witness counts as blind."""

    witness: str
    why: Text


def blind(
    testimonies: Iterable[Testimony], now: datetime, known: Mapping[str, datetime] | None = None
) -> tuple[Blindness, ...]:
    """Return the witnesses that are blind now, in the order of their ids.

    The testimonies are all of all witnesses. ``since`` of a testimony is when its word changed; what has
    never changed did not flip. ``known`` are the ids of witnesses that were blind before, with since when:
    they stay blind while as much stays down, also when it is not known any more when that began.
    """
    before = {one for one, since in (known or {}).items() if now - since < LONGEST}
    said = tuple(testimonies)
    by_witness: dict[Witness, list[Testimony]] = {}
    for one in said:
        by_witness.setdefault(one.witness, []).append(one)
    down = _who_says_down(said, now)
    together = {one: group for group in groups(by_witness) for one in group}
    found = []
    for witness in sorted(by_witness, key=lambda one: one.id):
        own = by_witness[witness]
        flipped = {one.subject for one in own if _is_down(one, now, is_known=witness.id in before)}
        why = stopped(own, now) or _flipped(own, flipped, down, together[witness])
        if why is not None:
            found.append(Blindness(witness.id, why))
    return tuple(found)


def stopped(own: Sequence[Testimony], now: datetime) -> Text | None:
    """Return that the clock of a witness stands: nothing of all that it says is fresh."""
    spoken = [one for one in own if one.word in (Word.UP, Word.DOWN)]
    if not spoken or any(one.is_fresh(now) for one in spoken):
        return None
    newest = f"{max(one.checked_at for one in spoken):%Y-%m-%d %H:%M}"
    return t"It has checked nothing since {newest} UTC"


def _flipped(
    own: Sequence[Testimony],
    flipped: Collection[str],
    down: Mapping[str, Collection[Witness]],
    group: Collection[Witness],
) -> Text | None:
    """Return that much of what a witness watches went down at once, and no independent witness agrees."""
    subjects = {one.subject for one in own if one.word in (Word.UP, Word.DOWN)}
    if len(flipped) < FEWEST or 100 * len(flipped) < PERCENT * len(subjects):
        return None
    if any(other not in group for one in flipped for other in down.get(one, ())):
        return None
    count, total = len(flipped), len(subjects)
    return t"{count} of {total} went down at once, and no other monitor agrees"


def _is_down(one: Testimony, now: datetime, *, is_known: bool) -> bool:
    """Return whether something went down within the last two intervals, or is down and ``is_known``."""
    if one.word is not Word.DOWN or not one.is_fresh(now):
        return False
    return is_known or (one.since is not None and timedelta() <= now - one.since <= TOGETHER * one.interval)


def _who_says_down(said: Iterable[Testimony], now: datetime) -> dict[str, set[Witness]]:
    found: dict[str, set[Witness]] = {}
    for one in said:
        if one.word is Word.DOWN and one.is_fresh(now):
            found.setdefault(one.subject, set()).add(one.witness)
    return found
