"""Recognises a question of which some words are not understood, if they cannot change what it is about."""

from typing import TYPE_CHECKING

from ..llm.detectors.common_words import PROGRAMS
from .match_meanings import comparison, match_meaning, with_place
from .meanings import Partly, ReadingQuestion, SeveralQuestions
from .mentions import marked
from .most_parts import recognise_most
from .places_said import locative_start, without_place
from .said_text import SaidText
from .words import WORD, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher


def recognise_loosely(said: SaidText, matcher: LanguageMatcher) -> Partly | None:
    """Return the question that a text probably is, None if a word could make it another one."""
    whole = _most_of(said, matcher)
    return whole or _in_place(said, matcher)


def _in_place(said: SaidText, matcher: LanguageMatcher) -> Partly | None:
    """Return a question about what is in a place."""
    for rest, place in without_place(said, matcher):
        found = _most_of(rest, matcher)
        placed = with_place(found.question, place) if found is not None else None
        if found is not None and placed is not None:
            return Partly(placed, found.left_out)
    return None


def _is_program(text: str, start: int, said: SaidText) -> bool:
    """Return whether the word that begins at a place names a program, or a node that is not known."""
    word = WORD.match(text, start)
    if word is not None and said.known.index.is_of_series(word[0]):
        return True
    return word is not None and (word[0].casefold() in PROGRAMS or word[0].casefold() in said.known.programs)


def _most_of(said: SaidText, matcher: LanguageMatcher) -> Partly | None:
    from .language_matcher import Match  # noqa: PLC0415 - hassil is loaded at the first question

    shown = marked(said.text, said.mentions)
    begins_with_request = matcher.prefix("spoken_request", shown[matcher.prefix("polite", shown) :].lstrip())
    found = recognise_most(
        shown,
        matcher.part_texts(said.bare),
        matcher.phrases("common") - matcher.phrases("changing"),
        matcher.phrases("reversing"),
        lambda start: locative_start(shown, start, matcher) is not None or _is_program(shown, start, said),
        may_be_label=not begins_with_request,
    )
    if found is None:
        return None
    recognised, left_out = found
    if set(words_of(left_out)) & matcher.phrases("changing"):
        return None
    if recognised.names and recognised.intent == "Value":
        reading = str(recognised.slots["reading"])
        targets = [said.mentions[one].targets[0].target for one in recognised.names]
        return Partly(SeveralQuestions(tuple(ReadingQuestion(reading, one) for one in targets)), left_out)
    if recognised.names:
        return Partly(comparison(recognised, said), left_out)
    meaning = match_meaning(Match(recognised.intent, recognised.slots, {}, {}, 0), said)
    return None if meaning is None else Partly(meaning, left_out)
