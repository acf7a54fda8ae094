"""Quiet times of people."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.state import Person, Role


def person(quiet_from: str | None = None, quiet_until: str | None = None) -> Person:
    return Person(id="p1", name="Robin", role=Role.OWNER, quiet_from=quiet_from, quiet_until=quiet_until)


@pytest.mark.parametrize("at", ["22:00", "00:00", "05:59"])
def test_a_quiet_time_can_include_midnight(at: str) -> None:
    assert person("22:00", "06:00").is_quiet(time.fromisoformat(at))


@pytest.mark.parametrize("at", ["21:59", "06:00"])
def test_the_end_of_a_quiet_time_is_not_quiet(at: str) -> None:
    assert not person("22:00", "06:00").is_quiet(time.fromisoformat(at))


@given(begin=st.times(), end=st.times(), at=st.times())
def test_each_time_of_day_is_either_in_the_quiet_time_or_in_the_rest_of_the_day(
    begin: time, end: time, at: time
) -> None:
    first, last = (f"{one:%H:%M}" for one in (begin, end))
    if first == last:
        assert not person(first, last).is_quiet(at)
    else:
        assert person(first, last).is_quiet(at) is not person(last, first).is_quiet(at)


def test_without_a_quiet_time_nothing_is_quiet() -> None:
    assert not person().is_quiet(time(3))
    assert not person(quiet_from="22:00").is_quiet(time(3))
