"""Signs of a bad update in the log: errors of a new kind that are repeated, and floods of lines. Pure."""

from collections.abc import Iterator
from typing import Final

from ..texts import household
from .baseline import Baseline
from .log_lines import Tone
from .reads import Kind, Reads
from .sign import SETTLED, Sign

SPAN: Final = 50.0
OFTEN: Final = 4
APART: Final = 45.0
ERROR_SPAN: Final = 110.0
ERROR_OFTEN: Final = 8
ERROR_APART: Final = 30.0
"""How long, how often, and at most how far apart lines of a new kind are written that count."""

FLOOD: Final = 6.0
FLOOD_LEAST: Final = 120.0
FLOOD_FOR: Final = 90.0


LONGEST_SHOWN: Final = 120


def log_signs(baseline: Baseline, reads: Reads) -> Iterator[Sign]:
    """Yield the signs in the lines that were written since the update."""
    if reads.last >= SETTLED:
        for kind in sorted(reads.kinds.values(), key=lambda one: (one.tone is not Tone.SEVERE, -one.count)):
            if (needed := _needed(kind, baseline, reads)) is not None:
                line = kind.text[:LONGEST_SHOWN]
                yield Sign(t'The log repeats: "{line}"', kind.last - kind.first, needed)
                break
    usual = max(FLOOD * baseline.pace.most, FLOOD_LEAST) if baseline.pace.count else FLOOD_LEAST * FLOOD
    begin = None
    for at, pace in reversed(reads.paces):
        if pace <= usual:
            break
        begin = at
    if begin is not None and reads.paces[-1][0] == reads.last:
        lines = household().number(reads.paces[-1][1], 0)
        yield Sign(t"The log has {lines} lines a minute", reads.last - begin, FLOOD_FOR)


def _needed(kind: Kind, baseline: Baseline, reads: Reads) -> float | None:
    """Return for how long lines of a kind have to be repeated, None when they are not."""
    often, apart, span = (
        (OFTEN, APART, SPAN) if kind.tone is Tone.SEVERE else (ERROR_OFTEN, ERROR_APART, ERROR_SPAN)
    )
    is_over = reads.last - kind.last > 2 * apart
    if kind.count < 2 or is_over or (kind.last - kind.first) / (kind.count - 1) > apart:  # noqa: PLR2004
        return None
    errors = sum(one.count for one in reads.kinds.values()) / max(reads.lines, 1)
    if errors <= 2 * baseline.error_share:
        return None
    return span if kind.count >= often else max(span, kind.last - kind.first + 1)
