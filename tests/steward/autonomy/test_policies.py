"""What rules do with a history whose truth is known."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from typing import Any, Final

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel
from steward.autonomy.policies import CleanRuns, Earned, Policy, Tally, Wilson, play, seen_label, wilson_lower
from steward.autonomy.simulation import Case, CellHistory, Epoch
from steward.autonomy.trials import Label

from .cases import DAY, NIGHT

GOOD: Final = Case(
    at=0.0,
    target="sonarr",
    circumstance=DAY,
    is_approved=True,
    is_rejected=False,
    is_sample=False,
    is_bad=False,
    undo_fails=False,
    is_unknown=False,
    relapse=None,
)
BAD: Final = replace(GOOD, is_bad=True)
HARMFUL: Final = replace(BAD, undo_fails=True)
SOUND: Final = Epoch(0.0, 0.99, 0.999)
DRILLS: Final = [(number * 0.1, True) for number in range(80)]


def history(cases: Sequence[Case], drills: Sequence[tuple[float, bool]] = (), **changed: Any) -> CellHistory:
    """Return one with the cases ten days apart."""
    found = [replace(case, at=10.0 * number) for number, case in enumerate(cases, 1)]
    return replace(CellHistory(found, drills, [SOUND]), **changed)


@pytest.mark.parametrize(
    ("case", "label", "delay"),
    [
        (GOOD, Label.GOOD, 1.0),
        (replace(GOOD, is_unknown=True), Label.UNKNOWN_BLIND, 1.0),
        (replace(GOOD, undo_fails=True), Label.GOOD, 1.0),
        (BAD, Label.BAD, 0.0),
        (replace(BAD, is_unknown=True), Label.UNKNOWN_BLIND, 1.0),
        (replace(BAD, relapse=0.5), Label.BAD, 0.5),
        (replace(BAD, relapse=1.5), Label.GOOD, 1.0),
        (HARMFUL, Label.HARM, 0.0),
        (replace(HARMFUL, is_unknown=True), Label.UNKNOWN_BLIND, 1.0),
    ],
)
def test_the_label_that_is_seen(case: Case, label: Label, delay: float) -> None:
    assert seen_label(case) == (label, delay)


@pytest.mark.parametrize(
    ("made", "asked"),
    [(Earned, 9), (CleanRuns, 5), (Wilson, 16)],
)
def test_how_many_approvals_a_rule_needs(made: Callable[[], Policy], asked: int) -> None:
    tally = play(history([GOOD] * 40), made())
    assert (tally.incidents, tally.automatic) == (40, 40 - asked)
    assert (tally.failed, tally.harmful) == (0, 0)


def test_the_level_with_and_without_a_proven_undo() -> None:
    unproven, proven = Earned(), Earned()
    play(history([GOOD] * 40), unproven)
    play(history([GOOD] * 40, DRILLS), proven)
    assert unproven.standing.level is AutonomyLevel.VETO
    assert unproven.promotions == 1
    assert proven.standing.level is AutonomyLevel.AUTO
    assert proven.promotions == 2


def test_a_drill_that_fails_is_counted() -> None:
    policy = Earned()
    play(history([GOOD] * 40, [*DRILLS[:-1], (300.0, False)]), policy)
    assert policy.undo.bad == 1
    assert policy.standing.level is AutonomyLevel.VETO


def test_what_nobody_approves_teaches_nothing_but_the_choice() -> None:
    policy = Earned()
    ignored, rejected = (replace(GOOD, is_approved=False, is_rejected=one) for one in (False, True))
    tally = play(history([ignored] * 5 + [rejected] * 3), policy)
    assert (tally.incidents, tally.automatic, policy.evidence.good) == (8, 0, 0)
    assert (policy.agreement.ignored, policy.agreement.disagreed) == (5, 3)


def test_harm_counts_and_ends_it() -> None:
    policy = Earned()
    tally = play(history([GOOD] * 12 + [HARMFUL] + [GOOD] * 5), policy)
    assert (tally.automatic, tally.failed, tally.harmful) == (4, 1, 1)
    assert policy.standing.harmed == 1
    assert policy.undo.bad == 1


def test_harm_that_nobody_notices_counts_too() -> None:
    tally = play(history([GOOD] * 12 + [replace(HARMFUL, is_unknown=True)] + [GOOD]), Earned())
    assert (tally.automatic, tally.harmful) == (5, 1)


def test_another_target_is_asked_about_first() -> None:
    tally = play(history([GOOD] * 12 + [replace(GOOD, target="radarr")] * 3), Earned())
    assert tally.automatic == 3 + 1


def test_a_relapse_lowers_before_the_next_incident_only_if_it_is_known_by_then() -> None:
    cases = [replace(GOOD, at=10.0 * number) for number in range(1, 8)]
    late = [replace(BAD, at=71.0, relapse=0.5), replace(GOOD, at=71.2), replace(GOOD, at=72.0)]
    tally = play(CellHistory([*cases, *late], (), [SOUND]), CleanRuns())
    assert tally.automatic == 4


def test_the_days_until_a_bad_cell_is_asked_about() -> None:
    epochs = [SOUND, Epoch(65.0, 0.3, 0.9)]
    tally = play(history([GOOD] * 6 + [replace(BAD, is_unknown=True), BAD, GOOD], epochs=epochs), CleanRuns())
    assert tally.demoted_after == [80.0 - 65.0]


def test_a_bad_cell_that_is_never_asked_about_again() -> None:
    epochs = [SOUND, Epoch(65.0, 0.3, 0.9)]
    tally = play(history([GOOD] * 9, epochs=epochs), CleanRuns())
    assert tally.demoted_after == [inf]


def test_a_cell_that_was_always_bad_counts_from_its_promotion() -> None:
    tally = play(history([GOOD] * 6 + [BAD, BAD], epochs=[Epoch(0.0, 0.3, 0.9)]), CleanRuns())
    assert tally.demoted_after == [70.0 - 51.0]


def test_a_cell_without_a_level_when_it_turns_bad_has_no_such_days() -> None:
    epochs = [SOUND, Epoch(25.0, 0.3, 0.9)]
    assert play(history([GOOD] * 3 + [BAD] * 3, epochs=epochs), CleanRuns()).demoted_after == []
    assert play(history([GOOD] * 30), CleanRuns()).demoted_after == []


def test_an_unknown_circumstance_is_announced_and_done() -> None:
    policy = Earned()
    tally = play(history([GOOD] * 25 + [replace(GOOD, circumstance=NIGHT)], DRILLS), policy)
    assert tally.automatic == 17


@pytest.mark.parametrize(
    ("good", "count", "bound"),
    [(0, 0, 0.0), (5, 5, 0.566), (16, 16, 0.806), (15, 15, 0.796), (18, 20, 0.699)],
)
def test_the_lower_bound_of_wilson(good: int, count: int, bound: float) -> None:
    assert wilson_lower(good, count) == pytest.approx(bound, abs=5e-4)


def test_a_bad_run_counts_for_the_other_rules() -> None:
    wilson, clean = Wilson(), CleanRuns()
    for rule in (wilson, clean):
        for label in [Label.GOOD] * 16 + [Label.UNKNOWN_BLIND]:
            rule.labelled(GOOD, label, 0.0, is_automatic=False)
        assert rule.is_raised
        rule.labelled(BAD, Label.BAD, 0.0, is_automatic=True)
        assert not rule.is_raised


def test_a_sum() -> None:
    total = Tally(1, 2, 3, 4, 5, [6.0])
    total.add(Tally(10, 20, 30, 40, 50, [60.0]))
    assert total == Tally(11, 22, 33, 44, 55, [6.0, 60.0])
