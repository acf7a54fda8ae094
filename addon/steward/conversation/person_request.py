"""Distinguishes requests from questions, and parses simple requests without a model. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field, SettingKind

from .named_targets import WORD, NamedTarget, named_in

_VERBS: Final[Mapping[str, str]] = {
    "restart": r"restart|reboot|neu ?start(?:en|e)?|start(?:e|en)?\b.*\bneu",
    "start": r"start(?!e?n?\b.*\bneu\b)(?:en|e)?|power on|turn on|boot",
    "stop": (
        r"stop(?:p|pe|pen)?|shut ?down|shut\b.*\bdown|power off|turn off|"
        r"fahre?\b.*\bherunter|herunterfahren"
    ),
    "set": (
        r"set|change|increase|raise|give|decrease|reduce|lower|"
        r"setze?n?|erhöhe?n?|ändere?n?|senke?n?|gib|geben"
    ),
    "search": r"search|look for|suche?n?",
    "silence": r"silence|mute|quieten|stumm ?schalten|schalte?\b.*\bstumm",
}
"""English and German patterns for the verb that an action's key begins with."""

_POLITE: Final = (
    r"(?:(?:hey|ok(?:ay)?|hi|hallo|so|and|then|now|please|bitte|just|und|dann|jetzt)\b[ ,]*)*"
    r"(?:(?:can|could|would|will) you (?:please )?|i(?:'d like| want| would like) you to (?:please )?|"
    r"(?:kannst|könntest|würdest|magst) du (?:bitte )?|ich möchte,? dass du )?"
    r"(?:please |bitte |just |mal )*"
)
_ASKED: Final = re.compile(
    r"^(?:should|shall|did|do|does|was|were|is|are|has|have|had|when|why|who|what|which|how|where|if|"
    r"stop (?:that|this|there|talking)|"
    r"soll|sollte|hast|hat|wurde|ist|sind|wann|warum|wieso|wer|was|welche\w*|wie|wo|ob|wenn)\b"
)
_NOT: Final = re.compile(r"\b(?:not|never|don'?t|do not|without|nicht|nie|niemals|kein\w*|ohne)\b|n't\b")
_TARGET_FIRST: Final = re.compile(r"^(?:the |den |die |das )?[\w.@/-]+(?: [\w.@/-]+){0,3}? (?:bitte )?$")

# Three digits after a separator may be thousands or thousandths: such a number is ignored.
_NUMBER: Final = re.compile(r"(?<![\w.,])(\d{1,9}(?:[.,]\d{1,2})?)(?![.,]?\d)\s*(%|[^\W\d_]+)?")
_IN_MIB: Final[Mapping[str, float]] = {
    "mib": 1,
    "mb": 1,
    "m": 1,
    "megabyte": 1,
    "megabytes": 1,
    "gib": 1024,
    "gb": 1024,
    "g": 1024,
    "gigabyte": 1024,
    "gigabytes": 1024,
}
_IN_HOURS: Final[Mapping[str, float]] = {
    "h": 1,
    "hour": 1,
    "hours": 1,
    "stunde": 1,
    "stunden": 1,
    "day": 24,
    "days": 24,
    "tag": 24,
    "tage": 24,
}
_UNITS: Final[Mapping[str, Mapping[str, float]]] = {"MiB": _IN_MIB, "h": _IN_HOURS}


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


def requested_actions(text: str, actions: Iterable[ActionOffer]) -> tuple[ActionOffer, ...]:
    """Return those of ``actions`` that the text requests; () when the text is not a request.

    "Restart Radarr" and "kannst du Radarr neu starten?" are requests; "should I restart it?",
    "did you restart it?" and "don't restart it" are not.
    """
    plain = _normalized(text)
    if _ASKED.match(plain) or _NOT.search(plain):
        return ()
    return tuple(one for one in actions if _is_requested(plain, _verb(one)))


def sounds_like_a_request(text: str, actions: Iterable[ActionOffer]) -> bool:
    """Return whether the text requests one of ``actions``."""
    return bool(requested_actions(text, actions))


def parse_requests(
    text: str, among: Sequence[NamedTarget], offers: Mapping[str, Sequence[ActionOffer]]
) -> tuple[PersonRequest, ...]:
    """Return the possible meanings of a simple request, best first; () when there is none.

    ``offers`` are each service's actions. An instance precedes a guest of the same name.
    """
    plain = _normalized(text)
    found = [
        _person_request(named_target, action, plain)
        for named_target in named_in([text], among)
        for action in requested_actions(text, offers.get(named_target.service, ()))
        if _is_of(action, named_target) and _is_meant(action, plain)
    ]
    return tuple(sorted(found, key=lambda one: one.rank))


def is_clear(person_requests: Sequence[PersonRequest]) -> bool:
    """Return whether the first request has a better rank than all others."""
    return bool(person_requests) and all(one.rank > person_requests[0].rank for one in person_requests[1:])


def numbers_said(texts: Iterable[str], unit: str | None) -> frozenset[float]:
    """Return every number in the texts, converted to ``unit`` where its own unit is known."""
    factors = _UNITS.get(unit or "", {})
    found: set[float] = set()
    for text in texts:
        for match in _NUMBER.finditer(text.casefold()):
            number = float(match[1].replace(",", "."))
            factor = factors.get(match[2] or "")
            found.add(number if factor is None else number * factor)
    return frozenset(found)


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


def _is_of(action: ActionOffer, named_target: NamedTarget) -> bool:
    kind = None if named_target.target.kind == "instance" else named_target.target.kind
    return action.scope == kind


def _is_meant(action: ActionOffer, plain: str) -> bool:
    """Return whether the text names the object in an action's key, if the key has one.

    ``set_memory`` needs "memory"; ``restart_container`` needs nothing more.
    """
    objects = [word for word in action.key.split("_")[1:] if word != action.scope]
    if not objects:
        return True
    words = set(WORD.findall(plain)) | _translated(plain)
    return any(one in words for one in objects)


def _translated(plain: str) -> set[str]:
    """Return the English object names for the German ones in a text."""
    translations = {"speicher": "memory", "arbeitsspeicher": "memory", "ram": "memory", "fehlende": "missing"}
    return {english for word, english in translations.items() if re.search(rf"\b{word}\b", plain)}


def _is_requested(plain: str, verb: str) -> bool:
    """Return whether the text requests ``verb``: at its start, or at its end as in German."""
    pattern = _VERBS.get(verb, re.escape(verb))
    rest = re.sub(rf"^{_POLITE}", "", plain, count=1)
    if re.match(rf"(?:{pattern})\b", rest):
        return True
    ending = re.search(rf"\b(?:{pattern})[ .!?]*$", rest)
    return ending is not None and _TARGET_FIRST.match(rest[: ending.start()]) is not None


def _verb(action: ActionOffer) -> str:
    return action.key.split("_")[0]


def _normalized(text: str) -> str:
    return " ".join(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
