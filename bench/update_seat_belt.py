"""How many bad updates are taken back in time, and how many good ones by mistake."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zlib import crc32

from bench.figures import Figure, Goal, Result
from bench.progress import report
from bench.update_failures import FAILURES
from bench.update_lab import APPS, Lab, sample_times
from bench.update_rehearsal import rehearse
from bench.update_successes import SUCCESSES
from homelab_steward.contract.changes import Distance, WayBack
from steward.changes.baseline import learn_all
from steward.changes.reads import Reads, note
from steward.changes.watch import LONGEST, Judgement, Known, Watching, Worse, judge
from steward.changes.watcher import OFTEN, OFTEN_FOR, SELDOM

BAD_EACH: Final = 6
GOOD_EACH: Final = 8
SETS: Final[Mapping[str, int]] = {"development": 0, "unseen": 50_000_000}
"""The first seed of each set of histories. The limits of the watch were chosen with the first set only."""

CHUNK: Final = 20
"""Histories that a process of the pool replays in one go."""

WITHIN: Final = 300.0
"""Seconds from the first symptom until the old version runs again with its data."""

UNDO: Final = (15.0, 60.0)
"""Seconds that it takes to stop, bring image and data back, and start; drawn for each update."""

DISTANCES: Final = (
    *[Distance.DIGEST] * 2,
    *[Distance.PATCH] * 4,
    *[Distance.MINOR] * 3,
    Distance.MAJOR,
)
SHARE_BACK: Final = Goal(95, at_least=True)
SHARE_FALSE: Final = Goal(2)
REHEARSED: Final = 12
"""Histories that are also played through the real gate, executor, watcher and store."""


@dataclass(frozen=True, slots=True)
class History:
    """One update, how it was judged, and when; times are seconds since the update."""

    kind: str
    app: str
    judgement: Judgement
    judged_at: float
    bad_since: float | None
    undo: float

    @property
    def late(self) -> float:
        """Seconds from the first symptom until it is taken back, if it is."""
        return self.judged_at + self.undo - (self.bad_since or 0.0)

    @property
    def is_back(self) -> bool:
        """Whether it was taken back in time."""
        return isinstance(self.judgement, Worse) and self.late <= WITHIN


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of update with the app and the seed of one history."""

    make: Callable[[Lab], None]
    app: str
    seed: int

    @property
    def kind(self) -> str:
        """The name of the kind in plain text."""
        return self.make.__name__.replace("_", " ")

    def lab(self) -> Lab:
        """Return the homelab of this history."""
        lab = Lab(self.seed, APPS[self.app])
        self.make(lab)
        return lab

    @property
    def distance(self) -> Distance:
        """What changes between the versions, which says for how long it is watched."""
        return self.draw().choice(DISTANCES)

    @property
    def undo(self) -> float:
        """Seconds that taking it back needs."""
        return self.draw().uniform(*UNDO)

    def draw(self) -> random.Random:
        """Return random numbers of this history that the lab does not use."""
        return random.Random(f"case {self.seed}")  # noqa: S311 - a simulation


async def measure() -> Result:
    """Replay all histories of both sets, and a sample of them with the real executor."""
    replayed: dict[str, list[History]] = {}
    with ProcessPoolExecutor() as pool:
        for name, first in SETS.items():
            report(f"{name} set")
            cases = [*bad_cases(first), *good_cases(first)]
            replayed[name] = [*pool.map(replay, cases, chunksize=CHUNK)]
    report("with the real executor")
    sample, copied = rehearsed_cases(), [one for name in SETS for one in rehearsed_cases(name)]
    wrong = await wrong_results(sample, WayBack.DATA)
    wrong_copied = await wrong_results(copied, WayBack.SNAPSHOT)
    return Result(
        name="updates",
        group="Updates",
        title="Updates that go wrong",
        how=_how(),
        figures=(
            *(figure for name, found in replayed.items() for figure in _figures(name, found)),
            Figure.of(f"{len(sample)} updates with the real executor, wrong results", "", [wrong], Goal(0)),
            Figure.of(f"{len(copied)} updates with a snapshot, wrong results", "", [wrong_copied], Goal(0)),
        ),
        remarks=_table(replayed),
    )


async def wrong_results(cases: Sequence[Case], way_back: WayBack) -> int:
    """Play updates with the real executor; return how many bad ones stayed, and good ones went back."""
    with TemporaryDirectory() as folder:
        played = [
            await rehearse(one.lab(), one.distance, Path(folder) / str(number), way_back)
            for number, one in enumerate(cases)
        ]
    return sum(
        one.is_back is not (case.lab().bad_since is not None) for one, case in zip(played, cases, strict=True)
    )


def bad_cases(first: int, each: int = BAD_EACH) -> Iterator[Case]:
    """Yield the histories of updates that go wrong."""
    for make, apps in FAILURES.items():
        yield from (_case(make, apps, first, number) for number in range(each))


