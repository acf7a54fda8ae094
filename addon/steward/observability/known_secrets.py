"""Masks known secrets in texts, also where a text was cut in the middle of one. Pure.

A part alone could be an ordinary word, such as the name of a machine in a password. So a part is
masked only next to a cut: an ellipsis, or the start or end of a text that is too long for a name.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, quote_plus

SHORTEST: Final = 4
"""Characters of the shortest secret: masking shorter ones would make texts unreadable."""

PART: Final = 8
"""Characters of the shortest part of a secret that is masked."""

LONGEST_NAME: Final = 64
"""Characters of the longest text that is certainly not cut when it has no ellipsis."""

_BLANKS: Final = re.compile(r"\s+")
_ELLIPSIS: Final = re.compile(r"\s?(?:…|\.\.\.)\s?")


class KnownSecrets:
    """The secrets that are masked."""

    def __init__(self) -> None:
        """Start without secrets."""
        self._whole: set[str] = set()
        self._heads: dict[str, list[str]] = {}
        self._tails: dict[str, list[str]] = {}
        self._longest = 0
        self._pattern: re.Pattern[str] | None = None

    def add(self, secrets: Iterable[str]) -> None:
        """Mask these secrets from now on."""
        before = len(self._whole)
        for secret in secrets:
            if len(secret.strip()) >= SHORTEST:
                self._whole.update(_encodings(secret.strip()))
        if len(self._whole) == before:
            return
        longest_first = sorted(self._whole, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_flexible, longest_first)))
        plain = {_BLANKS.sub(" ", one) for one in self._whole}
        self._heads, self._tails = {}, {}
        for one in (one for one in plain if len(one) > PART):
            self._heads.setdefault(one[:PART], []).append(one)
            self._tails.setdefault(one[-PART:], []).append(one)
            self._longest = max(self._longest, len(one))

    def mask(self, text: str, mask: str) -> str:
        """Return ``text`` with ``mask`` in place of each secret, and of each part next to a cut."""
        if self._pattern is None:
            return text
        cuts = [one.span() for one in _ELLIPSIS.finditer(text)]
        if len(text) > LONGEST_NAME:
            cuts += [(0, 0), (len(text), len(text))]
        found: list[tuple[int, int]] = []
        for start, end in cuts:
            found += [*self._before(text, start), *self._after(text, end)]
        pieces: list[str] = []
        at = 0
        for start, end in sorted(found):
            if start >= at:
                pieces += (text[at:start], mask)
            at = max(at, end)
        return self._pattern.sub(mask, "".join((*pieces, text[at:])))

    def _before(self, text: str, end: int) -> Iterator[tuple[int, int]]:
        """Yield where the beginning of a secret stands directly before ``end``."""
        start = max(0, end - 2 * self._longest)
        plain, positions = _single_blanks(text, start, end)
        for at in range(len(plain) - PART + 1):
            part = plain[at:].rstrip()
            if any(len(part) >= PART and one.startswith(part) for one in self._heads.get(part[:PART], ())):
                yield positions[at], end
                return

    def _after(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """Yield where the end of a secret stands directly after ``start``."""
        plain, positions = _single_blanks(text, start, min(len(text), start + 2 * self._longest))
        for end in range(len(plain), PART - 1, -1):
            part = plain[:end].lstrip()
            if any(len(part) >= PART and one.endswith(part) for one in self._tails.get(part[-PART:], ())):
                yield start, positions[end]
                return


def _flexible(secret: str) -> str:
    """Return the pattern of a secret whose blanks may have been replaced by others."""
    return r"\s+".join(map(re.escape, _BLANKS.split(secret)))


def _single_blanks(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """Return a part of a text with single blanks, and where each of its characters begins in ``text``.

    The last position is ``end``.
    """
    found: list[int] = []
    letters: list[str] = []
    for at in range(start, end):
        is_blank = text[at].isspace()
        if not is_blank or not letters or letters[-1] != " ":
            found.append(at)
            letters.append(" " if is_blank else text[at])
    return "".join(letters), [*found, end]


def _encodings(secret: str) -> set[str]:
    """Return a secret as plain text and as encoded in URLs, JSON, Python, HTML and headers."""
    found = {
        secret,
        "".join(secret.split()),
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret, ensure_ascii=False)[1:-1], ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
        secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        base64.b64encode(secret.encode()).decode(),
    }
    found |= {line.strip() for line in secret.splitlines() if len(line.strip()) >= PART}
    found |= {one.replace('"', "&quot;").replace("'", "&#x27;") for one in found}
    return {one for one in found if len(one) >= SHORTEST} | _inner_base64(secret)


def _inner_base64(secret: str) -> set[str]:
    """Return what is always the same in the base64 text of something that contains ``secret``."""
    plain = secret.encode()
    found: set[str] = set()
    for before in (1, 2):
        encoded = base64.b64encode(b"\0" * before + plain).decode()
        certain = encoded[before + 1 : (before + len(plain)) // 3 * 4]
        if len(certain) >= PART:
            found.add(certain)
    return found
