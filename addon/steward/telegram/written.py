"""Reads commands that people write, with and without a slash, in each language. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from ..texts import Texts, english, languages, texts_of


class Name(StrEnum):
    """The commands."""

    STATUS = "status"
    WEEKLY = "weekly"
    CUSTOM = "custom"
    SNOOZE = "snooze"
    SILENCE = "silence"
    MAINTENANCE = "maintenance"
    PAUSE = "pause"
    RESUME = "resume"
    FALSE_ALARM = "false_alarm"
    HELP = "help"
    START = "start"


_WORDS: Final = {
    Name.STATUS: english("status"),
    Name.WEEKLY: english("weekly"),
    Name.CUSTOM: english("custom"),
    Name.SNOOZE: english("snooze"),
    Name.SILENCE: english("silence"),
    Name.MAINTENANCE: english("maintenance"),
    Name.PAUSE: english("pause"),
    Name.RESUME: english("resume"),
    Name.HELP: english("help"),
}
_FALSE_ALARM: Final = (
    english("false alarm"),
    english("a false alarm"),
    english("that was a false alarm"),
    english("this is a false alarm"),
)
"""What people answer to a message about a problem that is none."""

_ALL: Final = english("all")
_END: Final = english("end")

MENU: Final = (
    (Name.STATUS, english("What is open, what waits, and what does not answer")),
    (Name.WEEKLY, english("The report of the last seven days")),
    (Name.CUSTOM, english("Ask or request something: /custom How is Radarr?")),
    (Name.SNOOZE, english("Be asked later: answer to a request with /snooze 2h")),
    (Name.SILENCE, english("Not be asked about a service: answer with /silence 2h")),
    (Name.MAINTENANCE, english("Maintenance of a service: /maintenance Radarr 2h")),
    (Name.PAUSE, english("Pause automatic changes, with “all” every change")),
    (Name.RESUME, english("End the pause")),
    (Name.FALSE_ALARM, english("Say that a problem was none: answer to its message")),
    (Name.HELP, english("What you can write here")),
)

_COMMAND: Final = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)
_PLAIN: Final = re.compile(r"(?P<name>\w+)(?:\s?(?P<colon>:))?(?:\s*(?P<argument>\S.*))?", re.DOTALL)
_UNITS: Final = {
    "minutes": ("m", "min", "minute", "minutes", "minuten", "minuut", "minuto", "minutos"),
    "hours": (
        *("h", "hour", "hours", "std", "stunde", "stunden", "heure", "heures"),
        *("hora", "horas", "u", "uur", "uren"),
    ),
    "days": (
        *("d", "day", "days", "tag", "tage", "tagen", "j", "jour", "jours"),
        *("dia", "dias", "día", "días", "dag", "dagen"),
    ),
}
_UNIT_OF: Final = {name: unit for unit, names in _UNITS.items() for name in names}
_LETTERS: Final = re.compile(r"[^\w' ]+")
_DURATION: Final = re.compile(r"(?:(?P<before>.*\S)\s+)?(?P<number>\d{1,5})\s*(?P<unit>[^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Written:
    """A command with its argument."""

    name: Name
    argument: str = ""


def parsed(text: str, bot: str | None) -> Written | None:
    """Return the command in a message, None when there is none for the bot with this user name.

    Without a slash it is one only with a fitting argument: people write to each other too.
    """
    found = _COMMAND.fullmatch(text.strip())
    if found is not None:
        return None if _is_for_another(found, bot) else _with_slash(found, bot)
    found = _PLAIN.fullmatch(text.strip())
    name = None if found is None else _names().get(found["name"].casefold())
    if found is None or name is None:
        return None
    written = Written(name, (found["argument"] or "").strip())
    return written if _fits(written, has_colon=found["colon"] is not None) else None


def is_for_another(text: str, bot: str | None) -> bool:
    """Return whether a text is a command for another bot of the group."""
    found = _COMMAND.fullmatch(text.strip())
    return found is not None and _is_for_another(found, bot)


def is_misspelled(text: str, bot: str | None) -> bool:
    """Return whether a text is a command, not for another bot, that does not exist."""
    found = _COMMAND.fullmatch(text.strip())
    return found is not None and not _is_for_another(found, bot) and _with_slash(found, None) is None


def duration(text: str) -> timedelta | None:
    """Return a time such as ``30m``, ``2h`` or ``1d``, None when it is not one."""
    before, time = split_duration(text)
    return None if before else time


def split_duration(text: str) -> tuple[str, timedelta | None]:
    """Return the text before a time at its end, and the time; the whole text without one."""
    found = _DURATION.fullmatch(text.strip())
    unit = None if found is None else _UNIT_OF.get(found["unit"].casefold())
    if found is None or unit is None:
        return text.strip(), None
    return found["before"] or "", timedelta(**{unit: int(found["number"])})


def says_false_alarm(text: str) -> bool:
    """Return whether a text says only that a problem was a false alarm, in any language; a question asks."""
    if "?" in text:
        return False
    said = " ".join(_LETTERS.sub(" ", text).casefold().split())
    return any(said in _translations(one) for one in _FALSE_ALARM)


def is_all(argument: str) -> bool:
    """Return whether an argument means everything, in any language."""
    return argument.casefold() in _translations(_ALL)


def without_end(argument: str) -> str | None:
    """Return what a command is to end ("Radarr end"), None when it is not to end anything."""
    before, _, last = argument.rpartition(" ")
    return before.strip() if last.casefold() in _translations(_END) else None


def menu(texts: Texts) -> tuple[tuple[str, str], ...]:
    """Return the commands with their descriptions."""
    return tuple((name.value, texts(description)) for name, description in MENU)


def help_lines(texts: Texts) -> tuple[str, ...]:
    """Return what people can write."""
    return (
        texts("/status shows what is open, what waits for an answer, and which services do not answer."),
        texts("/weekly shows the report of the last seven days."),
        texts("/custom and a question or a request: I answer, or create a request that somebody approves."),
        texts("/snooze 2h as an answer to a request asks again in two hours. Use m, h or d."),
        texts("/silence 2h as an answer to an incident: nobody is asked about its service for two hours."),
        texts("/maintenance Radarr 2h starts a maintenance, /maintenance Radarr end ends it."),
        texts(
            "/false_alarm as an answer to an incident, or “false alarm”: nobody is asked about it for a day."
        ),
        texts("/pause stops automatic changes, /pause all every change, /resume ends the pause."),
        texts("Any other answer to a message of mine becomes a comment. A question is answered."),
        texts(
            "To decide, press a button. A high risk needs a PIN here; without one, decide in Home Assistant."
        ),
    )


def _is_for_another(found: re.Match[str], bot: str | None) -> bool:
    return bot is not None and (found["bot"] or bot).casefold() != bot.casefold()


def _with_slash(found: re.Match[str], bot: str | None) -> Written | None:
    """Return the command, in any language. For one of this ``bot`` that does not exist it is HELP."""
    said = found["name"].casefold()
    name = Name(said) if said in set(Name) else _names().get(said)
    if name is None:
        return Written(Name.HELP) if bot is not None and found["bot"] else None
    return Written(name, (found["argument"] or "").strip())


def _fits(written: Written, *, has_colon: bool) -> bool:
    """Return whether a text without a slash is meant as a command."""
    argument = written.argument
    match written.name:
        case Name.CUSTOM:
            return has_colon and bool(argument)
        case Name.SNOOZE | Name.SILENCE:
            return not argument or duration(argument) is not None
        case Name.MAINTENANCE:
            is_full = split_duration(argument)[1] is not None or without_end(argument) is not None
            return not argument or is_full
        case Name.PAUSE:
            return not argument or is_all(argument)
        case _:
            return not argument


@cache
def _names() -> Mapping[str, Name]:
    """Return the command of each word, in all languages."""
    return {word: name for name, text in _WORDS.items() for word in _translations(text)}


@cache
def _translations(text: str) -> frozenset[str]:
    return frozenset(texts_of(language)(text).casefold() for language in languages())
