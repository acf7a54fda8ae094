"""Recognises the questions that the records can answer. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TYPOGRAPHIC: Final = "\N{RIGHT SINGLE QUOTATION MARK}"
WORD: Final = re.compile(r"\w+")


class Topic(StrEnum):
    """A question that the records can answer."""

    PROBLEM = "problem"
    WAITING = "waiting"
    DONE = "done"
    QUOTA = "quota"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Question:
    """A recognised question; ``name`` is the target's name in the inventory, case-folded."""

    topic: Topic
    name: str | None = None


_PHRASES: Final[Mapping[Topic, tuple[str, ...]]] = {
    Topic.WAITING: (
        r"\bwait(s|ing)?\b.*\b(me|answer|approval|decision)\b",
        r"\b(pending|open) (approval|decision|request)s?\b",
        r"\b(need|have) to (decide|approve)\b",
        r"\bwartet\b.*\b(auf mich|antwort|entscheidung)\b",
        r"\b(offene|ausstehende)n? (freigaben?|entscheidung(en)?|anfragen?)\b",
        r"\bmuss ich (entscheiden|freigeben)\b",
    ),
    Topic.QUOTA: (
        r"\b(quota|budget)s?\b",
        r"\b(requests?|questions?|tokens?)\b.*\b(left|remaining|used)\b",
        r"\b(kontingente?|anfragen)\b.*\b(übrig|verbraucht|frei|noch)\b",
        r"\bkontingente?\b",
    ),
    Topic.DONE: (
        r"\bwhat (did|have) you (do|done)\b",
        r"\bwhat was (done|fixed|repaired)\b",
        r"\bwhat happened (today|last night|overnight|yesterday)\b",
        r"\bwas hast du\b.*\b(gemacht|getan|repariert)\b",
        r"\bwas ist (heute|gestern|letzte nacht) passiert\b",
    ),
    Topic.PROBLEM: (
        r"\bwhat('s| is)? (down|broken|wrong|failing|sick|the problem)\b",
        r"\bis (anything|something|everything) (down|broken|wrong|failing|ok|okay|fine|alright|all right)\b",
        r"\b(any|open) (problems?|incidents?|troubles?|alerts?)\b",
        r"\bhow (is|are) (the|my|our) (homelab|lab|house|servers?|services?)\b",
        r"\bwas ist (kaputt|los|down|ausgefallen)\b",
        r"\bist (etwas|irgendwas|alles) (kaputt|ausgefallen|in ordnung|ok|okay|gut)\b",
        r"\b(gibt es|hast du) (probleme|störungen|vorfälle)\b",
        r"\bwie geht es (dem|der|den|meinem|meinen|unserem) (homelab|servern?|diensten?)\b",
    ),
}

_ABOUT_A_TARGET: Final = (
    r"\bwhat('s| is)? (wrong|the (problem|matter|state|status)|up|going on)\b",
    r"\bis\b.*\b(fine|ok|okay|up|down|running|healthy|alive|well|broken|all right|alright)\b",
    r"\bhow (is|are|does)\b",
    r"\b(state|status|health) of\b",
    r"\bwhy is\b.*\b(down|slow|sick|broken)\b",
    r"\bwas ist (los )?mit\b",
    r"\b(läuft|funktioniert|geht)\b",
    r"\bist\b.*\b(kaputt|ok|okay|in ordnung|gesund|erreichbar|wieder gut)\b",
    r"\bwie geht('s| es)\b",
    r"\b(zustand|status) von\b",
)


def recognise(text: str, names: Iterable[str]) -> Question | None:
    """Return the question in a text, None when the records cannot answer it.

    A request ("restart Radarr") is not recognised.
    """
    plain = " ".join(text.casefold().replace(TYPOGRAPHIC, "'").split())
    name = named(plain, names)
    if name is not None and _fits(plain, _ABOUT_A_TARGET):
        return Question(Topic.TARGET, name)
    if name is not None:
        return None
    for topic, phrases in _PHRASES.items():
        if _fits(plain, phrases):
            return Question(topic)
    return None


def named(plain: str, names: Iterable[str]) -> str | None:
    """Return the longest name that occurs in a case-folded text as whole words."""
    words = f" {' '.join(WORD.findall(plain))} "
    found = [name for name in names if f" {' '.join(WORD.findall(name.casefold()))} " in words]
    return max(found, key=len, default=None)


def _fits(plain: str, phrases: Iterable[str]) -> bool:
    return any(re.search(phrase, plain) for phrase in phrases)
