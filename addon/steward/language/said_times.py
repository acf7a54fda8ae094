"""Reads the time at which a person wants something done. Pure; the words are data of each language."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from .words import masked, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

WORDS: Final = "time_word"
"""The list of a language's words for times, with their tags."""

LONGEST: Final = 4
"""Words of one entry of the list."""

_TOKEN: Final = re.compile(r"@|\d{1,2}(?:[:.h]\d{2})(?!\d)|\d+|(?:(?<!\w)')?[^\W\d_]+(?:['.-][^\W\d_]+)*\.?")
_CLOCK: Final = re.compile(r"(\d{1,2})[:.h](\d{2})")

_PART_HOURS: Final = {"morning": 8, "noon": 12, "afternoon": 15, "evening": 20, "night": 3}
_UNITS: Final = {"min": timedelta(minutes=1), "h": timedelta(hours=1)}
_DAYS: Final = {"d": 1, "w": 7}
_DAWN: Final = 6
"""Hours below this one belong to the night before."""

_LATEST_NIGHT: Final = 18
_HALF_DAY: Final = 12
_DAY: Final = 24
_HOUR: Final = 60

_MOST_DIGITS: Final = 4
"""A larger number is no time that can be scheduled."""

_FOUR_DIGITS: Final = 1000
"""A larger number is an hour and a minute."""

_AT: Final = "@"
"""A sign for "at", in every language."""

_HALVES: Final = {"am": ("morning",), "pm": ("afternoon", "evening")}
"""The parts of a day that "am" and "pm" may stand beside."""


@dataclass(frozen=True, slots=True)
class SaidTime:
    """A time as it was said. ``is_half_day``: 3 may mean the morning or the afternoon."""

    after: timedelta | None = None
    days: int | None = None
    weekday: int | None = None
    part: str | None = None
    hour: int | None = None
    minute: int = 0
    is_half_day: bool = False


@dataclass(frozen=True, slots=True)
class Timed:
    """A text without its time, the time, and how it was said."""

    rest: str
    said: SaidTime
    part: str


@dataclass(frozen=True, slots=True)
class _Tagged:
    start: int
    end: int
    tags: tuple[str, ...]


def without_time(text: str, hidden: str, matcher: LanguageMatcher) -> Timed | None:
    """Return a text without the time that it has, None when it has none that is understood.

    ``hidden`` is the text with its names masked: nothing is looked for in them.
    """
    length = matcher.find("duration", hidden)
    if length is not None:
        # "Silence it for 2 hours tonight": the length of time is an argument.
        hidden = masked(hidden, [length])
    runs = [run for one in _runs(list(_tagged(hidden, matcher))) if _is_time(run := _without_last(one))]
    said = _said([tag for run in runs for one in run for tag in one.tags]) if runs else None
    if said is None:
        return None
    rest = text
    for run in reversed(runs):
        rest = f"{rest[: run[0].start]} {rest[run[-1].end :]}"
    part = " ".join(text[run[0].start : run[-1].end] for run in runs)
    return Timed(" ".join(rest.split()).strip(" ,"), said, part)


def instant(said: SaidTime, now: datetime) -> datetime | None:
    """Return the next time that is meant, aware and in UTC; None when it is over or no clock time is said.

    ``now`` is aware, in the time zone of the household. A time that a clock change leaves out is an
    hour later, and one that it repeats is the first.
    """
    if said.after is not None:
        days = timedelta(days=said.days or 0)
        moved = (now.replace(tzinfo=None) + days).replace(tzinfo=now.tzinfo) if days else now
        return moved.astimezone(UTC) + said.after
    later = (one for one in sorted(_candidates(said, now)) if one > now.astimezone(UTC))
    return next(later, None)


def lacks_clock(said: SaidTime) -> bool:
    """Return whether a day is said without a time of day."""
    return said.after is None and said.hour is None and said.part is None


def _candidates(said: SaidTime, now: datetime) -> Iterator[datetime]:
    for day in _days(said, now):
        for hour in _hours(said):
            midnight = now.replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
            at = midnight + timedelta(days=day, hours=hour, minutes=said.minute)
            yield at.replace(tzinfo=now.tzinfo).astimezone(UTC)


def _days(said: SaidTime, now: datetime) -> tuple[int, ...]:
    """Return the days from today on that are possible."""
    if said.weekday is not None:
        first = (said.weekday - now.weekday()) % 7
        return first, first + 7
    if said.days is not None:
        # After midnight "tonight" still is the night that has begun.
        is_night = said.part == "night" and said.days == 0 and now.hour < _DAWN
        return (-1, 0) if is_night else (said.days,)
    return (-1, 0, 1) if said.part == "night" else (0, 1)


