"""Makes a long reading short for a model: what repeats is counted, what stands out is kept. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_VARIABLE: Final = re.compile(r"\b[0-9a-f]{8,}\b|\d+", re.IGNORECASE)
_LOUD: Final = re.compile(
    r"\b(?:error|fail\w*|fatal|critical|crit|panic|exception|warn\w*|denied|refused|timeout|"
    r"unreachable|unhealthy|stalled?|degraded|offline|down|firing|full)\b",
    re.IGNORECASE,
)
_ELLIPSIS: Final = "…"
LONGEST_LINE: Final = 300
SHORTEST: Final = 200
"""No reading is made shorter than this."""


def digest(text: str, limit: int) -> str:
    """Return ``text`` in at most ``limit`` characters (at least 200), saying what was left out.

    Lines that differ in numbers only are shown once with how often they came. When that is
    not short enough, lines that tell of trouble go before others, then the first and the
    last ones; the order stays.
    """
    limit = max(limit, SHORTEST)
    if len(text) <= limit:
        return text
    lines = [_shortened(line) for line in text.splitlines() if line.strip()]
    counted = _counted(lines)
    whole = "\n".join(counted)
    if len(whole) <= limit:
        return whole
    return _chosen(counted, limit)


def _shortened(line: str) -> str:
    line = line.rstrip()
    if len(line) <= LONGEST_LINE:
        return line
    return f"{line[:LONGEST_LINE]}{_ELLIPSIS} ({len(line) - LONGEST_LINE} more characters)"


def _counted(lines: Sequence[str]) -> list[str]:
    """Return the lines, each kind once, with how often it came."""
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


def _chosen(lines: Sequence[str], limit: int) -> str:
    """Return the lines that matter most within ``limit``, and how many are not shown."""
    room = limit - len(_left_out(len(lines))) - 1
    kept: set[int] = set()
    for position in sorted(range(len(lines)), key=lambda one: _rank(one, lines)):
        cost = len(lines[position]) + 1
        if cost <= room:
            kept.add(position)
            room -= cost
    shown = [lines[position] for position in sorted(kept)]
    return "\n".join([*shown, _left_out(len(lines) - len(kept))])


def _rank(position: int, lines: Sequence[str]) -> tuple[bool, int]:
    is_quiet = _LOUD.search(lines[position]) is None
    return is_quiet, min(position, len(lines) - 1 - position)


def _left_out(count: int) -> str:
    return f"{_ELLIPSIS} {count} more lines are not shown"
