"""Finds a request in a sentence that is not understood: "my brother says restart Sonarr".

It may be a story or a wish. Nothing is requested, and the answer says which part to leave out.
"""

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from ..language.text_parts import read_parts
from ..language.words import WORD, masked
from .meanings import GoalRequest, PersonRequest, PlanRequest, ScheduledRequest, UnsupportedRequest
from .recognition import recognise
from .request_parts import PartKind, RequestPart
from .request_verbs import requested_verbs
from .said_text import Known, known_lists

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_WORDS: Final = 12
"""Words of a sentence that a request is looked for after."""

_REQUESTS: Final = (PersonRequest, PlanRequest, GoalRequest, ScheduledRequest)


def request_in_talk(
    sentences: Sequence[str], before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> UnsupportedRequest | None:
    """Return the refusal of the first request that stands in talk, None if there is none."""
    for number, one in enumerate(sentences):
        talk = _talk_before(one, [*before, *sentences[:number]], known, matchers)
        if talk is not None:
            return UnsupportedRequest(RequestPart(PartKind.UNKNOWN, talk))
    return None


def _talk_before(
    sentence: str, before: Sequence[str], known: Known, matchers: Sequence[LanguageMatcher]
) -> str | None:
    """Return what stands before the request in a sentence, None if it has none, or asks something."""
    matcher = matchers[0]
    begun = read_parts(sentence, matcher.part_texts(known_lists(known))).found[:1]
    if "?" in sentence or any("cue" in one for one in begun):
        return None
    articles = {*matcher.values("the"), *matcher.phrases("indefinite")}
    words = list(WORD.finditer(sentence))
    for previous, word in islice(pairwise(words), MOST_WORDS):
        rest = sentence[word.start() :]
        if previous[0].casefold() in articles:
            continue  # "The restart of Sonarr" is none.
        if matcher.find("negation", sentence[: word.start()]):
            return None
        hidden = masked(rest, [one.span for one in known.index.find(rest)])
        if requested_verbs(hidden, known.offers, matcher) and isinstance(
            recognise(rest, before, known, matchers), _REQUESTS
        ):
            return sentence[: word.start()].strip(" ,;:-")
    return None
