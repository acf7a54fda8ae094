"""Finds what "the other one", "that container" and "it" refer to among the things that a talk named.

A reference has grammatical categories, which are data of each language: a noun limits it to a class of
things, a pronoun to those whose noun has its gender. A person is asked when two things fit.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .meanings import AmbiguousName, OpenQuestion
from .mentions import Mention, NameIndex
from .named_targets import NamedTarget
from .words import WORD, plain, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

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
