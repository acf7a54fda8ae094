"""Recognises what a person wants: an answer that needs no model, a request, or anything else. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field, SettingKind
from homelab_steward.contract.state import TargetRef

from . import patterns
from .named_targets import WORD, NamedTarget, named_in
from .request_parts import RequestPart, split_clauses, unexplained_part, unsupported_part
from .target_questions import asked_target, is_state_question, nearest_names, unknown_name

LONGEST_WITH_PRONOUN: Final = 300
"""Characters of a text in which pronouns are resolved."""

type Offers = Mapping[str, Sequence[ActionOffer]]
"""The actions of each service, by its key."""


class Topic(StrEnum):
    """A question about the whole homelab that the records can answer."""

    PROBLEM = "problem"
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TopicQuestion:
    """A question about the whole homelab."""

    topic: Topic


@dataclass(frozen=True, slots=True)
class TargetQuestion:
    """A question about the state of one target."""

    target: TargetRef


@dataclass(frozen=True, slots=True)
class QuotaQuestion:
    """A question about the requests that the models have left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRequest:
    """One action on one target, as a person requested it; ``missing`` are the arguments not given.

    A lower ``rank`` is a better match.
    """

    named_target: NamedTarget
    action: ActionOffer
    arguments: Mapping[str, Value] = field(default_factory=dict)
    missing: tuple[Field, ...] = ()
    rank: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class AmbiguousRequest:
    """A request that could mean several actions or targets."""

    meanings: tuple[PersonRequest, ...]


@dataclass(frozen=True, slots=True)
class UnsupportedRequest:
    """A request with a part that nothing would carry out. Nothing of it is requested."""

    part: RequestPart


