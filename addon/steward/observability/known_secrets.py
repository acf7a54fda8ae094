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

LONGEST: Final = 2_000
"""Characters of the longest part of a secret that is looked for next to a cut."""

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
            self._longest = min(max(self._longest, len(one)), LONGEST)

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
        plain = _BLANKS.sub(" ", text[start:end]).rstrip()
        found = [
            at
            for head, secrets in self._heads.items()
            for at in _places(head, plain)
            if any(one.startswith(plain[at:]) for one in secrets)
        ]
        if found:
            yield _positions(text, start, end)[min(found)], end

    def _after(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """Yield where the end of a secret stands directly after ``start``."""
        end = min(len(text), start + 2 * self._longest)
        plain = _BLANKS.sub(" ", text[start:end])
        first = len(plain) - len(plain.lstrip())
        found = [
            at + PART
            for tail, secrets in self._tails.items()
            for at in _places(tail, plain)
            if any(one.endswith(plain[first : at + PART]) for one in secrets)
        ]
        if found:
            yield start, _positions(text, start, end)[max(found)]


def _flexible(secret: str) -> str:
    """Return the pattern of a secret whose blanks may have been replaced by others."""
    return r"\s+".join(map(re.escape, _BLANKS.split(secret)))


def _places(part: str, text: str) -> Iterator[int]:
    """Yield every place where a part stands in a text."""
    at = text.find(part)
    while at != -1:
        yield at
        at = text.find(part, at + 1)


def _positions(text: str, start: int, end: int) -> list[int]:
    """Return where each character of a part of a text with single blanks begins, and its end."""
    found: list[int] = []
    is_blank = False
    for at in range(start, end):
        if not (text[at].isspace() and is_blank):
            found.append(at)
        is_blank = text[at].isspace()
    return [*found, end]


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
