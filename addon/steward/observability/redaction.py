"""Takes secrets out of texts: those we know, and whatever has the shape of one."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
SHORTEST: Final = 4

_NAMES: Final = (
    r"[a-z0-9_-]{0,40}(?:api[_-]?key|apikey|tokens?|password|passwd|pwd|secrets?|"
    r"private[_-]?key|signing[_-]?key|authorization|cookie|credentials?)"
)
_SENSITIVE: Final = re.compile(_NAMES, re.IGNORECASE)

# Every repetition is bounded or begins at a fixed word: hostile text must not make them slow.
_BEGIN: Final = r"(?<![a-z0-9_-])"
_HEADER: Final = rf"{_BEGIN}((?:proxy-)?authorization|x-[a-z-]{{0,40}}(?:key|token))(['\"]?\s*:\s*['\"]?)"
_COOKIE: Final = rf"{_BEGIN}((?:set-)?cookie)(['\"]?\s*:\s*['\"]?)"
_SHAPES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), to)
    for pattern, to in (
        # a private key, also when its line ends are escaped or its end is cut off
        (r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", MASK),
        (r"PVEAPIToken=[^\s\"',;]+", f"PVEAPIToken={MASK}"),
        (rf"{_HEADER}(?:(?:bearer|basic|token|digest)\s+)?[^\s'\",}}]+", rf"\1\2{MASK}"),
        (rf"{_COOKIE}[^'\"\r\n}}]+", rf"\1\2{MASK}"),
        (r"\b(bearer|basic)\s+[a-z0-9._~+/=-]{16,}", rf"\1 {MASK}"),
        # name=value in addresses and texts, "name": "value" in JSON and Python
        (rf"{_BEGIN}({_NAMES})=[^\s\"'&,;)}}]+", rf"\1={MASK}"),
        (rf"([\"']{_NAMES}[\"']\s*[:=]\s*)([\"'])(?:(?!\2).)*\2?", rf"\1\2{MASK}\2"),
        (r"(?<=://)[^/\s:@\"']*:[^/\s@\"']+(?=@)", MASK),
        (r"(?<!\d)\d{5,20}:[A-Za-z0-9_-]{30,}", MASK),  # a Telegram bot's token, also in an address
        (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?", MASK),  # a JWT
        (r"\b(?:sk|pk|ghp|gho|ghs|github_pat|glpat|xox[abpr])[-_][A-Za-z0-9_-]{16,}", MASK),
    )
)


def is_sensitive(name: str) -> bool:
    """Return whether what is called ``name`` is a secret, whatever it looks like."""
    return _SENSITIVE.fullmatch(name) is not None


class Redactor:
    """Knows the secrets of this run and cleans texts of them."""

    def __init__(self) -> None:
        """Begin with the shapes alone."""
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def register(self, *secrets: str) -> None:
        """Have these secrets masked from now on, also as addresses and JSON write them.

        Texts below four letters are left alone: masking them would eat the log.
        """
        before = len(self._known)
        for secret in secrets:
            if len(secret.strip()) >= SHORTEST:
                self._known.update(_spellings(secret.strip()))
        if len(self._known) != before:
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, text: str) -> str:
        """Return ``text`` with every secret masked."""
        if self._pattern is not None:
            text = self._pattern.sub(MASK, text)
        for pattern, to in _SHAPES:
            text = pattern.sub(to, text)
        return text

    def clean_value(self, value: Any) -> Any:
        """Return a log value of any kind with every secret masked, nested ones too."""
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


def _spellings(secret: str) -> set[str]:
    """Return a secret as it is, and as addresses, JSON, Python and headers write it."""
    found = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        base64.b64encode(secret.encode()).decode(),
    }
    return {one for one in found if len(one) >= SHORTEST}
