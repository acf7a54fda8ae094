"""Completes a text by what was said before it: "the other one", "it", "the second one", "and Sonarr?".

A reference has grammatical categories, which are data of each language: a noun limits it to a class of
things, a pronoun to those whose noun has its gender. A person is asked when two things fit.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ..language.bound_parts import UPTIME
from ..language.question_parts import superlative_of
from ..language.words import WORD, plain, words_of
from .meanings import AmbiguousName, Meaning, OpenQuestion, UnknownName
from .mentions import Mention, NamedTarget, NameIndex, nearest_names
from .questions import (
    ABOUT_ONE,
    ChangesQuestion,
    ExtremeQuestion,
    ReadingQuestion,
    SeveralQuestions,
    SinceQuestion,
    Topic,
    TopicQuestion,
)
from .said_text import Known, known_lists
from .unknown_names import LONGEST_NAME

if TYPE_CHECKING:
    from homelab_steward.contract.state import TargetRef

    from ..language.language_matcher import LanguageMatcher

_FOLLOWING: Final = ("not_name", "filler", "one_state", "act")
"""Rules whose words can follow "the other"; before another word it belongs to that word."""

_LONGEST_NOUN: Final = 3
"""Words of a noun."""


@dataclass(frozen=True, slots=True)
class _Reference:
    """Where a reference stands, the noun in it, and whether it means another thing than the last one."""

    start: int
    end: int
    noun: str
    is_other: bool


def with_reference(
    text: str, before: Sequence[str], index: NameIndex, matchers: Sequence[LanguageMatcher]
) -> str | AmbiguousName:
    """Return a text that names what it refers to, the text itself when it refers to nothing.

    ``before`` are the person's earlier messages, oldest first.
    """
    if index.find(text):
        return text
    for matcher in matchers:
        reference = _reference(text, matcher)
        if reference is not None:
            fitting = _fitting(reference, before, index, matcher)
            return _resolved(text, (reference.start, reference.end), fitting)
    return text


def last_named(
    text: str, before: Sequence[str], index: NameIndex, matchers: Sequence[LanguageMatcher]
) -> Mention | AmbiguousName | None:
    """Return what a pronoun refers to, or the names of which one is meant; None when nothing was named.

    These are the things of the last message that named any, without those whose noun has another gender.
    """
    said = next((one for one in reversed(before) if index.find(plain(one))), None)
    if said is None:
        return None
    things = list({one.targets: one for one in index.find(plain(said))}.values())
    for matcher in matchers if len(things) > 1 else ():
        place = _pronoun(text, matcher)
        if place is not None:
            pronoun = text[slice(*place)]
            agreeing = [one for one in things if _agrees(pronoun, one.targets, matcher)] or things
            labels = tuple(one.targets[0].label for one in agreeing)
            rest = OpenQuestion(text[: place[0]], text[place[1] :])
            return agreeing[0] if len(labels) == 1 else AmbiguousName(labels, rest)
    return things[0]


def referred(
    text: str, before: Sequence[str], index: NameIndex, matchers: Sequence[LanguageMatcher]
) -> tuple[Mention, ...]:
    """Return what a text names, or what it refers to by a pronoun or "the other one"; () when to nothing."""
    if index.find(text):
        return index.find(text)
    named = with_reference(plain(text), before, index, matchers)
    if isinstance(named, str) and index.find(named):
        return index.find(named)
    if not any(_pronoun(text, one) for one in matchers[:1]):
        return ()
    last = last_named(text, before, index, matchers)
    return (last,) if isinstance(last, Mention) else ()


def _reference(text: str, matcher: LanguageMatcher) -> _Reference | None:
    """Return the reference in a text: "the other one", or a demonstrative with a noun."""
    others, demonstratives = matcher.values("other"), matcher.values("demonstrative")
    for phrase in sorted({*others, *demonstratives}, key=len, reverse=True):
        found = re.search(rf"\b{re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
        if found is None:
            continue
        noun, length = noun_at(text[found.end() :], matcher)
        is_other = phrase in others
        alone = is_other and (others[phrase] == "whole" or _stands_alone(text[found.end() :], matcher))
        if noun or alone:
            return _Reference(found.start(), found.end() + length, noun, is_other)
    return None


def noun_at(rest: str, matcher: LanguageMatcher) -> tuple[str, int]:
    """Return the noun for things with which a text begins, and its length with what is before it."""
    words = list(WORD.finditer(rest))[:_LONGEST_NOUN]
    nouns = {*matcher.values("kind_word"), *matcher.values("kind")}
    if not words or rest[: words[0].start()].strip():
        return "", 0
    for count in range(len(words), 0, -1):
        end = words[count - 1].end()
        noun = " ".join(words_of(rest[:end]))
        if noun in nouns:
            return noun, end
    return "", 0


def _fitting(
    reference: _Reference, before: Sequence[str], index: NameIndex, matcher: LanguageMatcher
) -> list[NamedTarget]:
    """Return what a reference can mean: others than the last thing, or the last thing of the noun's class."""
    found: list[NamedTarget] = []
    for said in _messages(before, index):
        of_class = [one_of_class(reference.noun, targets, matcher) for targets in said]
        found += [one for one in of_class if one is not None and one not in found]
        if found and not reference.is_other:
            break
    if reference.is_other and len(found) == 1:
        return _only_other(found[0], index)
    return found[1:] if reference.is_other else found


