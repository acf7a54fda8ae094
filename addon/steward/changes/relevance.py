"""What of an update concerns this homelab: past problems that it fixes, settings that it touches. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..search.terms import CONCEPT, Word, tokens, words
from .change_model import named_in
from .release_notes import Item, Section

MOST: Final = 3
"""Fixed items and settings that are named."""

MOST_ITEMS: Final = 400
"""Items of release notes that are compared."""

SHARED: Final = 2
"""Terms that an item and a problem need in common, unless one of them is special."""

_SPECIAL: Final = frozenset({"#memory", "#oomkill", "#lock", "#corrupt", "#certificate"})
"""Concepts that say enough on their own: few items fix such a problem."""

_GENERAL: Final = frozenset(
    {
        "#fail",
        "#start",
        "#container",
        "#image",
        "#vm",
        "#node",
        "#update",
        "#stopped",
        "#homeassistant",
        "#down",
    }
    | {"#restart", "#password", "#clock", "#git", "#missing"}
)
"""Concepts that many problems have."""

_NAME: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|`([^`\s]{2,60})`")
_VARIABLE: Final = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
_PORT: Final = re.compile(r"\b\d{2,5}\b")


@dataclass(frozen=True, slots=True)
class PastProblem:
    """A problem of the target in the past: what was reported and found."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A fixed item with the problems that it fits."""

    line: str
    problems: tuple[PastProblem, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """A line that names something that the target uses."""

    line: str
    name: str


def fixed_problems(
    found: Sequence[Item], problems: Sequence[PastProblem], names: Iterable[str]
) -> tuple[Match, ...]:
    """Return the items that fix a problem like one of the past, those that fit most problems first.

    ``names`` are those of the target: they are in every problem and say nothing.
    """
    known = frozenset(one.stem for name in names for one in tokens(name))
    terms = [(one, frozenset(_terms(words(one.text))) - known) for one in problems]
    matches = []
    for item in found[:MOST_ITEMS]:
        said = words(item.text) if terms and _repairs(item) else []
        fitting = tuple(problem for problem, other in terms if _fits(said, other))
        if fitting:
            matches.append(Match(item.text, fitting))
    matches.sort(key=lambda one: -len(one.problems))
    return tuple(matches[:MOST])


def touched_settings(lines: Iterable[str], uses: Collection[str]) -> tuple[Touched, ...]:
    """Return the lines that name an environment variable, a label, or a port that the target uses."""
    by_name = {one.casefold(): one for one in uses}
    found = (Touched(line, by_name[name]) for line in lines for name in _names(line) if name in by_name)
    return tuple({(one.line, one.name): one for one in found}.values())[:MOST]


def is_untouched(lines: Sequence[str], uses: Collection[str]) -> bool:
    """Return whether the lines name environment variables, and none of them is among ``uses``.

    A name stands for all that begin with it: ``LAB`` for ``LAB_FILE``. With a star, nothing is known.
    """
    named = {name for line in lines for name in _VARIABLE.findall(line)}
    is_open = any("_*" in line for line in lines)
    is_used = any(one == name or one.startswith(f"{name}_") for one in uses for name in named)
    return bool(named) and not is_open and not is_used


def _names(line: str) -> list[str]:
    """Return what a line names: in code, in capital letters, and numbers of ports."""
    named = [found[1] or found[0] for found in _NAME.finditer(line)]
    plain = [part for one in named for part in (one, one.partition("=")[0], one.rpartition("/")[2])]
    ports = _PORT.findall(line) if re.search(r"\b(?:port|puerto|poort)", line, re.IGNORECASE) else []
    return [one.casefold() for one in (*plain, *ports)]


def _repairs(item: Item) -> bool:
    if item.section in (Section.INTERNAL, Section.DOCUMENTATION, Section.DEPENDENCIES, Section.BREAKING):
        return False
    return item.section is Section.FIXES or bool({"repaired", "bad"} & named_in(item.text))


def _fits(said: Sequence[Word], other: frozenset[str]) -> bool:
    """Return whether a fix and the terms of a problem mean the same."""
    shared = {one.stem: other.intersection(one.terms) - _GENERAL for one in said}
    both = {term for found in shared.values() for term in found}
    has_concept = any(term.startswith(CONCEPT) for term in both)
    return bool(both & _SPECIAL) or (has_concept and sum(map(bool, shared.values())) >= SHARED)


def _terms(said: Iterable[Word]) -> Iterator[str]:
    return (term for one in said for term in one.terms)
