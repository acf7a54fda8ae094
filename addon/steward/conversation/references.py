"""Replaces "the other one" by the name of the thing that was named before the last one."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from .mentions import NameIndex
from .named_targets import NamedTarget
from .words import WORD, plain

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

_FOLLOWING: Final = ("not_name", "filler", "one_state", "act")
"""Rules whose words can follow "the other"; before another word it belongs to that word."""


def with_reference(
    text: str, before: Sequence[str], index: NameIndex, matchers: Sequence[LanguageMatcher]
) -> str:
    """Return a text that names what "the other one" is, the text itself when it refers to nothing.

    ``before`` are the person's earlier messages, oldest first.
    """
    if index.find(text):
        return text
    for matcher in matchers:
        for phrase in sorted(matcher.values("other"), key=len, reverse=True):
            found = re.search(rf"\b{re.escape(phrase)}\b", text, re.IGNORECASE)
            is_whole = matcher.values("other")[phrase] == "whole"
            if found and (is_whole or _stands_alone(text[found.end() :], matcher)):
                other = _other(before, index)
                return f"{text[: found.start()]}{other.label}{text[found.end() :]}" if other else text
    return text


def _stands_alone(rest: str, matcher: LanguageMatcher) -> bool:
    """Return whether what follows does not begin with a noun of its own."""
    word = WORD.search(rest)
    return word is None or any(word[0].casefold() in matcher.phrases(rule) for rule in _FOLLOWING)


def _other(before: Sequence[str], index: NameIndex) -> NamedTarget | None:
    """Return the last thing but one that was named."""
    named = list(dict.fromkeys(_named(before, index)))
    return named[1] if len(named) > 1 else None


def _named(before: Sequence[str], index: NameIndex) -> Iterator[NamedTarget]:
    """Yield what was named, the newest message first."""
    for said in reversed(before):
        for mention in index.find(plain(said)):
            yield mention.targets[0]