def _only_other(named: NamedTarget, index: NameIndex) -> list[NamedTarget]:
    """Return the other one of two things of a kind, none if there are more."""
    kind = (named.service, named.scope)
    others = [one for one in index.targets if (one.service, one.scope) == kind and one.target != named.target]
    return others if len(others) == 1 else []


def one_of_class(noun: str, targets: Sequence[NamedTarget], matcher: LanguageMatcher) -> NamedTarget | None:
    """Return the first of the targets with one name that a noun can stand for."""
    return next((one for one in targets if not noun or _is_called(noun, one, matcher)), None)


def _is_called(noun: str, target: NamedTarget, matcher: LanguageMatcher) -> bool:
    """Return whether a noun can stand for a target: a kind of resource, a machine, or a service."""
    if target.scope is None:
        return matcher.values("kind_word").get(noun) == "service"
    kinds = str(matcher.values("kind").get(noun, "")).split("|")
    if any(one and one in target.scope for one in kinds):
        return True
    return noun not in matcher.values("kind") and matcher.values("kind_word").get(noun) == "machine"


def _agrees(pronoun: str, targets: Sequence[NamedTarget], matcher: LanguageMatcher) -> bool:
    """Return whether a noun for a thing has the gender of a pronoun; in a language without genders, yes."""
    wanted = matcher.values("pronoun_gender").get(pronoun.casefold())
    nouns = matcher.values("noun_gender")
    if wanted is None:
        return True
    return any(
        gender in str(wanted) and _is_called(noun, targets[0], matcher) for noun, gender in nouns.items()
    )


def _pronoun(text: str, matcher: LanguageMatcher) -> tuple[int, int] | None:
    """Return where the longest pronoun of a text stands, the last one of those."""
    for phrase in sorted(matcher.values("pronoun"), key=len, reverse=True):
        found = list(re.finditer(rf"\b{re.escape(phrase)}\b", text, re.IGNORECASE))
        if found:
            return found[-1].span()
    return None


def _stands_alone(rest: str, matcher: LanguageMatcher) -> bool:
    """Return whether what follows does not begin with a noun of its own."""
    word = WORD.search(rest)
    return word is None or any(word[0].casefold() in matcher.phrases(rule) for rule in _FOLLOWING)


def _resolved(text: str, place: tuple[int, int], fitting: Sequence[NamedTarget]) -> str | AmbiguousName:
    if not fitting:
        return text
    start, end = text[: place[0]], text[place[1] :]
    if len(fitting) == 1:
        return f"{start}{fitting[0].label}{end}"
    return AmbiguousName(tuple(one.label for one in fitting), OpenQuestion(start, end))


def _messages(before: Iterable[str], index: NameIndex) -> Iterator[list[tuple[NamedTarget, ...]]]:
    """Yield what each message named that named anything, the newest message first."""
    for said in reversed(tuple(before)):
        named = [one.targets for one in index.find(plain(said))]
        if named:
            yield named


FEWEST: Final = 2
"""Things among which one can be meant by its place."""

_AFTER_ORDINAL: Final = ("filler", "question_filler", "answer_filler", "one_state", "act", "not_name")
"""Rules whose words can follow an ordinal that has no noun."""

type _Things = list[tuple[NamedTarget, ...]]


