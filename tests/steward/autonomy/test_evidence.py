"""The evidence of trials: its factors, its bounds, and that it may be looked at at any time."""

import random
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.autonomy.evidence import (
    BAD_DRIFT,
    DRIFTED,
    GOOD_DRIFT,
    GOOD_RUN,
    LEAST,
    MOST,
    AgreementEvidence,
    Evidence,
    Selection,
    TargetRecord,
    UndoEvidence,
    after,
    harm_bound,
    of,
    start,
    weakest,
)
from steward.autonomy.trials import Label

from .cases import CELL, DAY, NIGHT, NOW, evidence, good, trial, undos

BAD_LABELS = (Label.BAD, Label.WORSE, Label.HARM, Label.WENT_DARK)
LABELS = st.lists(st.sampled_from(Label), max_size=40)


def test_no_trial_proves_nothing() -> None:
    assert start() == Evidence()
    assert start().value == 1.0
    assert (start().newest, start().last_unknown, start().has_drifted) == (None, 0, False)


@pytest.mark.parametrize(
    ("runs", "value"), [(8, 4.671), (9, 5.664), (19, 38.90), (20, 47.17), (22, 69.34), (23, 80), (99, 80)]
)
def test_good_runs_in_a_row(runs: int, value: float) -> None:
    assert good(runs).value == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        (Label.GOOD, 47.1666 * 0.97 / 0.80),
        (Label.BAD, 47.1666 * 0.03 / 0.20),
        (Label.WENT_DARK, 47.1666 * 0.03 / 0.20),
        (Label.HARM, 1.0),
        (Label.WORSE, 1.0),
        (Label.UNKNOWN_BLIND, 47.1666),
    ],
)
def test_one_more_label(label: Label, value: float) -> None:
    assert after(good(20), trial(label)).value == pytest.approx(value, rel=1e-3)


def test_harm_does_not_raise_what_is_lower_already() -> None:
    assert evidence([Label.BAD, Label.HARM]).value == pytest.approx(0.15 * 0.15)


def test_the_value_stays_above_zero() -> None:
    assert evidence([Label.BAD] * 500).value == LEAST > 0


@settings(max_examples=50)
@given(LABELS)
def test_the_value_is_bounded(labels: list[Label]) -> None:
    assert all(0 < evidence(labels[:end]).value <= MOST for end in range(len(labels) + 1))


@settings(max_examples=50)
@given(LABELS, st.sampled_from(BAD_LABELS))
def test_a_good_run_never_lowers_and_a_bad_one_never_raises(labels: list[Label], bad: Label) -> None:
    found = evidence(labels)
    assert after(found, trial(Label.GOOD)).value >= found.value
    assert after(found, trial(bad)).value <= found.value
    assert after(found, trial(Label.HARM)).value <= after(found, trial(Label.BAD)).value
    assert after(found, trial(Label.UNKNOWN_BLIND)).value == found.value


@settings(max_examples=50)
@given(LABELS, st.integers(0, 39))
def test_a_good_run_instead_of_a_bad_one_is_never_worse(labels: list[Label], place: int) -> None:
    if place < len(labels):
        better = [*labels[:place], Label.GOOD, *labels[place + 1 :]]
        assert evidence(better).value >= evidence(labels).value


@settings(max_examples=50)
@given(LABELS.flatmap(lambda labels: st.tuples(st.just(labels), st.permutations(labels))))
def test_the_order_does_not_change_the_counts(both: tuple[list[Label], list[Label]]) -> None:
    one, other = map(evidence, both)
    assert (one.good, one.bad, one.harmed, one.unknown) == (
        other.good,
        other.bad,
        other.harmed,
        other.unknown,
    )
    assert one.good + one.bad + sum(label is Label.UNKNOWN_BLIND for label in both[0]) == len(both[0])


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from([Label.GOOD, Label.BAD, Label.UNKNOWN_BLIND]), max_size=22).flatmap(
        lambda labels: st.tuples(st.just(labels), st.permutations(labels))
    )
)
def test_the_order_does_not_change_the_value_below_its_limit(both: tuple[list[Label], list[Label]]) -> None:
    one, other = map(evidence, both)
    assert one.value == pytest.approx(other.value)


@settings(max_examples=50)
@given(LABELS)
def test_a_fold_is_the_same_as_one_after_the_other(labels: list[Label]) -> None:
    trials = [trial(label, number) for number, label in enumerate(labels)]
    assert of(trials) == list(accumulate(trials, after, initial=start()))[-1]


