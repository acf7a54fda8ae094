"""Recognises requests for one action on one target."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field, SettingKind

from ..language.spoken_numbers import numbers_said
from ..language.words import masked, stem, words_of
from .meanings import (
    AmbiguousRequest,
    Meaning,
    NoTarget,
    Offers,
    OpenText,
    PersonRequest,
    UnsupportedRequest,
)
from .mentions import Mention, NamedTarget
from .request_parts import (
    PartKind,
    RequestPart,
    clauses,
    unexplained_part,
    unexplained_words,
    unsupported_part,
)
from .request_verbs import DESTRUCTIVE, GENERIC, begins_with, requested_verbs, verbs_in, verbs_of_nouns
from .said_text import locative_start

if TYPE_CHECKING:
    from ..language.language_matcher import LanguageMatcher


_SIMILAR: Final = {
    "stop": frozenset({"pause", "disable"}),
    "start": frozenset({"resume", "enable"}),
    "silence": frozenset({"disable"}),
}
"""Verbs that are used for others where only those are offered: "mute the beeper"."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A request. Without a target ``meaning`` is None, and ``unexplained`` may be a name."""

    meaning: Meaning | None
    unexplained: tuple[re.Match[str], ...] = ()


def recognise_request(
    text: str,
    mentions: Sequence[Mention],
    last: Mention | None,
    offers: Offers,
    matcher: LanguageMatcher,
    *,
    is_first: bool = True,
) -> Requested | None:
    """Return the request that a text is, None if it is none. ``last`` was named before.

    Only in the language of the person, which is the first one, an action is also found by its name.
    """
    spans = [one.span for one in mentions]
    verbs = verbs_in(text, mentions, offers, matcher, is_first=is_first)
    if not verbs and begins_with(DESTRUCTIVE, text, matcher):
        lacking = OpenText(text=text, lacks_action=mentions[0].targets[0]) if mentions else None
        part = RequestPart(PartKind.UNKNOWN, text.strip(" .!"))
        return Requested(lacking or UnsupportedRequest(part))
    if not verbs:
        return _request_with_clause(text, spans, offers, matcher)
    if not mentions:
        return _without_mention(text, last, offers, matcher, verbs)
    part_or_none = unsupported_part(text, matcher, spans)
    if part_or_none is not None:
        return Requested(UnsupportedRequest(part_or_none))
    return Requested(_asked(text, mentions, offers, matcher, verbs))


def _asked(
    text: str,
    mentions: Sequence[Mention],
    offers: Offers,
    matcher: LanguageMatcher,
    verbs: frozenset[str],
) -> Meaning:
    """Return what is requested of the things that are named."""
    found = parse_requests(text, mentions, offers, matcher, verbs)
    if found and _is_only_a_place(text, mentions, found[0].action, matcher):
        return OpenText(text=text, lacks_target=True)
    if not found:
        # "Start a scrub" names the action by its noun.
        others = verbs_of_nouns(text, mentions, offers, matcher)
        others |= frozenset[str]().union(*(_SIMILAR[one] for one in verbs if one in _SIMILAR))
        found = parse_requests(text, mentions, offers, matcher, others)
    if not found:
        return OpenText(text=text, lacks_action=mentions[0].targets[0])
    meaning = _meaning_of(found, text, mentions, matcher)
    if isinstance(meaning, UnsupportedRequest) and meaning.part.kind is PartKind.UNKNOWN:
        return _asked_by_noun(text, mentions, offers, matcher) or meaning
    return meaning


def _asked_by_noun(
    text: str, mentions: Sequence[Mention], offers: Offers, matcher: LanguageMatcher
) -> Meaning | None:
    """Return the request that a noun names whose verb is also that of an action: "start a health check".

    None if there is none before the first name, or if the text says more.
    """
    before = words_of(text[: mentions[0].start])
    if not any(one in matcher.phrases("indefinite") for one in before):
        return None
    nouns = verbs_of_nouns(text, mentions, offers, matcher, GENERIC)
    found = parse_requests(text, mentions, offers, matcher, nouns)
    meaning = _meaning_of(found, text, mentions, matcher) if found else None
    return meaning if isinstance(meaning, PersonRequest | AmbiguousRequest) else None


