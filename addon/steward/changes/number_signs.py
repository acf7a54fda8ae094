"""Signs of a bad update in numbers: memory, processor, durations, counts, and regular tasks. Pure."""

from collections.abc import Iterator
from statistics import fmean
from typing import Final

from ..sdk.description import Measure
from ..sdk.format import span
from ..texts import Text, household
from .baseline import Course, Figures, falls, slope
from .observations import Gauge
from .reads import Reads
from .sign import SETTLED, SILENT, Sign, moves

GROWS_FOR: Final = 60.0
LEAKS_FOR: Final = 960.0
"""Seconds of growth: a cache that fills also grows, but not for so long."""

BUSY_FOR: Final = 170.0
BUSY_SILENT: Final = 480.0
"""Seconds of a busy processor, also when the log cannot be read: it may be a conversion."""

SLOW_FOR: Final = 130.0
FEWER_FOR: Final = 100.0
FILLS_FOR: Final = 90.0
FULL_WITHIN: Final = 3600.0
FULL: Final = 99.0
"""Percent, from which something is full."""

LEAST_MEMORY: Final = {"MiB": 8.0, "%": 1.0}
"""More memory that is noticed, by unit: a program of 1 MiB that needs 2 is not worse."""

VARIES: Final = 10.0
"""Percent by which what stores something does not vary within days."""

KNOWN: Final = 10
"""How often a number that varies must have been read for its most to say what is normal."""

REGULAR: Final = 5
"""How often something must have been seen done to count as a regular task."""

FEWEST: Final = 4
STEADY: Final = 0.7
ONCE: Final = 0.35
SAME: Final = 0.02
"""A count is steady when its least is at least STEADY of its middle. What falls below STEADY of that is
noticed, and below ONCE when it was read only once before. SAME is by which share a count may vary."""

JUMP: Final = 3_600.0
"""An age that is older than the update by so many seconds more shows that a clock was corrected, or that the
app was off."""

_SECONDS: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


def number_signs(name: str, gauge: Gauge, before: Course, course: Course, reads: Reads) -> Iterator[Sign]:
    """Yield the signs of one number of the thing with this name; ``before`` is from before the update."""
    figures = before.figures()
    if figures is None or reads.last < SETTLED or reads.last - course.times[-1] > SILENT:
        return
    now, most = _shown(course.values[-1], gauge), _shown(figures.most, gauge)
    reading = household().name(gauge.name)
    what: Text = t"{name}: {reading} is {now}, the most before was {most}"
    match gauge.measure:
        case Measure.MEMORY:
            yield from _memory(what, figures, course, LEAST_MEMORY.get(gauge.unit, 0.0))
        case Measure.CPU if not moves(reads):
            limit = max(figures.most + 40, 4 * figures.middle)
            yield from _high(what, course, limit, BUSY_FOR if reads.has_lines else BUSY_SILENT)
        case Measure.DURATION:
            limit = max(6 * figures.most, figures.most + 0.05 / _SECONDS.get(gauge.unit, 1.0))
            yield from _high(what, course, limit, SLOW_FOR)
        case Measure.SHARE:
            yield from _share(what, figures, course)
        case Measure.SERVED | Measure.COUNT:
            yield from _count(what, figures, course)
            yield from _served(name, gauge, figures, course)
        case Measure.AGE if falls(before) >= REGULAR:
            yield from _overdue(name, gauge, before, figures, course)


def _high(what: Text, course: Course, limit: float, needed: float) -> Iterator[Sign]:
    """Yield a sign while values are above a limit."""
    if (lasts := _above(course, limit)) > 0:
        yield Sign(what, lasts, needed)


def _memory(what: Text, figures: Figures, course: Course, least: float) -> Iterator[Sign]:
    beyond = course.values[-1] - figures.most
    if beyond < least:
        return
    if beyond > max(0.9 * figures.middle, 4 * figures.spread) and _grows(course, GROWS_FOR):
        yield Sign(what)
    elif beyond > 0.1 * figures.middle and _is_leaking(figures, course):
        # A new process grows from its start on. What is hardly more than before is only watched for longer.
        lasts = course.times[-1] - course.times[0] if beyond > 0.3 * figures.middle else 0.0
        yield Sign(what, lasts, LEAKS_FOR)