def test_everything_is_counted() -> None:
    trials = [
        trial(Label.GOOD, 1),
        trial(Label.GOOD, 2, target="radarr", circumstance=NIGHT),
        trial(Label.WENT_DARK, 5, is_automatic=True),
        trial(Label.GOOD, 4, is_automatic=True),
        trial(Label.HARM, 3, target="radarr", is_automatic=True),
        trial(Label.UNKNOWN_BLIND, 6),
        trial(Label.GOOD, 7),
        trial(Label.HARM, 8, target="lidarr"),
        trial(Label.UNKNOWN_BLIND, 2, target="lidarr"),
        trial(Label.GOOD, 2, target="lidarr"),
    ]
    found = of(trials)
    first = NOW - timedelta(days=100)
    assert (found.good, found.bad, found.harmed, found.unknown) == (5, 3, 2, 3)
    assert (found.automatic, found.automatic_harmed, found.good_since) == (3, 1, 1)
    assert found.approved == {DAY: 6, NIGHT: 1}
    assert found.newest == first + timedelta(hours=8)
    assert found.last == tuple(one.label for one in trials)
    assert found.targets == {
        "sonarr": TargetRecord(good=3, bad=1, good_since=2, bad_at=first + timedelta(hours=5)),
        "radarr": TargetRecord(good=1, bad=1, good_since=0, bad_at=first + timedelta(hours=3)),
        "lidarr": TargetRecord(good=1, bad=1, good_since=1, bad_at=first + timedelta(hours=8)),
    }
    assert found.targets["sonarr"].good + found.targets["radarr"].good == 4
    assert trials[0].cell == CELL


def test_good_runs_are_counted_from_the_first_one() -> None:
    found = good(2)
    assert (found.good, found.good_since, found.bad) == (2, 2, 0)
    assert found.targets == {"sonarr": TargetRecord(good=2, bad=0, good_since=2, bad_at=None)}


def test_the_evidence_does_not_change() -> None:
    found = good(1)
    after(found, trial(Label.BAD, circumstance=NIGHT, target="radarr"))
    assert found == good(1)


def test_the_newest_ten_labels() -> None:
    found = evidence([Label.UNKNOWN_BLIND, *[Label.WENT_DARK] * 2, *[Label.GOOD] * 8])
    assert found.last == (Label.WENT_DARK,) * 2 + (Label.GOOD,) * 8
    assert found.last_unknown == 2


def test_the_drift_of_two_bad_runs() -> None:
    close = evidence([Label.BAD, *[Label.GOOD] * 4, Label.BAD])
    apart = evidence([Label.BAD, *[Label.GOOD] * 5, Label.BAD])
    assert close.drift == pytest.approx(BAD_DRIFT**2 * GOOD_DRIFT**4)
    assert (close.has_drifted, apart.has_drifted) == (True, False)


def test_the_drift_forgets_what_was_good_before() -> None:
    assert evidence([*[Label.GOOD] * 50, Label.BAD]).drift == pytest.approx(BAD_DRIFT)


def test_the_drift_begins_again_after_an_alarm() -> None:
    assert evidence([Label.BAD, Label.BAD, Label.BAD]).drift == pytest.approx(BAD_DRIFT)
    assert evidence([Label.BAD, Label.BAD, Label.UNKNOWN_BLIND]).has_drifted
    assert not evidence([Label.BAD, Label.BAD, Label.GOOD]).has_drifted
    assert after(replace(start(), drift=DRIFTED), trial(Label.GOOD)).drift == pytest.approx(GOOD_DRIFT)


def test_the_alarm_includes_its_threshold() -> None:
    assert replace(start(), drift=DRIFTED).has_drifted


def reached(value: float, runs: int, success: float, chance: random.Random) -> bool:
    """Return whether the real evidence of so many runs ever reaches a value."""
    found = 1.0
    draw, ratio = chance.random, (0.03 / 0.20, 0.97 / 0.80)
    for _ in range(runs):
        found = min(MOST, found * ratio[draw() < success])
        if found >= value:
            return True
    return False


def test_the_factors_of_the_simulation_are_those_of_the_product() -> None:
    assert after(start(), trial(Label.GOOD)).value == 0.97 / 0.80
    assert after(start(), trial(Label.BAD)).value == 0.03 / 0.20


def test_looking_after_each_run_does_not_make_the_evidence_false() -> None:
    """Of cells with a true success rate of 80 %, at most 1 in 40 ever reaches 40, and 1 in 5 reaches 5."""
    chance = random.Random(7)  # noqa: S311 - a simulation
    histories = 4000
    # The sample is too small to tell 0.025 from 0.03 only below 1 in 1000.
    tolerance = 3.1 * (0.025 * 0.975 / histories) ** 0.5
    share = sum(reached(40, 200, 0.80, chance) for _ in range(histories)) / histories
    assert 0.005 < share <= 1 / 40 + tolerance
    five = sum(reached(5, 200, 0.80, chance) for _ in range(1000)) / 1000
    assert 0.05 < five <= 1 / 5 + 3.1 * (0.2 * 0.8 / 1000) ** 0.5


