"""Finds what "the second one" means: among the things named last, or in the answer to the last question."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from .mentions import NameIndex
from .named_targets import NamedTarget
from .references import noun_at, one_of_class
from .words import plain, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

FEWEST: Final = 2
"""Things among which one can be meant by its place."""

_FOLLOWING: Final = ("filler", "question_filler", "answer_filler", "one_state", "act", "not_name")
"""Rules whose words can follow an ordinal that has no noun."""

type _Things = list[tuple[NamedTarget, ...]]


def with_ordinal(
    text: str, said: Sequence[str], answer: str, index: NameIndex, matchers: Sequence[LanguageMatcher]
) -> str:
    """Return a text with the name of the thing that an ordinal means, the text itself without one.

    ``said`` are the person's earlier messages, oldest first, ``answer`` is the answer to the last one.
    """
    if not said or index.find(text):
        return text
    for matcher in matchers:
        place = _place(text, matcher)
        if place is None:
            continue
        start, end, number, noun = place
        named = [one for many in _things(said, answer, index) if (one := one_of_class(noun, many, matcher))]
        if len(named) >= FEWEST and number <= len(named):
            return f"{text[:start]}{named[number - 1 if number > 0 else -1].label}{text[end:]}"
    return text


def _place(text: str, matcher: LanguageMatcher) -> tuple[int, int, int, str] | None:
    """Return where an ordinal with its noun stands, its number (-1 is the last one), and the noun."""
    ordinals = matcher.values("ordinal")
    for phrase in sorted(ordinals, key=len, reverse=True):
        found = re.search(rf"\b{re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
        if found is None:
            continue
        noun, length = noun_at(text[found.end() :], matcher)
        if noun or _stands_alone(text[found.end() :], matcher):
            return found.start(), found.end() + length, int(ordinals[phrase]), noun
    return None


def _stands_alone(rest: str, matcher: LanguageMatcher) -> bool:
    """Return whether only words follow that belong to no thing of their own."""
    known = frozenset(
        word for rule in _FOLLOWING for text in matcher.phrases(rule) for word in words_of(text)
    )
    return all(one in known and one not in matcher.phrases("no_thing") for one in words_of(rest))


def _things(said: Sequence[str], answer: str, index: NameIndex) -> _Things:
    """Return the things among which an ordinal counts, in the order in which they were named."""
    last, answered = _named(said[-1:], index), _named([answer], index)
    return next((one for one in (last, answered) if len(one) >= FEWEST), _named(said, index))


def _named(texts: Sequence[str], index: NameIndex) -> _Things:
    return list(dict.fromkeys(one.targets for text in texts for one in index.find(plain(text))))
