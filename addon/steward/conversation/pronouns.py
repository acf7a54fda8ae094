"""Resolves a pronoun to the target that was named last. Pure.

A pronoun refers to an earlier message only when it is not an article ("das Modell"), not an
expletive ("is it possible to …"), and has no noun of its own text to refer to ("the disk is full,
can it be extended?"). Anything doubtful stays as it is: a model sees the earlier messages too.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .named_targets import NamedTarget, named_in

_PERSONAL: Final = r"\b(?:it|es|ihn|ihm|er(?!,))\b"

_AFTER_ONE: Final = (
    r"is|was|does|did|do|has|have|had|can|could|will|would|should|up|down|off|on|again|now|please|too|also|"
    r"as|for|to|from|with|after|before|and|or|then|back|running|broken|slow|ok|okay|fine"
)
_DEMONSTRATIVE_ENGLISH: Final = rf"\b(?:that|this) one\b(?=\s*(?:$|[^\w\s])|\s+(?:{_AFTER_ONE})\b)"

_ADVERB: Final = (
    r"neu|bitte|mal|noch|schon|wieder|jetzt|gerade|eben|denn|eigentlich|auch|nicht|nie|immer|oft|so|sehr|"
    r"ganz|gleich|sofort|heute|gestern|morgen|später|dann|doch|ja|nur|hier|da|wirklich|vielleicht|einmal|"
    r"erst|endlich|wohl|trotzdem|deshalb"
)
_AFTER_DAS: Final = (
    r"ist|war|wird|wurde|hat|hatte|läuft|lief|geht|ging|funktioniert|antwortet|kann|könnte|soll|sollte|"
    r"muss|darf|startet|steht|hängt|spinnt|starten|neustarten|stoppen|beenden|reparieren|beheben|prüfen|"
    r"machen|tun|herunterfahren|hochfahren|einschalten|ausschalten|abschalten|kaputt|ok|okay|langsam|"
    r"schnell|erreichbar|gesund|gut|voll|leer|online|offline|down|aktiv|aktuell|tot|weg|fertig|stabil|"
    r"und|oder|aber|für mich|um|mir|dir|uns|jemand|los"
)
_SEPARABLE: Final = r"(?:ab|an|aus|auf|ein|weg|herunter|runter|hoch|stumm)"
_DEMONSTRATIVE_GERMAN: Final = (
    # After a comma "das" and "den" are relative pronouns.
    rf"(?<!, )\b(?:das|den)\b"
    rf"(?=(?:\s+(?:{_ADVERB})\b)*(?:\s+{_SEPARABLE})?(?:\s*(?:$|[^\w\s])|\s+(?:{_AFTER_DAS})\b))"
)
_PRONOUN: Final = re.compile(f"{_PERSONAL}|{_DEMONSTRATIVE_ENGLISH}|{_DEMONSTRATIVE_GERMAN}", re.IGNORECASE)

_EVALUATION: Final = (
    r"possible|impossible|safe|ok|okay|fine|good|better|best|bad|worth|necessary|needed|useful|helpful|wise|"
    r"smart|important|easy|easier|hard|harder|difficult|dangerous|risky|normal|usual|common|cheaper|"
    r"expensive|enough|time|true|allowed|recommended|advisable|reasonable|sensible|realistic|"
    r"(?:good|bad|better) idea"
)
_DAY: Final = r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|winter|summer"
_EXPLETIVE_ENGLISH: Final = (
    # It is possible to …, would it be better if …, make it easier to …
    (
        rf"\bit(?:'s|\s+is|\s+was|\s+be|\s+has\s+been)?(?:\s+\w+){{0,3}}?\s+(?:{_EVALUATION})"
        r"(?:\s+for(?:\s+\w+){1,3}?)?,?\s+(?:to|that|if|whether|when)\b"
    ),
    r"\bit(?:'s|\s+is|\s+was|\s+be)?(?:\s+\w+){0,2}?\s+worth\s+\w+ing\b",
    r"\bit\s+likely\s+that\b|\bit(?:'s|\s+is)\s+likely\s+that\b",
    r"\bit\s+(?:seem|appear|look|sound|turn|happen)(?:s|ed)?(?:\s+out)?(?:\s+like|\s+as\s+if|\s+that)\b",
    r"\bit\s+(?:\w+\s+)?(?:makes?|made)\s+(?:\w+\s+)?sense\b",
    r"\bit\s+(?:\w+\s+)?(?:matter|depend)s?\b",
    r"\bit\s+(?:take|took|cost|help|hurt)s?(?:\s+\w+){0,3}?\s+to\b",
    # Weather and time.
    (
        r"\bit(?:'s|\s+is|\s+was|\s+be)?(?:\s+going\s+to|\s+already|\s+still|\s+getting|\s+too)*\s+"
        rf"(?:rain\w*|snow\w*|late|early|dark|cold|warm|hot|sunny|cloudy|windy|{_DAY}|\d)\b"
    ),
    # It was the disk; is it the network?
    r"\b(?:is|was)\s+it\s+(?:the|my|our|your)\b|\bit(?:'s|\s+is|\s+was)\s+(?:the|my|our|your)\b",
    r"\b(?:how|what)(?:'s|\s+is|\s+was)\s+it\s+(?:going|like)\b",
    r"\b(?:that|this)(?:'s|\s+is|\s+was)\s+it\b|\b(?:forget|got)\s+it\b",
)

_EVALUATION_GERMAN: Final = (
    r"möglich|unmöglich|sinnvoll|sinnlos|besser|gut|schlecht|nötig|notwendig|sicher|gefährlich|riskant|"
    r"einfach|schwer|schwierig|leicht|normal|üblich|erlaubt|verboten|wichtig|wahr|richtig|ok|okay|schlimm|"
    r"egal|klar|ratsam|denkbar|machbar|zeit|idee"
)
_DAY_GERMAN: Final = (
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|weihnachten|winter|sommer|nacht"
)
_EXPLETIVE_GERMAN: Final = (
    # Ist es möglich, … zu …; es wäre besser, wenn …
    (
        rf"\bes(?:\s+\w+){{0,3}}?\s+(?:{_EVALUATION_GERMAN})\b"
        r"(?=.*\b(?:zu|\w+zu\w+n|dass|wenn|ob|falls)\b)"
    ),
    r"\b(?:gibt|gab|gäbe)\s+es\b|\bes\s+(?:gibt|gab|gäbe)\b",
    r"\b(?:wie|worum)\s+geht\s+es\b|\bgeht\s+es\s+(?:um|darum)\b|\bes\s+geht\s+(?:um|darum)\b",
    r"\b(?:lohnt|handelt)\s+es\s+sich\b|\bes\s+(?:lohnt|handelt)\s+sich\b",
    r"\b(?:dauert|scheint|heißt)\s+es\b|\bes\s+(?:dauert|scheint|heißt)\b",
    r"\bmacht\s+es\s+(?:\w+\s+)?(?:sinn|etwas)\b|\bes\s+macht\s+(?:\w+\s+)?(?:sinn|nichts|etwas)\b",
    r"\btut\s+es\s+(?:mir|uns)\b|\bes\s+tut\s+(?:mir|uns)\b",
    r"\b(?:regnet|schneit|stürmt|friert)\s+es\b|\bes\s+(?:\w+\s+)?(?:regnet|schneit|stürmt|friert)\b",
    (
        r"\bes(?:\s+ist|\s+war|\s+wird)?(?:\s+schon|\s+noch|\s+bald|\s+zu|\s+sehr)*\s+"
        rf"(?:spät|früh|kalt|warm|heiß|dunkel|hell|{_DAY_GERMAN}|\d+)\b"
    ),
    r"\b(?:ist|war)\s+es\s+(?:der|die|das|mein\w*|unser\w*)\b",
)
_EXPLETIVE: Final = re.compile("|".join((*_EXPLETIVE_ENGLISH, *_EXPLETIVE_GERMAN)), re.IGNORECASE)

_WITHOUT_TARGET: Final = re.compile(
    r"^\W*das\s+(?:stimmt|reicht|klingt|passt|freut|heißt|"
    r"(?:ist|war)\s+(?:alles|gut|toll|super|schön|nett|egal|richtig|falsch))\b|"
    r"\b(?:what time|weather|wetter|wie spät|wie viel uhr)\b",
    re.IGNORECASE,
)
"""Remarks on an answer, and questions about the time and the weather: they name no target."""

_OWN_NOUN: Final = re.compile(
    r"\b(?:an?|the|my|our|your|another|some|any|every|each|der|die|das|dem|den|des|eine?[nmrs]?|"
    r"mein\w*|unser\w*|jede\w?)\s+"
    r"(?!moment|last|next|time|day|week|night|same|nächste\w*|letzte\w*|one\b)\w+"
    r"[^,.;:?!]*(?:[,.;:?!]|\b(?:and|if|when|then|because|but|so|und|wenn|ob|dann|weil|aber)\b)",
    re.IGNORECASE,
)
"""A noun with an article or a possessive, in a clause that has ended."""


LONGEST: Final = 300
"""Characters of a text in which pronouns are resolved."""


def with_name(text: str, before: Iterable[str], among: Sequence[NamedTarget]) -> str:
    """Return ``text`` with its first referring pronoun replaced by the target that was named last.

    ``before`` are the person's earlier messages, oldest first. A text that names a target itself,
    has no referring pronoun, or is longer than ``LONGEST``, is returned unchanged.
    """
    pronoun = _reference(text) if len(text) <= LONGEST else None
    if pronoun is None or named_in([text], among):
        return text
    for said in reversed(list(before)):
        named = named_in([said], among)
        if named:
            return f"{text[: pronoun.start()]}{named[0].label}{text[pronoun.end() :]}"
    return text


def _reference(text: str) -> re.Match[str] | None:
    """Return the first pronoun that refers to an earlier message."""
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if _WITHOUT_TARGET.search(plain):
        return None
    expletives = [one.span() for one in _EXPLETIVE.finditer(plain)]
    noun = _OWN_NOUN.search(plain)
    for pronoun in _PRONOUN.finditer(plain):
        is_expletive = any(start <= pronoun.start() < end for start, end in expletives)
        has_own_noun = noun is not None and noun.end() <= pronoun.start()
        if not is_expletive and not has_own_noun:
            return pronoun
    return None