def _is_only_a_place(
    text: str, mentions: Sequence[Mention], action: ActionOffer, matcher: LanguageMatcher
) -> bool:
    """Return whether all names say only where something is: "the thing in the hall" is not named."""
    if _object_of(action):
        return False  # "Pause the downloads in SABnzbd" says what is paused.
    kinds = {
        word
        for said, kind in matcher.values("kind").items()
        if kind == action.scope
        for word in words_of(said)
    }
    hidden = masked(text, [one.span for one in mentions])
    if kinds & set(words_of(hidden)):
        return False
    return all(locative_start(text, one.start, matcher, "inside") is not None for one in mentions)


def parse_requests(
    text: str,
    mentions: Sequence[Mention],
    offers: Offers,
    matcher: LanguageMatcher,
    verbs: frozenset[str],
) -> tuple[PersonRequest, ...]:
    """Return the possible meanings of a simple request, best first; () when there is none.

    An instance precedes a guest of the same name.
    """
    found = [
        _person_request(named_target, action, text, mentions, matcher)
        for mention in mentions
        for named_target in mention.targets
        for action in offers.get(named_target.service, ())
        if action.key.partition("_")[0] in verbs
        and action.scope == named_target.scope
        and _is_meant(action, text, matcher)
    ]
    unique = {(one.named_target.target.key, one.action.key): one for one in found}
    return tuple(sorted(unique.values(), key=lambda one: one.rank))


def request_of_only_target(
    text: str, among: Sequence[NamedTarget], offers: Offers, matcher: LanguageMatcher
) -> PersonRequest | None:
    """Return the request for an action that only one target offers, None when it is not clear.

    The text names the object of the action: "restart" alone says too little.
    """
    verbs = requested_verbs(text, offers, matcher)
    found = [
        Mention(len(text), len(text), (target,))
        for target in among
        for action in offers.get(target.service, ())
        if action.scope == target.scope
        and action.key.partition("_")[0] in verbs
        and _object_of(action)
        and _is_meant(action, text, matcher)
    ]
    if len(found) != 1:
        return None
    meaning = _meaning_of(parse_requests(text, found, offers, matcher, verbs), text, (), matcher)
    return meaning if isinstance(meaning, PersonRequest) else None


def is_clear(person_requests: Sequence[PersonRequest]) -> bool:
    """Return whether the first request has a better rank than all others."""
    return bool(person_requests) and all(one.rank > person_requests[0].rank for one in person_requests[1:])


def _without_mention(
    text: str, last: Mention | None, offers: Offers, matcher: LanguageMatcher, verbs: frozenset[str]
) -> Requested:
    """Return a request that names no target: it may refer to the last one by a pronoun."""
    part = unsupported_part(text, matcher)
    wanted = text[: text.rfind(part.text)] if part and not text.startswith(part.text) else text
    pronouns = matcher.values("pronoun")
    known = {*verbs, *pronouns, *matcher.values("action_noun")}
    words = tuple(
        one for one in unexplained_words(wanted, matcher, nouns=True) if one[0].casefold() not in known
    )
    referring = next((one for one in re.finditer(r"\w+", wanted) if one[0].casefold() in pronouns), None)
    phrase = next((one for one in pronouns if " " in one and one in wanted.casefold()), None)
    objects = matcher.values("object")
    is_referring = (referring or phrase) and all(one[0].casefold() in objects for one in words)
    if not is_referring:
        names = unexplained_words(wanted, matcher, nouns=False)
        return Requested(None, tuple(names))
    if last is None:
        return Requested(NoTarget())
    if part is not None:
        return Requested(UnsupportedRequest(part))
    found = parse_requests(text, [Mention(0, 0, last.targets)], offers, matcher, verbs)
    named = [Mention(*referring.span(), last.targets)] if referring else []
    return Requested(_meaning_of(found, text, named, matcher) if found else OpenText(text=text))


def _request_with_clause(
    text: str, spans: Sequence[tuple[int, int]], offers: Offers, matcher: LanguageMatcher
) -> Requested | None:
    """Return the refusal of a request that has a clause before or after it."""
    hidden = masked(text, spans)
    pronouns = matcher.values("pronoun")
    for clause in clauses(hidden, matcher) if spans else ():
        rest = text[clause.request]
        is_named = any(text[start:end] in rest for start, end in spans)
        # "If radarr needs too much memory, restart it" names it in the condition.
        is_named = is_named or any(word in pronouns for word in words_of(rest))
        if is_named and requested_verbs(hidden[clause.request], offers, matcher):
            part = text[clause.part].strip(" ,.!?;:")
            return Requested(UnsupportedRequest(RequestPart(clause.kind, part)))
    return None


