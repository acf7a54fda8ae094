"""Judges an update by what was read since it, compared with what was normal before it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.changes import Distance

from ..sdk.description import Measure
from ..texts import Text, english, translate
from .baseline import Baseline, Normal, falls
from .observations import OWN, Relation
from .reads import Reads
from .sign import SETTLED, Sign
from .signs import signs
from .watch_report import report

LONGEST: Final = {
    Distance.DIGEST: 600.0,
    Distance.PATCH: 900.0,
    Distance.MINOR: 1800.0,
    Distance.MAJOR: 3600.0,
    Distance.UNKNOWN: 1800.0,
}
"""For how many seconds an update is watched by what changes between its versions."""

type Longest = Callable[[Distance], float]
"""For how many seconds an update is watched."""


def longest(seconds: float | None) -> Longest:
    """Return for how long updates are watched: always for ``seconds``, None for the usual times."""
    return LONGEST.__getitem__ if seconds is None else lambda _: seconds


EXTRA: Final = 1800.0
"""Seconds by which a watch is longer while a sign is there that is not certain, an alert fires, or a task is
not done yet."""

MOST_REASONS: Final = 3
FEWEST_READS: Final = 3
MOST_TRIES: Final = 6
"""Reads after which a thing with fewer answers than FEWEST_READS cannot be read.

The app may have been off for most of the watch, which is then longer.
"""

RECENT: Final = 180.0
"""Seconds within which something was read to be known now."""

NOTHING_BEFORE: Final = english("nothing was read of it before the update")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the readings.

    ``longest`` is for how many seconds the update is watched, ``alerts`` is what alerts say that began
    since the update and still fire.
    """

    longest: float
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """It is watched for longer. ``reasons`` are signs that are not certain."""

    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Healthy:
    """It is as well as before."""

    report: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worse:
    """It is worse than before."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether it is as well as before cannot be known."""

    reasons: tuple[str, ...]


type Judgement = Watching | Healthy | Worse | Unknown


def judge(baseline: Baseline, reads: Reads, elapsed: float, known: Known) -> Judgement:
    """Return the judgement ``elapsed`` seconds after the update."""
    found = tuple(signs(baseline, reads))
    if certain := [one for one in found if one.is_certain]:
        return Worse(_texts(certain))
    waits = found or known.alerts or _open_task(baseline, reads) or _seldom_read(baseline, reads)
    reasons = (*_texts(found), *known.alerts)[:MOST_REASONS]
    if elapsed < known.longest or (waits and elapsed < known.longest + EXTRA):
        return Watching(reasons)
    if unknown := tuple(_unknown(baseline, reads, elapsed)):
        return Unknown(unknown[:MOST_REASONS])
    if reasons:
        return Unknown(reasons)
    return Healthy(report(baseline, reads))


def _texts(found: tuple[Sign, ...] | list[Sign]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(translate(one.text) for one in found))[:MOST_REASONS]


def _open_task(baseline: Baseline, reads: Reads) -> bool:
    """Return whether a regular task of the app is not done yet since the update, and is not overdue."""
    for key, normal in baseline.things.items():
        since = reads.things.get(key)
        if normal.relation not in OWN or since is None:
            continue
        for name, gauge in normal.gauges.items():
            ages = since.numbers.get(name)
            if gauge.measure is not Measure.AGE or ages is None or name not in normal.numbers:
                continue
            before = normal.numbers[name]
            # What was never done while it was learned, such as a sync, may not be done again.
            is_regular = 0 < before.most <= EXTRA and falls(before) > 0
            if is_regular and ages.values[-1] >= reads.last - SETTLED:
                return True
    return False


def _seldom_read(baseline: Baseline, reads: Reads) -> bool:
    """Return whether something that was known before was not read often enough yet to know it now."""
    if reads.count >= MOST_TRIES:
        return False
    return any(len(_answers(reads, key)) < FEWEST_READS for key in _known_before(baseline))


def _answers(reads: Reads, key: str) -> list[float]:
    """Return when a thing could be read since the update."""
    since = reads.things.get(key)
    return [at for at, value in since.works if value is not None] if since else []


def _known_before(baseline: Baseline) -> dict[str, Normal]:
    """Return what is meant to keep working, and was read before the update."""
    own = ((key, one) for key, one in baseline.things.items() if one.relation in OWN)
    return {key: one for key, one in own if one.works.well + one.works.bad}


def _unknown(baseline: Baseline, reads: Reads, elapsed: float) -> Iterator[str]:
    """Yield why something that was known before cannot be known now."""
    own = _known_before(baseline)
    if not own:
        yield translate(NOTHING_BEFORE)
        return
    for key, normal in own.items():
        answers = _answers(reads, key)
        if len(answers) < FEWEST_READS or elapsed - answers[-1] > RECENT:
            text: Text = t"{normal.name} could not be read"
            yield translate(text)
        elif normal.relation is Relation.ITSELF and normal.works.is_usually_well is False:
            yield translate(t"{normal.name} did not run before the update")
