"""Lists of recovery codes and of the words of a seed phrase."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from .detector import Span

_I: Final = re.IGNORECASE
_CODES_NAME: Final = re.compile(
    r"\b(?:(?:recovery|backup|back-up|rescue|scratch|emergency|one[ -]time|2fa|mfa|wiederherstellungs"
    r"|notfall|ersatz|backup"
    r"|herstel|nood)[ -]?(?:2fa[ -])?(?:codes?|keys?|schlüssel|sleutels?|code)"
    r"|(?:2fa|mfa|totp)[ -]?backups?"
    r"|(?:codes?|clés?|c[oó]digos?|claves?)[ ]de[ ](?:secours|r[ée]cup[ée]ration|recuperaci[oó]n|respaldo"
    r"|rescate))\b",
    _I,
)
_NO_VALUES: Final = re.compile(r"[?!]|\b(?:how|where|wie|wo|hoe|waar|comment|où|cómo|dónde)\b", _I)
_GAP: Final = 60
_CODE: Final = r"(?=[\w-]{0,80}\d)[A-Za-z0-9]{3,40}(?:-[A-Za-z0-9]{2,12}){0,11}"
_CODES: Final = re.compile(
    rf"(?<![\w.,:/-]){_CODE}(?![\w.-]\w)(?:(?:[\s,;|·•*`'\"-]|\d{{1,2}}[.)][ ]|\b(?:and|und|en|et"
    rf"|y)\b){{1,12}}{_CODE}(?![\w.-]\w)){{0,31}}"
)
_SHORTEST_CODE: Final = 4
_SEED_NAME: Final = re.compile(
    r"\b(?:(?:seed|recovery|mnemonic|backup|secret|wallet|bip-?39|wiederherstellungs)[ -]?(?:phrase|words?"
    r"|seed|wörter|woorden)"
    r"|mnemonic|seed|phrase[ ](?:secrète|de[ ]récupération|mnémonique)|frase[ ](?:semilla|de[ "
    r"]recuperación)|herstelzin"
    r"|palabras[ ]semilla)\b[^\n]{0,40}?[:=\n]?[ \n]{0,2}[\"'“„`]?(?<=[ \n\"'“„`:=])"
    r"(?P<words>(?:\d{1,2}[.)]?[ ])?[a-zäöüéñ]{3,9}"
    r"(?:[ \n,]{1,3}(?:\d{1,2}[.)]?[ ])?[a-zäöüéñ]{3,9}){7,23})\b",
    _I,
)
_SEED_WORD: Final = re.compile(r"[^\W\d_]+")
_IN_SENTENCES: Final = re.compile(
    r"\s+(?:the|was|is|are|were|for|from|not|with|of|to|has|and|but|in|on|it|my|der|die|das|ist|und"
    r"|nicht|wird"
    r"|le|les|est|et|pour|el|los|es|para|se|het|een|niet|voor|wordt)\b",
    _I,
)
"""Words of a sentence, which no list of seed words has."""
_LEAST_WORDS: Final = 8


def find_code_lists(text: str) -> Iterator[Span]:
    """Yield the recovery codes and seed phrases in ``text``. Takes linear time."""
    for name in _CODES_NAME.finditer(text):
        yield from _codes(text, name)
    for match in _SEED_NAME.finditer(text):
        start, end = match.span("words")
        sentence = _IN_SENTENCES.search(text, start, end)
        last = sentence.start() if sentence else end
        if len(_SEED_WORD.findall(text, start, last)) >= _LEAST_WORDS:
            yield _span(start, last)


def _codes(text: str, name: re.Match[str]) -> Iterator[Span]:
    for codes in islice(_CODES.finditer(text, name.end(), name.end() + _GAP + 2_000), 1):
        between = text[name.end() : codes.start()]
        is_near = len(between) <= _GAP and not _NO_VALUES.search(between)
        if is_near and sum(one.isalnum() for one in codes.group()) >= _SHORTEST_CODE:
            yield _span(*codes.span())


def _span(start: int, end: int) -> Span:
    return Span(start=start, end=end, label="API_KEY", is_secret=True)
