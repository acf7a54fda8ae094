"""Recognizes what follows the word for a secret and is no value: terms, names, paths, and verb forms."""

import re
from typing import Final

from .secret_values import TAIL

_I: Final = re.IGNORECASE
_TECHNICAL: Final = re.compile(
    r"(?:(?:sha-?\d{1,3}|md5):.*|(?:argon2\w{0,2}|bcrypt|scrypt|pbkdf2|(?:base|sha|aes|md|utf|rsa|hs|rs"
    r"|oauth|tls|wpa|fido|ed|http|ipv|k8|u|v)-?\d{1,5}(?:[.-]\w+)*)|[a-z][\w-]*(?:\.[a-z][\w-]*)+/[\w./-]+"
    r"|[12]fa|https?://.*|\d+[ -]?(?:bits?|chars?|characters|digits?|days?|hours?|h|d|min|ms|s|bytes|%)"
    r"|\d{1,2}:\d\d.*)[.,;:!?)]*\Z",
    _I,
)
_IDENTIFIER: Final = re.compile(r"[A-Z]{2,20}(?:_[A-Z]{2,20}){1,4}")
"""The name of a state or a variable, such as ``NO_PUBKEY``."""

_PATH: Final = re.compile(r"[a-z][a-z_-]*(?:[/.][a-z][a-z_-]*){1,6}")
"""A path or an attribute after the word ``key``, where an entry of a store is."""

_PARTICIPLE: Final = re.compile(
    r"[a-z]{2,}(?:ed|ing)|(?:[a-zäöüß]{2,6})?ge[a-zäöüß]{3,}(?:t|en|d)|[a-z]{3,}(?:ado|ada|ido|ida)"
    r"|[a-zà-ÿ]{4,}és?|[a-z]{2,}(?:ively|ently|antly|ously|ally|arily|ately|edly|ingly|ably|fully|lessly"
    r"|wards)"
)


def is_term(text: str) -> bool:
    """Return whether it is a technical term, a measure, or a name such as ``NO_PUBKEY``."""
    return _TECHNICAL.match(text) is not None or _IDENTIFIER.fullmatch(text.rstrip(TAIL)) is not None


def is_path(word: str) -> bool:
    """Return whether it is a path of words or an attribute: ``lab/sonarr``, ``item.version``."""
    return _PATH.fullmatch(word.rstrip(TAIL)) is not None


def is_participle(word: str) -> bool:
    """Return whether it looks like a verb form or an adverb, such as ``stored`` or ``afterwards``."""
    return _PARTICIPLE.fullmatch(word.strip(TAIL).lower()) is not None
