"""Resolves "it" to what was last talked about. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .named_targets import NamedTarget, named_in

_PRONOUN: Final = re.compile(r"\b(?:it|that one|this one|es|ihn|das|den)\b", re.IGNORECASE)
_WHOLE: Final = re.compile(
    r"\b(?:what time|weather|is it (?:raining|late|dark|cold|warm)|wie spät|wie ist das wetter)\b",
    re.IGNORECASE,
)


def with_name(text: str, before: Iterable[str], among: Sequence[NamedTarget]) -> str:
    """Return ``text`` with its first pronoun replaced by the last thing somebody named.

    A text that names something itself, or has no pronoun, stays as it is.
    """
    if named_in([text], among) or not _PRONOUN.search(text) or _WHOLE.search(text):
        return text
    for said in reversed(list(before)):
        named = named_in([said], among)
        if named:
            label = named[0].label.replace("\\", r"\\")
            return _PRONOUN.sub(label, text, count=1)
    return text
