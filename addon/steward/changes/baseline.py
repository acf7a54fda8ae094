"""What is normal for the target of an update and for what is around it, learned before the update. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import fmean
from typing import Final

import msgspec

from ..sdk.description import Measure
from .log_lines import LONGEST, Tone, added, kind_of, per_minute, said, tone_of
from .observations import Gauge, Relation, Sample, Thing, certain

MOST_THINGS: Final = 48
MOST_SIGNALS: Final = 40
"""The most numbers, flags and checks of one thing that are kept."""

MOST_POINTS: Final = 96
MOST_KINDS: Final = 300
MOST_LINES: Final = 100

CLOSE: Final = 20.0
"""Seconds: of samples that are closer than this, only the first is learned."""


class Figures(msgspec.Struct, frozen=True):
    """Statistics of a number: how often it was read, quantiles, and the change in an hour."""

    count: int
    least: float
    low: float
    middle: float
    high: float
    most: float
    trend: float

    @property
    def spread(self) -> float:
        """How far apart 90 % of the values are."""
        return self.high - self.low


class Course(msgspec.Struct, frozen=True):
    """Values over time, thinned out so that they stay few. ``count`` is how many there were."""

    times: list[float] = []
    values: list[float] = []
    count: int = 0
    least: float = 0.0
    most: float = 0.0

    def plus(self, at: float, value: float, most: int = MOST_POINTS) -> Course:
        """Return the course with one more value. Every second one is dropped when there are too many."""
        times, values = [*self.times, at], [*self.values, value]
        if len(times) > most:
            # The last one stays, so that what is added next to it keeps its distance.
            times, values = times[len(times) % 2 ^ 1 :: 2], values[len(values) % 2 ^ 1 :: 2]
        return Course(
            times,
            values,
            self.count + 1,
            min(self.least, value) if self.count else value,
            max(self.most, value) if self.count else value,
        )

    def figures(self) -> Figures | None:
        """Return the statistics, None without values."""
        if not self.values:
            return None
        ordered = sorted(self.values)
        last = len(ordered) - 1
        return Figures(
            self.count,
            self.least,
            ordered[round(last * 0.05)],
            ordered[round(last * 0.5)],
            ordered[round(last * 0.95)],
            self.most,
            3600 * slope(self.times, self.values),
        )


class Share(msgspec.Struct, frozen=True):
    """How often something was well, was not, and was not known, and its last state."""

    well: int = 0
    bad: int = 0
    unknown: int = 0
    last: bool | None = None

    def plus(self, value: bool | None) -> Share:  # noqa: FBT001 - a reading
        """Return the share with one more reading."""
        return Share(
            self.well + (value is True),
            self.bad + (value is False),
            self.unknown + (value is None),
            self.last if value is None else value,
        )

    @property
    def bad_share(self) -> float:
        """The share of bad readings, 0 without any."""
        return self.bad / (self.well + self.bad) if self.bad else 0.0

    @property
    def is_usually_well(self) -> bool:
        """Whether it was nearly always well, and was so last: then a problem is new."""
        return self.last is True and self.bad_share <= USUALLY


USUALLY: Final = 0.1
"""The largest share of bad readings of something that is usually well."""


class Normal(msgspec.Struct, frozen=True, kw_only=True):
    """What is normal for one thing. ``restarts`` is how often it was restarted while it was watched."""

    name: str
    relation: Relation
    works: Share = Share()
    numbers: dict[str, Course] = {}
    flags: dict[str, Share] = {}
    checks: dict[str, Share] = {}
    gauges: dict[str, Gauge] = {}
    names: dict[str, str] = {}
    restarts: int = 0


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned. ``kinds`` are the kinds of lines with how often each was read, the newest last.

    ``errors`` is how many of ``lines`` were errors. ``pace`` is how many lines came in a minute. ``shown``
    are the last lines that were read.
    """

    first: datetime | None = None
    last: datetime | None = None
    count: int = 0
    things: dict[str, Normal] = {}
    kinds: dict[str, int] = {}
    lines: int = 0
    errors: int = 0
    pace: Course = Course()
    shown: list[str] = []

    @property
    def hours(self) -> float:
        """For how many hours was learned."""
        return (self.last - self.first).total_seconds() / 3600 if self.first and self.last else 0.0

    @property
    def error_share(self) -> float:
        """The share of errors among the lines."""
        return self.errors / self.lines if self.lines else 0.0


