"""The time in a text: what it means, and what is left of the text."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rig.recognition_rig import matchers
from steward.language.said_times import SaidTime, Timed, instant, lacks_clock, without_time

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 28, 17, 0, tzinfo=VIENNA)
"""A Saturday."""


def timed(text: str, language: str = "en") -> Timed | None:
    return without_time(text, text, matchers(language)[0])


def at(text: str, language: str = "en", now: datetime = NOW) -> str | None:
    """Return when a text means, in the zone of ``now``, None when there is no such time."""
    found = timed(text, language)
    assert found is not None, text
    meant = instant(found.said, now)
    return f"{meant.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if meant else None


@pytest.mark.parametrize(
    ("language", "text", "rest", "meant"),
    [
        ("en", "restart x tonight at 3", "restart x", "2026-11-29 03:00"),
        ("en", "restart x at 3", "restart x", "2026-11-29 03:00"),
        ("en", "restart x tonight at 9", "restart x", "2026-11-28 21:00"),
        ("en", "restart x tonight at 22:30", "restart x", "2026-11-28 22:30"),
        ("en", "restart x at 6", "restart x", "2026-11-28 18:00"),
        ("en", "restart x at 3:30pm", "restart x", "2026-11-29 15:30"),
        ("en", "restart x at 03:30", "restart x", "2026-11-29 03:30"),
        ("en", "restart x at 12 am", "restart x", "2026-11-29 00:00"),
        ("en", "at half past 2 restart x", "restart x", "2026-11-29 02:30"),
        ("en", "restart x at quarter to 6", "restart x", "2026-11-28 17:45"),
        ("en", "restart x in 90 minutes", "restart x", "2026-11-28 18:30"),
        ("en", "restart x in an hour and 5 minutes", "restart x", "2026-11-28 18:05"),
        ("en", "restart x in two days", "restart x", "2026-11-30 17:00"),
        ("en", "restart x on Sunday at noon", "restart x", "2026-11-29 12:00"),
        ("en", "restart x tomorrow morning", "restart x", "2026-11-29 08:00"),
        ("en", "restart x tomorrow evening at 8", "restart x", "2026-11-29 20:00"),
        ("en", "restart x at midnight", "restart x", "2026-11-29 00:00"),
        ("en", "restart x tonight at 10pm", "restart x", "2026-11-28 22:00"),
        ("en", "restart x tonight 1 am", "restart x", "2026-11-29 01:00"),
        ("en", "restart x tonight 12 am", "restart x", "2026-11-29 00:00"),
        ("en", "restart x this evening 7 p.m.", "restart x", "2026-11-28 19:00"),
        ("en", "restart x tomorrow morning 9 am", "restart x", "2026-11-29 09:00"),
        ("en", "restart x @ 0415", "restart x", "2026-11-29 04:15"),
        ("en", "restart x @ 2145", "restart x", "2026-11-28 21:45"),
        ("en", "restart x at 1930", "restart x", "2026-11-28 19:30"),
        ("en", "restart x, 0615", "restart x", "2026-11-29 06:15"),
        ("en", "restart x @ 7", "restart x", "2026-11-28 19:00"),
        ("de", "starte x @ 7 neu", "starte x neu", "2026-11-29 07:00"),
        ("nl", "herstart x om 0645", "herstart x", "2026-11-29 06:45"),
        ("en", "tomorrow restart x at 3pm", "restart x", "2026-11-29 15:00"),
        ("de", "starte x heute nacht um 3 neu", "starte x neu", "2026-11-29 03:00"),
        ("de", "starte x um halb 4 neu", "starte x neu", "2026-11-29 03:30"),
        ("de", "starte x um 3 Uhr 15 neu", "starte x neu", "2026-11-29 03:15"),
        ("de", "starte x um viertel nach 18 Uhr neu", "starte x neu", "2026-11-28 18:15"),
        ("de", "starte x morgen früh neu", "starte x neu", "2026-11-29 08:00"),
        ("de", "starte x in einer halben Stunde neu", "starte x neu", "2026-11-28 17:30"),
        ("de", "starte x am Montag um 15:30 neu", "starte x neu", "2026-11-30 15:30"),
        ("fr", "redémarre x cette nuit à 3 heures", "redémarre x", "2026-11-29 03:00"),
        ("fr", "redémarre x dans 2 heures", "redémarre x", "2026-11-28 19:00"),
        ("fr", "redémarre x demain à 15h30", "redémarre x", "2026-11-29 15:30"),
        ("fr", "redémarre x à 3 heures et demie", "redémarre x", "2026-11-29 03:30"),
        ("fr", "redémarre x demain soir à 8 heures", "redémarre x", "2026-11-29 20:00"),
        ("es", "reinicia x esta noche a las 3", "reinicia x", "2026-11-29 03:00"),
        ("es", "reinicia x a las 3 y media de la mañana", "reinicia x", "2026-11-29 03:30"),
        ("es", "reinicia x dentro de dos horas", "reinicia x", "2026-11-28 19:00"),
        ("es", "reinicia x mañana por la mañana", "reinicia x", "2026-11-29 08:00"),
        ("es", "reinicia x el lunes a las 15:30", "reinicia x", "2026-11-30 15:30"),
        ("nl", "herstart x vannacht om 3 uur", "herstart x", "2026-11-29 03:00"),
        ("nl", "herstart x over twee uur", "herstart x", "2026-11-28 19:00"),
        ("nl", "herstart x om half 4", "herstart x", "2026-11-29 03:30"),
        ("nl", "herstart x om kwart voor zes", "herstart x", "2026-11-29 05:45"),
        ("nl", "herstart x morgenavond om 8 uur", "herstart x", "2026-11-29 20:00"),
        ("nl", "herstart x 's nachts om 3 uur", "herstart x", "2026-11-29 03:00"),
    ],
)
def test_a_time_is_taken_out_of_a_text(language: str, text: str, rest: str, meant: str) -> None:
    found = timed(text, language)
    assert found is not None
    assert (found.rest, at(text, language)) == (rest, meant)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "restart x"),
        ("en", "restart x every monday"),
        ("en", "stop x until tomorrow at 3"),
        ("en", "stop x for 2 hours"),
        ("en", "restart x before midnight"),
        ("en", "restart x after 3 pm"),
        ("en", "restart x tonight tomorrow"),
        ("en", "restart x tomorrow on monday at 3"),
        ("en", "restart x at 3 and"),
        ("en", "restart x at 25"),
        ("en", "restart x at 3:75"),
        ("en", "restart x in 2 hours at 3"),
        ("en", "restart x in 0 minutes"),
        ("en", "set x to 3"),
        ("en", "restart x tonight 3 pm"),
        ("en", "restart x this evening 9 am"),
        ("en", "restart x tomorrow morning 7 pm"),
        ("en", "restart x @ 2575"),
        ("en", "restart x 0075"),
        ("en", "set x to 2048"),
        ("en", "stop x at night"),
        ("en", "restart x in the evening"),
        ("de", "stoppe x nachts"),
        ("nl", "stop x 's nachts"),
        ("de", "starte x jeden Montag neu"),
        ("de", "starte x nach Mitternacht neu"),
        ("de", "stoppe x bis morgen"),
        ("fr", "arrête x pour 2 heures"),
        ("fr", "redémarre x avant minuit"),
        ("es", "reinicia x todos los lunes"),
        ("es", "reinicia x los lunes"),
        ("es", "detén x por 2 horas mañana"),
        ("nl", "stop x tot morgen"),
        ("nl", "herstart x voor middernacht"),
    ],
)
def test_what_is_not_one_time_is_not_taken_out(language: str, text: str) -> None:
    assert timed(text, language) is None


def test_a_name_is_no_time() -> None:
    found = without_time("restart Tomorrow at 3", "restart xxxxxxxx at 3", matchers()[0])
    assert found is not None
    assert found.rest == "restart Tomorrow"


@pytest.mark.parametrize("text", ["restart x tomorrow", "restart x on monday"])
def test_a_day_alone_has_no_time_of_day(text: str) -> None:
    found = timed(text)
    assert found is not None
    assert lacks_clock(found.said)
    assert instant(found.said, NOW) is None


def test_a_time_that_is_over_is_none() -> None:
    assert at("restart x today at 15:00") is None
    assert at("restart x this morning") is None
    assert at("restart x today at 3") is None
    assert at("restart x today at 6") == "2026-11-28 18:00"


def test_tonight_after_midnight_is_the_night_that_has_begun() -> None:
    now = datetime(2026, 11, 29, 1, 0, tzinfo=VIENNA)
    assert at("restart x tonight at 3", now=now) == "2026-11-29 03:00"
    late = datetime(2026, 11, 29, 4, 0, tzinfo=VIENNA)
    assert at("restart x tonight at 3", now=late) == "2026-11-30 03:00"


def test_a_clock_change_in_between() -> None:
    spring = datetime(2027, 3, 27, 20, 0, tzinfo=VIENNA)
    assert at("restart x tonight at 2:30", now=spring) == "2027-03-28 03:30"
    assert at("restart x in 12 hours", now=spring) == "2027-03-28 09:00"
    assert at("restart x in a day", now=spring) == "2027-03-28 20:00"
    autumn = datetime(2026, 10, 24, 20, 0, tzinfo=VIENNA)
    found = timed("restart x tonight at 2:30")
    assert found is not None
    assert instant(found.said, autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


_NOWS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001


@given(
    _NOWS,
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from([("", None), ("today", 0), ("tomorrow", 1), ("the day after tomorrow", 2)]),
)
def test_an_exact_time_is_the_next_one_on_that_day(
    now: datetime, hour: int, minute: int, day: tuple[str, int | None]
) -> None:
    said, days = day
    found = timed(f"restart x {said} at {hour:02}:{minute:02}")
    assert found is not None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    # "At 11:00" may also mean the evening, "at 09:00" and "at 13:00" may not.
    hours = {hour % 12, hour % 12 + 12} if hour in (10, 11, 12) else {hour}
    every = [midnight + timedelta(days=one, hours=each, minutes=minute) for one in range(3) for each in hours]
    wanted = [one for one in every if one > now and (days is None or (one - midnight).days == days)]
    assert instant(found.said, now) == min(wanted, default=None)


@given(_NOWS, st.integers(1, 59), st.sampled_from([("minutes", 1), ("hours", 60), ("days", 1440)]))
def test_a_length_of_time_is_added(now: datetime, count: int, unit: tuple[str, int]) -> None:
    found = timed(f"restart x in {count} {unit[0]}")
    assert found is not None
    assert instant(found.said, now) == now + timedelta(minutes=count * unit[1])


@given(_NOWS, st.integers(0, 6), st.integers(13, 23))
def test_a_weekday_is_the_next_one(now: datetime, weekday: int, hour: int) -> None:
    found = instant(SaidTime(weekday=weekday, hour=hour), now)
    assert found is not None
    assert (found.weekday(), found.hour) == (weekday, hour)
    assert now < found <= now + timedelta(days=7)
