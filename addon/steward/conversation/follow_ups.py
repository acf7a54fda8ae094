"""Completes "and Sonarr?", "what about yesterday?", and "and the least?" by the question before it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .meanings import (
    ABOUT_ONE,
    ChangesQuestion,
    ExtremeQuestion,
    Meaning,
    SeveralQuestions,
    Topic,
    TopicQuestion,
    UnknownName,
)
from .mentions import Mention, nearest_names
from .question_parts import superlative_of
from .said_text import Known, known_lists
from .unknown_names import LONGEST_NAME
from .words import plain, words_of

if TYPE_CHECKING:
    from homelab_steward.contract.state import TargetRef

    from .language_matcher import LanguageMatcher

FOLLOWING: Final = "follow_up"
"""The rule with the words that such a question begins with."""

LONGEST: Final = 80
"""Characters of a text that can be completed."""


def followed(
    text: str, before: Meaning | None, known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return the question before with what a text puts in its place, None if the text does not follow it."""
    said = plain(text).lstrip("¿¡ ")
    if before is None or len(said) > LONGEST:
        return None
    for matcher in matchers:
        length = matcher.prefix(FOLLOWING, said)
        meaning = _completed(said[length:].strip(), before, known, matcher) if length else None
        if meaning is not None:
            return meaning
    return None


def unknown_in_follow_up(
    text: str, before: Meaning | None, known: Known, matchers: Sequence[LanguageMatcher]
) -> UnknownName | None:
    """Return the name in "and Emby?" after a question about one thing, None if it is no such text."""
    said = plain(text).lstrip("¿¡ ")
    if not isinstance(before, (*ABOUT_ONE, SeveralQuestions)) or known.index.find(said):
        return None
    length = matchers[0].prefix(FOLLOWING, said)
    name = said[length:].strip(" ?!.")
    words = words_of(name)
    is_name = bool(length) and 0 < len(words) <= LONGEST_NAME
    if not is_name or _hours(name, matchers[0]) is not None or set(words) & matchers[0].phrases("not_name"):
        return None
    return UnknownName(name, nearest_names(name, known.among))


def _completed(rest: str, before: Meaning, known: Known, matcher: LanguageMatcher) -> Meaning | None:
    mentions = known.index.find(rest)
    if mentions:
        words = words_of(_without(rest, mentions))
        return _about_others(before, mentions) if _says_nothing(words, matcher) else None
    hours = _hours(rest, matcher)
    if hours is not None:
        return _in_period(before, hours)
    order = superlative_of(rest, matcher.part_texts(known_lists(known)))
    if order is not None and isinstance(before, ExtremeQuestion):
        direction, reading = order
        return replace(before, is_most=direction == "most", reading=reading or before.reading)
    return None


def _about_others(before: Meaning, mentions: Sequence[Mention]) -> Meaning | None:
    """Return the same question about other things, of the kind of the first one if they have it."""
    asked = before.questions[0] if isinstance(before, SeveralQuestions) else before
    if not isinstance(asked, ABOUT_ONE) or asked.target is None:
        return None
    targets = [_of_kind(one, asked.target) for one in mentions]
    questions = tuple(replace(asked, target=one) for one in targets)
    return questions[0] if len(questions) == 1 else SeveralQuestions(questions)


def _of_kind(mention: Mention, like: TargetRef) -> TargetRef:
    found = (one.target for one in mention.targets if one.target.kind == like.kind)
    return next(found, mention.targets[0].target)


def _in_period(before: Meaning, hours: int) -> Meaning | None:
    if isinstance(before, ChangesQuestion):
        return replace(before, hours=hours)
    if isinstance(before, TopicQuestion) and before.topic is Topic.DONE:
        return replace(before, hours=hours)
    return None


def _hours(text: str, matcher: LanguageMatcher) -> int | None:
    hours = matcher.worded("recent").get(words_of(text))
    return None if hours is None else int(hours)


def _without(text: str, mentions: Sequence[Mention]) -> str:
    """Return a text without the names in it."""
    for one in reversed(mentions):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def _says_nothing(words: Sequence[str], matcher: LanguageMatcher) -> bool:
    """Return whether words only join names."""
    nothing = {*matcher.phrases("question_filler"), *matcher.values("conjunction"), *matcher.values("the")}
    nothing |= set(matcher.values("kind_word"))
    return all(one in nothing for one in words)