def test_a_good_cell_gets_there() -> None:
    chance = random.Random(8)  # noqa: S311 - a simulation
    assert sum(reached(40, 100, 0.97, chance) for _ in range(200)) > 180


def test_the_undos() -> None:
    assert undos(79).value < 40 <= undos(80).value
    assert undos(1) == UndoEvidence(0.995 / 0.95, 1, 0)
    assert UndoEvidence().after(is_good=False) == UndoEvidence(0.005 / 0.05, 0, 1)
    assert undos(200).value == pytest.approx((0.995 / 0.95) ** 200)


@settings(max_examples=50)
@given(st.lists(st.booleans(), max_size=50))
def test_an_undo_moves_its_evidence_in_its_direction(results: list[bool]) -> None:
    found = UndoEvidence()
    for is_good in results:
        found = found.after(is_good=is_good)
    assert found.value > 0
    assert found.after(is_good=True).value > found.value > found.after(is_good=False).value
    assert (found.good, found.bad) == (results.count(True), results.count(False))


def test_an_undo_keeps_the_value_above_zero() -> None:
    found = UndoEvidence()
    for _ in range(400):
        found = found.after(is_good=False)
    assert found.value == LEAST


def test_the_weakest_undo_of_a_plan_counts() -> None:
    assert weakest([undos(90), undos(3), undos(80)]) == undos(3)
    assert weakest([]) == UndoEvidence()


def test_the_choices_of_people() -> None:
    found = AgreementEvidence()
    for selection in (Selection.APPROVED, Selection.APPROVED, Selection.IGNORED, Selection.REJECTED):
        found = found.after(selection)
    assert found.value == pytest.approx(1.6 * 1.6 * 0.4)
    assert (found.agreed, found.disagreed, found.ignored) == (2, 1, 1)
    other = found.after(Selection.OTHER_OPTION)
    assert other == AgreementEvidence(found.value * 0.4, 2, 2, 1)


def test_the_choices_are_limited() -> None:
    most, least = AgreementEvidence(), AgreementEvidence()
    for _ in range(900):
        most, least = most.after(Selection.APPROVED), least.after(Selection.REJECTED)
    assert (most.value, least.value) == (MOST, LEAST)
    assert most.agreed == least.disagreed == 900


@pytest.mark.parametrize(
    ("harmed", "runs", "percent"),
    [
        (0, 37, 7.8),
        (0, 1, 95.0),
        (0, 9, 28.3),
        (0, 298, 1.0),
        (1, 10, 39.4),
        (1, 1, 100),
        (0, 0, 100),
        (5, 100, 10.2),
    ],
)
def test_the_bound_of_harm(harmed: int, runs: int, percent: float) -> None:
    assert round(100 * harm_bound(harmed, runs), 1) == percent


@settings(max_examples=50)
@given(st.integers(0, 60).flatmap(lambda runs: st.tuples(st.integers(0, runs), st.just(runs))))
def test_the_bound_is_where_so_little_harm_has_a_chance_of_a_twentieth(counts: tuple[int, int]) -> None:
    harmed, runs = counts
    bound = harm_bound(harmed, runs)
    chance = sum(comb(runs, one) * bound**one * (1 - bound) ** (runs - one) for one in range(harmed + 1))
    assert chance == pytest.approx(0.05 if harmed < runs else 1.0, abs=1e-6)


def test_the_bound_of_many_runs() -> None:
    assert harm_bound(0, 100_000) == pytest.approx(3e-5, rel=0.01)


@pytest.mark.parametrize(("harmed", "runs"), [(-1, 3), (4, 3), (1, 0)])
def test_impossible_counts(harmed: int, runs: int) -> None:
    with pytest.raises(ValueError, match=str(harmed)):
        harm_bound(harmed, runs)


def test_the_limit_is_reached_from_below() -> None:
    assert good(22).value * GOOD_RUN > MOST == good(23).value


def test_the_names_that_are_stored() -> None:
    """A stored choice is read again by a later version."""
    assert [one.value for one in Selection] == ["approved", "other_option", "rejected", "ignored"]


def test_only_automatic_runs_that_made_it_worse_and_were_undone_are_counted_as_such() -> None:
    assert start().automatic_worse == 0
    once = after(start(), trial(Label.WORSE, is_automatic=True))
    assert after(once, trial(Label.WORSE, 1, is_automatic=True)).automatic_worse == 2
    for label in set(Label) - {Label.WORSE}:
        assert after(once, trial(label, 1, is_automatic=True)).automatic_worse == 1
        assert after(once, trial(label, 1)).automatic_worse == 1
    assert after(once, trial(Label.WORSE, 1)).automatic_worse == 1
