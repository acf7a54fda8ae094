"""Splits a text into words, and finds the kind of a word: a number, a name, a known word, and others."""

import re
from typing import Final

from .detectors.common_words import PROGRAMS, is_usual
from .detectors.given_names import is_given_name
from .detectors.known_words import is_known
from .detectors.meaning_words import MEANINGS
from .detectors.people_words import KIN
from .detectors.secret_words import ACCESS_WORDS, NOT_SECRET, WIFI_WORDS, secret_kind

_BREAKS: Final = r"\s\"'`“”„«»\u2018\u2019\u201a()\[\]{},;:=<>|→?!"
WORD: Final = re.compile(rf"[^{_BREAKS}]+(?:[!?]+[^{_BREAKS}]+)*|[^\s\w]|\n")
"""A word or a mark."""

_TAIL: Final = re.compile(r"(?<=.)[.…*_]+\Z")
_PART: Final = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿ]{2,}|[A-ZÀ-Þ]{2,}")
_SAME: Final = re.compile(r"(?<=[A-Z])[A-Z]|(?<=[a-z])[a-z]|(?<=\d)\d|(?<=[^\w])[^\w]")
_MOST_CHANGES: Final = 8
_MOST_PARTS: Final = 4
_LONGEST_SHAPE: Final = 8
_LONGEST_NUMBER: Final = 9
_LONGEST_LOWER: Final = 5
_SHORTEST_NAME: Final = 3
_FORMS: Final = {
    "version": re.compile(r"v?\d+(?:[._]\d+){1,4}(?:[-+][\w.]+)?", re.IGNORECASE),
    "time": re.compile(r"\d{1,2}[h.]\d\d|\d{4}-\d\d-\d\d\S*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"),
    "measure": re.compile(
        r"\d+(?:[.,]\d+)?(?:%|°c?|[kmgtp]i?b(?:/s|ps)?|ms|s|h|d|w|min|kwh|mbit|gbit|hz|mhz|ghz|st|[nr]d|th|p|v"
        r"|a)",
        re.IGNORECASE,
    ),
    "hex": re.compile(r"(?:0x)?[0-9a-f-]{12,}", re.IGNORECASE),
    "address": re.compile(r"\w+//\S+|\S+\.\w{2,6}/\S*|[~.]?/\S+|\S+@\S+\.\w+|//\S+"),
    "identifier": re.compile(r"[A-Za-z]+\d?(?:_[A-Za-z\d]+)+|[A-Z]+(?:_[A-Z]+)+|--?[a-z][\w-]*|\$\w+"),
    "dotted": re.compile(r"[a-z\d_-]+(?:[./][a-z\d_-]+)+", re.IGNORECASE),
}
_DIGITS_TEXT: Final = (
    "zero one two three four five six seven eight nine null eins zwei drei vier fünf sechs sieben acht neun "
    "nul een één twee drie vijf zes zeven negen zéro deux trois quatre cinq sept huit neuf cero uno dos tres "
    "cuatro cinco seis siete ocho nueve"
)
_LISTED: Final = (
    ("wifi", WIFI_WORDS),
    ("digit word", frozenset(_DIGITS_TEXT.split())),
    ("access", ACCESS_WORDS),
    ("kin", KIN),
    ("program", PROGRAMS),
    ("small", NOT_SECRET),
)
STRANGE: Final = frozenset(("name", "given name", "lower given", "capitals", "dashed", "mixed case")).union(
    (f"lower {length}" for length in range(1, _LONGEST_LOWER + 1)),
    (f"mixed {changes}" for changes in range(_MOST_CHANGES + 1)),
)
"""The kinds of words that are not known."""


def split_tail(word: str) -> tuple[str, str]:
    """Return a word without the full stops after it, and these."""
    tail = _TAIL.search(word)
    return (word[: tail.start()], tail.group()) if tail else (word, "")


def parts_of(word: str) -> list[str]:
    """Return the words of a name such as ``db_password`` or ``userName`` in lower case."""
    found = [one.lower() for one in _PART.findall(word)]
    return found[:_MOST_PARTS] if len(found) > 1 else []


def shape_of(word: str) -> str:
    """Return the form of a word: ``Xx-0`` for ``Tulip-77``."""
    shape = re.sub(r"[^\W\d_]", lambda match: "X" if match.group().isupper() else "x", word)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"\d", "0", shape))[:_LONGEST_SHAPE]


def changes_of(word: str) -> int:
    """Return how often capitals, lower case, digits, and other characters follow each other."""
    return len(_SAME.sub("", word))


def kind_of(word: str) -> str:
    """Return the kind of a word, ``mark`` if it has no letter and no digit."""
    if not any(one.isalnum() for one in word):
        return "mark"
    lower = word.lower()
    if kind := secret_kind(lower, "de"):
        return f"secret {kind}"
    if kind := next(filter(None, (secret_kind(one, "de") for one in parts_of(word))), None):
        return f"named {kind}"
    if meaning := MEANINGS.get(lower):
        return f"means {meaning}"
    listed = next((name for name, words in _LISTED if lower in words), None)
    return listed or ("usual" if is_usual(lower) else _kind_by_form(word))


def _kind_by_form(word: str) -> str:
    if word.isdigit():
        return f"digits {min(len(word), _LONGEST_NUMBER)}"
    form = next((name for name, pattern in _FORMS.items() if pattern.fullmatch(word)), None)
    if form:
        return form
    if word.isalpha():
        return _kind_of_letters(word)
    if any(one.isdigit() for one in word):
        is_mixed = any(one.isalpha() for one in word)
        return f"mixed {min(changes_of(word), _MOST_CHANGES)}" if is_mixed else "number"
    return "dashed" if "-" in word else "other"


def _kind_of_letters(word: str) -> str:
    is_name = len(word) >= _SHORTEST_NAME and is_given_name(word)
    if not (is_name and word[0].isupper()) and is_known(word.lower()):
        return "known"
    if word.isupper():
        return "capitals"
    if word.istitle():
        return "given name" if is_name else "name"
    if word.islower():
        return "lower given" if is_name else f"lower {min(len(word), _LONGEST_LOWER)}"
    return "mixed case"
