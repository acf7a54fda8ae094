"""A program that has just started: its own clock counts once, then ours."""

from datetime import UTC, datetime, timedelta

from steward.clock import ManualClock
from steward.sdk.settling import MOST_RUNS, Settling

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def test_the_first_run_is_as_old_as_it_says() -> None:
    assert Settling(ManualClock(NOW), 60).is_settled(ago(60))
    assert not Settling(ManualClock(NOW), 60).is_settled(ago(59))
    assert not Settling(ManualClock(NOW), 60).is_settled(ago(-3600)), "its clock is ahead"


def test_a_later_run_is_measured_by_our_clock() -> None:
    clock = ManualClock(NOW)
    settling = Settling(clock, 60)
    assert settling.is_settled(ago(900))
    for start in (ago(600), ago(-3600)):
        assert not settling.is_settled(start)
        clock.move(60)
        assert settling.is_settled(start)
    assert settling.is_settled(ago(900)), "several programs behind one address answer in turn"


def test_runs_are_forgotten() -> None:
    settling = Settling(ManualClock(NOW), 60)
    for number in range(3 * MOST_RUNS):
        settling.is_settled(ago(900 + number))
    assert len(settling._begun) == MOST_RUNS
