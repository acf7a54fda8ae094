"""Signs that an update made something worse: each compares what was read since with the baseline. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from ..sdk.description import Measure
from ..texts import Text, household
from .baseline import Baseline, Normal, Share
from .log_signs import log_signs
from .number_signs import number_signs
from .observations import OWN, Relation
from .reads import Answers, Reads, Since
from .sign import SETTLED, SILENT, Sign, moves

OFF: Final = 40.0
"""Seconds for which something that does not run at all may stay so."""

START: Final = 130.0
"""Seconds that a start may take without a line that shows progress."""

MIGRATION: Final = 2700.0
"""Seconds that a start may take while lines show progress."""

PROBLEM: Final = 60.0
NEIGHBOUR: Final = 90.0
LOOP: Final = 400.0
RESTARTS: Final = 3
"""The restarts within LOOP seconds that are a loop; one less is enough while something does not work."""

DROPPED: Final = 0.35
FEWEST_ANSWERS: Final = 8
"""The share of the last reads without an answer, of something that answers only at times."""


def signs(baseline: Baseline, reads: Reads) -> Iterator[Sign]:
    """Yield the signs that there are now, the clearest first."""
    known = [(baseline.things[key], since) for key, since in reads.things.items() if key in baseline.things]
    for normal, since in sorted(known, key=lambda one: _ORDER.index(one[0].relation)):
        yield from _of_thing(normal, since, reads, baseline)
    yield from log_signs(baseline, reads)


_ORDER: Final = tuple(Relation)


def _of_thing(normal: Normal, since: Since, reads: Reads, baseline: Baseline) -> Iterator[Sign]:
    is_own = normal.relation in OWN
    if is_own:
        yield from _restarts(normal, since, reads, baseline)
    if normal.relation is not Relation.HOST and normal.works.is_usually_well:
        works = list(_works(normal, since, reads, _again(baseline, reads)))
        yield from works
        if works:
            return
    if normal.relation is not Relation.HOST:
        yield from _checks(normal, since, reads)
    for key, course in since.numbers.items():
        before, gauge = normal.numbers.get(key), normal.gauges.get(key)
        if before is not None and gauge is not None and (is_own or gauge.measure is Measure.SHARE):
            yield from number_signs(normal.name, gauge, before, course, reads)


def _restarts(normal: Normal, since: Since, reads: Reads, baseline: Baseline) -> Iterator[Sign]:
    found = sum(reads.last - at <= LOOP for at in since.restarts)
    fails = any(value is False for at, value in since.works if reads.last - at <= LOOP / 4)
    errors = sum(one.count for one in reads.kinds.values())
    usual = normal.restarts / baseline.hours * LOOP / 3600 if baseline.hours else 0.0
    if found <= 2 * usual or 2 * normal.restarts >= max(baseline.count, 2):
        # It did so before: a start is seen at most once between two samples.
        return
    if found >= RESTARTS or (found == RESTARTS - 1 and (fails or errors > 1)):
        yield Sign(t"{normal.name} restarts again and again: {found} times", 0, 0)


def _again(baseline: Baseline, reads: Reads) -> float:
    """Return when the app restarted itself, 0 when it did not, or more than once."""
    found = {
        at
        for key, since in reads.things.items()
        if key in baseline.things and baseline.things[key].relation in OWN
        for at in since.restarts
    }
    return found.pop() if len(found) == 1 else 0.0


def _works(normal: Normal, since: Since, reads: Reads, again: float) -> Iterator[Sign]:
    """Yield a sign while a thing does not answer; a program that restarts itself once gets time for that."""
    known = [(at, value) for at, value in since.works if value is not None]
    if not known:
        return
    is_neighbour = normal.relation is Relation.NEIGHBOUR
    was_ready = any(value for _, value in known)
    if known[-1][1] is False:
        begin = max(_begin(known) if was_ready else 0.0, again)
        text: Text = t"{normal.name} does not answer"
        needed = SILENT if was_ready and not again else START
        if normal.relation is Relation.ITSELF:
            text, needed = t"{normal.name} does not run", OFF
        elif is_neighbour:
            text, needed = t"{normal.name} does not run any more", NEIGHBOUR
        elif moves(reads):
            needed = MIGRATION
        yield Sign(text, reads.last - begin, needed)
    elif not is_neighbour and _is_dropping(known, normal.works.bad_share):
        yield Sign(t"{normal.name} answers only sometimes", 0, 0)


def _is_dropping(known: Sequence[tuple[float, bool | None]], usual: float) -> bool:
    """Return whether something gives no answer far more often than the ``usual`` share."""
    first = next(number for number, (_, value) in enumerate(known) if value)
    last = [value for _, value in known[first:]][-FEWEST_ANSWERS - 2 :]
    ends = sum(earlier is True and later is False for earlier, later in pairwise(last))
    return len(last) >= FEWEST_ANSWERS and ends > 1 and last.count(False) >= (DROPPED + 3 * usual) * len(last)


def _begin(known: Sequence[tuple[float, bool | None]]) -> float:
    """Return when the reads began that are False up to the last."""
    begin = known[-1][0]
    for at, value in reversed(known):
        if value is not False:
            break
        begin = at
    return begin


def _checks(normal: Normal, since: Since, reads: Reads) -> Iterator[Sign]:
    both = ((normal.checks, since.checks), (normal.flags, since.flags))
    for shares, answers in both:
        for key, found in answers.items():
            if (share := shares.get(key)) is not None and share.is_usually_well:
                yield from _check(normal, since, key, share, found, reads)


def _check(
    normal: Normal, since: Since, key: str, share: Share, answers: Answers, reads: Reads
) -> Iterator[Sign]:
    known = [(at, value) for at, value in answers if value is not None]
    if not known or known[-1][1] is not False or reads.last < SETTLED:
        return
    is_neighbour = normal.relation is Relation.NEIGHBOUR
    if is_neighbour and share.bad > 0:
        return
    needed = NEIGHBOUR if is_neighbour else MIGRATION if moves(reads) else PROBLEM
    text = since.texts.get(key) or household().name(normal.names.get(key, key))
    yield Sign(t"{normal.name}: {text}", reads.last - _begin(known), needed)
