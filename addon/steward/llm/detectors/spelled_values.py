"""Passwords that are spelled: "capital T, three, dash, m", "K as in Karl, dollar sign, nine"."""

import re
from collections.abc import Iterator
from typing import Final

from .detector import Span
from .spoken_codes import is_number_word

_CASE: Final = (
    r"(?:(?:capital|upper ?case|lower ?case|small|big|großes|grosses|kleines|groß|klein|hoofdletter"
    r"|kleine letter"
    r"|grote|kleine|majuscule|minuscule|mayúscula|minúscula)[ ](?:letter[ ])?[^\W\d_]{1,12}"
    r"|[^\W\d_][ ](?:majuscule|minuscule|mayúscula|minúscula))"
)
_SYMBOL: Final = (
    r"(?:dollar(?:zeichen|teken)?(?: sign)?|hash(?:tag)?(?: sign)?|exclamation(?: mark| point)?"
    r"|ausrufezeichen"
    r"|uitroepteken|point d['\u2019]exclamation|(?:signo de )?exclamación|question mark|fragezeichen"
    r"|vraagteken"
    r"|asterisk|asterisco|astérisque|sternchen|sterretje|ampersand|percent(?: sign)?|prozent(?:zeichen)?"
    r"|under ?score|unterstrich|tiret bas|guion bajo|raute|rautezeichen|hekje|dièse|almohadilla|at sign"
    r"|klammeraffe|apenstaartje|arobase|arroba)"
)
_WEAK_SYMBOL: Final = (
    r"(?:dash|hyphen|minus|bindestrich|streepje|tiret|guion|dot|punkt|punt|point|punto|plus)"
)
_EXAMPLE: Final = r"(?:[ ](?:as in|like|for|wie|van|comme|de|como)[ ][^\W\d_]{2,14})?"
_NUMBER: Final = r"\d{1,4}|[^\W\d_]{2,8}"
_PART: Final = re.compile(
    rf"(?P<case>{_CASE}{_EXAMPLE})|(?P<symbol>{_SYMBOL})|(?P<weak>{_WEAK_SYMBOL})"
    rf"|(?P<letter>[^\W\d_]{_EXAMPLE})(?!\w)|(?P<number>{_NUMBER})",
    re.IGNORECASE,
)
_GAP: Final = re.compile(
    r"[ ]?[,-]?[ ]?(?:(?:then|and|dann|und|en|dan|et|puis|y|luego)[ ](?:a[ ]|an[ ]|ein[ ])?){0,3}"
)
_HINT: Final = re.compile(rf"\b(?:{_CASE}|{_SYMBOL})\b", re.IGNORECASE)
_FEWEST: Final = 4


def find_spelled_values(text: str) -> Iterator[Span]:
    """Yield what is spelled with a capital letter or a symbol. Takes linear time."""
    if not _HINT.search(text):
        return
    at = 0
    for word in re.finditer(r"\b\w", text):
        if word.start() < at:
            continue
        parts = _parts(text, word.start())
        at = parts[-1].end() if parts else at
        if _is_value(parts):
            yield Span(start=parts[0].start(), end=parts[-1].end(), label="PASSWORD", is_secret=True)


def _parts(text: str, start: int) -> list[re.Match[str]]:
    """Return the parts of a spelled value that start there."""
    found: list[re.Match[str]] = []
    while part := _PART.match(text, start):
        number = part["number"]
        is_whole = not text[part.end() : part.end() + 1].isalnum()
        if not is_whole or (number is not None and not number.isdigit() and not is_number_word(number)):
            break
        found.append(part)
        gap = _GAP.match(text, part.end())
        if gap is None or gap.end() == part.end():
            break
        start = gap.end()
    return found


def _is_value(parts: list[re.Match[str]]) -> bool:
    kinds = [part.lastgroup for part in parts]
    is_marked = "case" in kinds or "symbol" in kinds
    return is_marked and len(parts) >= _FEWEST and ("letter" in kinds or "number" in kinds)