def with_ordinal(
    text: str, said: Sequence[str], answer: str, index: NameIndex, matchers: Sequence[LanguageMatcher]
) -> str:
    """Return a text with the name of the thing that an ordinal means, the text itself without one.

    ``said`` are the person's earlier messages, oldest first, ``answer`` is the answer to the last one.
    """
    if not said or index.find(text):
        return text
    for matcher in matchers:
        place = _ordinal_place(text, matcher)
        if place is None:
            continue
        start, end, number, noun = place
        named = [one for many in _things(said, answer, index) if (one := one_of_class(noun, many, matcher))]
        if len(named) >= FEWEST and number <= len(named):
            return f"{text[:start]}{named[number - 1 if number > 0 else -1].label}{text[end:]}"
    return text


def _ordinal_place(text: str, matcher: LanguageMatcher) -> tuple[int, int, int, str] | None:
    """Return where an ordinal with its noun stands, its number (-1 is the last one), and the noun."""
    ordinals = matcher.values("ordinal")
    for phrase in sorted(ordinals, key=len, reverse=True):
        found = re.search(rf"\b{re.escape(phrase)}(?!\w)", text, re.IGNORECASE)
        if found is None:
            continue
        noun, length = noun_at(text[found.end() :], matcher)
        if noun or _ends_ordinal(text[found.end() :], matcher):
            return found.start(), found.end() + length, int(ordinals[phrase]), noun
    return None


def _ends_ordinal(rest: str, matcher: LanguageMatcher) -> bool:
    """Return whether only words follow that belong to no thing of their own."""
    known = frozenset(
        word for rule in _AFTER_ORDINAL for text in matcher.phrases(rule) for word in words_of(text)
    )
    return all(one in known and one not in matcher.phrases("no_thing") for one in words_of(rest))


def _things(said: Sequence[str], answer: str, index: NameIndex) -> _Things:
    """Return the things among which an ordinal counts, in the order in which they were named."""
    last, answered = _named(said[-1:], index), _named([answer], index)
    return next((one for one in (last, answered) if len(one) >= FEWEST), _named(said, index))


def _named(texts: Sequence[str], index: NameIndex) -> _Things:
    return list(dict.fromkeys(one.targets for text in texts for one in index.find(plain(text))))


FOLLOWING: Final = "follow_up"
"""The rule with the words that such a question begins with."""

IN_UNIT: Final = "in_unit"
"""The rule with the words before a unit that the last values are wanted in."""

LONGEST_FOLLOW_UP: Final = 80
"""Characters of a text that can be completed."""


def followed(
    text: str, before: Meaning | None, known: Known, matchers: Sequence[LanguageMatcher]
) -> Meaning | None:
    """Return the question before with what a text puts in its place, None if the text does not follow it."""
    said = plain(text).lstrip("¿¡ ")
    if before is None or len(said) > LONGEST_FOLLOW_UP:
        return None
    for matcher in matchers:
        unit = _unit(said, matcher)
        if unit is not None:
            return _in_unit(before, unit)
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
        return _about_others(before, mentions) if _only_joins(words, matcher) else None
    hours = _hours(rest, matcher)
    if hours is not None:
        return _in_period(before, hours)
    order = superlative_of(rest, matcher.part_texts(known_lists(known)))
    if order is not None and isinstance(before, ExtremeQuestion):
        direction, reading = order
        return replace(before, is_most=direction == "most", reading=reading or before.reading)
    return None


def _unit(said: str, matcher: LanguageMatcher) -> str | None:
    """Return the unit of a text such as "and in megabytes, please?", None if it says anything else."""
    length = matcher.prefix(IN_UNIT, said)
    words = [one for one in words_of(said[length:]) if (one,) not in matcher.nothing]
    unit = matcher.worded("unit").get(tuple(words)) if length else None
    return None if unit is None else str(unit)


def _in_unit(before: Meaning, unit: str) -> Meaning | None:
    """Return a question about readings with its values in a unit, None if it was about something else."""
    match before:
        case ReadingQuestion() | ExtremeQuestion():
            return replace(before, unit=unit)
        case SinceQuestion(target=target):
            return ReadingQuestion(UPTIME, target, unit=unit)
        case SeveralQuestions(questions=questions):
            each = [_in_unit(one, unit) for one in questions]
            found = tuple(one for one in each if isinstance(one, ReadingQuestion))
            return SeveralQuestions(found) if len(found) == len(each) else None
        case _:
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


def _only_joins(words: Sequence[str], matcher: LanguageMatcher) -> bool:
    """Return whether words only join names."""
    nothing = {*matcher.phrases("question_filler"), *matcher.values("conjunction"), *matcher.values("the")}
    nothing |= set(matcher.values("kind_word"))
    return all(one in nothing for one in words)
