"""Secrets in sentences, such as "the password of the wifi is Tulip5663"."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from .common_words import is_usual
from .detector import Span
from .secret_values import is_made_up, is_mixed, is_no_secret

_I: Final = re.IGNORECASE

_WORD: Final = re.compile(r"[^\W\d_]+")
_NAMES_TEXT: Final = (
    "password passwords passwort passphrase passcode passwd kennwort wachtwoord wachtwoorden contraseña "
    "hasło passe lösenord pwd pin pincode secret token psk apikey wifikey netzwerkschlüssel "
    "wlanschlüssel schlüssel netwerksleutel sleutel inlogcode logincode deurcode türcode zugangscode "
    "alarmcode key code"
)
_NAMES: Final = frozenset(_NAMES_TEXT.split())
_CODES_TEXT: Final = (
    "login in inlog door alarm access gate unlock safe entry verification confirmation security time sms "
    "deur tür zugangs pin recovery backup"
)
_CODES: Final = frozenset(_CODES_TEXT.split())
"""Only a code after one of these words is a secret; an error code is not."""

_WIDEST: Final = 90
_END_OF_SENTENCE: Final = re.compile(r"[\n?!{}\])]|\.(?=\s|\Z)|\",")
_MOST_LINKS: Final = 4
_LINKS: Final = re.compile(
    r"(?P<strong>\b(?:is|was|are|were|be|ist|lautet|lautete|heißt|war|est|es|è|era|to jest|är|er"
    r"|luidt)\b:?[ \t]{1,3}|(?::|=|->|→)[ \t]{1,3})(?:now |still |jetzt |nu |nun |just |set to )?"
    r"|(?P<weak>\b(?:to|with|zu|auf|mit|naar|as|als)[ \t]{1,3})",
    _I,
)
_NEXT: Final = re.compile(r"[ \t]{1,2}")
_NOT_NEXT: Final = frozenset(("key", "secret", "token", "code"))
_WIDEST_TO_SYMBOL: Final = 30
_VALUE: Final = re.compile(
    r"[\"'`“„\u2018«](?P<quoted>[^\"'`”\u2019»\r\n]{3,200})(?=[\"'`”“\u2019»])|(?P<bare>[^\s\"'`“”„]{3,200})"
)

_VERSION: Final = re.compile(r"v?\d+(?:[.:/-]\d+)*[.,;:)]?")
_TECHNICAL: Final = re.compile(
    r"(?:(?:base|sha|aes|md|utf|rsa|hs|rs|oauth|tls|wpa|fido|ed|http|ipv|k8|u|v)-?\d{1,5}(?:[.-]\w+)*"
    r"|[12]fa|https?://.*|\d+[ -]?(?:bits?|chars?|characters|digits?|days?|hours?|h|d|min|ms|s|bytes|%)"
    r"|\d{1,2}:\d\d.*)[.,;:!?)]*\Z",
    _I,
)


def find_stated_secrets(text: str) -> Iterator[Span]:
    """Yield the secrets that the sentence before them announces. Takes linear time."""
    before = ""
    for word in _WORD.finditer(text):
        name = word.group().lower()
        if (
            name in _NAMES
            and (name != "code" or before in _CODES)
            and (secret := _find_secret(text, name, word.end()))
        ):
            yield Span(start=secret[0], end=secret[1], label="PASSWORD", is_secret=True)
        before = name


def is_technical(text: str) -> bool:
    """Return whether it is a technical term or a measure, such as ``base64-encoded``."""
    return _TECHNICAL.match(text) is not None


def _find_secret(text: str, name: str, at: int) -> tuple[int, int] | None:
    following = _NEXT.match(text, at)
    if following and name not in _NOT_NEXT and (found := _value(text, following.end(), is_weak=False)):
        return found
    sentence_end = _END_OF_SENTENCE.search(text, at, at + _WIDEST)
    for link in islice(
        _LINKS.finditer(text, at, sentence_end.start() if sentence_end else at + _WIDEST), _MOST_LINKS
    ):
        if link.group()[0] in ":=-→" and link.start() - at > _WIDEST_TO_SYMBOL:
            continue
        if found := _value(text, link.end(), is_weak=link["weak"] is not None):
            return found
    return None


def _value(text: str, start: int, *, is_weak: bool) -> tuple[int, int] | None:
    """Return start and end of a secret; after a weak link it must have digits and letters."""
    match = _VALUE.match(text, start)
    if not match:
        return None
    value = match["quoted"] or match["bare"]
    if is_no_secret(value) or is_technical(value) or is_usual(value.strip(".,;:!?")):
        return None
    if is_weak and _VERSION.fullmatch(value):
        return None
    is_secret = (
        is_mixed(value) and is_made_up(value) if is_weak else bool(match["quoted"]) or is_made_up(value)
    )
    return match.span("quoted" if match["quoted"] else "bare") if is_secret else None
