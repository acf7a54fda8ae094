"""What the trials of a cell prove, valid whenever one looks: products of likelihood ratios. Pure.

A product is an e-process: as long as the assumption that it tests is true, it reaches x with a
probability of at most 1/x, however often it is looked at.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from math import exp, lgamma, log, log1p
from types import MappingProxyType
from typing import Final

from .trials import Circumstance, Label, Trial

MOST: Final = 80.0
"""What the evidence about runs is limited to, so that an old record does not hide a new defect."""

LEAST: Final = sys.float_info.min
"""Keeps a product above 0."""

GOOD_RUN: Final = 0.97 / 0.80
BAD_RUN: Final = 0.03 / 0.20
"""The ratios of a run: of 97 % that are good to at most 80 %."""

GOOD_UNDO: Final = 0.995 / 0.95
BAD_UNDO: Final = 0.005 / 0.05
"""The ratios of an undo: of 99.5 % that work to at most 95 %."""

AGREED: Final = 0.80 / 0.50
DISAGREED: Final = 0.20 / 0.50
"""The ratios of a person's choice: of 80 % that are the first option to at most 50 %."""

GOOD_DRIFT: Final = 0.80 / 0.97
BAD_DRIFT: Final = 0.20 / 0.03
DRIFTED: Final = 20.0
"""The CUSUM that looks for a success rate that fell, and the value at which it says so."""

LAST: Final = 10
"""How many of the newest labels are kept."""

ERROR: Final = 0.05
"""The probability with which a stated bound may be wrong."""


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """The trials of one target. ``good_since``: those that were good after the last bad one."""

    good: int = 0
    bad: int = 0
    good_since: int = 0
    bad_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the trials of a cell prove.

    ``value`` is the e-process of its runs, above 0 and at most 80, ``drift`` the CUSUM. ``bad`` contains
    ``harmed``: of the automatic runs, ``automatic_harmed`` could not be undone, and ``automatic_worse`` made
    things worse and were undone. ``good_since`` counts those that were good after the last bad one. ``last``
    are the newest ten labels, ``approved`` the runs that a person approved by their circumstance.
    """

    value: float = 1.0
    drift: float = 1.0
    good: int = 0
    bad: int = 0
    good_since: int = 0
    harmed: int = 0
    unknown: int = 0
    automatic: int = 0
    automatic_harmed: int = 0
    automatic_worse: int = 0
    last: tuple[Label, ...] = ()
    targets: Mapping[str, TargetRecord] = field(default_factory=lambda: MappingProxyType({}))
    approved: Mapping[Circumstance, int] = field(default_factory=lambda: MappingProxyType({}))
    newest: datetime | None = None

    @property
    def last_unknown(self) -> int:
        """How many of the newest ten labels are unknown."""
        return sum(one.is_unknown for one in self.last)

    @property
    def has_drifted(self) -> bool:
        """Whether the success rate fell."""
        return self.drift >= DRIFTED


def start() -> Evidence:
    """Return the evidence of a cell without trials."""
    return Evidence()


def of(trials: Iterable[Trial]) -> Evidence:
    """Return the evidence of trials, the oldest first."""
    evidence = start()
    for one in trials:
        evidence = after(evidence, one)
    return evidence


def after(evidence: Evidence, trial: Trial) -> Evidence:
    """Return the evidence with one more trial."""
    label = trial.label
    is_good = label is Label.GOOD
    is_lasting = trial.is_automatic and label is Label.HARM
    return Evidence(
        value=_value(evidence.value, label),
        drift=_drift(evidence.drift, label),
        good=evidence.good + is_good,
        bad=evidence.bad + label.is_bad,
        good_since=0 if label.is_bad else evidence.good_since + is_good,
        harmed=evidence.harmed + label.is_harm,
        unknown=evidence.unknown + label.is_unknown,
        automatic=evidence.automatic + trial.is_automatic,
        automatic_harmed=evidence.automatic_harmed + is_lasting,
        automatic_worse=evidence.automatic_worse + (trial.is_automatic and label is Label.WORSE),
        last=(*evidence.last, label)[-LAST:],
        targets=_with(evidence.targets, trial.target, _target(evidence.targets.get(trial.target), trial)),
        approved=_approved(evidence.approved, trial),
        newest=trial.at if evidence.newest is None else max(evidence.newest, trial.at),
    )


def _value(value: float, label: Label) -> float:
    if label is Label.GOOD:
        return min(MOST, value * GOOD_RUN)
    if not label.is_bad:
        return value
    lowered = max(LEAST, value * BAD_RUN)
    # After harm the evidence begins again. What is lower already stays lower.
    return min(1.0, lowered) if label.is_harm else lowered


def _drift(drift: float, label: Label) -> float:
    # It begins again after an alarm, which has lowered the level.
    before = 1.0 if drift >= DRIFTED else max(1.0, drift)
    if label is Label.GOOD:
        return before * GOOD_DRIFT
    return before * BAD_DRIFT if label.is_bad else drift


def _target(record: TargetRecord | None, trial: Trial) -> TargetRecord:
    before = record or TargetRecord()
    if trial.label is Label.GOOD:
        return replace(before, good=before.good + 1, good_since=before.good_since + 1)
    if trial.label.is_bad:
        return replace(before, bad=before.bad + 1, good_since=0, bad_at=trial.at)
    return before


def _approved(approved: Mapping[Circumstance, int], trial: Trial) -> Mapping[Circumstance, int]:
    if trial.is_automatic:
        return approved
    return _with(approved, trial.circumstance, approved.get(trial.circumstance, 0) + 1)


def _with[Key, Value](mapping: Mapping[Key, Value], key: Key, value: Value) -> Mapping[Key, Value]:
    return MappingProxyType({**mapping, key: value})


@dataclass(frozen=True, slots=True)
class UndoEvidence:
    """What the undos of one action prove, with one major version of its service. ``value`` is above 0."""

    value: float = 1.0
    good: int = 0
    bad: int = 0

    def after(self, *, is_good: bool) -> UndoEvidence:
        """Return the evidence with one more undo, which was read back."""
        value = max(LEAST, self.value * (GOOD_UNDO if is_good else BAD_UNDO))
        return UndoEvidence(value, self.good + is_good, self.bad + (not is_good))


def weakest(undos: Iterable[UndoEvidence]) -> UndoEvidence:
    """Return the weakest evidence of a plan's actions; none at all proves nothing."""
    return min(undos, key=lambda one: (one.value, one.good), default=UndoEvidence())


