"""Recognises a question of which some words are not understood, if they cannot change what it is about.

Left out may be common words, and one or two others.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..language.part_texts import EVERY, PartTexts
from ..language.question_parts import (
    JOINT,
    KINDS,
    OF_UNITS,
    Recognised,
    asks,
    asks_advice,
    comparison_of,
    names_reading_first,
    question_of,
    readings_and_kinds,
    with_amounts,
)
from ..language.text_parts import NUMBER, PLACE, Parts, read_parts
from ..language.words import WORD, words_of
from ..llm.detectors.common_words import PROGRAMS
from .comparisons import comparison
from .meanings import Partly
from .mentions import marked
from .question_recognition import match_meaning, with_place
from .questions import ChangesQuestion, ReadingQuestion, SeveralQuestions
from .said_text import SaidText, locative_start, without_place

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher

TIMELINE: Final = "Timeline"
"""The intent of a question about what happened."""

_JOINED: Final = frozenset({"reading", "conjunction"})

MOST_STRANGE: Final = 2
"""Words that are not known and may be left out."""


def recognise_loosely(said: SaidText, matcher: LanguageMatcher) -> Partly | None:
    """Return the question that a text probably is, None if a word could make it another one."""
    whole = _of_time(said, matcher) or _most_of(said, matcher)
    return whole or _in_place(said, matcher)


def _of_time(said: SaidText, matcher: LanguageMatcher) -> Partly | None:
    """Return the question what happened in a time, if nothing else is said: "today so far"."""
    hours = matcher.worded("recent").get(words_of(said.text))
    return None if hours is None else Partly(ChangesQuestion(None, int(hours)), "")


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
    from ..language.language_matcher import Match  # noqa: PLC0415 - hassil is not loaded at the start

    shown = marked(said.text, said.mentions)
    begins_with_request = matcher.prefix("spoken_request", shown[matcher.prefix("polite", shown) :].lstrip())
    found = _recognise_most(
        shown,
        matcher.part_texts(said.bare),
        matcher.common - matcher.phrases("changing"),
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
        each = (ReadingQuestion(of_one, one) for one in targets for of_one in reading.split(JOINT))
        return Partly(SeveralQuestions(tuple(each)), left_out)
    if recognised.names:
        return Partly(comparison(recognised, said, matcher), left_out)
    meaning = match_meaning(Match(recognised.intent, recognised.slots, {}, {}, 0), said)
    return None if meaning is None else Partly(meaning, left_out)


def _recognise_most(
    text: str,
    known: PartTexts,
    common: Container[str],
    reversing: frozenset[str],
    is_place: Callable[[int], bool],
    *,
    may_be_label: bool = True,
) -> tuple[Recognised, str] | None:
    """Return what a text asks if ``common`` words are left out, and one part that was left out besides.

    ``reversing`` words change what is asked. ``is_place`` says whether a word that begins at a place in
    the text is where something is: such a word, and every word that is not common where nothing is named,
    may be the name of a thing. With ``may_be_label`` its first word may be no verb: "max memory of it".
    """
    parts = with_amounts(read_parts(text, known))
    strange = _strange(text, parts, common)
    is_named = any(
        is_place(start) or _is_of_name(text, (start, end)) or makes_other(text, (start, end), known)
        for start, end in strange
    )
    if (
        is_named
        or asks_advice(parts)
        or _is_changed(
            text, parts, strange, reversing, is_label=may_be_label and names_reading_first(text, known)
        )
    ):
        return None
    found = _several(parts) if len(parts.names) > 1 else _one(parts, is_whole=not strange)
    if found is None:
        return None
    return found, _left_out(text, strange)


def _strange(text: str, parts: Parts, common: Container[str]) -> list[tuple[int, int]]:
    """Return the places of the words that are neither known nor common."""
    return [
        (start + word.start(), start + word.end())
        for start, end in parts.unknown
        for word in WORD.finditer(text[start:end])
        if word[0].casefold() not in common
    ]


def _left_out(text: str, strange: Sequence[tuple[int, int]]) -> str:
    """Return the part of a text that is not understood, without what stands between if that is a name."""
    part = text[strange[0][0] : strange[-1][1]] if strange else ""
    return part if PLACE not in part else ", ".join(text[start:end] for start, end in strange)


def _is_changed(
    text: str,
    parts: Parts,
    strange: Sequence[tuple[int, int]],
    reversing: frozenset[str],
    *,
    is_label: bool,
) -> bool:
    """Return whether a word could make the text another question, or a request."""
    words = {one[0].casefold() for span in parts.unknown for one in WORD.finditer(text[slice(*span)])}
    if (parts.fillers | words) & reversing or len(strange) > MOST_STRANGE:
        return True
    if not strange:
        return False
    # "Evict it from memory" begins with a verb, "max memory of it" does not.
    is_command = not (asks(parts) or text[: strange[0][0]].strip() or is_label)
    return is_command or len(parts.names) != 1


def _several(parts: Parts) -> Recognised | None:
    """Return a comparison of several things, or the question about a reading of each."""
    plain = _reduced(parts)
    values = plain.values("reading")
    each = Recognised("Value", {"reading": values[0]}, names=parts.names) if values else None
    return comparison_of(plain) or (each if not plain.values("superlative") else None)


def _one(parts: Parts, *, is_whole: bool) -> Recognised | None:
    """Return the question about one thing, or about everything; ``is_whole`` if all words are understood."""
    parts = _with_period(parts)
    plain, name = _reduced(parts), dict[str, str | int](name=parts.names[0]) if parts.names else {}
    recent = {"recent": parts.values("recent")[0]} if parts.values("recent") else {}
    if _is_timeline(parts):
        return Recognised("Changes" if name else TIMELINE, {**recent, **name})
    topic = _topic(parts, is_whole=is_whole)
    if topic is not None and not (name and topic == "Problems"):
        return Recognised(topic, {**recent, **name})
    question = question_of(plain, has_name=bool(name))
    if question is None and name and not plain.values("reading") and not plain.values("kind"):
        question = _state_of(parts, is_whole=is_whole)
    if question is None:
        return None
    intent, slots = question
    is_list = intent == "Value" and "list" in parts.values("cue")
    return Recognised(intent, {**slots, **name, **({"count": "count"} if is_list else {})})


def _reduced(parts: Parts) -> Parts:
    """Return parts with one reading that combines all, one kind, one state, and no number without a bound."""
    is_list = bool({"count", "list"} & set(parts.values("cue")))
    readings, kinds = readings_and_kinds(parts, is_list=is_list, has_name=bool(parts.names))
    if _has_predicate(parts):
        readings = readings[::-1]
    of_units = [OF_UNITS[one] for one in parts.values("unit") if one in OF_UNITS]
    if parts.names and of_units and (not readings or parts.values(NUMBER)):
        # "Is it normal that the disk sda is at 41 degrees" asks for the reading with this unit.
        readings = of_units
    is_bound = any(map(parts.values, ("bound", "reach"))) or (
        parts.values("superlative") and parts.values("unit")
    )
    dropped = {"reading", "adjective", "kind", "state", *(() if is_bound else (NUMBER, "share", "unit"))}
    found = [
        rest
        for one in parts.found
        if (rest := {slot: value for slot, value in one.items() if slot not in dropped}) or not one
    ]
    is_joint = len(readings) > 1 and (_joins_readings(parts) if len(parts.names) > 1 else parts.is_listed)
    is_joint = is_joint and bool(parts.names)
    if readings:
        found = [{**one, "cue": "ask"} if one.get("cue") == "when" else one for one in found]
        found.append({"reading": (JOINT if is_joint else EVERY).join(readings)})
    if parts.is_listed and len(kinds) > 1:
        kinds = [KINDS.join(kinds)]  # "Machines and containers"
    for slot, values in (("kind", kinds), ("state", parts.values("state"))):
        found += [{slot: values[0]}] if values else []
    return Parts(parts.names, tuple(found), ())


def _joins_readings(parts: Parts) -> bool:
    """Return whether a word such as "and" stands between readings, and not only between names."""
    said = ["reading" if "reading" in one else "conjunction" for one in parts.found if _JOINED & one.keys()]
    return "reading" in said and "conjunction" in said[said.index("reading") : _last(said, "reading")]


def _last(said: Sequence[str], what: str) -> int:
    return len(said) - 1 - said[::-1].index(what)


def _has_predicate(parts: Parts) -> bool:
    """Return whether a second reading says what is counted of the first: "how many torrents are stalled"."""
    said = [
        "reading" if "reading" in one else "check"
        for one in parts.found
        if "reading" in one or "check" in one
    ]
    return "count" in parts.values("cue") and said[-3:] == ["reading", "check", "reading"]


def _with_period(parts: Parts) -> Parts:
    """Return parts with a period in place of "2 hours" where something that happened is asked for."""
    hours = {"h": 1, "d": 24, "w": 168}
    numbers, units = parts.values(NUMBER), [one for one in parts.values("unit") if one in hours]
    is_past = "changes" in parts.values("cue") or bool({"Done", TIMELINE} & set(parts.values("topic")))
    if not is_past or len(numbers) != 1 or len(units) != 1 or not numbers[0].isdecimal():
        return parts
    rest = tuple(one for one in parts.found if NUMBER not in one and "unit" not in one)
    period = str(max(1, int(numbers[0]) * hours[units[0]]))
    return replace(parts, found=(*rest, {"recent": period}))


def _is_timeline(parts: Parts) -> bool:
    """Return whether parts ask what happened, to one thing or at all: "changelog of the last 24 h"."""
    other = ("superlative", "reading", "adjective", NUMBER, "share", "bound", "unit", "kind")
    if len(parts.names) > 1 or any(map(parts.values, other)) or len(parts.values("recent")) > 1:
        return False
    topics, cues = parts.values("topic"), set(parts.values("cue"))
    is_named = topics == [TIMELINE] or (not topics and "changes" in cues and not parts.names)
    return is_named and "why" not in cues


def _topic(parts: Parts, *, is_whole: bool) -> str | None:
    """Return the intent of a question about the whole homelab, None if parts say something else too.

    A text that is only a label asks too: "requests to the cloud today".
    """
    topics = parts.values("topic")
    other = ("superlative", NUMBER, "share", "bound", "unit", "state")
    # "I am watching a film, restart it" asks nothing.
    is_asked = set(parts.values("cue")) - {"started"} or parts.values("check")
    is_clear = is_asked or (is_whole and not parts.values("cue"))
    return topics[0] if len(topics) == 1 and is_clear and not any(map(parts.values, other)) else None


def _state_of(parts: Parts, *, is_whole: bool) -> tuple[str, dict[str, str]] | None:
    """Return the question about the state of the one thing that is named, None if something else is asked."""
    other = ("superlative", "recent", "past", NUMBER, "share", "bound", "conjunction")
    asked = set(parts.values("cue")) - {"ask", "list"}
    is_asked = parts.values("state") or "Problems" in parts.values("topic")
    # "What is it for" asks for no state. "What is left to fetch" may: the word that is not known is named.
    is_asked = is_asked or (parts.values("check") and not is_whole)
    return ("State", {}) if is_asked and not asked and not any(map(parts.values, other)) else None


def _is_of_name(text: str, span: tuple[int, int]) -> bool:
    """Return whether a word with a capital letter follows a name: "Home Assistant Yellow"."""
    start, end = span
    before = text[:start].rstrip(" -")
    return before.endswith(PLACE) and text[start:end][:1].isupper()


def makes_other(text: str, span: tuple[int, int], known: PartTexts) -> bool:
    """Return whether a word between an article and a name makes it another thing: "the fish tank"."""
    before = words_of(text[: span[0]])[-1:]
    return text[span[1] :].lstrip(" -").startswith(PLACE) and bool(before) and known.get(before) == {}