def _hours(said: SaidTime) -> tuple[int, ...]:
    """Return the hours from the beginning of the day that are possible; the night goes on after it."""
    if lacks_clock(said):
        return ()
    hour = said.hour
    if hour is None:
        hour = _PART_HOURS[said.part or "noon"]
    if said.part == "night":
        hour %= _HALF_DAY if hour == _HALF_DAY else _DAY
        if hour < _DAWN:
            return (hour + _DAY,)
        return (hour + _HALF_DAY if hour < _HALF_DAY else hour,)
    if said.part in ("afternoon", "evening") and said.hour is not None:
        is_noon = hour == _HALF_DAY and said.part == "afternoon"
        return (hour if hour > _HALF_DAY or is_noon else hour + _HALF_DAY,)
    if said.is_half_day and said.part is None and 0 < hour <= _HALF_DAY:
        return hour % _HALF_DAY, hour % _HALF_DAY + _HALF_DAY
    return (hour,)


def _tagged(text: str, matcher: LanguageMatcher) -> Iterator[_Tagged]:
    """Yield what has a meaning for a time, in order; the longest entries of the list come first."""
    words = matcher.worded(WORDS)
    tokens = list(_TOKEN.finditer(text))
    place = 0
    while place < len(tokens):
        length = matcher.prefix("duration", text[tokens[place].start() :])
        if length:
            # "For 2 hours" says how long something is done, not when.
            duration_end = tokens[place].start() + length
            place = next((n for n, one in enumerate(tokens) if one.start() >= duration_end), len(tokens))
            continue
        for count in range(min(LONGEST, len(tokens) - place), 0, -1):
            start, end = tokens[place].start(), tokens[place + count - 1].end()
            is_word = not text[start].isdigit() or count > 1
            tags = _split(words.get(words_of(text[start:end]))) if is_word else None
            tags = _at(words.values()) if text[start:end] == _AT else tags
            tags = tags or (_number(text[start:end], matcher) if count == 1 else None)
            if tags is not None:
                yield _Tagged(start, end, tags)
                place += count
                break
        else:
            place += 1


def _split(tags: object) -> tuple[str, ...] | None:
    return None if tags is None else tuple(str(tags).split())


def _at(known: Collection[object]) -> tuple[str, ...]:
    """Return the tag of "at" in a language."""
    return ("at12",) if "at12" in known else ("at",)


def _number(text: str, matcher: LanguageMatcher) -> tuple[str, ...] | None:
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        exact = "clock24" if clock[1].startswith("0") else "clock"
        return (f"{exact}:{int(clock[1])}:{int(clock[2])}",) if int(clock[2]) < _HOUR else None
    if text.isdecimal() and len(text) == _MOST_DIGITS and text.startswith("0"):
        # "0530" is nothing but a time; "1830" may be an amount, unless "at" precedes it.
        return _four_digits("clock24", text)
    if text.isdecimal():
        return (f"num:{int(text)}",) if len(text) <= _MOST_DIGITS else None
    # "At half past ten." ends a sentence.
    number = matcher.numbers.get(text.casefold().rstrip("."))
    return None if number is None else (f"num:{number}",)


def _four_digits(kind: str, text: str) -> tuple[str, ...] | None:
    """Return the tag of a time such as "0530", None when it is none."""
    hour, minute = divmod(int(text), 100)
    return (f"{kind}:{hour}:{minute}",) if hour < _DAY and minute < _HOUR else None


def _runs(tagged: Sequence[_Tagged]) -> list[list[_Tagged]]:
    """Return what stands side by side."""
    runs: list[list[_Tagged]] = []
    for one in tagged:
        if runs and one.start - runs[-1][-1].end <= 2:  # noqa: PLR2004 - a comma and a blank
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _without_last(run: list[_Tagged]) -> list[_Tagged]:
    """Return a run without a last word that limits nothing: the verb "bereite … um 14 Uhr vor"."""
    return run[:-1] if len(run) > 1 and run[-1].tags == ("bound",) else run


def _is_time(run: Sequence[_Tagged]) -> bool:
    return _said([tag for one in run for tag in one.tags]) is not None


def _said(tags: Sequence[str]) -> SaidTime | None:
    """Return the time that tags say together, None when one of them has no place in it."""
    said = SaidTime()
    left = tags
    while left:
        taken = _take(said, left)
        if taken is None:
            return None
        said, count = taken
        left = left[count:]
    return None if said == SaidTime() or not _fits(said) else said


