"""When a request is executed that a person wants at a time, and the text that says it."""

from datetime import datetime, timedelta

from homelab_steward.contract.later import Later

from ..agent.later import LATEST
from ..texts import Texts, local
from .said_times import SaidTime, instant


def later_of(said: SaidTime, now: datetime) -> Later | None:
    """Return when a request is executed, None when the time is over."""
    at = instant(said, local(now))
    return None if at is None else Later(at=at, until=at + LATEST)


def said_when(later: Later, now: datetime, texts: Texts) -> str:
    """Return a time with its day in the household's time zone: "tomorrow, November 29, at 03:00"."""
    at, today = local(later.at), local(now).date()
    day, time = texts.long_day(at), texts.time(at)
    if at.date() == today:
        return texts(t"today, {day}, at {time}")
    if at.date() == today + timedelta(days=1):
        return texts(t"tomorrow, {day}, at {time}")
    weekday = texts.weekday(at)
    return texts(t"on {weekday}, {day}, at {time}")
