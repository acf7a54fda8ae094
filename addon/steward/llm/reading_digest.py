"""Shortens a long reading for a model: counts repeated lines and keeps lines that report problems."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_VARIABLE: Final = re.compile(r"\b[0-9a-f]{8,}\b|\d+", re.IGNORECASE)
_PROBLEM: Final = re.compile(
    r"\b(?:error|fail\w*|fatal|critical|crit|panic|exception|warn\w*|denied|refused|timeout|"
    r"unreachable|unhealthy|stalled?|degraded|offline|down|firing|full)\b",
    re.IGNORECASE,
)
_ELLIPSIS: Final = "…"
LONGEST_LINE: Final = 300
SHORTEST: Final = 200
"""The smallest limit in characters."""


def digest(text: str, limit: int) -> str:
    """Return ``text`` in at most ``limit`` characters (at least 200) with a note on what is left out.

    Lines that differ only in numbers appear once, with their count. If that is not short
    enough, lines that report problems are kept first, then the first and the last lines. The
    order of the lines stays the same.
    """
    limit = max(limit, SHORTEST)
    if len(text) <= limit:
        return text
    lines = [_shorten(line) for line in text.splitlines() if line.strip()]
    counted = _count_kinds(lines)
    whole = "\n".join(counted)
    if len(whole) <= limit:
        return whole
    return _select(counted, limit)


def _shorten(line: str) -> str:
    line = line.rstrip()
    if len(line) <= LONGEST_LINE:
        return line
    return f"{line[:LONGEST_LINE]}{_ELLIPSIS} ({len(line) - LONGEST_LINE} more characters)"


def _count_kinds(lines: Sequence[str]) -> list[str]:
    """Return one line of each kind with its count."""
    times = Counter(_kind(line) for line in lines)
    firsts: dict[str, str] = {}
    for line in lines:
        firsts.setdefault(_kind(line), line)
    return [
        line if times[kind] == 1 else f"{line} ({times[kind]} times like this)"
        for kind, line in firsts.items()
    ]


def _kind(line: str) -> str:
    return _VARIABLE.sub("0", line)


def _select(lines: Sequence[str], limit: int) -> str:
    """Return the highest-ranked lines within ``limit``, and the number of the other lines."""
    remaining = limit - len(_left_out(len(lines))) - 1
    kept: set[int] = set()
    for position in sorted(range(len(lines)), key=lambda one: _rank(one, lines)):
        cost = len(lines[position]) + 1
        if cost <= remaining:
            kept.add(position)
            remaining -= cost
    shown = [lines[position] for position in sorted(kept)]
    return "\n".join([*shown, _left_out(len(lines) - len(kept))])


def _rank(position: int, lines: Sequence[str]) -> tuple[bool, int]:
    has_no_problem = _PROBLEM.search(lines[position]) is None
    return has_no_problem, min(position, len(lines) - 1 - position)


def _left_out(count: int) -> str:
    return f"{_ELLIPSIS} {count} more lines are not shown"
