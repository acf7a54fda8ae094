"""Numbers in words before a unit."""

from datetime import timedelta

import pytest

from rig.recognition_rig import matchers
from steward.language.said_times import without_time
from steward.language.spoken_numbers import numbers_said, with_digits


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "in forty five minutes", "in 45 minutes"),
        ("en", "five hundred and twelve MB, please", "512 MB, please"),
        ("fr", "dans vingt et une minutes", "dans 21 minutes"),
        ("fr", "pendant quatre-vingt-dix-neuf jours", "pendant 99 jours"),
        ("es", "dentro de treinta y cinco minutos", "dentro de 35 minutos"),
        # Words of one number are understood where they are, and other words are no number.
        ("en", "ten minutes", "ten minutes"),
        ("en", "pve twenty two", "pve twenty two"),
        ("en", "from twenty to thirty minutes", "from twenty to thirty minutes"),
        ("en", "twenty and thirty minutes", "twenty and thirty minutes"),
        ("de", "fünfundvierzig Minuten", "fünfundvierzig Minuten"),
    ],
)
def test_numbers_of_several_words(language: str, text: str, expected: str) -> None:
    assert with_digits(text, matchers(language)[0]) == expected


@pytest.mark.parametrize(
    ("language", "text", "unit", "expected"),
    [
        ("en", "ten minutes", "min", 10),
        ("de", "zwei Stunden", "min", 120),
        ("de", "fünfhundertzwölf Megabyte", "MiB", 512),
        ("fr", "dix minutes", "min", 10),
        ("es", "dos gigas", "MiB", 2_048),
        ("nl", "tien minuten", "min", 10),
        ("nl", "vijfhonderdtwaalf megabyte", "MiB", 512),
    ],
)
def test_values_in_words(language: str, text: str, unit: str, expected: float) -> None:
    assert numbers_said([text], unit, matchers(language)) == {expected}


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("en", "do it in one hour", 60),
        ("en", "do it in twenty-five minutes", 25),
        ("de", "in zehn Minuten", 10),
        ("fr", "dans dix minutes", 10),
        ("es", "en diez minutos", 10),
        ("nl", "over tien minuten", 10),
    ],
)
def test_times_in_words(language: str, text: str, minutes: int) -> None:
    found = without_time(text, text, matchers(language)[0])
    assert found is not None
    assert found.said.after == timedelta(minutes=minutes)
