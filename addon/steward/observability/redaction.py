"""Masks secrets in texts: registered ones, and those that match a pattern."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .known_secrets import KnownSecrets

MASK: Final = "***"

MOST: Final = 4_096
LONGEST: Final = 256
"""Texts without secrets that are remembered, and the characters of such a text."""

_NAMES: Final = (
    r"[a-z0-9_-]{0,40}(?:api[_-]?key|apikey|tokens?|password|passwd|pwd|secrets?|"
    r"private[_-]?key|signing[_-]?key|authorization|cookie|credentials?)"
)
_SENSITIVE_NAME: Final = re.compile(_NAMES, re.IGNORECASE)

type _Pattern = tuple[re.Pattern[str], str]


def _compiled(patterns: Iterable[tuple[str, str]]) -> tuple[_Pattern, ...]:
    return tuple((re.compile(one, re.IGNORECASE | re.DOTALL), to) for one, to in patterns)


# Each repetition is bounded or follows a fixed text, so that hostile text cannot make them slow.
_BEGIN: Final = r"(?<![a-z0-9_-])"
_HEADER: Final = rf"{_BEGIN}((?:proxy-)?authorization|x-[a-z-]{{0,40}}(?:key|token))(['\"]?\s*:\s*['\"]?)"
_COOKIE: Final = rf"{_BEGIN}((?:set-)?cookie)(['\"]?\s*:\s*['\"]?)"
_MARKED: Final = _compiled(
    (
        # a private key, also with escaped line ends or without its end
        (r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", MASK),
        (r"PVEAPIToken=[^\s\"',;]+", f"PVEAPIToken={MASK}"),
        (rf"{_HEADER}(?:(?:bearer|basic|token|digest)\s+)?[^\s'\",}}]+", rf"\1\2{MASK}"),
        (rf"{_COOKIE}[^'\"\r\n}}]+", rf"\1\2{MASK}"),
        (r"\b(bearer|basic)\s+[a-z0-9._~+/=-]{16,}", rf"\1 {MASK}"),
        # name=value in URLs and texts, "name": "value" in JSON and Python
        (rf"{_BEGIN}({_NAMES})=[^\s\"'&,;)}}]+", rf"\1={MASK}"),
        (rf"([\"']{_NAMES}[\"']\s*[:=]\s*)([\"'])(?:(?!\2).)*\2?", rf"\1\2{MASK}\2"),
        (r"(?<=://)[^/\s:@\"']*:[^/\s@\"']+(?=@)", MASK),
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?", MASK),  # a JWT
    )
)
_MARKS: Final = (
    *("key", "token", "passw", "pwd", "secret", "authorization", "cookie", "credential"),
    *("bearer", "basic", "eyj", "://"),
)
"""What the patterns match contains one of these, in lower case: most texts have none."""

_UNMARKED: Final = _compiled(
    (
        (r"(?<!\d)\d{5,20}:[A-Za-z0-9_-]{30,}", MASK),  # the token of a Telegram bot, also in a URL
        (r"\b(?:sk|pk|ghp|gho|ghs|github_pat|glpat|xox[abpr])[-_][A-Za-z0-9_-]{16,}", MASK),
    )
)
"""Patterns whose matches have no mark."""


def is_sensitive(name: str) -> bool:
    """Return whether a value with this name is a secret."""
    return _SENSITIVE_NAME.fullmatch(name) is not None


class Redactor:
    """Masks the registered secrets and the patterns of secrets."""

    def __init__(self) -> None:
        """Start without registered secrets."""
        self._known = KnownSecrets()
        self._harmless: set[str] = set()

    def register(self, *secrets: str) -> None:
        """Mask these secrets from now on, also as encoded in URLs and JSON, and parts of them.

        Secrets below four characters are ignored, because masking them would make the log
        unreadable.
        """
        self._known.add(secrets)
        self._harmless.clear()

    def clean(self, text: str) -> str:
        """Return ``text`` with every secret masked, also one of which the text contains a part only."""
        if text in self._harmless:
            return text
        masked = self._known.mask(text, MASK)
        for pattern, to in (*_MARKED, *_UNMARKED) if _has_mark(masked) else _UNMARKED:
            masked = pattern.sub(to, masked)
        if masked == text and len(text) <= LONGEST:
            self._remember(text)
        return masked

    def _remember(self, text: str) -> None:
        """Remember a text without secrets: labels and names come again with each poll."""
        if len(self._harmless) >= MOST:
            self._harmless.clear()
        self._harmless.add(text)

    def clean_value(self, value: Any) -> Any:
        """Return a log value of any type with all secrets masked, also nested ones."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, Mapping):
            return {
                self.clean(str(key)): MASK if is_sensitive(str(key)) and one else self.clean_value(one)
                for key, one in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean_value(one) for one in value]
        if isinstance(value, bytes | bytearray):
            return self.clean(bytes(value).decode("utf-8", "replace"))
        return self.clean(repr(value))


def _has_mark(text: str) -> bool:
    """Return whether a text may match a pattern; letters that are not ASCII may, as another case."""
    lower = text.lower()
    return not lower.isascii() or any(mark in lower for mark in _MARKS)
