"""When something is due: random cron expressions and time zones, and the changes of the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.timing.times import Cron, Every, Times, WrongCron

ZONES = (
    "UTC",
    "Europe/Vienna",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
)
VIENNA = "Europe/Vienna"
DAY = timedelta(days=1)


def fields(low: int, high: int) -> st.SearchStrategy[str]:
    return st.one_of(
        st.just("*"),
        st.integers(low, high).map(str),
        st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda two: f"{min(two)}-{max(two)}"),
        st.lists(st.integers(low, high), min_size=1, max_size=3).map(lambda some: ",".join(map(str, some))),
    )


CRONS = st.tuples(
    st.one_of(st.integers(0, 59).map(str), st.just("*/20"), st.just("5,35")),
    fields(0, 23),
    st.one_of(st.just("*"), st.integers(1, 28).map(str)),
    st.one_of(st.just("*"), st.integers(1, 12).map(str)),
    fields(0, 6),
).map(" ".join)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds


def until(times: Times, since: datetime, end: datetime) -> list[datetime]:
    return list(takewhile(lambda one: one <= end, times.due_after(since)))


@given(CRONS, st.sampled_from(ZONES), MOMENTS, st.timedeltas(timedelta(), 40 * DAY), st.integers(0, 10))
def test_the_newest_due_time_is_the_last_of_all(
    expression: str, zone: str, since: datetime, length: timedelta, part: int
) -> None:
    cron = Cron(expression, zone)
    now = since + length
    every = until(cron, since, now)
    assert every == sorted(set(every)), "in order, and each once"
    assert all(since < one <= now and one.tzinfo is UTC for one in every)
    assert cron.last_due(since, now) == (every[-1] if every else None)
    cut = since + length * part / 10
    assert every == until(cron, since, cut) + until(cron, cut, now), "none is lost between two looks"


def local(expression: str, since: datetime, zone: str = VIENNA) -> Iterator[str]:
    return (
        f"{one.astimezone(ZoneInfo(zone)):%d %H:%M %z}" for one in Cron(expression, zone).due_after(since)
    )


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("30 2 * * *", ["28 02:30 +0100", "29 03:00 +0200", "30 02:30 +0200"]),
        (
            "*/20 2 * * *",
            ["28 02:00 +0100", "28 02:20 +0100", "28 02:40 +0100", "29 03:00 +0200", "30 02:00 +0200"],
        ),
        ("0 2,3 * * *", ["28 02:00 +0100", "28 03:00 +0100", "29 03:00 +0200", "30 02:00 +0200"]),
        ("0 9 * * *", ["28 09:00 +0100", "29 09:00 +0200"]),
    ],
)
def test_a_time_that_is_left_out_is_due_once_after_the_gap(expression: str, found: list[str]) -> None:
    since = datetime(2026, 3, 28, 0, 30, tzinfo=UTC)
    assert list(islice(local(expression, since), len(found))) == found


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("30 2 * * *", ["25 02:30 +0200", "26 02:30 +0100"]),
        ("*/30 2 * * *", ["25 02:00 +0200", "25 02:30 +0200", "26 02:00 +0100"]),
        ("0 * * * *", ["25 01:00 +0200", "25 02:00 +0200", "25 02:00 +0100", "25 03:00 +0100"]),
    ],
)
def test_a_time_that_comes_twice_is_due_once_unless_every_hour(expression: str, found: list[str]) -> None:
    since = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    assert list(islice(local(expression, since), len(found))) == found


def test_in_the_second_of_two_equal_hours_nothing_is_due_again() -> None:
    since = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert next(local("30 2 * * *", since)) == "26 02:30 +0100"


def test_a_day_that_an_island_left_out_ends_in_one_due_time() -> None:
    since = datetime(2011, 12, 29, 18, tzinfo=UTC)
    assert list(islice(local("0 9 * * *", since, "Pacific/Apia"), 3)) == [
        "29 09:00 -1000",
        "31 00:00 +1400",
        "31 09:00 +1400",
    ]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 9 * *", "five fields"),
        ("0 0 9 * * *", "five fields"),
        ("60 9 * * *", "the minute is wrong"),
        ("0 9 * * noday", "the day of the week is wrong"),
        ("0 9 30 2 *", "the day of the month is wrong"),
        ("0 9 * 2 MON#6", "the day of the week is wrong"),
    ],
)
def test_a_wrong_expression_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(WrongCron, match=reason):
        Cron(expression)


def test_from_time_to_time_counts_from_the_last() -> None:
    start = datetime(2026, 11, 28, 12, tzinfo=UTC)
    every = Every(timedelta(hours=6))
    assert list(islice(every.due_after(start), 2)) == [
        start + timedelta(hours=6),
        start + timedelta(hours=12),
    ]
    assert every.last_due(start, start + timedelta(hours=13)) == start + timedelta(hours=12)
    assert every.last_due(start, start + timedelta(hours=5)) is None
    assert every.last_due(start, start - DAY) is None


def test_what_is_due_in_a_leap_year_only_is_found() -> None:
    cron = Cron("0 0 29 2 *")
    assert cron.last_due(datetime(2019, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)) == datetime(
        2024, 2, 29, tzinfo=UTC
    )