def _meaning_of(
    requests: Sequence[PersonRequest],
    text: str,
    mentions: Sequence[Mention],
    matcher: LanguageMatcher,
) -> Meaning:
    """Return the meaning of a text with these possible requests, best first."""
    if not is_clear(requests):
        return AmbiguousRequest(tuple(requests))
    first = requests[0]
    if first.missing:
        return OpenText(text=text, incomplete=first)
    spans = [one.span for one in mentions]
    part = unexplained_part(text, first.named_target, first.action, first.arguments, matcher, spans)
    if part is None:
        part = _other_name(text, first, mentions, matcher)
    return first if part is None else UnsupportedRequest(part)


def _other_name(
    text: str, request: PersonRequest, mentions: Sequence[Mention], matcher: LanguageMatcher
) -> RequestPart | None:
    """Return a name that nothing would be done with: it is no target, argument, or place of a request."""
    target = request.named_target.target
    for mention in mentions:
        is_known = any(
            one.target.key == target.key
            or (one.scope is None and one.target.instance_id == target.instance_id)
            or one.target.id in request.arguments.values()
            or one.target.name == target.name
            for one in mention.targets
        )
        if not is_known and locative_start(text, mention.start, matcher) is None:
            return RequestPart(PartKind.UNKNOWN, text[mention.start : mention.end])
    return None


def _person_request(
    named_target: NamedTarget,
    action: ActionOffer,
    text: str,
    mentions: Sequence[Mention],
    matcher: LanguageMatcher,
) -> PersonRequest:
    said: dict[str, Value] = {}
    missing: list[Field] = []
    rest = masked(text, [one.span for one in mentions])
    for one in action.arguments:
        is_target = one.kind is SettingKind.TARGET
        value = _named_in(one, named_target, mentions) if is_target else _value(one, rest, matcher)
        if value is not None:
            said[one.key] = value
        elif one.required and one.default is None:
            missing.append(one)
    is_kind_said = action.scope is not None and action.scope in words_of(text)
    return PersonRequest(
        named_target=named_target,
        action=action,
        arguments=said,
        missing=tuple(missing),
        rank=(len(missing), 0 if is_kind_said else 1, 0 if action.scope is None else 1),
    )


def _named_in(argument: Field, of: NamedTarget, mentions: Sequence[Mention]) -> str | None:
    """Return the id of the one other resource that an argument can be, in the same instance."""
    place = (of.target.instance_id, argument.scope)
    found = {
        one.target.id
        for mention in mentions
        for one in mention.targets
        if (one.target.instance_id, one.scope) == place and one != of
    }
    return found.pop() if len(found) == 1 else None


def _value(argument: Field, text: str, matcher: LanguageMatcher) -> Value:
    """Return the number or choice given for an argument, None when there is not exactly one."""
    if argument.kind is SettingKind.NUMBER:
        numbers = numbers_said([text], argument.unit, [matcher])
        fitting = [one for one in numbers if _fits(one, argument)]
        return fitting[0] if len(fitting) == 1 else None
    if argument.kind is SettingKind.CHOICE:
        words = words_of(text)
        chosen = [one for one in argument.choices if _contains(words, words_of(one))]
        return chosen[0] if len(chosen) == 1 else None
    return None


def _contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(words)} "


def _fits(number: float, argument: Field) -> bool:
    above = argument.minimum is None or number >= argument.minimum
    return above and (argument.maximum is None or number <= argument.maximum)


def _object_of(action: ActionOffer) -> list[str]:
    """Return the words for the object in an action's key, besides the kind of its target."""
    return [word for word in action.key.split("_")[1:] if word not in (action.scope or "").split("_")]


def _is_meant(action: ActionOffer, text: str, matcher: LanguageMatcher) -> bool:
    """Return whether the text names the object in an action's key, if the key has one.

    ``set_memory`` needs "memory"; ``restart_container`` needs nothing more.
    """
    objects = _object_of(action)
    if not objects:
        return True
    words = set(words_of(text))
    meanings = [str(meant) for said, meant in matcher.values("object").items() if said in words]
    words |= {one for meant in meanings for one in meant.split()}
    stems = {stem(one) for one in words}
    return any(stem(one) in stems for one in objects)
