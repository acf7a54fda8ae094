"""How often a witness was right, by outcomes that were not decided by what witnesses say. Pure.

It orders and explains what witnesses say. Nothing that decides reads it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.devices import Aspect

HALF_LIFE: Final = timedelta(days=180)
"""After this time an outcome counts half."""

PRIOR: Final = 1.0
"""Right and wrong outcomes that every witness begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a witness said of a problem. ``right_if_real``: it was right if the problem was real."""

    witness: str
    aspect: Aspect
    right_if_real: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a witness was right about an aspect once, and when that was known."""

    witness: str
    aspect: Aspect
    was_right: bool
    settled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How often a witness was right about an aspect.

    ``share`` is the estimate from 0 to 1, in which older outcomes count less.
    """

    right: int = 0
    total: int = 0
    share: float = 0.5


UNKNOWN: Final = Reliability()
"""That of a witness about which nothing is known."""

type Reliabilities = Mapping[tuple[str, Aspect], Reliability]
"""By the id of a witness and the aspect."""


def reliabilities(outcomes: Iterable[Outcome], now: datetime) -> dict[tuple[str, Aspect], Reliability]:
    """Return how often each witness was right. The order of the outcomes does not matter."""
    found: dict[tuple[str, Aspect], list[Outcome]] = {}
    for one in outcomes:
        found.setdefault((one.witness, one.aspect), []).append(one)
    return {key: _reliability(own, now) for key, own in found.items()}


def share_of(known: Reliabilities, witness: str, aspect: Aspect) -> float:
    """Return the share of a witness, for an order in which the most reliable is first."""
    return known.get((witness, aspect), UNKNOWN).share


def _reliability(own: list[Outcome], now: datetime) -> Reliability:
    ordered = sorted(own, key=lambda one: (one.settled_at, one.was_right))
    right = sum(_weight(one, now) for one in ordered if one.was_right)
    every = sum(_weight(one, now) for one in ordered)
    return Reliability(
        right=sum(one.was_right for one in own),
        total=len(own),
        share=round((PRIOR + right) / (2 * PRIOR + every), 6),
    )


def _weight(outcome: Outcome, now: datetime) -> float:
    """Return how much an outcome counts; one from the future counts once: a clock was wrong."""
    age = max(now - outcome.settled_at, timedelta())
    return float(0.5 ** (age / HALF_LIFE))
