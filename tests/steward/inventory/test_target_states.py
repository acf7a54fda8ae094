"""Whether a target runs and whether it is meant to: the rules, with any order of events."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.inventory.target_states import TargetState, span_in_days

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
KEY = ("pve", "container", "105")
RUNS = TargetState(key=KEY, is_up=True, since=NOW)
OFF = TargetState(key=KEY, is_up=False, since=NOW)

EVENTS = st.lists(
    st.tuples(st.sampled_from(("up", "off", "stopped", "age", "said")), st.integers(0, 20)), max_size=30
)


def test_a_start_ends_that_it_is_meant_to_be_off() -> None:
    meant = OFF.seen_off(NOW, "Olga stopped it")
    assert meant.expected_off == "Olga stopped it"
    assert meant.seen_up(NOW + WEEK) == TargetState(key=KEY, is_up=True, since=NOW + WEEK)


def test_what_was_said_while_it_runs_holds_once_it_is_off() -> None:
    said = TargetState(key=KEY, is_up=True, since=NOW, expected_off="Olga said so")
    assert said.seen_up(NOW + WEEK) is said
    assert said.seen_off(NOW + WEEK, None).expected_off == "Olga said so"


@pytest.mark.parametrize(
    ("after", "expected"),
    [(timedelta(days=6, hours=23), None), (WEEK, "It has been off for 7 days")],
)
def test_what_is_off_for_long_is_meant_to_be(after: timedelta, expected: str | None) -> None:
    assert OFF.aged(NOW + after, WEEK).expected_off == expected
    assert RUNS.aged(NOW + after, WEEK).expected_off is None


def test_what_is_said_for_a_time_ends_with_it() -> None:
    until = NOW + timedelta(hours=2)
    said = TargetState(key=KEY, is_up=False, since=NOW, expected_off="Maintenance", until=until)
    assert said.aged(until - timedelta(seconds=1), WEEK) is said
    assert said.aged(until, WEEK) == OFF


@given(EVENTS)
def test_what_runs_was_never_learned_to_be_off(events: list[tuple[str, int]]) -> None:
    """Whatever happened: right after a start nothing but a person's word says that it is off."""
    state, now = RUNS, NOW
    for event, hours in events:
        now += timedelta(hours=hours)
        was_off = not state.is_up
        match event:
            case "up":
                state = state.seen_up(now)
                assert not was_off or state.expected_off is None
            case "off" if state.is_up:
                state = state.seen_off(now, None)
            case "stopped" if state.is_up:
                state = state.seen_off(now, "stopped")
                assert state.expected_off == "stopped"
            case "age":
                aged = state.aged(now, WEEK)
                assert aged.expected_off == state.expected_off or not state.is_up
                state = aged
            case _:
                pass
        assert state.since <= now


@pytest.mark.parametrize(
    ("span", "text"),
    [(timedelta(days=1), "1 day"), (WEEK, "7 days"), (timedelta(hours=36), "1.5 days")],
)
def test_a_span_in_days(span: timedelta, text: str) -> None:
    assert span_in_days(span) == text
