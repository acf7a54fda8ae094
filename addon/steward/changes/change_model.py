"""A small linear model that estimates whether a line of release notes breaks an ordinary set-up.

``script/train-changes`` trains it and writes ``change_model.json``: a weight for each feature.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from math import exp
from pathlib import Path
from typing import Final

import orjson

from .release_notes import Item

FILE: Final = Path(__file__).with_name("change_model.json")
CONCEPTS: Final = Path(__file__).with_name("concepts.txt")
MOST: Final = 600
"""Characters of a line that are read."""

_CLAIMS: Final = frozenset(
    ["gone", "no_longer", "renamed", "required", "refused", "default", "changed", "action", "unsupported"]
)
"""Concepts that may break a set-up. What stands beside them decides."""

_FIRST: Final = re.compile(
    r"(?:\[[^\]]*\]:?\s*|\*\*[^*]*\*\*\s*|[\w, *]+ - )?(?:the\s+|an?\s+)?([^\W\d_]+)", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W_]+(?:['/][^\W_]+)*")


def features(item: Item) -> frozenset[str]:
    """Return the features of a line: concepts, their pairs, its section, and marks in its text."""
    return frozenset(_features(item, sorted(named_in(item.text))))


@lru_cache(maxsize=1_024)
def named_in(text: str) -> frozenset[str]:
    """Return the concepts that a line names."""
    plain = text[:MOST].casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    spaced = f" {' '.join(_WORD.findall(plain))} "
    return frozenset(name for name, pattern in concepts().items() if pattern.search(spaced))


def score(item: Item, weights: Mapping[str, float]) -> float:
    """Return the estimate, 0 to 1."""
    total = sum(weights.get(one, 0.0) for one in features(item))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@cache
def concepts() -> dict[str, re.Pattern[str]]:
    """Return the pattern of each concept over text in lower case with a space around each word."""
    found = {}
    for line in CONCEPTS.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, phrases = line.partition(": ")
            found[name] = re.compile("|".join(_pattern(one.strip()) for one in phrases.split(",")))
    return found


@cache
def load() -> Mapping[str, float]:
    """Return the trained weights."""
    weights: Mapping[str, float] = orjson.loads(FILE.read_bytes())
    return weights


def _features(item: Item, found: list[str]) -> Iterator[str]:
    yield "any"
    yield f"in {item.section}"
    if item.is_marked:
        yield "marked"
    if "`" in item.text:
        yield "code"
    begins = _beginning(item.text)
    if begins:
        yield f"begins {begins}"
    for one in found:
        yield one
        if one in _CLAIMS:
            yield f"{one} in {item.section}"
            yield from (f"{one} {other}" for other in found if other != one)


def _beginning(text: str) -> str:
    """Return the first word of a line behind the name of a part: "[ui]: ", "**api:** ", "module - "."""
    found = _FIRST.match(text)
    return found[1].casefold() if found is not None else ""


def _pattern(phrase: str) -> str:
    words = [re.escape(one).replace(r"\*", r"[^ ]*") for one in phrase.split()]
    return rf"(?<= ){' '.join(words)}(?= )"