def _is_leaking(figures: Figures, course: Course) -> bool:
    """Return whether a value became more all the time, clearly beyond its noise."""
    times, values = _recent(course, LEAKS_FOR)
    rate = slope(times, values)
    grown = rate * (times[-1] - times[0])
    middle_time, middle = fmean(times), fmean(values)
    expected = (middle + rate * (at - middle_time) for at in times)
    noise = fmean(abs(value - one) for value, one in zip(values, expected, strict=True))
    return grown > max(0.15 * figures.middle, 4 * noise) and _grows(course, GROWS_FOR * 5)


def _share(what: Text, figures: Figures, course: Course) -> Iterator[Sign]:
    """Yield a sign for something that fills; what varies much is no storage."""
    now, (times, values) = course.values[-1], _recent(course, FILLS_FOR)
    rate = slope(times, values)
    is_soon_full = rate > 0 and (100 - now) / rate < FULL_WITHIN and _grows(course, FILLS_FOR)
    is_soon_full = is_soon_full and figures.count >= KNOWN
    is_full = min(values) > FULL and times[-1] - times[0] > FILLS_FOR / 2
    if figures.spread < VARIES and now > figures.most + 6 and (is_soon_full or is_full):
        yield Sign(what)


def _count(what: Text, figures: Figures, course: Course) -> Iterator[Sign]:
    """Yield a sign for work that is not done: more than ever before, and still growing."""
    is_more = figures.count >= KNOWN and course.values[-1] > 1.8 * figures.most + 3
    if is_more and _grows(course, FILLS_FOR):
        yield Sign(what)


def _served(name: str, gauge: Gauge, figures: Figures, course: Course) -> Iterator[Sign]:
    """Yield a sign for a count that is lower than before; one that recovers slowly gets time."""
    now, middle = course.values[-1], figures.middle
    is_steady = figures.least >= STEADY * middle and middle >= FEWEST
    if gauge.measure is not Measure.SERVED or not is_steady:
        return
    if now >= (STEADY if figures.count > 1 else ONCE) * figures.least:
        return
    lasts = 0.0
    for at, value in zip(reversed(course.times), reversed(course.values), strict=True):
        if abs(value - now) > SAME * middle:
            break
        lasts = course.times[-1] - at
    what, usual, left = household().name(gauge.name), _shown(middle, gauge), _shown(now, gauge)
    yield Sign(t"{name}: {what} fell from {usual} to {left}", lasts, FEWER_FOR)


def _overdue(name: str, gauge: Gauge, before: Course, figures: Figures, course: Course) -> Iterator[Sign]:
    """Yield a sign for what was done regularly and is not done any more."""
    now = course.values[-1]
    if now > before.values[-1] + course.times[-1] + JUMP:
        return
    if now > max(1.25 * figures.most, figures.most + 30):
        what, age, usual = household().name(gauge.name), span(now), span(figures.most)
        yield Sign(t"{name}: {what} was {age} ago, before at most {usual} ago")


def _shown(value: float, gauge: Gauge) -> str:
    """Return a number as people see it, with its unit."""
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0  # noqa: PLR2004 - three figures
    return f"{household().number(value, digits)} {gauge.unit}".strip()


def _above(course: Course, limit: float) -> float:
    """Return for how many seconds values were above a limit up to now, a few left out."""
    lasts, below = 0.0, 0
    if course.values[-1] <= limit:
        return lasts
    for number, (at, value) in enumerate(zip(reversed(course.times), reversed(course.values), strict=True)):
        below += value <= limit
        if below > 1 + number / 6:
            break
        lasts = course.times[-1] - at
    return lasts


def _recent(course: Course, span: float) -> tuple[list[float], list[float]]:
    """Return times and values of the last seconds."""
    begin = course.times[-1] - span
    first = next(number for number, at in enumerate(course.times) if at >= begin)
    return course.times[first:], course.values[first:]


def _grows(course: Course, span: float) -> bool:
    """Return whether values became more all the time over the last seconds, and not less and less."""
    times, values = _recent(course, span)
    part = len(values) // 3
    if part < 1 or times[-1] - times[0] < span * 0.6:
        return False
    first, middle, last = (sum(one) / len(one) for one in (values[:part], values[part:-part], values[-part:]))
    return last > middle > first and (last - middle) >= 0.4 * (middle - first)
