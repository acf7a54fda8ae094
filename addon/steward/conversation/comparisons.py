"""Recognises which of several things is compared by what: "which has more room, tank or fast"."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.state import TargetRef

from ..language.question_parts import OPPOSITES, Recognised
from ..language.words import words_of
from .mentions import Mention, marked
from .questions import CompareQuestion
from .said_text import SaidText

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Match

_OF_SPACE: Final = frozenset({"disk", "space", "memory", "gpu", "swap", "storage"})
"""Words for readings of what can be free."""


def comparison(found: Recognised, said: SaidText, matcher: LanguageMatcher) -> CompareQuestion:
    """Return a comparison; things of the same kind are meant, if their names allow it."""
    mentions = [said.mentions[one] for one in found.names]
    targets = [_same_kind(one, mentions[0].targets[0].scope) for one in mentions]
    reading, is_most = str(found.slots["reading"]), found.slots["order"] == "most"
    is_left = bool(_OF_SPACE & {*words_of(reading)}) and _asks_what_is_left(said, matcher)
    if is_left and "implied" in found.slots:
        # The sentences take "most space left" as the least used.
        is_most = not is_most
    return CompareQuestion(reading, tuple(targets), is_most, is_check="check" in found.slots, is_left=is_left)


def _asks_what_is_left(said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a text compares what is free: "more room", but not "uses more space"."""
    words = {*words_of(marked(said.text, said.mentions))}
    return not words.isdisjoint(matcher.phrases("free_word")) and words.isdisjoint(
        matcher.phrases("used_word")
    )


def of_what_is_left(match: Match, matcher: LanguageMatcher) -> Match:
    """Return a question for the most or least of what is free as that for the opposite of what is used."""
    said = match.texts.get("reading", "").casefold()
    if match.intent != "Extreme" or said not in matcher.values("remaining"):
        return match
    return replace(match, slots={**match.slots, "order": OPPOSITES[match.slots["order"]]})


def _same_kind(mention: Mention, scope: str | None) -> TargetRef:
    return next((one for one in mention.targets if one.scope == scope), mention.targets[0]).target
