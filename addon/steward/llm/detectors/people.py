"""Finds people by their names: unusual words with a capital, and what stands around them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .common_words import PROGRAMS, is_usual
from .detector import Span
from .people_words import (
    ACTS,
    ACTS_HELPED,
    ANNOUNCES,
    ASKS,
    BELONGINGS,
    HELPS,
    KIN,
    OF_PEOPLE,
    OWNS,
    TELLS,
    THINGS_AFTER,
    TITLES,
)

CAPITALS: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΆ-ΫА-Я"
CAPITAL: Final = rf"[{CAPITALS}]"
LETTER: Final = r"[^\W\d_]"
WORD: Final = rf"{CAPITAL}(?:{LETTER}|['\u2019-](?={LETTER})){{1,30}}"
_LINK: Final = r"(?:van|von|de|der|den|da|di|del|della|la|le|bin|al|el|zu|dos|du|ten|ter|af|y)"
_MORE: Final = rf"[ ](?:(?:{_LINK}[ ]){{0,2}}{WORD}|{CAPITAL}\b\.?(?=[ ]))"
_RUN: Final = re.compile(rf"{CAPITAL}(?<!\w.)(?:{LETTER}|['\u2019-](?={LETTER})){{1,30}}(?:{_MORE}){{0,4}}")
_WORDS: Final = re.compile(r"[^ ]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_MINE: Final = ("'s", "\u2019s")
_BESIDE: Final = 40
_AROUND: Final = 160
_LEAST_NAME: Final = 3
_OPENERS: Final = frozenset(" \n\t\r\"'(„“\u2018>[*-,")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """Words of ``text`` that may be a name, the words before it and those behind it, small."""

    text: str
    start: int
    end: int
    before: Sequence[str]
    after: Sequence[str]
    is_owner: bool
    has_parts: bool


def find_people(text: str) -> Iterator[Span]:
    """Yield the names of people in ``text``. Linear in time."""
    for run in _RUN.finditer(text):
        if run.start() and text[run.start() - 1] not in _OPENERS:
            continue
        yield from (_span(start, end) for start, end in _names(run))


def _span(start: int, end: int) -> Span:
    return Span(start=start, end=end, label="PERSON")


def _names(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield where names stand in words with capitals: ``Ask Anna Berg`` holds one of two words."""
    words = [
        (one.start() + run.start(), one.end() + run.start(), one.group())
        for one in _WORDS.finditer(run.group())
    ]
    strange = [_is_strange(bare(word)) for _, _, word in words]
    if not any(strange):
        return
    first = 0
    while first < len(words):
        if _is_announced(run.string, words[first][0]) and any(strange[first:]):
            yield words[first][0], _end(words[-1])
            return
        if words[first][2].islower():  # a link begins no name
            first += 1
            continue
        last = first
        while last < len(words) and strange[last]:
            last += 1
        while words[last - 1][2].islower():
            last -= 1
        if last > first and _is_person(_name(run.string, words[first:last])):
            yield words[first][0], _end(words[last - 1])
        first = max(last, first + 1)


def _is_strange(word: str) -> bool:
    """``van`` and ``de`` stand between the parts of a name only."""
    if word.lower() in TELLS or word.lower() in TITLES or word.lower() in ANNOUNCES:
        return False
    is_thing = any(is_usual(part) for part in word.split("-")) or is_oddly_written(word)  # Zigbee-Gerät
    return word[0].islower() or not is_thing


def _name(text: str, words: Sequence[tuple[int, int, str]]) -> _Name:
    start, end = words[0][0], _end(words[-1])
    return _Name(
        text=text,
        start=start,
        end=end,
        before=_before(text, start),
        after=_after(text, words[-1][1]),
        is_owner=words[-1][1] > end,
        has_parts=len(words) > 1,
    )


def _before(text: str, start: int) -> list[str]:
    return text[max(0, start - _BESIDE) : start].lower().split()


def _after(text: str, end: int) -> list[str]:
    return text[end : end + _BESIDE].lower().split() if text[end : end + 1] == " " else []


def bare(word: str) -> str:
    """Return ``Anna`` of ``Anna's``."""
    return word[:-2] if word.endswith(_MINE) else word


def _end(word: tuple[int, int, str]) -> int:
    return word[0] + len(bare(word[2]))


def is_oddly_written(word: str) -> bool:
    """DHCPACK, MainThread and iBoot are names of things; McDonald and O'Neil are people's."""
    if word.isupper():
        return len(word.rstrip(".")) > 1
    inner = [one for before, one in pairwise(word) if before not in "'\u2019-"]
    return sum(one.isupper() for one in inner) > word.startswith(("Mc", "Mac", "De", "Van", "Le", "La"))


def _is_announced(text: str, start: int) -> bool:
    """Return whether the words before say that a name comes: ``my name is``, ``Dear``, ``Mrs``."""
    before = _before(text, start)
    last = before[-1].strip("\"'(*,") if before else ""
    two = f"{before[-2]} {last}" if len(before) > 1 else last
    if last in KIN and len(before) > 1 and before[-2] in OWNS:
        return True
    return last in ANNOUNCES or two in ANNOUNCES or last.rstrip(".") in TITLES


