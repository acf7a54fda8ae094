"""Homelabs of two years with known truth, to measure what happens when levels are earned. Seeded."""

import math
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from homelab_steward.contract.incidents import Severity

from .trials import Circumstance, HourPart

CELLS: Final = 20
DAYS: Final = 730.0
YEAR: Final = 365.0
TARGETS: Final = 3
"""Targets of each cell."""

GOOD_CELL: Final = (48.0, 2.0)
MIDDLING_CELL: Final = (8.0, 2.0)
BAD_CELL: Final = (2.0, 3.0)
CLASSES: Final = ((0.60, GOOD_CELL), (0.25, MIDDLING_CELL), (0.15, BAD_CELL))
"""Success rates: the share of the cells, and the parameters of a beta distribution."""

UNDO_CLASSES: Final = ((0.60, (398.0, 2.0)), (0.25, (38.0, 2.0)), (0.15, (8.0, 2.0)))
"""Shares of undos that work, in the same form, with the same shares of the cells."""

WORSE_UNDOS: Final = (0.80, 0.95)
"""Shares of undos that work in the worlds with worse ones, all as likely."""

MEDIAN_DAYS: Final = 7.0
CELL_SPREAD: Final = 0.7
GAP_SPREAD: Final = 1.0
"""The time between two incidents is lognormal, and so is its median among the cells."""

EASY: Final = 0.70
HARD_FAILS: Final = 2.0
"""The share of easy cases, and how much more often a hard one fails than the average."""

APPROVED_EASY: Final = 0.75
APPROVED_HARD: Final = APPROVED_EASY / 5
REJECTED: Final = 0.25
"""Approved offers, and those that are rejected of the others; the rest expires."""

UNKNOWN: Final = 0.10
UNKNOWN_AFTER_BAD: Final = 0.40
DELAYED: Final = 0.50
RELAPSE_MEDIAN: Final = 8 / 24
RELAPSE_SPREAD: Final = 1.0
"""Of bad runs those that seem good at first, and the lognormal time until the problem is back, in days."""

DRILL_DAYS: Final = 3.5
"""The time between two drills of an undo."""

SAMPLED: Final = 0.10

_PARTS: Final = tuple(HourPart)
_NIGHT_EASY, _NIGHT_HARD = 0.20, 0.45
_CRITICAL_EASY, _CRITICAL_HARD = 0.15, 0.50
_OTHERS_EASY, _OTHERS_HARD = 0.15, 0.60


@dataclass(frozen=True, slots=True)
class World:
    """What differs between the evaluated worlds: the share of the cells that turn bad in a year.

    With ``worse_undos`` fewer undos work.
    """

    name: str
    drift: float
    worse_undos: bool = False


