"""Which deaths there are, and what came of them."""

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from .disk import loses_something, use_image
from .forks import Ended, Forks
from .process import Job

LATE: Final = (0, 2, 6)
"""After so many requests of the next process a change arrives that was on its way."""

KINDS: Final = ("doubled", "lost", "false", "other")
RECORDED: Final = 0.2
"""The share of recoveries in which there is a second death."""

SECONDS: Final = 2
"""Second deaths of such a recovery."""


@dataclass(frozen=True, kw_only=True)
class Death:
    """One death: where, and what becomes of what was under way."""

    scenario: str
    point: str
    number: int
    fate: str
    job: Job


@dataclass
class Totals:
    """What was counted."""

    points: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    visited: set[str] = field(default_factory=set)
    unvisited: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.wrong.values())


class Matrix:
    """Records each scenario with an image of the disk at each point; then an app starts from each image."""

    def __init__(self, folder: Path, forks: Forks, seed: int, *, is_killed: bool = False) -> None:
        """With ``is_killed`` there are no images: each death is that of a process that plays the scenario."""
        self.totals = Totals()
        self._folder = folder
        self._is_killed = is_killed
        self._forks = forks
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._number = 0
        self._turns: dict[str, int] = {}

    def record(self, scenarios: Iterable[str]) -> list[Death]:
        """Play each scenario without a death; return all first deaths."""
        found: list[Death] = []

        def recorded(job: Job, ended: Ended) -> None:
            passed = self._noted(job.scenario, "no death", ended)
            if ended.result is not None:
                self.totals.points[job.scenario] = len(passed)
                self._turns[job.scenario] = ended.result["turns"]
            found.extend(self._deaths(job, passed))

        for scenario in scenarios:
            folder = self._fresh()
            images = None if self._is_killed else folder / "images"
            self._forks.add(Job(scenario=scenario, folder=folder, images=images), recorded)
        self._forks.run()
        return found

    def stops(self, scenarios: Iterable[str], each: int) -> list[Death]:
        """Return ``each`` instants of a scenario at which the app is stopped, or its clients are gone."""
        found = []
        for scenario in scenarios:
            turns = self._turns.get(scenario, 0)
            for number in sorted(self._chance.sample(range(1, turns), min(each, max(0, turns - 1)))):
                only_presses = self._chance.random() < 0.25
                job = Job(scenario=scenario, folder=self._fresh(), stop_at=number, only_presses=only_presses)
                fate = "press cancelled" if only_presses else "stopped"
                found.append(
                    Death(scenario=scenario, point=f"turn {number}", number=number, fate=fate, job=job)
                )
        return found

    def die(self, deaths: Sequence[Death], *, recorded: float = RECORDED, seconds: int = SECONDS) -> None:
        """Carry out these deaths, and second deaths in a share of the recoveries."""
        for death in deaths:
            if death.fate in ("stopped", "press cancelled"):
                self._forks.add(death.job, self._stopped(death))
            elif self._is_killed:
                self._forks.add(death.job, self._killed(death))
            else:
                self._recover(death, is_recorded=self._chance.random() < recorded, seconds=seconds)
        self._forks.run()

    def _deaths(self, recorded: Job, passed: Sequence[str]) -> Iterator[Death]:
        scenario, images = recorded.scenario, recorded.images
        for number, point in enumerate(passed):
            if images is not None:
                job = Job(scenario=scenario, folder=images / str(number))
            else:
                job = Job(scenario=scenario, folder=self._fresh(), kill=number)
            plain = Death(scenario=scenario, point=point, number=number, fate=_fate(point), job=job)
            yield plain
            if point.startswith("send "):
                for late in LATE:
                    folder = job.folder if images is not None else self._fresh()
                    later = replace(job, folder=folder, late=late)
                    yield replace(plain, fate="delivered late", job=later)
            if images is not None and loses_something(job.folder):
                yield replace(plain, fate="power lost", job=replace(job, loses_power=True))

    def _recover(self, death: Death, *, is_recorded: bool, seconds: int) -> None:
        """Start the app from the image of a death."""
        folder = self._fresh()
        use_image(death.job.folder, folder)
        job = replace(death.job, folder=folder)
        if is_recorded:
            left = max(2, self.totals.points[death.scenario] - death.number)
            wanted = frozenset(self._chance.sample(range(left), min(seconds, left)))
            job = replace(job, images=folder / "images", wanted=wanted)

        def recovered(job: Job, ended: Ended) -> None:
            passed = self._noted(death.scenario, f"{death.fate} at {death.number} {death.point}", ended)
            self.totals.deaths[death.fate] += 1
            for number in sorted(job.wanted or ()):
                if number < len(passed):
                    self._recover_again(death, job, number, passed[number])
            if job.images is None:
                shutil.rmtree(job.folder)

        self._forks.add(job, recovered, is_next=True)

    def _recover_again(self, first: Death, job: Job, number: int, point: str) -> None:
        assert job.images is not None
        again = Death(
            scenario=first.scenario,
            point=f"{point}, after {first.fate} at {first.number} {first.point}",
            number=number,
            fate="second death",
            job=Job(scenario=first.scenario, folder=job.images / str(number)),
        )
        self._recover(again, is_recorded=False, seconds=0)

    def _killed(self, death: Death) -> Any:
        """Return what follows a kill: a start in the same folder."""

        def recovered(job: Job, ended: Ended) -> None:
            self._noted(death.scenario, f"{death.fate} at {death.number} {death.point}", ended)
            self.totals.deaths[death.fate] += 1
            shutil.rmtree(job.folder)

        def killed(job: Job, ended: Ended) -> None:
            if ended.was_killed:
                self._forks.add(replace(job, kill=None), recovered, is_next=True)
                return
            # It ended before: the points of two processes are not quite the same.
            self._noted(death.scenario, f"not reached: {death.number} {death.point}", ended)
            shutil.rmtree(job.folder)

        return killed

    def _stopped(self, death: Death) -> Any:
        """Return what follows a stop: a start in the same folder."""

        def recovered(job: Job, ended: Ended) -> None:
            self._noted(death.scenario, f"{death.fate} in {death.point}", ended)
            self.totals.deaths[death.fate] += 1
            shutil.rmtree(job.folder)

        def stopped(job: Job, ended: Ended) -> None:
            self._noted(death.scenario, f"{death.fate} in {death.point}", ended)
            if ended.result is None or ended.result["settled"]:
                self.totals.deaths[death.fate] += ended.result is not None
                return
            self._forks.add(Job(scenario=job.scenario, folder=job.folder), recovered, is_next=True)

        return stopped

    def _noted(self, scenario: str, where: str, ended: Ended) -> list[str]:
        """Add what is wrong to the totals; return the points that were passed."""
        if ended.result is None:
            self._add("other", f"{scenario}, {where}: {ended.failure or 'killed'}")
            return []
        self.totals.seconds += ended.result["seconds"]
        self.totals.visited.update(ended.result["visited"])
        for kind, texts in ended.result["found"].items():
            for text in texts:
                self._add(kind, f"{scenario}, {where}: {text}")
        passed: list[str] = ended.result["passed"]
        return passed

    def _add(self, kind: str, text: str) -> None:
        self.totals.wrong[kind].append(text)
        print(f"{kind.upper()} {text}", flush=True)  # noqa: T201 - the whole takes long

    def _fresh(self) -> Path:
        self._number += 1
        return self._folder / str(self._number)


def _fate(point: str) -> str:
    if point.startswith("send "):
        return "not delivered"
    return "answer lost" if point.startswith("effect ") else "ended"