@dataclass(frozen=True, slots=True)
class NoTarget:
    """A question or request with a pronoun that refers to nothing."""


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A question or request about a thing that is not known; ``nearest`` are similar names."""

    name: str
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenText:
    """A text that needs a model. Without one, its incomplete request can be asked about.

    ``text`` has its pronoun replaced. ``lacks_target`` is set for a request that names no target.
    """

    text: str
    incomplete: PersonRequest | None = None
    lacks_target: bool = False


type Question = TopicQuestion | TargetQuestion | QuotaQuestion
type Meaning = (
    Question | PersonRequest | AmbiguousRequest | UnsupportedRequest | UnknownName | NoTarget | OpenText
)

_QUESTIONS: Final[tuple[tuple[Question, tuple[str, ...]], ...]] = (
    (TopicQuestion(Topic.WAITING), patterns.WAITING),
    (QuotaQuestion(), patterns.QUOTA),
    (TopicQuestion(Topic.DONE), patterns.DONE),
    (TopicQuestion(Topic.PROBLEM), patterns.PROBLEM),
)


def recognise(text: str, before: Sequence[str], among: Sequence[NamedTarget], offers: Offers) -> Meaning:
    """Return the meaning of a text.

    ``before`` are the person's earlier messages, oldest first; ``among`` are all targets.
    """
    text = with_name(text, before, among)
    actions = [one for many in offers.values() for one in many]
    question = known_question(text, among)
    # "What's wrong with Jellyfin?" is no question about the whole homelab.
    unknown = (
        _unknown_name(text, among, actions) if question in (None, TopicQuestion(Topic.PROBLEM)) else None
    )
    if unknown is not None:
        return UnknownName(unknown, nearest_names(unknown, among))
    if question is not None:
        return question
    if _refers_to_nothing(text, among, actions):
        return NoTarget()
    part = _unsupported_part(text, among, actions)
    if part is not None:
        return UnsupportedRequest(part)
    requests = parse_requests(text, among, offers)
    if requests:
        return _meaning_of(requests, text)
    lacks_target = bool(requested_actions(text, actions)) and not named_in([text], among)
    return OpenText(text=text, lacks_target=lacks_target)


def _meaning_of(requests: Sequence[PersonRequest], text: str) -> Meaning:
    """Return the meaning of a text with these possible requests, best first."""
    if not is_clear(requests):
        return AmbiguousRequest(tuple(requests))
    first = requests[0]
    if first.missing:
        return OpenText(text=text, incomplete=first)
    part = unexplained_part(text, first.named_target, first.action, first.arguments)
    return first if part is None else UnsupportedRequest(part)


def _unsupported_part(
    text: str, among: Sequence[NamedTarget], actions: Sequence[ActionOffer]
) -> RequestPart | None:
    """Return the part of a request that nothing would carry out, None if there is none."""
    named = named_in([text], among)
    if not named:
        return None
    if requested_actions(text, actions):
        return unsupported_part(text, [name for one in named for name in (one.label, one.target.name)])
    for rest, part in split_clauses(text):
        if requested_actions(rest, actions) and named_in([rest], among):
            return part
    return None


def _refers_to_nothing(text: str, among: Sequence[NamedTarget], actions: Sequence[ActionOffer]) -> bool:
    """Return whether a text asks about, or wants to change, what only a pronoun names."""
    pronoun = _reference(text) if len(text) <= LONGEST_WITH_PRONOUN else None
    if pronoun is None or named_in([text], among):
        return False
    return bool(requested_actions(text, actions)) or is_state_question(text, pronoun[0])


def _unknown_name(text: str, among: Sequence[NamedTarget], actions: Sequence[ActionOffer]) -> str | None:
    """Return the unknown name that a question or a request is about, None if there is none."""
    if not requested_actions(text, actions):
        return unknown_name(text, among, is_request=False)
    part = unsupported_part(text)
    wanted = text[: text.rfind(part.text)] if part else text
    return unknown_name(wanted, among, is_request=True)


def with_name(text: str, before: Sequence[str], among: Sequence[NamedTarget]) -> str:
    """Return ``text`` with its first referring pronoun replaced by the target that was named last.

    A text that names a target itself, has no referring pronoun, or is longer than
    ``LONGEST_WITH_PRONOUN``, is returned unchanged.
    """
    pronoun = _reference(text) if len(text) <= LONGEST_WITH_PRONOUN else None
    if pronoun is None or named_in([text], among):
        return text
    for said in reversed(before):
        named = named_in([said], among)
        if named:
            return f"{text[: pronoun.start()]}{named[0].label}{text[pronoun.end() :]}"
    return text


def known_question(text: str, among: Sequence[NamedTarget]) -> Question | None:
    """Return the question that needs no model, None when the text is another one or a request."""
    target = asked_target(text, among)
    if target is not None:
        return TargetQuestion(target)
    if named_in([text], among):
        return None
    plain = _normalized(text)
    return next((question for question, phrases in _QUESTIONS if _matches(plain, phrases)), None)


def requested_actions(text: str, actions: Iterable[ActionOffer]) -> tuple[ActionOffer, ...]:
    """Return those of ``actions`` that the text requests; () when the text is not a request.

    "Restart Radarr" and "kannst du Radarr neu starten?" are requests; "should I restart it?",
    "did you restart it?" and "don't restart it" are not.
    """
    plain = _normalized(text)
    if patterns.QUESTION_BEGINS.match(plain) or patterns.NEGATION.search(plain):
        return ()
    return tuple(one for one in actions if _is_requested(plain, one.key.split("_")[0]))


def parse_requests(text: str, among: Sequence[NamedTarget], offers: Offers) -> tuple[PersonRequest, ...]:
    """Return the possible meanings of a simple request, best first; () when there is none.

    An instance precedes a guest of the same name.
    """
    plain = _normalized(text)
    found = [
        _person_request(named_target, action, plain)
        for named_target in named_in([text], among)
        for action in requested_actions(text, offers.get(named_target.service, ()))
        if action.scope == named_target.scope and _is_meant(action, plain)
    ]
    return tuple(sorted(found, key=lambda one: one.rank))


def is_clear(person_requests: Sequence[PersonRequest]) -> bool:
    """Return whether the first request has a better rank than all others."""
    return bool(person_requests) and all(one.rank > person_requests[0].rank for one in person_requests[1:])


def numbers_said(texts: Iterable[str], unit: str | None) -> frozenset[float]:
    """Return every number in the texts, converted to ``unit`` where its own unit is known."""
    factors = patterns.UNITS.get(unit or "", {})
    found: set[float] = set()
    for text in texts:
        for match in patterns.NUMBER.finditer(text.casefold()):
            number = float(match[1].replace(",", "."))
            factor = factors.get(match[2] or "")
            found.add(number if factor is None else number * factor)
    return frozenset(found)


def _reference(text: str) -> re.Match[str] | None:
    """Return the first pronoun that refers to an earlier message.

    The text is about what machines do. The pronoun is not an article ("das Modell"), not an expletive
    ("is it possible to …"), and has no noun of its own text to refer to ("the disk is full, can it be
    extended?"). Anything doubtful is no reference: a model sees the earlier messages too.
    """
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if patterns.WITHOUT_TARGET.search(plain) or not patterns.ABOUT_A_MACHINE.search(plain):
        return None
    expletives = [one.span() for one in patterns.EXPLETIVE.finditer(plain)]
    noun = patterns.OWN_NOUN.search(plain)
    for pronoun in patterns.PRONOUN.finditer(plain):
        is_expletive = any(start <= pronoun.start() < end for start, end in expletives)
        has_own_noun = noun is not None and noun.end() <= pronoun.start()
        if not is_expletive and not has_own_noun:
            return pronoun
    return None


def _person_request(named_target: NamedTarget, action: ActionOffer, plain: str) -> PersonRequest:
    said: dict[str, Value] = {}
    missing: list[Field] = []
    for one in action.arguments:
        value = _value(one, plain)
        if value is not None:
            said[one.key] = value
        elif one.required and one.default is None:
            missing.append(one)
    is_kind_said = action.scope is not None and action.scope in WORD.findall(plain)
    return PersonRequest(
        named_target=named_target,
        action=action,
        arguments=said,
        missing=tuple(missing),
        rank=(len(missing), 0 if is_kind_said else 1, 0 if action.scope is None else 1),
    )


def _value(argument: Field, plain: str) -> Value:
    """Return the number or choice given for an argument, None when there is not exactly one."""
    if argument.kind is SettingKind.NUMBER:
        fitting = [one for one in numbers_said([plain], argument.unit) if _fits(one, argument)]
        return fitting[0] if len(fitting) == 1 else None
    if argument.kind is SettingKind.CHOICE:
        chosen = [one for one in argument.choices if re.search(rf"\b{re.escape(one.casefold())}\b", plain)]
        return chosen[0] if len(chosen) == 1 else None
    return None


def _fits(number: float, argument: Field) -> bool:
    above = argument.minimum is None or number >= argument.minimum
    return above and (argument.maximum is None or number <= argument.maximum)


def _is_meant(action: ActionOffer, plain: str) -> bool:
    """Return whether the text names the object in an action's key, if the key has one.

    ``set_memory`` needs "memory"; ``restart_container`` needs nothing more.
    """
    objects = [word for word in action.key.split("_")[1:] if word != action.scope]
    if not objects:
        return True
    words = set(WORD.findall(plain))
    words |= {patterns.OBJECTS[word] for word in words & patterns.OBJECTS.keys()}
    return any(one in words for one in objects)


def _is_requested(plain: str, verb: str) -> bool:
    """Return whether the text requests ``verb``: at its start, or at its end as in German."""
    pattern = patterns.VERBS.get(verb, re.escape(verb))
    rest = re.sub(rf"^{patterns.POLITE}", "", plain, count=1)
    if re.match(rf"(?:{pattern})\b", rest):
        return True
    ending = re.search(rf"\b(?:{pattern})[ .!?]*$", rest)
    return ending is not None and patterns.TARGET_FIRST.match(rest[: ending.start()]) is not None


def _matches(plain: str, phrases: Iterable[str]) -> bool:
    return any(re.search(phrase, plain) for phrase in phrases)


def _normalized(text: str) -> str:
    return " ".join(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