WORLDS: Final = (
    World("base", 0.30),
    World("no_drift", 0.0),
    World("triple_drift", 0.90),
    World("worse_undos", 0.30, worse_undos=True),
    World("worse_undos_3x", 0.90, worse_undos=True),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One incident and what would come of a run. ``at`` is in days from the start.

    ``relapse`` is in days after the run, None if a bad run is seen at once. ``undo_fails`` only matters
    for a bad run: then it does lasting harm.
    """

    at: float
    target: str
    circumstance: Circumstance
    is_approved: bool
    is_rejected: bool
    is_sample: bool
    is_bad: bool
    undo_fails: bool
    is_unknown: bool
    relapse: float | None

    @property
    def is_harmful(self) -> bool:
        """Whether a run does lasting harm."""
        return self.is_bad and self.undo_fails


@dataclass(frozen=True, slots=True)
class Epoch:
    """A time from ``start`` in days with constant rates of success of runs and of undos."""

    start: float
    success: float
    undo: float


@dataclass(frozen=True, slots=True)
class CellHistory:
    """All incidents of a cell in order, its drills (the time, and whether the undo worked), and its rates."""

    cases: Sequence[Case]
    drills: Sequence[tuple[float, bool]]
    epochs: Sequence[Epoch]

    @property
    def bad_since(self) -> float | None:
        """The day from which on fewer runs are good than `auto` presumes, None for never."""
        return next((one.start for one in self.epochs if one.success < 0.80), None)  # noqa: PLR2004


def histories(world: World, number: int, seed: int) -> Iterator[CellHistory]:
    """Yield the cells of one homelab; the same ones for the same arguments."""
    chance = Random(f"{seed}/{world.name}/{number}")  # noqa: S311 - repeatable, not secret
    for _ in range(CELLS):
        yield _cell(world, chance)


def _cell(world: World, chance: Random) -> CellHistory:
    epochs = list(_epochs(world, chance))
    starts = [one.start for one in epochs]
    cases = [_case(at, epochs[bisect(starts, at) - 1], chance) for at in _times(chance)]
    drills = [
        (day, chance.random() < epochs[bisect(starts, day) - 1].undo)
        for day in (DRILL_DAYS * number for number in range(1, int(DAYS / DRILL_DAYS) + 1))
    ]
    return CellHistory(cases, drills, epochs)


def _epochs(world: World, chance: Random) -> Iterator[Epoch]:
    yield Epoch(0.0, _drawn(CLASSES, chance), _undo(world, chance))
    if not world.drift:
        return
    hazard = -math.log(1 - world.drift) / YEAR
    day = chance.expovariate(hazard)
    while day < DAYS:
        yield Epoch(day, chance.betavariate(*BAD_CELL), _undo(world, chance))
        day += chance.expovariate(hazard)


def _undo(world: World, chance: Random) -> float:
    """Return the share of the undos of a cell that work."""
    return chance.uniform(*WORSE_UNDOS) if world.worse_undos else _drawn(UNDO_CLASSES, chance)


def _drawn(classes: Sequence[tuple[float, tuple[float, float]]], chance: Random) -> float:
    shares = [share for share, _ in classes]
    [(_, parameters)] = chance.choices(classes, shares)
    return chance.betavariate(*parameters)


def _times(chance: Random) -> Iterator[float]:
    middle = math.log(MEDIAN_DAYS) + chance.gauss(0.0, CELL_SPREAD)
    day = chance.lognormvariate(middle, GAP_SPREAD)
    while day < DAYS:
        yield day
        day += chance.lognormvariate(middle, GAP_SPREAD)


def failure_rate(success: float, *, is_easy: bool) -> float:
    """Return how often a run fails in an easy or a hard case, of a cell with this average success."""
    average = 1 - success
    hard = min(1.0, HARD_FAILS * average)
    return (average - (1 - EASY) * hard) / EASY if is_easy else hard


def _case(at: float, epoch: Epoch, chance: Random) -> Case:
    is_easy = chance.random() < EASY
    is_bad = chance.random() < failure_rate(epoch.success, is_easy=is_easy)
    return Case(
        at=at,
        target=f"target-{int(chance.random() * TARGETS)}",
        circumstance=_circumstance(chance, is_easy=is_easy),
        is_approved=chance.random() < (APPROVED_EASY if is_easy else APPROVED_HARD),
        is_rejected=chance.random() < REJECTED,
        is_sample=chance.random() < SAMPLED,
        is_bad=is_bad,
        undo_fails=chance.random() >= epoch.undo,
        is_unknown=chance.random() < (UNKNOWN_AFTER_BAD if is_bad else UNKNOWN),
        relapse=_relapse(chance),
    )


def _circumstance(chance: Random, *, is_easy: bool) -> Circumstance:
    """Return one that is only a sign of whether the case is easy."""
    is_night = chance.random() < (_NIGHT_EASY if is_easy else _NIGHT_HARD)
    part = _PARTS[0] if is_night else _PARTS[1 + int(chance.random() * 3)]
    is_critical = chance.random() < (_CRITICAL_EASY if is_easy else _CRITICAL_HARD)
    others_open = chance.random() < (_OTHERS_EASY if is_easy else _OTHERS_HARD)
    return Circumstance(part, Severity.CRITICAL if is_critical else Severity.WARNING, others_open)


def _relapse(chance: Random) -> float | None:
    if chance.random() >= DELAYED:
        return None
    return chance.lognormvariate(math.log(RELAPSE_MEDIAN), RELAPSE_SPREAD)
