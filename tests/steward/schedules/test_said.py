"""When a schedule runs, in words."""

from datetime import timedelta

import pytest

from steward.schedules.said import said
from steward.texts import texts_of
from steward.timing.times import Cron, Every


@pytest.mark.parametrize(
    ("cron", "english", "german"),
    [
        ("0 9 * * *", "every day, 09:00", "jeden Tag, 09:00"),
        ("30 6,18 * * *", "every day, 06:30 and 18:30", "jeden Tag, 06:30 und 18:30"),
        ("0 10 * * 1", "Monday, 10:00", "Montag, 10:00"),
        ("0 8 * * 0", "Sunday, 08:00", "Sonntag, 08:00"),
        ("0 17 * * SUN,FRI", "Friday and Sunday, 17:00", "Freitag und Sonntag, 17:00"),
        ("0 9 1 * *", "day 1 of each month, 09:00", "am 1. jedes Monats, 09:00"),
        ("0 9 1,15 * *", "days 1 and 15 of each month, 09:00", "am 1 und 15. jedes Monats, 09:00"),
        ("15 * * * *", "every day, every hour at minute 15", "jeden Tag, jede Stunde zur Minute 15"),
    ],
)
def test_simple_times(cron: str, english: str, german: str) -> None:
    assert said(Cron(cron), texts_of("en")) == english
    assert said(Cron(cron), texts_of("de")) == german


@pytest.mark.parametrize(
    "cron",
    ["*/5 * * * *", "0 9 * 6 *", "0 9 1 * 1", "0 9 L * *", "0 9 * * MON#2", "0 9 1,L * *", "0 */2 * * *"],
)
def test_what_has_no_simple_words_is_the_expression(cron: str) -> None:
    assert said(Cron(cron), texts_of("en")) == cron


def test_intervals() -> None:
    assert said(Every(timedelta(hours=24)), texts_of("en")) == "every 24 hours"
    assert said(Every(timedelta(hours=1)), texts_of("en")) == "every hour"
