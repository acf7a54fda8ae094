"""A small linear model that estimates whether a line of release notes breaks an ordinary set-up.

``script/train-changes`` trains it and writes ``change_model.json``: a weight for each feature.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from math import exp, fsum
from pathlib import Path
from typing import Final

import orjson

from .release_notes import Item

FILE: Final = Path(__file__).with_name("change_model.json")
CONCEPTS: Final = Path(__file__).with_name("concepts.txt")
MOST: Final = 600
"""Characters of a line that are read."""

CLAIMS: Final = frozenset(
    {"gone", "no_longer", "renamed", "required", "refused"}
    | {"default", "changed", "action", "unsupported", "deprecated"}
)
"""Concepts that may break a set-up. What stands beside them decides."""

_BEGINNINGS: Final = frozenset({"better", "none"})
"""Concepts that say something only as the beginning of a line."""

_SCOPE: Final = re.compile(
    r"(?:\[[^\]]{1,60}\]:?|\*\*[^*]{1,60}\*\*:?|[\w`*./, -]{1,80} - |[\w-]{1,20}(?:\([^)]{1,40}\))?: )\s*"
)
"""The part of a program that a line names first: "[ui]: ", "**api:** ", "module - ", "chart: "."""

_MARKS: Final = {
    "code": re.compile("`"),
    "advisory": re.compile(r"\bCVE-\d{4}-\d|\bGHSA-", re.IGNORECASE),
    "version": re.compile(r"\b\d+\.\d+|\b[<>=]=? ?\d|\b\d+ or (?:newer|later)|\d\+"),
    "pair": re.compile(r"`[^`]+`[^`]{1,60}`[^`]+`"),
    "long": re.compile(r".{220}", re.DOTALL),
}
"""Marks in a text: a name in code, an advisory, a version, two names, more than one sentence."""

_CODE: Final = re.compile(r"``[^`]*``|`[^`]*`")
"""Names in code are not part of the sentence: "missing" in one says nothing."""

type _Expression = tuple[str, tuple[str, ...]]
type _Expressions = dict[str, list[_Expression]]

_WORD: Final = re.compile(r"[^\W_]+(?:['/][^\W_]+)*")


def features(item: Item) -> frozenset[str]:
    """Return the features of a line: concepts, their pairs, its section, and marks in its text."""
    return frozenset(_features(item))


@lru_cache(maxsize=1_024)
def named_in(text: str) -> frozenset[str]:
    """Return the concepts that a line names."""
    words = _words(text)
    return frozenset(name for place in range(len(words)) for name in _beginning_at(words, place))


def named_first(text: str) -> frozenset[str]:
    """Return the concepts of the word, or of the expression, that a line begins with."""
    return frozenset(_beginning_at(_words(text), 0))


def is_short(text: str, most: int) -> bool:
    """Return whether a line has at most so many words."""
    return len(_words(text)) <= most


def score(item: Item, weights: Mapping[str, float]) -> float:
    """Return the estimate, 0 to 1."""
    total = fsum(weights.get(one, 0.0) for one in features(item))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@cache
def load() -> Mapping[str, float]:
    """Return the trained weights."""
    weights: Mapping[str, float] = orjson.loads(FILE.read_bytes())
    return weights


def _features(item: Item) -> Iterator[str]:
    scope = _SCOPE.match(item.text)
    text = item.text[scope.end() :] if scope else item.text
    found = named_in(text) - _BEGINNINGS
    yield "any"
    yield f"in {item.section}"
    if item.is_marked:
        yield "marked"
    marks = {name for name, pattern in _MARKS.items() if pattern.search(text)}
    begins = named_first(text)
    yield from marks
    yield from (f"begins {one}" for one in begins)
    for one in found:
        yield one
        if one in CLAIMS:
            yield f"{one} in {item.section}"
            yield from (f"{one} {other}" for other in (found | marks) if other != one)


def _beginning_at(words: Sequence[str], place: int) -> Iterator[str]:
    """Yield the concepts of the expressions that begin with the word at a place."""
    for name, following in _expressions(words[place]) if place < len(words) else ():
        rest = words[place + 1 : place + 1 + len(following)]
        if len(rest) == len(following) and all(map(fnmatchcase, rest, following, strict=True)):
            yield name


@lru_cache(maxsize=8_192)
def _expressions(word: str) -> tuple[_Expression, ...]:
    """Return the expressions that begin with a word: the concept, and the words that have to follow."""
    exact, patterns = _phrases()
    return (
        *exact.get(word, ()),
        *(one for first, found in patterns.items() if fnmatchcase(word, first) for one in found),
    )


@cache
def _phrases() -> tuple[_Expressions, _Expressions]:
    """Return the expressions of all concepts by their first word, those with a star in it apart."""
    found: tuple[_Expressions, _Expressions] = {}, {}
    for line in CONCEPTS.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, phrases = line.partition(": ")
            for phrase in phrases.split(","):
                first, *rest = re.sub(r"[-.]", " ", phrase).split()
                found["*" in first].setdefault(first, []).append((name, tuple(rest)))
    return found


def _words(text: str) -> list[str]:
    plain = _CODE.sub("quotedname", text[:MOST]).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return _WORD.findall(plain)
