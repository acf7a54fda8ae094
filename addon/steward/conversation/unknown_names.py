"""Finds the name of a thing that is not known, in a question or a request."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..language.question_parts import asks, recognise_parts
from ..language.text_parts import Parts, read_parts
from ..language.words import WORD, words_of
from ..llm.detectors.common_words import PROGRAMS
from .meanings import AmbiguousName, OpenQuestion, UnknownName
from .mentions import is_likely, is_part, nearest_names
from .reading_answers import kinds_of
from .request_parts import PartKind, RequestPart
from .request_recognition import Requested
from .said_text import SaidText, locative_start

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher, Match
    from ..language.part_texts import PartTexts

MOST_LABELS: Final = 8
"""Things of which a person is asked which one is meant."""

LONGEST_NAME: Final = 3
"""Words of a name that is not known."""


def unknown_in_questions(
    said: SaidText, matchers: Sequence[LanguageMatcher], *, is_clear: bool = True
) -> UnknownName | None:
    """Return the unknown name that a question is about in any language, None if it is about none.

    With ``is_clear`` it cannot be a common noun, about which a model could be asked.
    """
    sibling = _unknown_sibling(said)
    if sibling is not None:
        return sibling
    for matcher in matchers:
        unknown = _unknown_in_question(said, matcher, is_clear=is_clear)
        known = matcher.part_texts(said.bare)
        if is_clear and matcher is not matchers[0]:
            # "Downloaded" is no form of a word of another language.
            known = known.exact
        unknown = unknown or _unknown_by_parts(said, matcher, known, is_clear=is_clear)
        if unknown is not None:
            return unknown
    if is_clear or said.mentions:
        return None
    return _unknown_program(said) or _unknown_noun(said, matchers[0])


def _unknown_noun(said: SaidText, matcher: LanguageMatcher) -> UnknownName | None:
    """Return the noun that a question is about, if nothing here is called that: "the milk in the fridge"."""
    parts = read_parts(said.text, matcher.part_texts(said.bare))
    if not _asks_value_or_state(parts):
        return None
    common = matcher.common | matcher.phrases("reversing")
    places: list[tuple[int, int]] = []
    nouns: list[tuple[int, int]] = []
    for part in parts.unknown:
        words = [one for one in WORD.finditer(said.text, *part) if one[0].casefold() not in common]
        if not words:
            continue
        start = words[0].start()
        span = (start, words[min(len(words), LONGEST_NAME) - 1].end())
        before = said.text[:start].rstrip(" '").split()[-1:]
        if locative_start(said.text, start, matcher, "inside") is not None:
            places.append(span)
        elif before and before[0].casefold() in matcher.values("the"):
            nouns.append(span)
    for start, end in (*places, *nouns):
        if _is_name(said.text[start:end], said):
            return _unknown(said.text[start:end], start, said)
    return None


def unknown_in_part(part: RequestPart, said: SaidText) -> UnknownName | None:
    """Return the program in a condition that is not known: "once Plex is idle" without a Plex."""
    if part.kind is not PartKind.CONDITION:
        return None
    mentions = said.known.index.find(part.text)
    unknown = _unknown_program(replace(said, text=part.text, mentions=mentions))
    return UnknownName(unknown.name, unknown.nearest) if unknown is not None else None


def _unknown_sibling(said: SaidText) -> UnknownName | None:
    """Return the name in a text that differs from known ones in its number only: "pve9" beside pve1."""
    for word in WORD.finditer(said.text):
        is_mention = any(one.start <= word.start() < one.end for one in said.mentions)
        if not is_mention and said.known.index.is_of_series(word[0]):
            return _unknown(word[0], word.start(), said)
    return None


def _unknown_program(said: SaidText) -> UnknownName | None:
    """Return the program in a question that is not among what is known, None if there is none."""
    for word in WORD.finditer(said.text):
        is_mention = any(one.start <= word.start() < one.end for one in said.mentions)
        if is_mention or word[0].casefold() in said.no_names:
            continue
        if word[0].casefold() in PROGRAMS or word[0].casefold() in said.known.programs:
            return _unknown(word[0], word.start(), said)
    return None


def _asks_value_or_state(parts: Parts) -> bool:
    """Return whether a value or a state is asked for, and not why, or what is wrong."""
    cues = set(parts.values("cue"))
    is_problem = "failing" in parts.values("state") or bool(parts.values("topic"))
    asked = ("check", "reading", "adjective", "unit")
    is_value = "count" in cues or any(map(parts.values, asked))
    return asks(parts) and is_value and not is_problem and not cues & {"why", "advice", "changes"}


def _unknown_by_parts(
    said: SaidText, matcher: LanguageMatcher, known: PartTexts, *, is_clear: bool
) -> UnknownName | None:
    """Return the name that is not known in a question that is understood otherwise."""
    if said.mentions:
        return None
    # "Is it a good idea to use ZFS" is about no thing here: only without a model common words are left out.
    common = frozenset[str]() if is_clear else matcher.common
    found = recognise_parts(said.text, known, common, allows_label=not is_clear)
    if found is None or found.unknown is None:
        return None
    start, end = found.unknown
    name = said.text[start:end]
    is_noun = found.intent != "Count" and name[:1].islower() and "kind_word" not in found.slots
    return None if (is_noun and is_clear) or not _is_name(name, said) else _unknown(name, start, said)


def _unknown_in_question(said: SaidText, matcher: LanguageMatcher, *, is_clear: bool) -> UnknownName | None:
    """Return the unknown name that a question is about, None if it is about none.

    Forms that people also use for things that are no machines need a name with a capital letter.
    """
    is_lower = not any(map(str.isupper, said.text[1:]))
    for match in sorted(matcher.unknown(said.text, said.bare, is_clear=is_clear and is_lower), key=_by_name):
        name = match.texts.get("name", "").removesuffix("'s").strip()
        has_kind = bool(match.slots.get("kind_word") or match.slots.get("kind_after"))
        if not _is_name(name, said) or (is_clear and match.slots.get("the") and not has_kind):
            continue
        shown, start = _as_written(name, said.text)
        is_thing = match.metadata.get("unknown") == "clear" or (has_kind and not is_clear)
        if is_thing or (shown[:1].isupper() and start > 0):
            return _unknown(shown, start, said)
    return None


def unknown_in_request(said: SaidText, requested: Requested) -> UnknownName | None:
    """Return the unknown name that a request is about, None if the rest of it can be none."""
    words = requested.unexplained
    if not words or len(words) > LONGEST_NAME:
        return None
    name = said.text[words[0].start() : words[-1].end()]
    if not _is_name(name.casefold(), said):
        return None
    return _unknown(name, words[0].start(), said)


def kind_in_request(said: SaidText, requested: Requested, matcher: LanguageMatcher) -> AmbiguousName | None:
    """Return which things a request can be about that only names their kind: "restart the access point".

    None if there are not several of them.
    """
    words = requested.unexplained
    if not words:
        return None
    start, end = words[0].start(), words[-1].end()
    kind = matcher.worded_kinds(said.known.kinds).get(words_of(said.text[start:end]))
    kinds = kinds_of(kind) if kind else ()
    labels = tuple(one.label for one in said.known.among if one.scope in kinds)
    if not 1 < len(labels) <= MOST_LABELS:
        return None
    return AmbiguousName(labels, OpenQuestion(said.text[:start], said.text[end:]))


def _unknown(name: str, start: int, said: SaidText) -> UnknownName:
    """Return that a name is not known, and the text with the similar one that is probably meant."""
    near = nearest_names(name, said.known.among)
    if not near or not (is_likely(name, near[0]) or is_part(name, near)):
        return UnknownName(name, near)
    offered = OpenQuestion(said.text[:start], said.text[start + len(name) :], near[0])
    return UnknownName(name, near, offered)


def _by_name(match: Match) -> tuple[int, int]:
    """Sort a match with a recognised kind of machine, and then one with a shorter name, first."""
    has_kind = bool(match.slots.get("kind_word") or match.slots.get("kind_after"))
    return (0 if has_kind else 1, len(match.texts.get("name", "")))


def _is_name(name: str, said: SaidText) -> bool:
    """Return whether words can be a name, and are none that is known."""
    words = WORD.findall(name.casefold())
    if not 0 < len(words) <= LONGEST_NAME or any(one in said.no_names or one.isdigit() for one in words):
        return False
    start = said.text.casefold().find(name.casefold())
    if start < 0:
        # Between its words stands something that was left out: "radarr and Plex".
        return False
    end = start + len(name)
    return not any(one.start < end and start < one.end for one in said.mentions)


def _as_written(name: str, text: str) -> tuple[str, int]:
    """Return a name as it stands in a text, and where."""
    found = re.search(r"\W+".join(map(re.escape, name.split())), text, re.IGNORECASE)
    return (found[0], found.start()) if found else (name, 0)
