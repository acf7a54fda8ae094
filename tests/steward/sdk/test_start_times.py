"""Start times that are computed from uptimes do not move with the delay of a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.clock import SteppedClock
from steward.sdk.start_times import StartTimes


@pytest.mark.parametrize("late", [-80, -1, 0, 1, 80])
def test_a_late_or_early_report_is_no_restart(late: int) -> None:
    clock = SteppedClock()
    starts = StartTimes(clock)
    before = starts.of("ap", 5000)
    clock.advance(300)
    assert starts.of("ap", 5300 + late) == before


def test_a_restart_is_seen_for_its_key() -> None:
    clock = SteppedClock()
    starts = StartTimes(clock)
    before, other = starts.of("ap", 5000), starts.of("switch", 9000)
    clock.advance(300)
    assert starts.of("ap", 20) != before
    assert starts.of("switch", 9300) == other


def test_an_old_report_says_nothing_new() -> None:
    clock = SteppedClock()
    starts = StartTimes(clock)
    before = starts.of("ap", 5000)
    clock.advance(600)
    assert starts.of("ap", 5000) == before
    assert starts.of("ap", 5600) == before


@given(
    steps=st.lists(st.tuples(st.integers(1, 4000), st.integers(0, 80)), min_size=1, max_size=12),
    restart=st.integers(0, 11),
)
def test_reports_that_are_late_are_no_restart_and_a_restart_is_one(
    steps: list[tuple[int, int]], restart: int
) -> None:
    clock, uptime = SteppedClock(), 50_000
    starts = StartTimes(clock)
    before = starts.of("ap", uptime)
    for number, (passed, late) in enumerate(steps):
        clock.advance(passed)
        uptime += passed
        if number == restart:
            assert starts.of("ap", min(passed, 60) / 2) != before
            return
        assert starts.of("ap", uptime - late) == before
