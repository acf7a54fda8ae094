"""The simulated homelabs: repeatable, and with the rates that they state."""

from itertools import pairwise

import pytest

from steward.autonomy.simulation import (
    APPROVED_EASY,
    APPROVED_HARD,
    CELLS,
    CLASSES,
    DAYS,
    EASY,
    UNDO_CLASSES,
    WORLDS,
    WORSE_UNDOS,
    World,
    failure_rate,
    histories,
)

BASE, NO_DRIFT, TRIPLE, WORSE, WORSE_3X = WORLDS


def test_the_worlds() -> None:
    assert (World("base", 0.30), World("no_drift", 0.0), World("triple_drift", 0.90)) == WORLDS[:3]
    assert (
        World("worse_undos", 0.30, worse_undos=True),
        World("worse_undos_3x", 0.90, worse_undos=True),
    ) == (WORSE, WORSE_3X)
    assert CELLS == 20
    assert CLASSES == ((0.60, (48.0, 2.0)), (0.25, (8.0, 2.0)), (0.15, (2.0, 3.0)))
    assert sum(share for share, _ in UNDO_CLASSES) == pytest.approx(1.0)
    assert pytest.approx(5) == APPROVED_EASY / APPROVED_HARD


def test_the_same_seed_gives_the_same_homelab() -> None:
    one, again, other = (list(histories(BASE, 0, seed)) for seed in (1, 1, 2))
    assert one == again != other
    assert one != list(histories(BASE, 1, 1))


@pytest.mark.parametrize("success", [0.1, 0.4, 0.5, 0.6, 0.9, 1.0])
def test_easy_and_hard_cases_have_the_average_of_the_cell(success: float) -> None:
    easy, hard = failure_rate(success, is_easy=True), failure_rate(success, is_easy=False)
    assert EASY * easy + (1 - EASY) * hard == pytest.approx(1 - success)
    assert 0 <= easy <= hard <= 1


@pytest.mark.parametrize("world", [WORSE, WORSE_3X])
def test_in_the_worlds_with_worse_undos_no_cell_has_a_good_one(world: World) -> None:
    undos = [epoch.undo for cell in histories(world, 0, 1) for epoch in cell.epochs]
    assert WORSE_UNDOS[0] <= min(undos) < 0.85
    assert 0.90 < max(undos) <= WORSE_UNDOS[1]
    assert max(epoch.undo for cell in histories(BASE, 0, 1) for epoch in cell.epochs) > 0.99


def test_what_happens_in_the_worlds() -> None:
    cells = {
        world.name: [cell for number in range(4) for cell in histories(world, number, 3)] for world in WORLDS
    }
    assert all(len(one) == 4 * CELLS for one in cells.values())
    assert all(len(cell.epochs) == 1 for cell in cells["no_drift"])
    drifted = {name: sum(len(cell.epochs) > 1 for cell in found) / 80 for name, found in cells.items()}
    assert 0.3 < drifted["base"] < 0.7  # 1 - 0.7 ** 2 = 51 % in two years
    assert drifted["triple_drift"] > 0.95
    cases = [case for cell in cells["no_drift"] for case in cell.cases]
    # Of 60 % with 4 %, 25 % with 20 %, and 15 % with 60 % failures: 16.4 %.
    assert 0.10 < sum(case.is_bad for case in cases) / len(cases) < 0.24
    assert 0.03 < sum(case.undo_fails for case in cases) / len(cases) < 0.08
    good = [case for case in cases if not case.is_bad]
    bad = [case for case in cases if case.is_bad]
    assert 0.08 < sum(case.is_unknown for case in good) / len(good) < 0.12
    assert 0.30 < sum(case.is_unknown for case in bad) / len(bad) < 0.50
    assert 0.5 < sum(case.is_approved for case in cases) / len(cases) < 0.65


def test_times_are_in_order_and_within_two_years() -> None:
    for cell in histories(TRIPLE, 0, 1):
        assert all(one.at < other.at for one, other in pairwise(cell.cases))
        assert all(0 < case.at < DAYS for case in cell.cases)
        assert all(one.start < other.start for one, other in pairwise(cell.epochs))


def test_when_a_cell_is_bad() -> None:
    for cell in histories(BASE, 1, 5):
        since = cell.bad_since
        if since is None:
            assert all(one.success >= 0.80 for one in cell.epochs)
        else:
            assert next(one for one in cell.epochs if one.start == since).success < 0.80
            assert all(one.success >= 0.80 for one in cell.epochs if one.start < since)


def test_circumstances_are_a_sign_of_hard_cases() -> None:
    """In circumstances that are rare among easy cases, fewer are approved."""
    cases = [case for number in range(4) for cell in histories(NO_DRIFT, number, 9) for case in cell.cases]
    others = [case.is_approved for case in cases if case.circumstance.others_open]
    alone = [case.is_approved for case in cases if not case.circumstance.others_open]
    assert sum(others) / len(others) < sum(alone) / len(alone) - 0.1
