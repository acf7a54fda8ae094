"""Measures what earned levels save and what harm they do, beside simpler rules, in simulated homelabs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from random import Random
from statistics import median
from typing import Any, Final

from . import simulation
from .evidence import harm_bound
from .policies import CLEAN_RUNS, WILSON_NEEDS, CleanRuns, Earned, Policy, Tally, Wilson, play
from .simulation import WORLDS, World, histories

RESAMPLES: Final = 1000
UPPER: Final = 0.95
STEWARD: Final = "steward"

POLICIES: Final[Mapping[str, Callable[[], Policy]]] = {
    STEWARD: Earned,
    "five_clean_runs": CleanRuns,
    "wilson_95": Wilson,
}
NEVER: Final = "never"
"""Nothing is done without a person."""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of a rule in a world. Shares are from 0 to 1; None is not known."""

    world: str
    policy: str
    automatic_runs: int
    failed_share: float | None
    harmful: int
    harmful_share: float | None
    harmful_upper95: float | None
    approvals_saved_share: float
    days_from_bad_to_demoted: float | None

    def figures(self) -> dict[str, Any]:
        """Return the figures by their names."""
        names = self.__slots__
        return {name: getattr(self, name) for name in names if name not in ("world", "policy")}


def evaluate_autonomy(number: int, seed: int) -> dict[str, Any]:
    """Return the figures of a number of histories in each world, with what they presume.

    The figures of a world are those of the steward; ``comparators`` has those of other rules, which met
    the same incidents.
    """
    worlds: dict[str, Any] = {}
    for world in WORLDS:
        rows = {row.policy: row.figures() for row in rows_of(world, number, seed)}
        worlds[world.name] = rows.pop(STEWARD) | {"comparators": rows}
    return {"histories": number, "seed": seed, "worlds": worlds, "assumptions": list(assumptions())}


def rows_of(world: World, number: int, seed: int) -> Iterator[Row]:
    """Yield the figures of each rule in a world."""
    tallies: dict[str, list[Tally]] = {name: [] for name in (*POLICIES, NEVER)}
    for one in range(number):
        cells = list(histories(world, one, seed))
        for name, made in POLICIES.items():
            total = Tally()
            for cell in cells:
                total.add(play(cell, made()))
            tallies[name].append(total)
        tallies[NEVER].append(Tally(incidents=sum(len(cell.cases) for cell in cells)))
    for name, found in tallies.items():
        yield _row(world.name, name, found, seed)


