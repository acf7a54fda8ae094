"""Finds where something is in a text: "in the cellar", "on pve1"."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from .mentions import mark
from .said_text import SaidText
from .words import WORD

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

LONGEST: Final = 3
"""Words before a name that say that something is there."""


def locative_start(text: str, end: int, matcher: LanguageMatcher, rule: str = "locative") -> int | None:
    """Return where "in the" before a place in a text begins, None if nothing of the kind is there."""
    for word in list(WORD.finditer(text, 0, end))[-LONGEST:]:
        length = matcher.prefix(rule, text[word.start() : end].rstrip())
        if length and not text[word.start() + length : end].strip():
            return word.start()
    return None


def without_place(said: SaidText, matcher: LanguageMatcher) -> Iterator[tuple[SaidText, TargetRef]]:
    """Yield a text without each of its places, and the place."""
    for number, one in enumerate(said.mentions):
        start = locative_start(said.text, one.start, matcher)
        if start is None:
            continue
        moved = one.end - start
        rest = said.text[:start] + said.text[one.end :]
        others = tuple(
            each if each.end <= start else replace(each, start=each.start - moved, end=each.end - moved)
            for at, each in enumerate(said.mentions)
            if at != number
        )
        names = {mark(at): at for at in range(len(others))} or dict(said.pronouns)
        lists = replace(said.lists, names=names)
        yield replace(said, text=rest, mentions=others, lists=lists), one.targets[0].target
