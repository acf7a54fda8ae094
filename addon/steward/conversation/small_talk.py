"""Leaves out what people tell about themselves before a question: "my wife just asked me: how many …".

Only a question is read without it. What is said beside a request could limit it.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from .discourse import frame_length, is_courtesy, without_joiners
from .said_text import Known
from .words import WORD, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

MOST_RESTS: Final = 4
"""Shorter texts that are tried as a question."""

_BREAK: Final = re.compile("[,;:.!?\N{EN DASH}]+\\s+[¿¡]?|\\s-+\\s")


def without_small_talk(text: str, known: Known, matcher: LanguageMatcher) -> Iterator[tuple[str, bool]]:
    """Yield a text without what it begins with, while that is small talk, and whether a time was left out."""
    starts = clause_starts(text, matcher)
    is_timed = False
    for start, end in islice(pairwise([0, *starts]), MOST_RESTS):
        clause = text[start:end]
        if not _is_small_talk(clause, known, matcher):
            return
        is_timed = is_timed or _has_time(clause, matcher)
        yield without_joiners(text[end:], matcher), is_timed


def clause_starts(text: str, matcher: LanguageMatcher) -> list[int]:
    """Return where a clause begins, or a frame such as "could you tell me"."""
    words = list(WORD.finditer(text))
    folded = [one[0].casefold() for one in words]
    joiners = (*matcher.values("conjunction"), *matcher.phrases("opening_join"))
    found = {one.end() for one in _BREAK.finditer(text) if one.end() < len(text)}
    for at, word in enumerate(words[1:], 1):
        # "I came home and would love to hear that everything is fine"
        if folded[at - 1] in joiners and frame_length(folded, matcher, at):
            found.add(word.start())
    return sorted(found)


def _is_small_talk(clause: str, known: Known, matcher: LanguageMatcher) -> bool:
    """Return whether a clause says something about the person that limits nothing."""
    clause = without_joiners(clause, matcher)
    words = list(WORD.finditer(clause))
    folded = [one[0].casefold() for one in words]
    if not words or is_courtesy(words, matcher) or says_nothing(folded, matcher):
        return True
    begun = max(matcher.table(one).length(folded) for one in ("speaker", "well_wish"))
    if not begun or "?" in clause or known.index.find(clause):
        return False
    return not any(matcher.prefix("condition", clause[one.start() :]) for one in words[begun:])


def says_nothing(words: Sequence[str], matcher: LanguageMatcher) -> bool:
    """Return whether all words are greetings and fillers."""
    return tuple(words) in matcher.nothing or all((one,) in matcher.nothing for one in words)


def _has_time(clause: str, matcher: LanguageMatcher) -> bool:
    """Return whether a clause says when: what happened then may be asked."""
    words, times = words_of(clause), matcher.table_of_values("recent")
    is_recent = any(times.length(words, at) for at in range(len(words)))
    return is_recent or matcher.find("time", clause) is not None