def _row(world: str, policy: str, tallies: Sequence[Tally], seed: int) -> Row:
    total = Tally()
    for one in tallies:
        total.add(one)
    runs = total.automatic
    return Row(
        world=world,
        policy=policy,
        automatic_runs=runs,
        failed_share=_share(total.failed, runs),
        harmful=total.harmful,
        harmful_share=_share(total.harmful, runs),
        harmful_upper95=upper_bound(tallies, seed),
        approvals_saved_share=(runs - total.promotions) / total.incidents,
        days_from_bad_to_demoted=_days(total.demoted_after),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _days(found: Sequence[float]) -> float | None:
    """Return the median, None without any and if most were never demoted."""
    middle = median(found) if found else None
    return None if middle is None or isinf(middle) else round(middle, 1)


def upper_bound(tallies: Sequence[Tally], seed: int) -> float | None:
    """Return the upper 95 % bound of the share of harmful runs, None without runs.

    Histories are drawn with replacement, because the runs of one homelab are alike. Without any harm this
    would give 0, and with little of it too low a bound: then the exact bound of the count is used.
    """
    runs, harmful = sum(one.automatic for one in tallies), sum(one.harmful for one in tallies)
    if not runs:
        return None
    chance = Random(f"bootstrap/{seed}")  # noqa: S311 - repeatable, not secret
    pairs = [(one.harmful, one.automatic) for one in tallies]
    shares = sorted(_resampled(pairs, chance) for _ in range(RESAMPLES))
    return max(shares[int(UPPER * RESAMPLES)], harm_bound(harmful, runs))


def _resampled(pairs: Sequence[tuple[int, int]], chance: Random) -> float:
    drawn = chance.choices(pairs, k=len(pairs))
    runs = sum(count for _, count in drawn)
    return sum(harmful for harmful, _ in drawn) / runs if runs else 0.0


def assumptions() -> Iterator[str]:
    """Yield what the simulated homelabs presume, as sentences."""
    one = simulation
    yield (
        f"Each history is {one.CELLS} cells (a recipe on a class of targets) with {one.TARGETS} targets each,"
        " for two years."
    )
    yield (
        "Success rates: 60 % of the cells Beta(48, 2), 25 % Beta(8, 2), 15 % Beta(2, 3). In a year 30 % of"
        " the cells turn bad for good, Beta(2, 3), in one step (none in no_drift, 90 % in triple_drift and"
        " worse_undos_3x)."
    )
    yield (
        "Incidents of a cell follow each other after lognormal times; the median differs from cell to cell,"
        f" around {one.MEDIAN_DAYS:.0f} days."
    )
    yield (
        f"{one.EASY:.0%} of the cases are easy; hard ones fail {one.HARD_FAILS:.0f} times as often as the"
        " average. What the steward sees (hour, severity, other incidents) is only a sign of it."
    )
    yield (
        f"People approve {one.APPROVED_EASY:.0%} of easy and {one.APPROVED_HARD:.0%} of hard cases, and"
        f" reject {one.REJECTED:.0%} of the others. They approve every promotion, and stop nothing that is"
        " announced."
    )
    yield (
        "Automatic runs are all that no person approved, announced ones included. Each failed one is"
        " undone; if the undo fails, the run was harmful."
    )
    yield (
        "Undos: 60 % of the cells Beta(398, 2), 25 % Beta(38, 2), 15 % Beta(8, 2), drawn again when a cell"
        " turns bad; in the worlds with worse_undos 80 to 95 %, all as likely. Two drills a week test each."
        " No service gets a new major version, which would begin"
        " the proof of its undo again."
    )
    yield (
        f"Results are unknown for {one.UNKNOWN:.0%} of good and {one.UNKNOWN_AFTER_BAD:.0%} of failed runs,"
        " always without a trace: they never count as bad. Half of the other failures are seen when the"
        " problem is back, after 8 hours in the median. One in seven of these is back after more than a"
        " day, too late to be noticed: its run counts as good."
    )
    yield (
        f"The other rules decide by the same labels: {CLEAN_RUNS} good runs in a row, or Wilson's lower"
        f" bound (95 %) of at least {WILSON_NEEDS:.0%}. They need no proof of the undo."
    )
    yield (
        "harmful_upper95 is the 95 % point of the bootstrap over histories, and at least the exact bound of"
        " the count. days_from_bad_to_demoted is the median, from the day on which a cell with a level is"
        " bad (less than 80 % success) until a person is asked again."
    )


COLUMNS: Final = (
    f"{'world':<16}{'rule':<18}{'automatic':>10}{'failed':>9}"
    f"{'harmful':>9}{'share':>9}{'upper 95':>10}{'saved':>8}{'days':>7}"
)


def as_text(number: int, seed: int) -> Iterator[str]:
    """Yield the figures as the lines of a table, and what they presume."""
    yield COLUMNS
    for world in WORLDS:
        for row in rows_of(world, number, seed):
            yield _line(row)
    yield ""
    yield "What this presumes:"
    yield from (f"* {one}" for one in assumptions())


def _line(row: Row) -> str:
    days = "-" if row.days_from_bad_to_demoted is None else f"{row.days_from_bad_to_demoted:.0f}"
    parts = [
        f"{row.world:<16}{row.policy:<18}{row.automatic_runs:>10}{_percent(row.failed_share):>9}{row.harmful:>9}",
        f"{_percent(row.harmful_share):>9}{_percent(row.harmful_upper95):>10}",
        f"{_percent(row.approvals_saved_share):>8}{days:>7}",
    ]
    return "".join(parts)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.2%}"
