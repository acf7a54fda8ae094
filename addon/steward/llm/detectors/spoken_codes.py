"""Codes and telephone numbers that are said digit by digit: "the code is four seven one one"."""

import re
from collections.abc import Iterator
from typing import Final

from .detector import Span
from .secret_words import ACCESS_ENDINGS, ACCESS_WORDS, secret_kind

_DIGITS_TEXT: Final = (
    "zero oh one two three four five six seven eight nine double triple null eins zwei zwo drei vier fünf "
    "sechs sieben acht neun doppel zéro deux trois quatre cinq sept huit neuf cero uno dos tres cuatro "
    "cinco seis siete ocho nueve doble nul één een twee vier vijf zes zeven negen dubbel un drie ocho "
    "nueve"
)
_TENS_TEXT: Final = (
    "hundred hundert cent cien honderd ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty "
    "fifty sixty seventy eighty ninety zehn elf zwölf zwanzig dreißig vierzig fünfzig sechzig siebzig "
    "achtzig neunzig dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante "
    "diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa "
    "tien twaalf dertien veertien vijftien twintig dertig veertig vijftig zestig zeventig tachtig negentig"
)
_DIGITS: Final = frozenset(_DIGITS_TEXT.split())
_TENS: Final = frozenset(_TENS_TEXT.split())
_COMPOUND: Final = re.compile(
    r"(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und(?:zwanzig|drei(?:ß|ss)ig|[a-zß]{3,6}zig)"
    r"|(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]n(?:twintig|[a-z]{3,6}tig)"
    r"|veinti[a-zé]{3,6}|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn"
)
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_GAP: Final = re.compile(r"[ ,-]{1,3}|[ ](?:and|et|y)[ ]")
_NUMBER_WORD: Final = re.compile(
    r"\b(?:zero|oh|one|eins|uno|un|één|een|double|triple|doppel|doble|dubbel|null|zéro|cero|nul|two|three"
    r"|four|five|six|seven|eight|nine|zwei|zwo|drei|vier|fünf|sechs"
    r"|sieben|acht|neun|deux|trois|quatre|cinq|sept|huit|neuf|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
    r"|twee|drie|vijf|zes|zeven|negen)\b",
    re.IGNORECASE,
)
_FEWEST: Final = 3
_FEWEST_OF_TENS: Final = 2
_FEWEST_OF_TELEPHONE: Final = 7
_CONTEXT_LENGTH: Final = 80
_NO_CODE_BEFORE: Final = re.compile(
    r"\b(?:error|exit|status|return|fault|http|fehler|fout|erreur|estado|fallo|zip|country|area|source)"
    r"(?:[ -](?:code|código))?(?:[ ](?:is|was|of|ist|es|est))?[ ]\Z"
    r"|\bcode d['\u2019]erreur[ ]\Z|\bc[oó]digo de (?:error|estado)[ ]\Z"
    r"|\b(?:fehler|fout|status|exit|post)code[ ]\Z"
    r"|\b(?:rings?|goes off|set|wakes?|klingelt|weckt|gaat|sonne|suena)[ ](?:\w+[ ])?(?:at|for|um|om|à"
    r"|a las)[ ]\Z",
    re.IGNORECASE,
)
"""Before the number of an error, and before the time of an alarm clock."""


def find_spoken_codes(text: str) -> Iterator[Span]:
    """Yield sequences of number words that are codes or telephone numbers. Takes linear time."""
    if not _NUMBER_WORD.search(text):
        return
    words: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        is_next = bool(words) and _GAP.fullmatch(text, words[-1].end(), word.start()) is not None
        if not is_next or not is_number_word(word.group()):
            yield from _spans(text, words)
            words = []
        if is_number_word(word.group()):
            words.append(word)
    yield from _spans(text, words)


def is_number_word(word: str) -> bool:
    """Return whether ``word`` is a digit, or a number as it is said."""
    plain = word.lower()
    return (
        plain in _DIGITS
        or plain in _TENS
        or (word.isdigit() and len(word) == 1)
        or _COMPOUND.fullmatch(plain) is not None
    )


def _spans(text: str, words: list[re.Match[str]]) -> Iterator[Span]:
    """Yield one span for a sequence of number words that is long enough for what is said around it."""
    if not words or all(word.group().isdigit() for word in words):
        return
    start, end = words[0].start(), words[-1].end()
    is_of_digits = all(word.group().lower() in _DIGITS or word.group().isdigit() for word in words)
    if len(words) >= (_FEWEST if is_of_digits else _FEWEST_OF_TENS) and _is_code(text, start, end):
        yield Span(start=start, end=end, label="PIN", is_secret=True)
    elif len(words) >= _FEWEST_OF_TELEPHONE:
        yield Span(start=start, end=end, label="PHONE")


def _is_code(text: str, start: int, end: int) -> bool:
    """Return whether the line says that it is a code, or names a lock or an alarm."""
    if _NO_CODE_BEFORE.search(text, max(0, start - _CONTEXT_LENGTH), start):
        return False
    first = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT_LENGTH)
    last = text.find("\n", end)
    behind = text[end : min(end + _CONTEXT_LENGTH, last if last >= 0 else len(text))]
    near = _WORD.findall(f"{text[first:start]} {behind}".lower())
    return any(
        word in ACCESS_WORDS or word.endswith(ACCESS_ENDINGS) or secret_kind(word, "") is not None
        for word in near
        if word not in _TOO_COMMON
    )


_TOO_COMMON: Final = frozenset(
    ["in", "time", "box", "house", "home", "maison", "casa", "haus", "huis", "key"]
)
