"""Ways to decide what may be done without a person, played through a simulated history of a cell."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from math import sqrt
from typing import Final, Protocol

from homelab_steward.contract.autonomy import AutonomyLevel

from .cells import Cell
from .evidence import AgreementEvidence, Evidence, Selection, UndoEvidence, after, start
from .ladder import after_disuse, after_label, next_step, raised
from .levels import (
    AGREEMENT_NEEDS,
    AUTO_NEEDS,
    UNDO_NEEDS,
    VETO_NEEDS,
    Nature,
    Situation,
    Standing,
    allowed_level,
)
from .simulation import Case, CellHistory
from .trials import Label, Trial

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
CELL: Final = Cell("simulated", 1, "repair", "simulated")
NATURE: Final = Nature(is_reversible=True, is_idempotent=True, is_high_risk=False)
WINDOW_DAYS: Final = 1.0
CLEAN_RUNS: Final = 5
WILSON_Z: Final = 1.96
WILSON_NEEDS: Final = 0.80


class Policy(Protocol):
    """Decides about one cell."""

    @property
    def is_raised(self) -> bool:
        """Whether anything may be done without a person."""

    @property
    def promotions(self) -> int:
        """How often a person was asked to raise the level."""

    def is_automatic(self, case: Case) -> bool:
        """Return whether this is done without a person. The time is that of the case."""

    def chosen(self, selection: Selection) -> None:
        """Take what a person did with an offer."""

    def labelled(self, case: Case, label: Label, at: float, *, is_automatic: bool) -> None:
        """Take the label of a run, with the day on which it is known."""

    def undone(self, *, is_good: bool) -> None:
        """Take the result of an undo."""


@dataclass(slots=True)
class Earned:
    """The levels of the steward, with its own functions. Each promotion is approved at once."""

    standing: Standing = field(default_factory=Standing)
    evidence: Evidence = field(default_factory=start)
    undo: UndoEvidence = field(default_factory=UndoEvidence)
    agreement: AgreementEvidence = field(default_factory=AgreementEvidence)
    promotions: int = 0

    @property
    def is_raised(self) -> bool:
        """Whether anything may be done without a person."""
        return self.standing.level is not AutonomyLevel.ASK

    def is_automatic(self, case: Case) -> bool:
        """Return whether this is done without a person: nobody stops what is announced."""
        if not self.is_raised:
            return False
        self.standing = after_disuse(self.standing, self.evidence.newest, _time(case.at))
        situation = Situation(
            standing=self.standing,
            nature=NATURE,
            evidence=self.evidence,
            undo=self.undo,
            agreement=self.agreement,
            target=case.target,
            circumstance=case.circumstance,
            same_state=0,
            recent=0,
            is_blind=False,
            is_sample=case.is_sample,
        )
        return allowed_level(situation) is not AutonomyLevel.ASK

    def chosen(self, selection: Selection) -> None:
        """Take what a person did with an offer."""
        self.agreement = self.agreement.after(selection)

    def labelled(self, case: Case, label: Label, at: float, *, is_automatic: bool) -> None:
        """Take the label of a run, and raise what is earned."""
        trial = Trial(
            run_id="",
            cell=CELL,
            target=case.target,
            at=_time(at),
            label=label,
            is_automatic=is_automatic,
            circumstance=case.circumstance,
        )
        self.evidence = after(self.evidence, trial)
        self.standing = after_label(self.standing, self.evidence, label, trial.at)
        if self._may_be_earned():
            missing = next_step(self.standing, NATURE, self.evidence, self.undo, self.agreement)
            if missing.is_earned:
                self.standing = raised(self.standing, missing, trial.at)
                self.promotions += 1

    def undone(self, *, is_good: bool) -> None:
        """Take the result of an undo."""
        self.undo = self.undo.after(is_good=is_good)

    def _may_be_earned(self) -> bool:
        """Return False when it is certain without the texts of what is missing."""
        if self.agreement.value < AGREEMENT_NEEDS or self.standing.level is AutonomyLevel.AUTO:
            return False
        if self.standing.level is AutonomyLevel.ASK:
            return self.evidence.value >= VETO_NEEDS
        return self.evidence.value >= AUTO_NEEDS and self.undo.value >= UNDO_NEEDS


def _time(day: float) -> datetime:
    return START + timedelta(days=day)


@dataclass(slots=True)
class CleanRuns:
    """Automatic after five good runs in a row, until a bad one: the usual rule. Nobody is asked about it."""

    clean: int = 0
    promotions: int = 0

    @property
    def is_raised(self) -> bool:
        """Whether anything may be done without a person."""
        return self.clean >= CLEAN_RUNS

    def is_automatic(self, case: Case) -> bool:  # noqa: ARG002 - the same for each case
        """Return whether this is done without a person."""
        return self.is_raised

    def chosen(self, selection: Selection) -> None:
        """Ignore what people choose."""

    def labelled(self, case: Case, label: Label, at: float, *, is_automatic: bool) -> None:  # noqa: ARG002
        """Count the label."""
        if label.is_bad:
            self.clean = 0
        elif label is Label.GOOD:
            self.clean += 1

    def undone(self, *, is_good: bool) -> None:
        """Ignore undos."""


@dataclass(slots=True)
class Wilson:
    """Automatic while Wilson's lower bound (95 %) of the success rate is at least 80 %. Nobody is asked."""

    good: int = 0
    bad: int = 0
    promotions: int = 0

    @property
    def is_raised(self) -> bool:
        """Whether anything may be done without a person."""
        return wilson_lower(self.good, self.good + self.bad) >= WILSON_NEEDS

    def is_automatic(self, case: Case) -> bool:  # noqa: ARG002 - the same for each case
        """Return whether this is done without a person."""
        return self.is_raised

    def chosen(self, selection: Selection) -> None:
        """Ignore what people choose."""

    def labelled(self, case: Case, label: Label, at: float, *, is_automatic: bool) -> None:  # noqa: ARG002
        """Count the label."""
        self.good += label is Label.GOOD
        self.bad += label.is_bad

    def undone(self, *, is_good: bool) -> None:
        """Ignore undos."""


