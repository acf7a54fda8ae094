"""What was read since an update, kept short: it is stored after each read and survives a restart. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final
from zlib import crc32

import msgspec

from .baseline import MOST_LINES, MOST_SIGNALS, MOST_THINGS, Baseline, Course, restarted
from .log_lines import LONGEST, Tone, added, kind_of, per_minute, said, tone_of
from .observations import Sample, Thing, certain

MOST_READS: Final = 80
MOST_KINDS: Final = 150
MOST_SAID: Final = 600
MOST_RESTARTS: Final = 20

type Answers = list[tuple[float, bool | None]]
"""Whether something was well by the seconds since the update; None is not known."""


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """Readings of one thing since the update. ``restarts`` are the times at which it was seen restarted."""

    works: Answers = []
    numbers: dict[str, Course] = {}
    flags: dict[str, Answers] = {}
    checks: dict[str, Answers] = {}
    texts: dict[str, str] = {}
    restarts: list[float] = []


class Kind(msgspec.Struct, frozen=True):
    """Lines of one kind: the first of them, what they report, how many there were, and when."""

    text: str
    tone: Tone
    count: int
    first: float
    last: float


class Reads(msgspec.Struct, frozen=True, kw_only=True):
    """What was read since the update; times are seconds since it.

    ``kinds`` are the kinds of lines that were not known before it. ``moved`` is when a line was written last
    that was new in every respect: something goes on. ``written`` are checksums of the lines.
    ``paces`` are lines in a minute. ``last`` is the time of the last read.
    """

    count: int = 0
    last: float = 0.0
    things: dict[str, Since] = {}
    kinds: dict[str, Kind] = {}
    lines: int = 0
    moved: float | None = None
    written: list[int] = []
    paces: list[tuple[float, float]] = []
    shown: list[str] = []
    has_lines: bool = False


def note(reads: Reads, baseline: Baseline, sample: Sample, elapsed: float) -> Reads:
    """Return what was read with one more sample, ``elapsed`` seconds after the update."""
    things = dict(reads.things)
    for key, thing in certain(sample).things.items():
        if key in things or len(things) < MOST_THINGS:
            things[key] = _since(things.get(key, Since()), thing, elapsed)
    noted = msgspec.structs.replace(reads, count=reads.count + 1, last=elapsed, things=things)
    return noted if sample.lines is None else _with_lines(noted, baseline, sample.lines, elapsed)


def _since(since: Since, thing: Thing, at: float) -> Since:
    restarts = [*since.restarts, *[at] * min(restarted(since.numbers, thing), MOST_RESTARTS)]
    numbers = dict(since.numbers)
    for key, value in thing.numbers.items():
        if value is not None and (key in numbers or len(numbers) < MOST_SIGNALS):
            numbers[key] = newest(numbers.get(key, Course()), at, value)
    return Since(
        works=_plus(since.works, at, thing.works),
        numbers=numbers,
        flags=_all_plus(since.flags, thing.flags, at),
        checks=_all_plus(since.checks, thing.checks, at),
        texts=dict(thing.texts),
        restarts=restarts[-MOST_RESTARTS:],
    )


def newest(course: Course, at: float, value: float) -> Course:
    """Return a course with one more value, and the oldest dropped when there are too many."""
    longer = course.plus(at, value, MOST_READS + 1)
    return msgspec.structs.replace(
        longer, times=longer.times[-MOST_READS:], values=longer.values[-MOST_READS:]
    )


def _plus(answers: Answers, at: float, value: bool | None) -> Answers:  # noqa: FBT001 - a reading
    return [*answers, (at, value)][-MOST_READS:]


def _all_plus(known: Mapping[str, Answers], now: Mapping[str, bool | None], at: float) -> dict[str, Answers]:
    found = dict(known)
    for key, value in now.items():
        if key in found or len(found) < MOST_SIGNALS:
            found[key] = _plus(found.get(key, []), at, value)
    return found


def _with_lines(reads: Reads, baseline: Baseline, lines: list[str], at: float) -> Reads:
    shown = [one[:LONGEST] for one in lines[-MOST_LINES:]]
    fresh = [said(one) for one in added(reads.shown if reads.has_lines else baseline.shown, shown)]
    written = [crc32(one.encode()) for one in fresh]
    moves = any(
        one not in known and tone_of(text) is Tone.NOTE and kind_of(text) not in baseline.kinds
        for known in (frozenset(reads.written),)
        for one, text in zip(written, fresh, strict=True)
    )
    pace = per_minute(lines)
    return msgspec.structs.replace(
        reads,
        kinds=_kinds(reads.kinds, baseline, fresh, at),
        lines=reads.lines + len(fresh),
        moved=at if moves else reads.moved,
        written=[*reads.written, *written][-MOST_SAID:],
        paces=reads.paces if pace is None else [*reads.paces, (at, pace)][-MOST_READS:],
        shown=shown,
        has_lines=True,
    )


def _kinds(known: Mapping[str, Kind], baseline: Baseline, texts: Iterable[str], at: float) -> dict[str, Kind]:
    """Return the kinds with those of new lines that report a problem and were not known before."""
    found = dict(known)
    for text in texts:
        tone, kind = tone_of(text), kind_of(text)
        if tone not in {Tone.ERROR, Tone.SEVERE} or kind in baseline.kinds:
            continue
        before = found.pop(kind, Kind(text, tone, 0, at, at))
        found[kind] = Kind(before.text, tone, before.count + 1, before.first, at)
    while len(found) > MOST_KINDS:
        del found[next(iter(found))]
    return found