def learn(baseline: Baseline, sample: Sample) -> Baseline:
    """Return the baseline with one more sample. One that is not newer, or too close, changes nothing."""
    if baseline.last is not None and (sample.at - baseline.last).total_seconds() < CLOSE:
        return baseline
    things = dict(baseline.things)
    for key, thing in certain(sample).things.items():
        if key in things or len(things) < MOST_THINGS:
            things[key] = _learned(things.get(key), thing, sample.at.timestamp())
    learned = msgspec.structs.replace(
        baseline,
        first=baseline.first or sample.at,
        last=sample.at,
        count=baseline.count + 1,
        things=things,
    )
    return learned if sample.lines is None else _with_lines(learned, sample.lines)


def with_history(
    baseline: Baseline, key: str, history: Mapping[str, Sequence[tuple[datetime, float]]]
) -> Baseline:
    """Return the baseline with courses of one thing of which more is known than was learned."""
    normal = baseline.things.get(key)
    if normal is None:
        return baseline
    numbers = dict(normal.numbers)
    for name, points in history.items():
        if name not in normal.gauges or len(points) <= numbers.get(name, Course()).count:
            continue
        course = Course()
        for at, value in points:
            course = course.plus(at.timestamp(), value)
        numbers[name] = course
    things = {**baseline.things, key: msgspec.structs.replace(normal, numbers=numbers)}
    return msgspec.structs.replace(baseline, things=things)


def learn_all(samples: Iterable[Sample], baseline: Baseline | None = None) -> Baseline:
    """Return what is learned from samples, oldest first."""
    found = baseline or Baseline()
    for one in samples:
        found = learn(found, one)
    return found


def _learned(normal: Normal | None, thing: Thing, at: float) -> Normal:
    known = normal or Normal(name=thing.name, relation=thing.relation)
    numbers = dict(known.numbers)
    restarts = known.restarts + restarted(known.numbers, thing)
    for key, value in thing.numbers.items():
        if value is not None and (key in numbers or len(numbers) < MOST_SIGNALS):
            numbers[key] = numbers.get(key, Course()).plus(at, value)
    return Normal(
        name=thing.name,
        relation=thing.relation,
        works=known.works.plus(thing.works),
        numbers=numbers,
        flags=_shares(known.flags, thing.flags),
        checks=_shares(known.checks, thing.checks),
        gauges={**known.gauges, **thing.gauges},
        names={**known.names, **thing.names},
        restarts=restarts,
    )


def _shares(known: Mapping[str, Share], now: Mapping[str, bool | None]) -> dict[str, Share]:
    found = dict(known)
    for key, value in now.items():
        if key in found or len(found) < MOST_SIGNALS:
            found[key] = found.get(key, Share()).plus(value)
    return found


SAME_START: Final = 2.0
"""Seconds by which two readings of the same start may differ."""


def restarted(before: Mapping[str, Course], thing: Thing) -> int:
    """Return how often a thing was restarted since the last reading, by its counters and its last start."""
    found = 0
    for key, gauge in thing.gauges.items():
        now, course = thing.numbers.get(key), before.get(key)
        if now is None or course is None or not course.values:
            continue
        if gauge.measure is Measure.RESTARTS:
            found = max(found, round(now - course.values[-1]))
        elif gauge.measure is Measure.START and now > course.values[-1] + SAME_START:
            found = max(found, 1)
    return max(0, found)


def _with_lines(baseline: Baseline, lines: list[str]) -> Baseline:
    shown = [one[:LONGEST] for one in lines[-MOST_LINES:]]
    fresh = [said(one) for one in added(baseline.shown, shown)]
    kinds = dict(baseline.kinds)
    for text in fresh:
        kind = kind_of(text)
        kinds[kind] = kinds.pop(kind, 0) + 1
    while len(kinds) > MOST_KINDS:
        del kinds[next(iter(kinds))]
    pace = per_minute(lines)
    at = baseline.last.timestamp() if baseline.last else 0.0
    return msgspec.structs.replace(
        baseline,
        kinds=kinds,
        lines=baseline.lines + len(fresh),
        errors=baseline.errors + sum(tone_of(one) in {Tone.ERROR, Tone.SEVERE} for one in fresh),
        pace=baseline.pace if pace is None else baseline.pace.plus(at, pace),
        shown=shown,
    )


def slope(times: list[float], values: list[float]) -> float:
    """Return the change in a second of the line that fits best, 0 for fewer than two times."""
    if len(times) < 2:  # noqa: PLR2004 - a line has two points
        return 0.0
    middle_time, middle = fmean(times), fmean(values)
    width = sum((one - middle_time) ** 2 for one in times)
    if width <= 0:
        return 0.0
    return sum((at - middle_time) * (one - middle) for at, one in zip(times, values, strict=True)) / width


def falls(course: Course) -> int:
    """Return how often a value fell: for the age of something, how often it was done."""
    return sum(later < earlier for earlier, later in pairwise(course.values))
