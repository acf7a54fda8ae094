"""Finds that a change is wanted without the approval that it needs: "restart it without asking dad"."""

from typing import TYPE_CHECKING, Final

from ..language.text_parts import read_parts
from ..language.words import words_of
from .meanings import UnsupportedRequest
from .request_parts import PartKind, RequestPart
from .said_text import Known, known_lists

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

RULE: Final = "bypass"

STARTED: Final = "started"
"""The cue that is also the verb of a request."""


def request_without_approval(text: str, known: Known, matcher: LanguageMatcher) -> UnsupportedRequest | None:
    """Return the refusal of a request that nobody is to approve, None for every other text.

    "What may you do without asking" is a question.
    """
    place = matcher.find(RULE, text)
    begun = read_parts(text, matcher.part_texts(known_lists(known))).found[:1]
    if place is None or any(one.get("cue", STARTED) != STARTED for one in begun):
        return None
    rest = f"{text[: place[0]]} {text[place[1] :]}"
    if not known.index.find(rest) and not matcher.phrases("verb_word").intersection(words_of(rest)):
        return None
    return UnsupportedRequest(RequestPart(PartKind.APPROVAL, text[slice(*place)]))
