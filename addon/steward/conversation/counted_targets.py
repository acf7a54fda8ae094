"""Checks how many things a request is said to be for: "restart Radarr and Sonarr, both of them".

Where it is another number, something is missing: "restart Sonarr, both please".
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..language.words import WORD, masked, words_of
from .meanings import AmbiguousName, Meaning, PersonRequest, PlanRequest, ScheduledRequest, UnsupportedRequest
from .request_parts import PartKind, RequestPart
from .request_verbs import requested_verbs
from .said_text import Known

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

LIST: Final = "together"
"""The list with the words for how many things are meant."""

type Counted = tuple[str, int]
"""Such words, and their number."""


def without_counts(text: str, known: Known, matcher: LanguageMatcher) -> tuple[str, tuple[Counted, ...]]:
    """Return a request that names something without the words for how many that are, and these words.

    Any other text is returned as it is.
    """
    shorter, counted = text, list[Counted]()
    for start, end, number in reversed(list(_places(text, known, matcher))):
        counted.append((text[start:end], number))
        shorter = f"{shorter[:start].rstrip(' ,')} {shorter[end:].lstrip(' ,')}".strip()
    hidden = masked(shorter, [one.span for one in known.index.find(shorter)])
    if not counted or not requested_verbs(hidden, known.offers, matcher):
        return text, ()
    return shorter, tuple(counted)


def with_right_count(found: Meaning, counted: Sequence[Counted]) -> Meaning:
    """Return the meaning of a request, or its refusal if it is for another number of things than was said.

    The question which thing is meant keeps the words, for the answer.
    """
    if isinstance(found, AmbiguousName) and counted:
        after = ", ".join([found.offered.after, *(said for said, _ in counted)])
        return replace(found, offered=replace(found.offered, after=after))
    number = _number_of(found)
    wrong = next((said for said, wanted in counted if number is not None and wanted != number), None)
    return found if wrong is None else UnsupportedRequest(RequestPart(PartKind.UNKNOWN, wrong))


def says_count(text: str, matcher: LanguageMatcher) -> bool:
    """Return whether a text says how many things are meant."""
    words, table = words_of(text), matcher.table_of_values(LIST)
    return any(table.length(words, at) for at in range(len(words)))


def _places(text: str, known: Known, matcher: LanguageMatcher) -> Iterator[tuple[int, int, int]]:
    """Yield where such words begin and end, and their number; nothing in a text that names nothing."""
    mentions = known.index.find(text)
    if not mentions:
        return
    words = list(WORD.finditer(masked(text, [one.span for one in mentions])))
    folded = [one[0].casefold() for one in words]
    table, at = matcher.table_of_values(LIST), 0
    while at < len(words):
        length = table.length(folded, at)
        if length:
            number = matcher.worded(LIST)[tuple(folded[at : at + length])]
            yield words[at].start(), words[at + length - 1].end(), int(number)
        at += length or 1


def _number_of(found: Meaning) -> int | None:
    """Return how many things a request is for, None for everything else."""
    match found:
        case PersonRequest():
            return 1
        case PlanRequest():
            return len(found.requests) + len(found.not_offered)
        case ScheduledRequest():
            return _number_of(found.request)
        case _:
            return None