def wilson_lower(good: int, count: int) -> float:
    """Return the lower end of Wilson's interval of 95 % for a share, 0 without any."""
    if not count:
        return 0.0
    share, square = good / count, WILSON_Z**2
    middle = share + square / (2 * count)
    spread = WILSON_Z * sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (middle - spread) / (1 + square / count)


@dataclass(slots=True)
class Tally:
    """What happened. ``demoted_after`` has a number of days for each time that a bad cell had a level.

    It is infinite for a cell that still had it at the end.
    """

    incidents: int = 0
    automatic: int = 0
    failed: int = 0
    harmful: int = 0
    promotions: int = 0
    demoted_after: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what happened to another cell."""
        self.incidents += other.incidents
        self.automatic += other.automatic
        self.failed += other.failed
        self.harmful += other.harmful
        self.promotions += other.promotions
        self.demoted_after += other.demoted_after


def play(history: CellHistory, policy: Policy) -> Tally:
    """Return what happens when a policy decides about a cell."""
    player = _Player(history, policy)
    for case in history.cases:
        player.meet(case)
    return player.end()


def seen_label(case: Case) -> tuple[Label, float]:
    """Return the label that a run gets, and how many days after it."""
    if case.is_unknown:
        return Label.UNKNOWN_BLIND, WINDOW_DAYS
    if case.is_harmful:
        return Label.HARM, 0.0
    if case.is_bad and case.relapse is None:
        return Label.BAD, 0.0
    if case.is_bad and case.relapse is not None and case.relapse < WINDOW_DAYS:
        return Label.BAD, case.relapse
    return Label.GOOD, WINDOW_DAYS


class _Player:
    """Passes the events of a history to a policy in their order."""

    def __init__(self, history: CellHistory, policy: Policy) -> None:
        self._policy = policy
        self._tally = Tally(incidents=len(history.cases))
        self._drills: Iterator[tuple[float, bool]] = iter(history.drills)
        self._drill = next(self._drills, None)
        self._pending: list[tuple[float, int, Case, Label, bool]] = []
        self._bad_since = history.bad_since
        self._raised_since: float | None = None
        self._number = 0

    def meet(self, case: Case) -> None:
        self._until(case.at)
        policy = self._policy
        is_automatic = policy.is_automatic(case)
        self._watch(case.at)
        if is_automatic:
            self._tally.automatic += 1
            self._tally.failed += case.is_bad
            self._tally.harmful += case.is_harmful
        elif not case.is_approved:
            policy.chosen(Selection.REJECTED if case.is_rejected else Selection.IGNORED)
            return
        else:
            policy.chosen(Selection.APPROVED)
        label, delay = seen_label(case)
        self._number += 1
        heappush(self._pending, (case.at + delay, self._number, case, label, is_automatic))

    def end(self) -> Tally:
        self._until(float("inf"))
        if self._raised_since is not None:
            self._tally.demoted_after.append(float("inf"))
        self._tally.promotions = self._policy.promotions
        return self._tally

    def _until(self, day: float) -> None:
        """Pass everything on that is known on a day."""
        while self._pending and self._pending[0][0] <= day:
            at, _, case, label, is_automatic = heappop(self._pending)
            self._drill_until(at)
            if label is Label.HARM or (label is Label.BAD and not case.undo_fails):
                self._policy.undone(is_good=not case.undo_fails)
            self._policy.labelled(case, label, at, is_automatic=is_automatic)
            self._watch(at)
        self._drill_until(day)

    def _drill_until(self, day: float) -> None:
        drill = self._drill
        while drill is not None and drill[0] <= day:
            self._policy.undone(is_good=drill[1])
            self._drill = drill = next(self._drills, None)

    def _watch(self, day: float) -> None:
        """Measure how long a bad cell has a level."""
        if self._bad_since is None:
            return
        if day < self._bad_since:
            self._raised_since = self._bad_since if self._policy.is_raised else None
        elif not self._policy.is_raised:
            if self._raised_since is not None:
                self._tally.demoted_after.append(day - self._raised_since)
            self._raised_since = None
        elif self._raised_since is None:
            self._raised_since = day
