"""A small linear model that estimates whether a line of release notes breaks an ordinary set-up.

``script/train-changes`` trains it and writes ``change_model.json``: a weight for each feature.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from itertools import pairwise
from math import exp, fsum
from pathlib import Path
from typing import Final

import orjson

from .release_notes import Item, Section

FILE: Final = Path(__file__).with_name("change_model.json")
CONCEPTS: Final = Path(__file__).with_name("concepts.txt")
MOST: Final = 600
"""Characters of a line that are read."""

CLAIMS: Final = frozenset(
    {"gone", "no_longer", "renamed", "required", "refused"}
    | {"default", "changed", "action", "unsupported", "deprecated", "breaks", "revertible"}
    | {"limited", "recreated"}
)
"""Concepts that may break a set-up. What stands beside them decides."""

_BEGINNINGS: Final = frozenset({"better", "none"})
"""Concepts that say something only as the beginning of a line."""

_RELIEVED: Final = frozenset({"no_longer", "required", "refused"})
"""Concepts that say nothing beside "relief": nothing is asked any more."""

_IMPLIED: Final = {
    Section.REMOVED: frozenset({"gone"}),
    Section.DEPRECATED: frozenset({"deprecated"}),
}
"""Claims that the heading makes: "Support for MySQL" below "Removed"."""

_SCOPE: Final = re.compile(
    r"(?:\[[^\]]{1,60}\]:?|\*\*[^*]{1,60}\*\*:?|[\w`*./, -]{1,80} - |[\w-]{1,20}(?:\([^)]{1,40}\))?: "
    r"|\([\w/-]{2,40}\) )\s*"
)
"""What a line names first: a part of the program as in "[ui]: ", "**api:** ", "module - ", "chart: ", or
a person as in "(anna) "."""

_MARKS: Final = {
    "code": re.compile("`"),
    "advisory": re.compile(r"\bCVE-\d{4}-\d|\bGHSA-", re.IGNORECASE),
    "version": re.compile(r"\b\d+\.\d+|\b[<>=]=? ?\d|\b\d+ or (?:newer|later)|\d\+"),
    "pair": re.compile(r"`[^`]+`[^`]{1,60}`[^`]+`"),
}
"""Marks in a clause: a name in code, an advisory, a version, two names."""

STEM: Final = 5
"""Characters of a word that count: "remove" and "removed" are one word."""

SHORT: Final = 3
"""Characters of words that say nothing alone."""

NEAR: Final = 4
"""Words before and after a claim that are beside it."""

LONG: Final = 220
"""Characters of a line that is more than a sentence."""

_BREAKS: Final = re.compile(r"(?<=[.;!?])\s+|[\u3002\uff1b]")
_ASIDE: Final = re.compile(
    r"(?<=\S{2} )\b(?:when|while|if|because|since|which|due to|after|in case|where|whose|so that|that"
    r"|in order to|to be able to|to specify|to allow|to avoid|to prevent"
    r"|to control|to match|as it|as this|for when"
    r"|wenn|weil|falls|nachdem|damit|wodurch|quand|lorsque|parce que|afin de"
    r"|cuando|porque|wanneer|omdat|zodat)\b",
    re.IGNORECASE,
)
"""Where a clause begins that belongs to the one before. At the beginning of a sentence, all of it counts."""

_CODE: Final = re.compile(r"``[^`]*``|`[^`]*`|(?<!\w)[\"\u201c][^\"\u201c\u201d]{1,40}[\"\u201d](?!\w)")
"""Names in code or in quotes are not part of the sentence: "missing" in one says nothing."""

type _Expression = tuple[str, tuple[str, ...]]
type _Expressions = dict[str, list[_Expression]]

_WORD: Final = re.compile(r"[^\W_]+(?:['/][^\W_]+)*")


def features(item: Item) -> frozenset[str]:
    """Return the features of a line: concepts, what stands beside them, its words, and its section."""
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
    main, aside = _clauses(text[:MOST])
    clauses = [_claimed(named_in(one) - _BEGINNINGS) | _marks_in(one) for one in main]
    clauses[0] |= _IMPLIED.get(item.section, frozenset())
    found = frozenset().union(*clauses)
    yield "any"
    if scope:
        yield from (f"scope {one}" for one in named_in(scope[0]))
    yield f"in {item.section}"
    if item.is_marked:
        yield "marked"
    if len(text) > LONG:
        yield "long"
    yield from (f"begins {one}" for one in named_first(text))
    yield from (f"aside {one}" for one in (named_in(aside) - _BEGINNINGS) - found)
    yield from found
    if not found & CLAIMS:
        yield "no claim"
    yield from (f"{one} in {item.section}" for one in found & CLAIMS)
    for names in clauses:
        for one in names & CLAIMS:
            yield from (f"{one} {other}" for other in names if other != one)
    yield from _words_of(main)
    for one in main:
        yield from _beside(_words(one))


def _words_of(clauses: Sequence[str]) -> Iterator[str]:
    """Yield the beginnings of the words of clauses, of each two in a row, and of the first."""
    stems = ["0" if word.isdigit() else word[:STEM] for one in clauses for word in _words(one)]
    yield from (f"word {one}" for one in stems if len(one) > SHORT)
    yield from (f"words {one} {following}" for one, following in pairwise(stems))
    if stems:
        yield f"first {stems[0]}"


def _beside(words: Sequence[str]) -> Iterator[str]:
    """Yield which concepts stand just before and after a claim."""
    named = [frozenset(_beginning_at(words, place)) for place in range(len(words))]
    for place, names in enumerate(named):
        for one in names & CLAIMS:
            before, after = named[max(0, place - NEAR) : place], named[place + 1 : place + 1 + NEAR]
            yield from (f"{one} < {other}" for others in before for other in others if other != one)
            yield from (f"{one} > {other}" for others in after for other in others if other != one)


def _claimed(names: frozenset[str]) -> frozenset[str]:
    """Return the concepts of a clause without what "no longer requires" only takes away."""
    return names - _RELIEVED if "relief" in names else names


def _marks_in(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _MARKS.items() if pattern.search(text))


def _clauses(text: str) -> tuple[list[str], str]:
    """Return the clauses that say what is done, and the words of those that say when, why, or which.

    "Remove the cache when the folder is deleted" deletes nothing. What follows "Fix a crash." explains it.
    """
    main: list[str] = []
    asides: list[str] = []
    for sentence in _BREAKS.split(text):
        said = _ASIDE.search(sentence)
        main.append(sentence[: said.start()] if said else sentence)
        if said:
            asides.append(sentence[said.start() :])
    if "repaired" in named_first(text):
        return main[:1], " ".join([*asides, *main[1:]])
    return main, " ".join(asides)


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
