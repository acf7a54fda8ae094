"""What an update changed, in a few lines with figures: now, and the average before. Pure."""

from collections.abc import Iterator
from statistics import fmean
from typing import Final

from ..sdk.description import Measure
from ..texts import household, translate
from .baseline import Baseline, Course, Normal
from .observations import OWN, Gauge
from .reads import Reads, Since

MOST_LINES: Final = 5
LAST: Final = 10
"""How many of the last values make the current number."""

_ORDER: Final = (
    Measure.MEMORY,
    Measure.DURATION,
    Measure.SERVED,
    Measure.CPU,
    Measure.COUNT,
    Measure.SHARE,
)
_PERCENT: Final = "%"


def report(baseline: Baseline, reads: Reads) -> tuple[str, ...]:
    """Return at most MOST_LINES lines in the language of the household."""
    lines = [*_restarts(reads, baseline), *_errors(reads), *_checks(baseline, reads)]
    numbers = list(_numbers(baseline, reads))
    return (*numbers[: MOST_LINES - len(lines)], *lines)


def _restarts(reads: Reads, baseline: Baseline) -> Iterator[str]:
    own = [(baseline.things[key], one) for key, one in reads.things.items() if _is_own(baseline, key)]
    if any(_counts_restarts(normal, since) for normal, since in own):
        count = sum(len(since.restarts) for _, since in own)
        yield translate(t"Restarts: {count}")


def _counts_restarts(normal: Normal, since: Since) -> bool:
    """Return whether restarts of a thing are seen: its readings count them, or say when it was started."""
    gauges = (normal.gauges[key] for key in since.numbers if key in normal.gauges)
    return any(one.measure in (Measure.RESTARTS, Measure.START) for one in gauges)


def _errors(reads: Reads) -> Iterator[str]:
    if reads.has_lines:
        count = len(reads.kinds)
        yield translate(t"New kinds of errors in the log: {count}")


def _checks(baseline: Baseline, reads: Reads) -> Iterator[str]:
    last = [
        answers[-1][1]
        for key, since in reads.things.items()
        if _is_own(baseline, key)
        for answers in since.checks.values()
        if answers
    ]
    known = [one for one in last if one is not None]
    if known:
        clear, total = known.count(True), len(known)
        yield translate(t"Checks without a problem: {clear} of {total}")


def _is_own(baseline: Baseline, key: str) -> bool:
    return key in baseline.things and baseline.things[key].relation in OWN


def _numbers(baseline: Baseline, reads: Reads) -> Iterator[str]:
    found: dict[tuple[int, bool], tuple[Gauge, Course, Course]] = {}
    for key, normal in baseline.things.items():
        since = reads.things.get(key)
        if normal.relation not in OWN or since is None:
            continue
        for place, gauge, before, now in _compared(normal, since):
            found.setdefault((place, gauge.unit == _PERCENT), (gauge, before, now))
    seen: set[Measure] = set()
    for _, (gauge, before, now) in sorted(found.items(), key=lambda one: one[0]):
        if gauge.measure not in seen:
            # The share of the memory says the same as what is used.
            seen.add(gauge.measure)
            yield _line(gauge, fmean(before.values), fmean(now.values[-LAST:]))


def _compared(normal: Normal, since: Since) -> Iterator[tuple[int, Gauge, Course, Course]]:
    for key, now in since.numbers.items():
        before, gauge = normal.numbers.get(key), normal.gauges.get(key)
        if before is not None and gauge is not None and gauge.measure in _ORDER:
            yield _ORDER.index(gauge.measure), gauge, before, now


def _line(gauge: Gauge, before: float, now: float) -> str:
    name = household().name(gauge.name)
    value, average = f"{_shown(now)} {gauge.unit}".strip(), _shown(before)
    return translate(t"{name}: {value} (average was {average})")


def _shown(value: float) -> str:
    size = abs(value)
    return household().number(value, 3 if size < 1 else 1 if size < 10 else 0)  # noqa: PLR2004 - digits
