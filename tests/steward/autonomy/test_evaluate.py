"""The evaluation: its keys, that it is repeatable, and that its bound is one."""

import json
from typing import Any

import pytest

from steward.autonomy.evaluate import evaluate_autonomy, rows_of, upper_bound
from steward.autonomy.evidence import harm_bound
from steward.autonomy.policies import Tally
from steward.autonomy.simulation import WORLDS
from steward.command_line.main import main

KEYS = {
    "automatic_runs",
    "failed_share",
    "harmful",
    "harmful_share",
    "harmful_upper95",
    "approvals_saved_share",
    "days_from_bad_to_demoted",
}


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return evaluate_autonomy(20, 1)


def test_the_keys(figures: dict[str, Any]) -> None:
    assert set(figures) == {"histories", "seed", "worlds", "assumptions"}
    assert set(figures["worlds"]) == {one.name for one in WORLDS}
    for world in figures["worlds"].values():
        assert set(world) == KEYS | {"comparators"}
        assert set(world["comparators"]) == {"five_clean_runs", "wilson_95", "never"}
        assert all(set(one) == KEYS for one in world["comparators"].values())


def test_the_figures_are_sane(figures: dict[str, Any]) -> None:
    for world in figures["worlds"].values():
        for one in (world, world["comparators"]["five_clean_runs"], world["comparators"]["wilson_95"]):
            assert 0 <= one["harmful_share"] <= one["harmful_upper95"] < 0.05
            assert one["harmful_share"] <= one["failed_share"] < 0.5
            assert one["harmful"] == round(one["harmful_share"] * one["automatic_runs"])
            assert 0 < one["approvals_saved_share"] < 1
            assert one["days_from_bad_to_demoted"] > 0
        never = world["comparators"]["never"]
        assert (never["automatic_runs"], never["approvals_saved_share"]) == (0, 0)
        assert never["harmful_share"] is never["harmful_upper95"] is never["days_from_bad_to_demoted"] is None


def test_the_goal_is_met_where_a_small_sample_can_show_it(figures: dict[str, Any]) -> None:
    assert figures["worlds"]["base"]["harmful_upper95"] <= 0.01
    assert figures["worlds"]["no_drift"]["harmful_upper95"] <= 0.01


def test_the_steward_fails_less_often_than_the_usual_rule(figures: dict[str, Any]) -> None:
    for world in figures["worlds"].values():
        assert world["failed_share"] < world["comparators"]["five_clean_runs"]["failed_share"]


def test_the_same_seed_gives_the_same_figures() -> None:
    one, again, other = (list(rows_of(WORLDS[0], 1, seed)) for seed in (4, 4, 5))
    assert one == again != other


def test_without_runs_there_is_no_bound() -> None:
    assert upper_bound([Tally(incidents=9)], 1) is None


def test_without_harm_the_bound_is_that_of_the_count() -> None:
    assert upper_bound([Tally(automatic=40), Tally(automatic=60)], 1) == harm_bound(0, 100)


def test_harm_in_few_homelabs_gives_a_higher_bound_than_its_count() -> None:
    together = [Tally(automatic=50, harmful=10), *[Tally(automatic=50)] * 19]
    spread = [Tally(automatic=100, harmful=1)] * 10
    bound = upper_bound(together, 1)
    assert bound is not None
    assert bound > harm_bound(10, 1000)
    assert upper_bound(spread, 1) == harm_bound(10, 1000)


def test_a_homelab_without_runs_takes_part() -> None:
    found = upper_bound([Tally(), Tally(automatic=10, harmful=10)], 1)
    assert found == 1.0


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "autonomy", "--histories", "1", "--seed", "3", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["histories"], printed["seed"]) == (1, 3)
    assert main(["eval", "autonomy", "--histories", "1", "--seed", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["world", "rule", "automatic"]
    assert [line.split()[:2] for line in lines[1:5]] == [
        ["base", "steward"],
        ["base", "five_clean_runs"],
        ["base", "wilson_95"],
        ["base", "never"],
    ]
    assert int(lines[1].split()[2]) == printed["worlds"]["base"]["automatic_runs"]
    assert [f"* {one}" for one in printed["assumptions"]] == lines[lines.index("What this presumes:") + 1 :]


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_histories_that_is_none(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["eval", "autonomy", "--histories", number])
    assert ended.value.code == 2
    assert "--histories" in capsys.readouterr().err
