"""Finds the parts of a request that nothing would carry out: a time, a condition, a second action.

A request is only created when all of its words are understood: a part that is ignored would be
executed as if it had not been said.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer

from ..language.spoken_numbers import FACTORS, spoken_numbers
from ..language.words import WORD, masked, stem, words_of
from ..texts import texts_of
from .mentions import NamedTarget

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher


class PartKind(StrEnum):
    """Why a part of a request cannot be carried out; the values are the keys of its texts."""

    TIME = "part_time"
    CONDITION = "part_condition"
    REPEATED = "part_repeated"
    MORE = "part_more"
    UNKNOWN = "part_unknown"
    APPROVAL = "part_approval"


@dataclass(frozen=True, slots=True)
class RequestPart:
    """A part of a request, as the person wrote it."""

    kind: PartKind
    text: str


SHORTEST_FORM: Final = 5
"""Letters of a word that is also known in another form."""

_RULES: Final = ((PartKind.TIME, "time"), (PartKind.CONDITION, "condition"), (PartKind.MORE, "more"))
_END: Final = " ,.!?;:"
_TOKEN: Final = re.compile(r"\w+(?:'\w+)?%?")
_BREAK: Final = re.compile(r"[,:;]\s*")


def unsupported_part(
    text: str, matcher: LanguageMatcher, spans: Iterable[tuple[int, int]] = ()
) -> RequestPart | None:
    """Return the time, the condition or the second action in a request, None if it has none.

    ``spans`` is where names stand, whose words do not count.
    """
    start = matcher.prefix("polite", text)
    hidden = masked(text, spans)
    found = _first_part(hidden[start:], matcher)
    if found is None:
        return None
    kind, at = found
    length = times_length(hidden[start + at :], matcher) if kind is PartKind.TIME else 0
    end = start + at + length if length else len(text)
    return RequestPart(kind, text[start + at : end].rstrip(_END))


def with_repetition(part: RequestPart, matchers: Iterable[LanguageMatcher]) -> RequestPart:
    """Return what is said to come again as such a part, any other part as it is."""
    can_repeat = part.kind in (PartKind.TIME, PartKind.CONDITION)
    is_repeated = can_repeat and any(one.find("repeated", part.text) for one in matchers)
    return RequestPart(PartKind.REPEATED, part.text) if is_repeated else part


@dataclass(frozen=True, slots=True)
class Clause:
    """What may be a request, and the part before or after it that is none, as places in a text."""

    request: slice
    kind: PartKind
    part: slice


def clauses(text: str, matcher: LanguageMatcher) -> Iterator[Clause]:
    """Yield the ways to split a text into a request and a clause that is none.

    "When nobody is streaming, restart Radarr" has a clause, and so does "restart Radarr, not Sonarr".
    """
    for end, start in _breaks(text, matcher):
        found = _first_part(text[:end], matcher)
        if found is not None:
            yield Clause(slice(start, None), found[0], slice(0, end))
    length = times_length(text, matcher)
    if length:
        yield Clause(slice(length, None), PartKind.TIME, slice(0, length))
    found = _first_part(text, matcher)
    if found:
        yield Clause(slice(0, found[1]), found[0], slice(found[1], None))
    for comma in _BREAK.finditer(text):
        if matcher.prefix("negation", text[comma.end() :]):
            yield Clause(slice(0, comma.start()), PartKind.MORE, slice(comma.end(), None))


def _breaks(text: str, matcher: LanguageMatcher) -> Iterator[tuple[int, int]]:
    """Yield where a leading clause ends, and where what follows begins."""
    for mark in _BREAK.finditer(text):
        rest = mark.end()
        following = matcher.prefix("clause_break", text[rest:])
        yield mark.start(), rest + following
    for word in WORD.finditer(text):
        if word.start() and (length := matcher.prefix("clause_break", text[word.start() :])):
            yield word.start(), word.start() + length


def unexplained_part(
    text: str,
    named_target: NamedTarget,
    action: ActionOffer,
    arguments: Mapping[str, Value],
    matcher: LanguageMatcher,
    spans: Iterable[tuple[int, int]],
) -> RequestPart | None:
    """Return what a request says beyond its target, action and arguments, None if nothing."""
    start = matcher.prefix("polite", text)
    known = _known_words(named_target, action, matcher)
    covered = [*spans, *_number_spans(text, action, arguments, matcher)]
    tokens = list(_TOKEN.finditer(text, start))
    left = [at for at, token in enumerate(tokens) if not _is_explained(token, known, covered)]
    if not left:
        return None
    first = left[0]
    before_noun = matcher.phrases("before_noun")
    while first > 0 and tokens[first - 1][0].casefold() in before_noun:
        first -= 1
    part = text[tokens[first].start() : tokens[left[-1]].end()]
    found = _first_part(part, matcher)
    if found:
        return RequestPart(found[0], part)
    is_time = matcher.find("duration", part) is not None
    return RequestPart(PartKind.TIME if is_time else PartKind.UNKNOWN, part)


def _is_explained(token: re.Match[str], known: frozenset[str], covered: Iterable[tuple[int, int]]) -> bool:
    """Return whether a word is known or in one of the places; "d'AdGuard" is a known word and another one."""
    word, start = token[0].casefold().removesuffix("'s"), token.start()
    elided, mark, rest = word.partition("'")
    if mark and word not in known and elided in known:
        word, start = rest, start + len(elided) + 1
    return _is_known(word, known) or any(begin <= start < end for begin, end in covered)


def unexplained_words(text: str, matcher: LanguageMatcher, *, nouns: bool) -> list[re.Match[str]]:
    """Return the words of a request that are no verb and no filler.

    With ``nouns`` the words for kinds of things are among them.
    """
    known = matcher.phrases("filler") | matcher.phrases("verb_word")
    if not nouns:
        known |= matcher.phrases("noun")
    start = matcher.prefix("polite", text)
    return [one for one in _TOKEN.finditer(text, start) if one[0].casefold().removesuffix("'s") not in known]


def times_length(text: str, matcher: LanguageMatcher) -> int:
    """Return the length of the times that a text begins with, one after another."""
    end = 0
    while length := _time_length(text[end:], matcher):
        end += length
        following = len(text) - len(text[end:].lstrip(" ,"))
        if not _time_length(text[following:], matcher):
            break
        end = following
    return end


def _time_length(text: str, matcher: LanguageMatcher) -> int:
    """Return the length of a time; a number of bytes or percent is none."""
    length = matcher.prefix("time", text)
    return 0 if length and matcher.prefix("size_unit", text[length:].lstrip()) else length


def _first_part(text: str, matcher: LanguageMatcher) -> tuple[PartKind, int] | None:
    """Return the kind and the start of the first part that cannot be carried out."""
    for word in _TOKEN.finditer(text):
        rest = text[word.start() :]
        for kind, rule in _RULES:
            if _time_length(rest, matcher) if kind is PartKind.TIME else matcher.prefix(rule, rest):
                return kind, word.start()
    return None


def _is_known(word: str, known: Collection[str]) -> bool:
    """Return whether a word, or another form of it, is known."""
    return word in known or (len(word) >= SHORTEST_FORM and stem(word) in {stem(one) for one in known})


def _known_words(named_target: NamedTarget, action: ActionOffer, matcher: LanguageMatcher) -> frozenset[str]:
    """Return the words that say nothing beyond a target and an action with its arguments."""
    names = (named_target.label, named_target.target.name, named_target.scope or "", named_target.service)
    own = texts_of(matcher.language).name(action.name)
    texts = [*names, action.key.replace("_", " "), action.name, own]
    for one in action.arguments:
        texts += [one.key.replace("_", " "), one.name, *one.choices]
    words = set(words_of(" ".join(texts)))
    words |= {said for said, meant in matcher.values("object").items() if {*str(meant).split()} <= words}
    plain = (matcher.phrases(rule) for rule in ("filler", "noun", "verb_word", "generic_verb"))
    return frozenset(words).union(*plain, matcher.values("action_noun"))


def _number_spans(
    text: str, action: ActionOffer, arguments: Mapping[str, Value], matcher: LanguageMatcher
) -> list[tuple[int, int]]:
    """Return where the numbers stand that are values of arguments, with their units."""
    found: list[tuple[int, int]] = []
    for one in spoken_numbers(text, [matcher]):
        for argument in action.arguments:
            value = arguments.get(argument.key)
            if not isinstance(value, int | float) or isinstance(value, bool):
                continue
            if one.in_unit(argument.unit) != float(value):
                continue
            is_unit = one.unit in FACTORS.get(argument.unit or "", {})
            is_own = bool(one.word) and one.word.casefold() == (argument.unit or "").casefold()
            found.append((one.start, one.end if is_unit or is_own else one.number_end))
    return found
