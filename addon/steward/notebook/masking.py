"""Masks secrets and private parts of texts from outside, and reports how much was masked where. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from ..llm.privacy import mask

REMEMBERED: Final = 20_000
"""Texts that are remembered, so that a page that is written again costs little."""

_PLACEHOLDER: Final = re.compile(r"\[([A-Z_]{1,40})_\d{1,6}\]")
_MASKED: Final = re.compile(r"\[masked: ([a-z ]{1,40})\]")
_BRACKET: Final = re.compile(r"\[(?!masked: [a-z ]{1,40}\])")
_STARS: Final = "***"
_EXAMPLE: Final = re.compile(
    r"[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){0,8}example\.(?:com|net|org)(?![\w.-]*\w)", re.IGNORECASE
)
"""An address for documentation. Models may read it, but a page for others names nobody by one."""

type Shield = Callable[[str], str]
"""Returns a text as one line of Markdown, without what is secret or private."""


def shield(clean: Callable[[str], str], names: frozenset[str] = frozenset()) -> Shield:
    """Return what masks texts: ``clean`` masks configured secrets, ``names`` are masked too."""

    @lru_cache(REMEMBERED)
    def masked(text: str) -> str:
        (found,) = mask((_EXAMPLE.sub("[EMAIL_1]", clean(text)),), names).texts
        found = _PLACEHOLDER.sub(lambda one: f"[masked: {one[1].replace('_', ' ').lower()}]", found)
        return _line(found.replace(_STARS, "[masked: secret]"))

    return masked


def plain_names(clean: Callable[[str], str]) -> Shield:
    """Return what writes names in the inventory: ``clean`` masks configured secrets, and nothing else is."""

    def name(text: str) -> str:
        one_line = " ".join(clean(text).split())
        return one_line.replace("<", "&lt;").replace("|", "\\|").replace("[", "\\[")

    return name


def _line(text: str) -> str:
    """Return a text as one line without HTML tags, links, and table cells."""
    return _BRACKET.sub(r"\\[", " ".join(text.split()).replace("<", "&lt;").replace("|", "\\|"))


def count_masked(text: str) -> Mapping[str, int]:
    """Return how often each kind was masked in a page."""
    return Counter(_MASKED.findall(text))
