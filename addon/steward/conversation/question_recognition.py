"""Recognises questions: by whole sentences, by their parts, about several things, about a place."""

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from .given_names import AREA
from .match_meanings import comparison, match_meaning, with_place
from .meanings import ABOUT_ONE, AboutOne, ExtremeQuestion, Meaning, SeveralQuestions
from .mentions import mark, marked
from .places_said import without_place
from .question_parts import has_cue, kinds_in, parts_between, recognise_parts
from .said_text import SaidText
from .words import words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

MOST_NAMES: Final = 8
"""Names in one question."""


def begins_with_verb(said: SaidText, matcher: LanguageMatcher) -> bool:
    """Return whether a text begins with a verb that changes something: "reload it" asks for no reading."""
    start = matcher.prefix("polite", said.text)
    rest = said.text[start:].lstrip()
    if "?" in rest or not any(matcher.prefix(rule, rest) for rule in ("command_verb", "destructive_verb")):
        return False
    return not has_cue(marked(said.text, said.mentions), matcher.part_texts(said.bare))


def question_by_sentence(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text is in one language, None if it is none."""
    for match in matcher.questions(marked(said.text, said.mentions), said.lists):
        meaning = match_meaning(match, said)
        if meaning is not None:
            return meaning
    names = (said.text[one.start : one.end] for one in said.mentions)
    if not said.mentions or not all(matcher.can_say(one, said.bare) for one in names):
        return None
    # "When was the last backup?" is a question about backups also if something is named Backup.
    for match in matcher.questions(said.text, said.bare):
        meaning = match_meaning(match, said)
        if meaning is not None:
            return meaning
    return None


def question_with_cue(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that a text with the verb of a request is, None without a word that asks."""
    is_asked = has_cue(marked(said.text, said.mentions), matcher.part_texts(said.bare))
    meaning = question_by_parts(said, matcher)
    # "Give the container more memory" does not ask which one has more.
    return meaning if is_asked or not isinstance(meaning, ExtremeQuestion) else None


def question_by_parts(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question that the parts of a text make, None when a word is not understood."""
    from .language_matcher import Match  # noqa: PLC0415 - hassil is loaded at the first question

    if begins_with_verb(said, matcher):
        return None
    known = matcher.part_texts(said.bare)
    # "How fast is it" asks about the speed also if something is named Fast.
    clear = tuple(one for one in said.mentions if words_of(said.text[one.start : one.end]) not in known)
    for one in (said, replace(said, mentions=clear)):
        if one is not said and (several := question_about_several(said, matcher)) is not None:
            return several  # "How full are tank and fast"
        found = recognise_parts(marked(one.text, one.mentions), known)
        if found is not None and found.names:
            return comparison(found, one)
        if found is not None and found.unknown is None:
            return match_meaning(Match(found.intent, found.slots, {}, {}, 0), one)
    return None


def question_in_area(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question about what is in an area: "what is wrong in the cellar", None if it is none."""
    areas = [one for one in said.mentions if one.targets[0].scope == AREA]
    return question_in_place(said, matcher) if areas else None


def question_in_place(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return the question about what is in a place, without which the rest asks about everything."""
    for rest, place in without_place(said, matcher):
        meaning = question_by_sentence(rest, matcher) or question_by_parts(rest, matcher)
        placed = with_place(meaning, place) if meaning is not None else None
        if placed is not None:
            return placed
    return None


def question_about_several(said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return a question about several things whose names are joined: each is asked about alone."""
    mentions = said.mentions
    if not 1 < len(mentions) <= MOST_NAMES:
        return None
    known = matcher.part_texts(said.bare)
    gaps = [said.text[one.end : two.start] for one, two in pairwise(mentions)]
    between = [parts_between(one, known) for one in gaps]
    is_joined = any(one for one, _ in between) or not any(map(words_of, gaps))
    if not is_joined or not all(is_plain for _, is_plain in between):
        return None
    before, after = said.text[: mentions[0].start], said.text[mentions[-1].end :]
    # "Containers on pve1 and disks on the NAS" asks for different things.
    if not kinds_in(" ".join(gaps), known) <= kinds_in(f"{before} {after}", known):
        return None
    found: list[AboutOne] = []
    for one in mentions:
        meaning = _alone(before, said.text[one.start : one.end], after, said, matcher)
        if not isinstance(meaning, ABOUT_ONE) or type(meaning) is not type((found or [meaning])[0]):
            return None
        found.append(meaning)
    return SeveralQuestions(tuple(found))


def _alone(before: str, name: str, after: str, said: SaidText, matcher: LanguageMatcher) -> Meaning | None:
    """Return what a text asks with one name in place of several."""
    text = f"{before}{name}{after}"
    mention = replace(said.known.index.find(name)[0], start=len(before), end=len(before) + len(name))
    lists = replace(said.lists, names={mark(0): 0})
    alone = replace(said, text=text, mentions=(mention,), lists=lists)
    return question_by_sentence(alone, matcher) or question_by_parts(alone, matcher)