class Selection(StrEnum):
    """What a person did with an offer. APPROVED: the first option. IGNORED: the offer expired."""

    APPROVED = "approved"
    OTHER_OPTION = "other_option"
    REJECTED = "rejected"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class AgreementEvidence:
    """Whether people choose the first option, above 0 and at most 80. An ignored offer counts neither way."""

    value: float = 1.0
    agreed: int = 0
    disagreed: int = 0
    ignored: int = 0

    def after(self, selection: Selection) -> AgreementEvidence:
        """Return the evidence with one more offer."""
        match selection:
            case Selection.APPROVED:
                value = min(MOST, self.value * AGREED)
                return replace(self, value=value, agreed=self.agreed + 1)
            case Selection.OTHER_OPTION | Selection.REJECTED:
                value = max(LEAST, self.value * DISAGREED)
                return replace(self, value=value, disagreed=self.disagreed + 1)
            case _:
                return replace(self, ignored=self.ignored + 1)


def harm_bound(harmed: int, runs: int) -> float:
    """Return the exact upper bound of the probability of harm, from 0 to 1, wrong at most once in twenty.

    The bound of Clopper and Pearson, one-sided, with 95 % confidence. Raises ValueError unless
    0 <= harmed <= runs.
    """
    if not 0 <= harmed <= runs:
        raise ValueError(harmed, runs)
    if harmed == runs:
        return 1.0
    low, high = harmed / runs, 1.0
    while high - low > 1e-12:  # noqa: PLR2004 - exact enough for a percentage
        middle = (low + high) / 2
        if _at_most(harmed, runs, middle) > ERROR:
            low = middle
        else:
            high = middle
    return high


def _at_most(count: int, runs: int, probability: float) -> float:
    """Return the probability of at most ``count`` events in ``runs``."""
    logs = log(probability), log1p(-probability)
    return sum(
        exp(_log_choose(runs, one) + one * logs[0] + (runs - one) * logs[1]) for one in range(count + 1)
    )


def _log_choose(runs: int, count: int) -> float:
    return lgamma(runs + 1) - lgamma(count + 1) - lgamma(runs - count + 1)
