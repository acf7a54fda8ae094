"""Secrets in lists below a heading such as ``passwords``: ``- router: tulip``."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from .common_words import is_usual
from .detector import Span
from .secret_values import is_no_secret

_NAMES: Final = (
    "pws",
    "pwds",
    "passwords",
    "passcodes",
    "passphrases",
    "pins",
    "logins",
    "credentials",
    "passwörter",
    "kennwörter",
    "zugangsdaten",
    "wachtwoorden",
    "pincodes",
    "mots de passe",
    "contraseñas",
    "claves",
)
_HEADING: Final = re.compile(
    rf"^[^\n:]{{0,30}}?\b(?:{'|'.join(_NAMES)})\b[^\n:]{{0,30}}:?$", re.IGNORECASE | re.MULTILINE
)
_ITEM: Final = re.compile(
    r"[ \t]{0,8}(?:[-*•·]|\d{1,2}[.)])?[ \t]{0,4}[^\n:=→]{1,40}?(?:[:=→]|[ ]-[ ]|->)[ \t]{0,8}"
    r"[\"'`]?(?P<value>[^\n\"'`]{3,60}?)[\"'`]?[ \t]{0,8}(?:\n|\Z)"
)
_INLINE: Final = re.compile(
    rf"^[^\n:]{{0,20}}?\b(?:{'|'.join(_NAMES)})\b[ ]{{0,2}}(?::|->|=>|→)[ ]"
    r"(?=[^\n]{0,40}[:=])(?P<items>[^\n]{5,400})$",
    re.IGNORECASE | re.MULTILINE,
)
"""A heading with its items in one line: ``pws: nas: tulip / tv: basalt``."""
_PART: Final = re.compile(r"[^:=,;/|\n]{2,40}[:=][ ]{0,2}(?P<value>[^\n,;/|]{3,60}?)[ ]*(?=[,;/|]|\Z|\n)")
_FIRST: Final = 1
_MOST_ITEMS: Final = 50


def find_secret_lists(text: str) -> Iterator[Span]:
    """Yield the values of the items below or behind headings that announce secrets. Takes linear time."""
    lower = text.lower()
    if not any(name in lower for name in _NAMES):
        return
    for heading in _HEADING.finditer(text):
        yield from islice(_values(text, heading.end() + _FIRST), _MOST_ITEMS)
    for line in _INLINE.finditer(text):
        for part in islice(_PART.finditer(text, *line.span("items")), _MOST_ITEMS):
            yield from _value(text, *part.span("value"))


def _values(text: str, at: int) -> Iterator[Span]:
    while item := _ITEM.match(text, at):
        at = item.end()
        yield from _value(text, *item.span("value"))


def _value(text: str, start: int, end: int) -> Iterator[Span]:
    value = text[start:end]
    if not is_no_secret(value) and not all(is_usual(one) for one in value.split()):
        yield Span(start=start, end=end, label="PASSWORD", is_secret=True)
