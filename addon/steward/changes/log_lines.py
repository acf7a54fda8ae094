"""What lines of a log say: their kind without numbers, whether they are errors, and their pace. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

LONGEST: Final = 200
"""Characters of a line that are looked at."""

LONGEST_KIND: Final = 100

_TIME: Final = re.compile(
    r"^\W*(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?)\W*"
)
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_ID: Final = re.compile(r"\b(?=[0-9a-f-]*\d)[0-9a-f]{6,}(?:-[0-9a-f]{2,})*\b")
_NUMBER: Final = re.compile(r"\d+(?:[.,:]\d+)*")

_ERROR: Final = re.compile(
    r"\b(?:error|err|fatal|critical|crit|panic|severe|traceback|\w*exception)\b"
    r"|\b(?:segmentation fault|core dumped)\b"
    r"|\[e\]|^e\d{4}\b|\bftl\b",
    re.IGNORECASE,
)
_WARNING: Final = re.compile(r"\b(?:warn|warning|wrn|retrying|waiting)\b|\[w\]", re.IGNORECASE)
_NO_ERROR: Final = re.compile(
    r"\b(?:no|0|without|zero) (?:errors?|exceptions?)\b|\berrors?[:=] ?0\b", re.IGNORECASE
)
_SEVERE: Final = re.compile(
    r"\b(?:fatal|panic|critical|traceback|core dumped|segmentation fault)\b|\bftl\b"
    r"|read-only file system|permission denied|access is denied|\beacces\b|\berofs\b"
    r"|no space left|database (?:is )?(?:locked|malformed|corrupt)|disk image is malformed|corrupt"
    r"|migrations? failed|failed migration|incompatible|schema version|out of memory|oom",
    re.IGNORECASE,
)


class Tone(StrEnum):
    """What a line reports. SEVERE errors keep a program from its work."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    SEVERE = "severe"


def said(line: str) -> str:
    """Return a line without its time and colours."""
    return _TIME.sub("", _COLOUR.sub("", line)[:LONGEST]).strip()


@lru_cache(maxsize=2048)
def kind_of(text: str) -> str:
    """Return what a text without its time has in common with others of its kind."""
    plain = _NUMBER.sub("#", _ID.sub("#", _QUOTED.sub("'#'", text.lower())))
    return plain[:LONGEST_KIND]


@lru_cache(maxsize=2048)
def tone_of(text: str) -> Tone:
    """Return what a line reports; severe words count only where a problem is reported."""
    if _ERROR.search(text) and not _NO_ERROR.search(text):
        return Tone.SEVERE if _SEVERE.search(text) else Tone.ERROR
    if _SEVERE.search(text) and not _WARNING.search(text) and not _NO_ERROR.search(text):
        return Tone.ERROR
    return Tone.WARNING if _WARNING.search(text) else Tone.NOTE


def added(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return the lines of a read that the one before did not have, however they are ordered."""
    known = Counter(before)
    found = []
    for line in now:
        if known[line] > 0:
            known[line] -= 1
        else:
            found.append(line)
    return found


FEWEST_TIMED: Final = 10
"""Lines with a time that are needed to know how fast they come."""


def per_minute(lines: Sequence[str]) -> float | None:
    """Return how many lines come in a minute by their times, None when there are too few."""
    found = [match[0] for line in lines if (match := _STAMP.search(line)) is not None]
    if len(found) < FEWEST_TIMED:
        return None
    try:
        times = [datetime.fromisoformat(one) for one in (min(found), max(found))]
    except ValueError:
        return None
    return 60 * (len(found) - 1) / max(1.0, (times[1] - times[0]).total_seconds())