def _fits(said: SaidTime) -> bool:
    has_day = said.days is not None or said.weekday is not None
    if said.part is not None and not has_day and said.hour is None:
        return False  # "At night" may mean every night.
    is_absolute = said.weekday is not None or said.part is not None or said.hour is not None
    return said.after is None or not is_absolute


def _take(said: SaidTime, tags: Sequence[str]) -> tuple[SaidTime, int] | None:
    """Return the time with what the first tags add, and how many they are; None when they do not fit."""
    kind, _, value = tags[0].partition(":")
    if kind == "in":
        return _relative(tags[1:]) if said == SaidTime() else None
    added = _added(said, kind, value)
    if added is not None:
        return added, 1
    return _clock(said, tags) if said.hour is None else None


def _added(said: SaidTime, kind: str, value: str) -> SaidTime | None:
    """Return the time with what one tag adds, None when it does not fit."""
    match kind:
        case "day" if said.days is None and said.weekday is None and said.after is None:
            return replace(said, days=int(value))
        case "weekday" if said.days is None and said.weekday is None:
            return replace(said, weekday=int(value))
        case "part" if said.part is None:
            return replace(said, part=value)
        case "half_day" if said.hour is not None and said.hour <= _HALF_DAY:
            hour = said.hour % _HALF_DAY + (_HALF_DAY if value == "pm" else 0)
            is_fitting = said.part is None or _is_in(said.part, hour, value)
            return replace(said, hour=hour, is_half_day=False) if is_fitting else None
        case "add" if said.hour is not None and said.minute == 0:
            return replace(said, minute=int(value))
        case _:
            return None


def _is_in(part: str, hour: int, half: str) -> bool:
    """Return whether an hour of 24 is in a part of the day: "tonight at 11 pm", not "tonight at 3 pm"."""
    if part == "night":
        return hour >= _LATEST_NIGHT or hour < _DAWN
    return part in _HALVES[half]


def _relative(tags: Sequence[str]) -> tuple[SaidTime, int] | None:
    """Return the length of time that tags begin with, "2 hours and 30 minutes"."""
    length, days, count = timedelta(), 0, 0
    while len(tags) >= count + 2:
        number, _, amount = tags[count].partition(":")
        unit, _, name = tags[count + 1].partition(":")
        if unit == "hour_mark":
            unit, name = "unit", "h"  # "dans 2 heures"
        if number != "num" or unit != "unit":
            break
        if name in _DAYS:
            days += round(float(amount) * _DAYS[name])
        else:
            length += float(amount) * _UNITS[name]
        count += 2
        if tags[count : count + 1] == ["and"]:
            count += 1
    is_some = bool(days or length) and tags[count - 1 : count] != ["and"]
    return (SaidTime(after=length, days=days or None), count + 1) if is_some else None


def _clock(said: SaidTime, tags: Sequence[str]) -> tuple[SaidTime, int] | None:
    """Return the time of day that tags begin with: "at 3", "at half past 3", "3 o'clock", "15:30"."""
    left = [one.partition(":") for one in tags]
    is_half_day = left[0][0] == "at12"
    is_marked = left[0][0] in ("at", "at12")
    del left[:is_marked]
    shift = 0
    if left and left[0][0] == "shift":
        shift, is_marked = int(left.pop(0)[2]), True
    found = _hour_and_minute(left, is_marked=is_marked)
    if found is None or found[0] > _DAY or found[1] >= _HOUR:
        return None
    total = found[0] * _HOUR + found[1] + shift
    is_half_day = is_half_day and left[0][0] in ("num", "clock")
    hour, minute = divmod(total, _HOUR)
    time = replace(said, hour=hour % (_DAY + 1), minute=minute, is_half_day=is_half_day)
    return time, len(tags) - len(left) + found[2]


def _hour_and_minute(left: Sequence[tuple[str, str, str]], *, is_marked: bool) -> tuple[int, int, int] | None:
    """Return an hour, a minute, and how many parts say them. A number alone is none, unless it is marked."""
    kinds = [kind for kind, _, _ in left]
    match kinds:
        case ["hour", *_]:
            return int(left[0][2]), 0, 1
        case ["clock" | "clock24", *following]:
            hour, minute = (int(one) for one in left[0][2].split(":"))
            return hour, minute, 1 + (following[:1] == ["hour_mark"])
        case ["num", "hour_mark", "num", *_]:
            return int(float(left[0][2])), int(float(left[2][2])), 3
        case ["num", "hour_mark", *_]:
            return int(float(left[0][2])), 0, 2
        case ["num", *following] if is_marked or following[:1] == ["half_day"]:
            number = int(float(left[0][2]))
            # "At 2300"
            return (*divmod(number, 100), 1) if number >= _FOUR_DIGITS else (number, 0, 1)
        case _:
            return None