def _is_person(name: _Name) -> bool:
    return (
        _is_mentioned(name)
        or _acts(name)
        or _is_spoken_to(name)
        or (name.is_owner and bool(name.after) and _belongs(name.after[0].rstrip(".,?!;:")))
        or (name.has_parts and _is_among_people(name))
        or (not name.has_parts and _is_talked_of(name))
    )


def _belongs(thing: str) -> bool:
    return thing in BELONGINGS or thing in PROGRAMS


def _is_mentioned(name: _Name) -> bool:
    """``tell Anna``, ``waarom kan Anna``; no ``tell Anna: …=`` of a machine."""
    if not name.before or name.text[name.end : name.end + 1] in ("=", ":", "(", "/", "_", "[", "{"):
        return False
    last = name.before[-1].rstrip(",")
    before_last = name.before[-2] if len(name.before) > 1 else ""
    if before_last in ASKS and last not in THINGS_AFTER:
        return True
    return last in TELLS or f"{before_last} {last}" in TELLS


_AND: Final = ("and", "und", "en")
_PARTS_OF_AND: Final = 2
_SCORE: Final = re.compile(r"\((?:\d{1,3}(?:\.\d+)?%|0?\.\d+|1\.0+)\)")
_SEEN: Final = re.compile(r"\b(?:person|face|recogni[sz]ed|detected|erkannt|herkend|match)\b", re.IGNORECASE)
_BE: Final = ("is", "has")


def _acts(name: _Name) -> bool:
    """``Anna says``, ``Anna is away``, ``Anna and Bea are out``, ``Anna Berg <anna@…``."""
    if not name.after:
        return False
    words = [word.rstrip(".,!?;:") for word in name.after[:6]]
    if words[0] in _AND and len(words) > _PARTS_OF_AND:
        words = words[_PARTS_OF_AND:]
    if name.after[0][0] in "<(" and "@" in name.after[0]:
        return True
    if _SCORE.match(name.after[0]) and _SEEN.search(name.text, max(0, name.start - _BESIDE), name.start):
        return True
    if any(" ".join(words[:count]) in ACTS for count in (1, 2, 3, 4)):
        return True
    is_asked = bool(name.before) and name.before[-1] in HELPS and words[0] in ACTS_HELPED
    return is_asked or (
        len(words) > 1 and words[0] in HELPS and words[1] in ACTS_HELPED and words[0] not in _BE
    )


def _is_spoken_to(name: _Name) -> bool:
    """``Anna, can you …`` at the beginning of what is said."""
    is_first = not name.start or name.text[name.start - 1] in '\n"“„'
    return (
        is_first
        and not _ADVERB.search(name.text, name.start, name.end)
        and name.text[name.end : name.end + 2] == ", "
        and _ASKED.match(name.text, name.end + 2) is not None
    )


_ADVERB: Final = re.compile(r"(?:al|ive|ent|ous|ar|ate|ing|ed)ly\Z")
_ASKED: Final = re.compile(
    r"(?:can|could|would|will|please|bitte|kannst|könntest|kun|kan|are|do|did|is|i|we|you|thanks|where"
    r"|what|when|how)\b",
    re.IGNORECASE,
)


def _is_among_people(name: _Name) -> bool:
    near = name.text[max(0, name.start - _AROUND) : name.end + _AROUND]
    return not OF_PEOPLE.isdisjoint(_LETTERS.findall(near.lower())) and not _is_headline(near)


_LEAST_OF_HEADLINE: Final = 8


def _is_headline(text: str) -> bool:
    """Return whether most words have capitals: there they tell nothing."""
    words = [word for word in text.split() if word[0].isalpha()]
    return len(words) >= _LEAST_OF_HEADLINE and 2 * sum(word[0].isupper() for word in words) > len(words)


_TALK: Final = re.compile(
    r"\b(?:I|[Ww]e|[Oo]ur|us|[Mm]y|me|[Hh]e|[Ss]he|[Hh]is|[Hh]er|him|[Tt]hey|[Ww]ho|[Ww]ho's)\b"
)
_GERMAN: Final = re.compile(
    r"\b(?:der|die|das|und|ist|nicht|ich|ein|eine|mit|für|auf|den|dem|wie|warum|von|zu|im)\b"
)
_MACHINES: Final = re.compile(r"[={}\[\]<>|]|::|: \"|\w_\w|^\s*[\w-]+:|\d\d:\d\d:\d\d|/\w+/\w")
_SENTENCE: Final = re.compile(r"(?:\b[^\WA-ZÀ-Þ\d_][\w'\u2019-]*[,)]?|\bI) \Z")


def _is_talked_of(name: _Name) -> bool:
    """One capital word in the middle of what a person says, where only names are written so."""
    is_inside = _SENTENCE.search(name.text, max(0, name.start - _BESIDE), name.start) is not None
    if not is_inside or name.end - name.start < _LEAST_NAME or name.before[-1] in THINGS_AFTER:
        return False
    begins = max(name.text.rfind("\n", 0, name.start) + 1, name.start - _AROUND)
    ends = name.text.find("\n", name.end)
    line = name.text[begins : min(name.end + _AROUND, ends if ends >= 0 else len(name.text))]
    if _is_headline(line):
        return False
    return _TALK.search(line) is not None and not _GERMAN.search(line) and not _MACHINES.search(line)
