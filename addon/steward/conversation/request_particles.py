"""Leaves out the words of a request that change nothing: "just", "halt", "donc", "pues", "maar".

Only a request loses them: in a question they can ask for something. A condition and what follows it are kept.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from ..language.words import WORD, masked
from .request_verbs import requested_verbs
from .said_text import Known

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

PARTICLE: Final = "particle"
"""The rule with words that say nothing anywhere in a request."""

CLOSING: Final = "closing_particle"
"""The rule with words that say nothing near the end of a request, and join what follows elsewhere."""

AFTER_CLOSING: Final = "after_closing"
"""The rule with what may follow these."""

_LIMITS: Final = ("time", "condition")
"""Rules for what may follow these too, if it names nothing else."""

type _Spans = Sequence[tuple[int, int]]


def without_particles(text: str, known: Known, matcher: LanguageMatcher) -> str:
    """Return a request without its particles; a text that is no request as it is."""
    shorter = text
    for start, end in reversed(list(_places(text, _names(text, known), matcher))):
        shorter = f"{shorter[:start].rstrip()}{shorter[end:]}"
    if shorter == text:
        return text
    hidden = masked(shorter, _names(shorter, known))
    return shorter if requested_verbs(hidden.strip(" ,"), known.offers, matcher) else text


def _names(text: str, known: Known) -> _Spans:
    return [one.span for one in known.index.find(text)]


def _places(text: str, names: _Spans, matcher: LanguageMatcher) -> Iterator[tuple[int, int]]:
    """Yield where particles begin and end; never at the start of a text, nor in a name."""
    words = list(WORD.finditer(text))
    at = 1
    while at < len(words):
        start = words[at].start()
        length = _particle_length(text, at, names, matcher)
        if length and not any(begin <= start < end for begin, end in names):
            yield start, words[at + length - 1].end()
        elif matcher.prefix("condition", text[start:]):
            return
        at += length or 1


def _particle_length(text: str, at: int, names: _Spans, matcher: LanguageMatcher) -> int:
    """Return the number of words of the particle at a place, 0 without one."""
    words = [one[0].casefold() for one in WORD.finditer(text)]
    length = matcher.table(PARTICLE).length(words, at)
    if length:
        return length
    length = matcher.table(CLOSING).length(words, at)
    return length if length and _closes(text, at + length, names, matcher) else 0


def _closes(text: str, at: int, names: _Spans, matcher: LanguageMatcher) -> bool:
    """Return whether only particles, parts of the verb, and a limit without another name follow."""
    places = list(WORD.finditer(text))
    words = [one[0].casefold() for one in places]
    while at < len(words):
        rules = (PARTICLE, CLOSING, AFTER_CLOSING)
        length = max(matcher.table(one).length(words, at) for one in rules)
        if not length:
            start = places[at].start()
            is_limit = any(matcher.prefix(one, text[start:]) for one in _LIMITS)
            return is_limit and all(end <= start for _, end in names)
        at += length
    return True
