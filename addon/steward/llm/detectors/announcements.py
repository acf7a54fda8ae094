"""Finds the words that announce a secret, such as "password" or "code"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .secret_words import SecretKind, secret_kind

_WORD: Final = re.compile(r"[^\W\d_]+")
_PATH: Final = re.compile(r"(?:\A|[\s=:\"'])[~.]?/[\w./-]*\Z")
_LONGEST_PATH: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A word that announces a secret: ``text[start:end]``, and the words before it in lower case."""

    text: str
    start: int
    end: int
    word: str
    kind: SecretKind
    before: tuple[str, ...]

    @property
    def last(self) -> str:
        """The word before."""
        return self.before[-1] if self.before else ""


def find_announcements(text: str) -> Iterator[Announcement]:
    """Yield the words in ``text`` that announce a secret."""
    before: tuple[str, ...] = ()
    for match in _WORD.finditer(text):
        word = match.group().lower()
        kind = secret_kind(word, before[-1] if before else "")
        if kind is not None and not _is_identifier(text, match):
            yield Announcement(
                text=text, start=match.start(), end=match.end(), word=word, kind=kind, before=before
            )
        before = (*before[-5:], word)


def _is_identifier(text: str, word: re.Match[str]) -> bool:
    """Return whether it is part of a name such as ``token_ttl``, or a reference such as ``!secret``."""
    return (
        text.startswith("_", word.end())
        or text.startswith("!", max(0, word.start() - 1))
        or _PATH.search(text, max(0, word.start() - _LONGEST_PATH), word.start()) is not None
    )