def good_cases(first: int, each: int = GOOD_EACH) -> Iterator[Case]:
    """Yield the histories of updates that go well."""
    for make in SUCCESSES:
        yield from (_case(make, tuple(APPS), first, number) for number in range(each))


def rehearsed_cases(name: str = "unseen") -> list[Case]:
    """Return histories of different kinds of one set, most of them bad."""
    draw = random.Random("rehearsed")  # noqa: S311 - a simulation
    first = SETS[name]
    bad = [one for one in bad_cases(first, 1) if (one.lab().bad_since or 0) < WITHIN]
    good = [one for one in good_cases(first, 1) if one.distance is not Distance.MAJOR]
    return [*draw.sample(bad, REHEARSED * 2 // 3), *draw.sample(good, REHEARSED // 3)]


def _case(make: Callable[[Lab], None], apps: Sequence[str], first: int, number: int) -> Case:
    seed = first + crc32(make.__name__.encode()) % 100_000 * 100 + number
    return Case(make, random.Random(seed).choice(apps), seed)  # noqa: S311 - a simulation


def replay(case: Case) -> History:
    """Learn, update, and watch until there is a judgement."""
    lab = case.lab()
    baseline = learn_all(lab.at(at) for at in sample_times(lab))
    known = Known(LONGEST[case.distance])
    reads, at = Reads(), OFTEN
    while True:
        reads = note(reads, baseline, lab.at(at), at)
        judgement = judge(baseline, reads, at, known)
        if not isinstance(judgement, Watching):
            return History(case.kind, case.app, judgement, at, lab.bad_since, case.undo)
        at += OFTEN if at < OFTEN_FOR else SELDOM


def _figures(name: str, found: Sequence[History]) -> Iterator[Figure]:
    bad = [one for one in found if one.bad_since is not None]
    good = [one for one in found if one.bad_since is None]
    back = 100 * sum(one.is_back for one in bad) / len(bad)
    ever = 100 * sum(isinstance(one.judgement, Worse) for one in bad) / len(bad)
    false = 100 * sum(isinstance(one.judgement, Worse) for one in good) / len(good)
    yield Figure.of(f"Bad updates back within 5 min, {name} set", "%", [back], SHARE_BACK)
    yield Figure.of(f"Good updates taken back, {name} set", "%", [false], SHARE_FALSE)
    yield Figure.of(f"bad updates back at any time, {name} set", "%", [ever])
    yield Figure.of(
        f"first symptom to the old version, {name} set", "s", [one.late for one in bad if one.is_back]
    )


def _table(replayed: Mapping[str, Sequence[History]]) -> str:
    """Return the results by kind: how many were back in time of how many, and mistakes by kind."""
    rows = [f"| failure | {' | '.join(replayed)} |", f"|---|{'---:|' * len(replayed)}"]
    for make in FAILURES:
        kind = make.__name__.replace("_", " ")
        each = ([one for one in found if one.kind == kind] for found in replayed.values())
        cells = (f"{sum(one.is_back for one in cell)} of {len(cell)}" for cell in each)
        rows.append(f"| {kind} | {' | '.join(cells)} |")
    mistakes = [
        f"{one.kind} ({name} set)"
        for name, found in replayed.items()
        for one in found
        if one.bad_since is None and isinstance(one.judgement, Worse)
    ]
    taken = f"Good updates that were taken back: {', '.join(mistakes) or 'none'}."
    return "\n".join(["Back within 5 minutes, by kind of failure:", "", *rows, "", taken])


def _how() -> str:
    bad, good = len(FAILURES) * BAD_EACH, len(SUCCESSES) * GOOD_EACH
    return HOW.format(
        bad=bad,
        good=good,
        failures=len(FAILURES),
        successes=len(SUCCESSES),
        apps=len(APPS),
        least=UNDO[0],
        most=UNDO[1],
    )


HOW: Final = """\
Two sets of {bad} bad updates ({failures} kinds of failure) and {good} good ones ({successes} kinds of
noise, load, long starts, missing readings and old problems), of {apps} kinds of apps, are replayed with a
simulated clock: readings, checks and log lines of a container, its app, its host and its neighbours, for a
day before the update and until there is a judgement. The code that judges is the real one.

The simulation was written from public reports before the limits of the watch, which were chosen with the
development set. The unseen set differs from it in its seeds only, so it does not show how well failures of
other kinds are noticed.

The five minutes begin with the first symptom: for a leak when the memory is half above what was normal, for
a task when it is overdue by a third. Taking back lasts {least:g} to {most:g} s of the simulated clock. A
sample of the unseen set also goes through the real gate, executor, watcher and store, with a service whose
data is one number: after a bad update the old number must be there, after a good one the new. A sample
of both sets does so with a snapshot of the machine before the update, which is restored after an answer."""
