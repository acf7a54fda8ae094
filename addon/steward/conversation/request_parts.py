"""Finds the parts of a request that nothing would carry out: a time, a condition, a second action. Pure.

A request is only created when all of its words are understood: a part that is ignored would be
executed as if it had not been said.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer

from . import patterns
from .named_targets import WORD, NamedTarget


class PartKind(StrEnum):
    """Why a part of a request cannot be carried out; the values are the keys of its texts."""

    TIME = "part_time"
    CONDITION = "part_condition"
    MORE = "part_more"
    UNKNOWN = "part_unknown"


@dataclass(frozen=True, slots=True)
class RequestPart:
    """A part of a request, as the person wrote it."""

    kind: PartKind
    text: str


_NUMBER_WORDS: Final = (
    r"\d+|an?|one|two|three|four|five|six|ten|fifteen|twenty|thirty|half|few|some|"
    r"einer|einem|eine|ein|zwei|drei|vier|fünf|sechs|zehn|zwanzig|dreißig|halben|paar|wenigen"
)
_UNITS: Final = (
    r"sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|"
    r"sekunden?|minuten?|stunden?|tagen?|tage?|wochen?|monate?n?"
)
_HOURS: Final = (
    r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight|night|lunch|dawn|once|"
    r"eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|mitternacht|mittag"
)
_PERIODS: Final = (
    r"\w+day|night|hour|morning|evening|afternoon|week|weekend|month|year|minute|time|"
    r"\w+tag|nacht|stunde|abend|mal|woche|wochenende|monat|jahr|minute"
)
_SIZES: Final = r"(?!\s?(?:[kmgt]i?b|%|percent|prozent|gig|meg))"
_CLOCK: Final = r"(?::\d\d)?(?: ?(?:am|pm|o'clock|uhr))?"
_TIME: Final = re.compile(
    r"\b(?:"
    r"(?:tomorrow|today)(?: (?:morning|noon|afternoon|evening|night))?|"
    r"(?:heute|morgen)(?: (?:früh|vormittag|mittag|nachmittag|abend|nacht))?|übermorgen|"
    r"tonight|later|soon|overnight|daily|nightly|hourly|weekly|monthly|regularly|until|till|"
    rf"twice|thrice|from now|(?:next|this|every|each) (?:{_PERIODS})s?|\d+ times|once an? (?:{_PERIODS})|"
    rf"(?:at|around|before|after|past|since) (?:about |half past |quarter past |quarter to )?(?:{_HOURS})"
    rf"\b{_SIZES}{_CLOCK}|"
    rf"(?:in|within|after|every) (?:about |the next )?(?:a )?(?:{_NUMBER_WORDS})(?: an?)? ?(?:{_UNITS})|"
    r"(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?|\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock|uhr)|"
    r"\d{1,2}:\d\d|in the (?:morning|afternoon|evening|night)|at the weekend|"
    r"nachher|später|demnächst|täglich|nächtlich|stündlich|wöchentlich|monatlich|"
    r"regelmäßig|nachts|abends|morgens|mittags|zweimal|dreimal|\d+ ?mal|bis|"
    rf"(?:nächste|kommende|jede|diese)[nrsm]? (?:{_PERIODS})|"
    rf"(?:um|gegen|ab|vor|nach|seit) (?:etwa |ca |halb |viertel vor |viertel nach )?(?:{_HOURS})"
    rf"\b{_SIZES}{_CLOCK}|"
    rf"(?:in|binnen|nach|alle) (?:etwa |den nächsten )?(?:{_NUMBER_WORDS}) ?(?:{_UNITS})|"
    r"(?:am )?(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?|in der nacht|"
    r"am (?:wochenende|abend|morgen|nachmittag|vormittag)"
    r")\b",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    rf"\b(?:for|für) (?:about |etwa )?(?:{_NUMBER_WORDS}) ?(?:{_UNITS})\b", re.IGNORECASE
)
_CONDITION: Final = re.compile(
    r"\b(?:if|when|whenever|while|unless|once|as soon as|as long as|in case|provided|assuming|"
    r"only|after|before|"
    r"wenn|falls|sobald|solange|während|nachdem|bevor|ehe|sofern|nur|es sei denn)\b",
    re.IGNORECASE,
)
_EXCEPTION: Final = (
    r"but|except|without|unless|and (?:don't|do not|never|not)|aber|außer|ohne|und nicht|jedoch|sondern"
)
_MORE: Final = re.compile(
    rf"\b(?:and then|afterwards|after that|and also|und dann|danach|anschließend|und auch|{_EXCEPTION}|"
    r"and (?:restart|reboot|start|stop|set|increase|search|silence|tell|check|show|let|notify)|"
    r"und (?:starte|stoppe|setze|erhöhe|suche|sag|prüfe|zeig|melde))\b",
    re.IGNORECASE,
)
"""What a request says beside one action."""

_LEADING_CLAUSE: Final = re.compile(
    r"^(?P<part>[^,:;]{1,200}?)(?:[,:;]\s*(?:then |dann |so )?|\s+(?:then|dann)\s+)(?P<rest>.+)$",
    re.IGNORECASE,
)
_NEGATED_END: Final = re.compile(r"^(?P<rest>.+?)\s*,\s*(?P<part>(?:not|nicht)\b.+)$", re.IGNORECASE)
_POLITE_END: Final = re.compile(r"[\s,.!?]+$")

_FILLER: Final = re.compile(
    r"please|bitte|just|mal|doch|einfach|now|jetzt|sofort|gleich|right|away|immediately|asap|kurz|schnell|"
    r"quickly|again|wieder|erneut|noch|einmal|nochmals?|thanks?|you|danke|hey|hi|hallo|okay|ok|so|steward|"
    r"the|an?|my|our|your|this|that|der|die|das|de[mns]|eine?[mnr]?|meine?[nr]?|unsere?n?|es|it|me|mir|uns|us|"
    r"of|to|on|in|for|from|at|with|von|vom|auf|für|im|zum|zur|up|s|"
    r"can|could|would|will|i'd|i|like|want|kannst|könntest|würdest|magst|du|ich|möchte|dass|go|ahead|"
    r"called|named|namens|genannt"
)
"""Words that change nothing about a request."""

_KIND: Final = re.compile(
    r"containers?|ct|lxc|vm|guest|machine|service|dienst|app|application|anwendung|instan(?:ce|z)|server|"
    r"program|programm|alerts?|alarme?|warnung|node|knoten|host|films?|filme[n]?|movies?|series?|serien|"
    r"episodes|folgen|music|musik|missing|fehlenden?|value|wert"
)
"""Nouns beside a name."""

_VERBS: Final[Mapping[str, str]] = {
    "restart": r"restart(?:ing)?|reboot|neu|starten?|start|neustart(?:en?)?",
    "start": r"starten?|start|power|turn|boot|on|ein|an",
    "stop": r"stop(?:pe?n?)?|shut|shutdown|down|power|turn|off|fahre?|herunter|runter|herunterfahren",
    "set": (
        r"set|change|increase|raise|give|decrease|reduce|lower|setze?n?|erhöhe?n?|ändere?n?|senke?n?|"
        r"gib|geben"
    ),
    "search": r"search|look|such(?:en?)?",
    "silence": r"silence|mute|quieten|stumm|schalten?|stummschalten",
}
_BEFORE_A_NOUN: Final = re.compile(
    r"for|für|in|at|on|to|from|with|mit|auf|von|the|an?|der|die|das|den|eine?[nmr]?"
)
_TOKEN: Final = re.compile(r"\w+(?:'\w+)?%?")


def unsupported_part(text: str, names: Iterable[str] = ()) -> RequestPart | None:
    """Return the time, the condition or the second action in a request, None if it has none.

    ``names`` are the names of targets, whose words do not count.
    """
    polite = re.match(patterns.POLITE, text, re.IGNORECASE)
    start = polite.end() if polite else 0
    found = _first_part(_without(text[start:], names))
    if found is None:
        return None
    kind, at = found
    end = start + at + _time_length(text[start + at :]) if kind is PartKind.TIME else len(text)
    return RequestPart(kind, _POLITE_END.sub("", text[start + at : end]))


def split_clauses(text: str) -> Iterator[tuple[str, RequestPart]]:
    """Yield what may be a request, with the clause before or after it that is not one.

    "When nobody is streaming, restart Radarr" has a clause, and so does "restart Radarr, not Sonarr".
    """
    leading = _LEADING_CLAUSE.match(text)
    found = _first_part(leading["part"]) if leading else None
    if leading and found:
        yield leading["rest"], RequestPart(found[0], leading["part"].strip())
    length = _time_length(text)
    if length:
        yield text[length:].strip(" ,"), RequestPart(PartKind.TIME, text[:length].strip(" ,"))
    found = _first_part(text)
    if found:
        kind, start = found
        yield text[:start].rstrip(" ,;:"), RequestPart(kind, _POLITE_END.sub("", text[start:]))
    negated = _NEGATED_END.match(text)
    if negated:
        yield negated["rest"], RequestPart(PartKind.MORE, _POLITE_END.sub("", negated["part"]))


def unexplained_part(
    text: str, named_target: NamedTarget, action: ActionOffer, arguments: Mapping[str, Value]
) -> RequestPart | None:
    """Return what a request says beyond its target, action and arguments, None if nothing."""
    polite = re.match(patterns.POLITE, text, re.IGNORECASE)
    start = polite.end() if polite else 0
    known = _words_of(named_target) | _argument_words(action)
    numbers = _number_spans(text, action, arguments)
    tokens = list(_TOKEN.finditer(text, start))
    left = [
        at
        for at, token in enumerate(tokens)
        if (word := token[0].casefold().removesuffix("'s")) not in known
        and not _is_plain(word, action)
        and not any(start <= token.start() < end for start, end in numbers)
    ]
    if not left:
        return None
    first = left[0]
    while first > 0 and _BEFORE_A_NOUN.fullmatch(tokens[first - 1][0].casefold()):
        first -= 1
    part = text[tokens[first].start() : tokens[left[-1]].end()]
    found = _first_part(part)
    if found:
        return RequestPart(found[0], part)
    return RequestPart(PartKind.TIME if _DURATION.search(part) else PartKind.UNKNOWN, part)


def _first_part(text: str) -> tuple[PartKind, int] | None:
    """Return the kind and the start of the first part that cannot be carried out."""
    found = [
        (match.start(), kind)
        for kind, pattern in (
            (PartKind.TIME, _TIME),
            (PartKind.CONDITION, _CONDITION),
            (PartKind.MORE, _MORE),
        )
        if (match := pattern.search(text))
    ]
    if not found:
        return None
    start, kind = min(found, key=lambda one: one[0])
    return kind, start


def _time_length(text: str) -> int:
    """Return the length of the times that a text begins with, one after another."""
    end = 0
    while match := _TIME.match(text, end):
        end = match.end()
        following = len(text) - len(text[end:].lstrip(" ,"))
        if not _TIME.match(text, following):
            break
        end = following
    return end


def _is_plain(word: str, action: ActionOffer) -> bool:
    """Return whether a word says nothing beyond the action."""
    verb = action.key.split("_")[0]
    verbs = _VERBS.get(verb, rf"{re.escape(verb)}(?:s|ing)?")
    return any(re.fullmatch(one, word) for one in (_FILLER, _KIND, verbs))


def _words_of(named_target: NamedTarget) -> frozenset[str]:
    names = (
        f"{named_target.label} {named_target.target.name} {named_target.scope or ''} {named_target.service}"
    )
    return frozenset(WORD.findall(names.casefold()))


def _argument_words(action: ActionOffer) -> frozenset[str]:
    """Return the words for the object of an action, its arguments and choices."""
    texts = [action.key, action.name]
    for one in action.arguments:
        texts += [one.key, one.name, *one.choices]
    words = set(WORD.findall(" ".join(texts).casefold().replace("_", " ")))
    return frozenset(words | {german for german, word in patterns.OBJECTS.items() if word in words})


def _number_spans(text: str, action: ActionOffer, arguments: Mapping[str, Value]) -> list[tuple[int, int]]:
    """Return where the numbers stand that are values of arguments, with their units."""
    found: list[tuple[int, int]] = []
    for match in patterns.NUMBER.finditer(text.lower()):
        number = float(match[1].replace(",", "."))
        for one in action.arguments:
            value = arguments.get(one.key)
            if not isinstance(value, int | float) or isinstance(value, bool):
                continue
            unit = match[2] or ""
            factor = patterns.UNITS.get(one.unit or "", {}).get(unit)
            if factor is not None and number * factor == float(value):
                found.append(match.span())
            elif number == float(value):
                end = match.end() if unit and unit == (one.unit or "").casefold() else match.end(1)
                found.append((match.start(), end))
    return found


def _without(text: str, names: Iterable[str]) -> str:
    """Return a text with blanks in place of the names."""
    for name in sorted(names, key=len, reverse=True):
        pattern = r"\W+".join(map(re.escape, WORD.findall(name)))
        if pattern:
            text = re.sub(rf"\b{pattern}\b", lambda one: " " * len(one[0]), text, flags=re.IGNORECASE)
    return text
