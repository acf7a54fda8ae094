"""Recognises what of a text can be said that is no question or request as a whole."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ..language.discourse import clause_starts
from ..language.question_parts import has_cue, names_reading_first
from ..language.words import words_of
from .loose_questions import recognise_loosely
from .meanings import OpenText, PersonRequest, UnsupportedRequest
from .mentions import marked
from .question_recognition import begins_with_verb
from .request_parts import PartKind, RequestPart
from .request_recognition import recognise_request
from .said_text import Known, SaidText, read_text
from .unknown_names import unknown_in_questions

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

MOST_CLAUSES: Final = 4
"""Clauses of a text that are tried as a request."""


def open_text(
    text: str,
    said: SaidText,
    known: Known,
    matchers: Sequence[LanguageMatcher],
    *,
    has_model: bool,
) -> OpenText | UnsupportedRequest:
    """Return what of a text is understood, the unknown name in it, or the refusal of a request in it."""
    refused = None if has_model else _request_after(said, known, matchers[0])
    if refused is not None:
        return refused
    is_command = begins_with_verb(said, matchers[0])
    partly = None if is_command else recognise_loosely(said, matchers[0])
    # A model may understand a command whose verb is not known.
    if partly is None and not has_model and (is_command or _is_command(said, matchers[0])):
        return (
            OpenText(text=text, lacks_action=said.mentions[0].targets[0])
            if said.mentions
            else OpenText(text=text, lacks_target=True)
        )
    unknown = None if has_model or partly else unknown_in_questions(said, matchers, is_clear=False)
    return OpenText(text=text, unknown=unknown, partly=partly)


def _request_after(said: SaidText, known: Known, matcher: LanguageMatcher) -> UnsupportedRequest | None:
    """Return the refusal of a request after a clause that is not understood, which may limit it."""
    for start in clause_starts(said.text, matcher)[:MOST_CLAUSES]:
        rest = read_text(said.text[start:], None, known, [matcher])
        requested = recognise_request(rest.text, rest.mentions, None, known.offers, matcher)
        meaning = requested.meaning if requested is not None else None
        if isinstance(meaning, UnsupportedRequest):
            return meaning
        if isinstance(meaning, PersonRequest):
            return UnsupportedRequest(RequestPart(PartKind.UNKNOWN, said.text[:start].strip(" ,.;:!?-")))
    return None


def _is_command(said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a text about one thing begins with a verb that is not known: "evict it"."""
    rest = said.text[matcher.prefix("polite", said.text) :]
    words = words_of(rest)
    if (
        not words
        or len(said.mentions) != 1
        or "?" in rest
        or said.mentions[0].start < len(said.text) - len(rest) + 1
    ):
        return False
    known = matcher.part_texts(said.bare)
    rules = ("common", "not_name", "reversing", "spoken_request")
    nothing = frozenset[str]().union(*map(matcher.phrases, rules))
    if names_reading_first(marked(said.text, said.mentions), known):
        return False
    is_known = words[:1] in known or words[0] in nothing or bool(known.similar(words[0]))
    return not is_known and not has_cue(marked(said.text, said.mentions), known)
