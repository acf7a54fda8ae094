"""PromQL's operations on vectors of samples."""

import itertools
import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass

type Labels = tuple[tuple[str, str], ...]
type Key = Callable[[Labels], Labels]

_RANGE_POINTS = 20


@dataclass(frozen=True, slots=True)
class Sample:
    """A value with its labels. A scalar has no labels."""

    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Vector:
    """The value of an expression at one time."""

    samples: tuple[Sample, ...]
    is_scalar: bool = False


type Expression = Callable[[float], Vector]

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
COMPUTE: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else math.nan,
    "%": lambda a, b: math.fmod(a, b) if b else math.nan,
}
SETS = ("and", "or", "unless")
AGGREGATE: dict[str, Callable[[list[float]], float]] = {
    "sum": math.fsum,
    "avg": lambda values: math.fsum(values) / len(values),
    "min": min,
    "max": max,
    "count": lambda values: float(len(values)),
}
RANGED: dict[str, Callable[[list[float], float], float]] = {
    "rate": lambda values, seconds: _increase(values) / seconds,
    "increase": lambda values, _: _increase(values),
    "delta": lambda values, _: values[-1] - values[0],
    "avg_over_time": lambda values, _: math.fsum(values) / len(values),
    "min_over_time": lambda values, _: min(values),
    "max_over_time": lambda values, _: max(values),
    "last_over_time": lambda values, _: values[-1],
}
MAPPED: dict[str, Callable[[float], float]] = {"abs": abs, "round": lambda v: float(math.floor(v + 0.5))}


def grouping(names: tuple[str, ...], *, is_by: bool) -> Key:
    def key(labels: Labels) -> Labels:
        return tuple((k, v) for k, v in labels if k != "__name__" and (k in names) is is_by)

    return key


def _nameless(labels: Labels) -> Labels:
    return tuple((k, v) for k, v in labels if k != "__name__")


def mapped(vector: Vector, function: Callable[[float], float]) -> Vector:
    return Vector(
        tuple(Sample(_nameless(s.labels), function(s.value)) for s in vector.samples), vector.is_scalar
    )


def _pairs(left: Vector, right: Vector, key: Key) -> Iterator[tuple[Labels, float, float]]:
    """Yield labels, left and right value of all matching samples."""
    if right.is_scalar:
        yield from ((s.labels, s.value, right.samples[0].value) for s in left.samples)
        return
    if left.is_scalar:
        yield from ((s.labels, left.samples[0].value, s.value) for s in right.samples)
        return
    partners = {key(s.labels): s.value for s in right.samples}
    for sample in left.samples:
        partner = partners.get(key(sample.labels))
        if partner is not None:
            yield sample.labels, sample.value, partner


def computed(op: str, left: Vector, right: Vector, key: Key) -> Vector:
    rows = tuple(Sample(_nameless(labels), COMPUTE[op](a, b)) for labels, a, b in _pairs(left, right, key))
    return Vector(rows, left.is_scalar and right.is_scalar)


def compared(op: str, left: Vector, right: Vector, key: Key, *, is_bool: bool) -> Vector:
    pairs = list(_pairs(left, right, key))
    if is_bool:
        samples = tuple(Sample(_nameless(labels), float(COMPARE[op](a, b))) for labels, a, b in pairs)
        return Vector(samples, left.is_scalar and right.is_scalar)
    kept = tuple(Sample(labels, b if left.is_scalar else a) for labels, a, b in pairs if COMPARE[op](a, b))
    return Vector(kept)


def set_operation(op: str, left: Vector, right: Vector, key: Key) -> Vector:
    there = {key(s.labels) for s in right.samples}
    if op == "and":
        return Vector(tuple(s for s in left.samples if key(s.labels) in there))
    if op == "unless":
        return Vector(tuple(s for s in left.samples if key(s.labels) not in there))
    ours = {key(s.labels) for s in left.samples}
    return Vector(left.samples + tuple(s for s in right.samples if key(s.labels) not in ours))


def aggregated(vector: Vector, combine: Callable[[list[float]], float], key: Key) -> Vector:
    groups: dict[Labels, list[float]] = {}
    for sample in vector.samples:
        groups.setdefault(key(sample.labels), []).append(sample.value)
    return Vector(tuple(Sample(labels, combine(values)) for labels, values in groups.items()))


def over_range(
    instant: Expression, at: float, seconds: float, combine: Callable[[list[float], float], float]
) -> Vector:
    collected: dict[Labels, list[float]] = {}
    for point in range(_RANGE_POINTS + 1):
        moment = at - seconds + seconds * point / _RANGE_POINTS
        for sample in instant(moment).samples:
            collected.setdefault(_nameless(sample.labels), []).append(sample.value)
    return Vector(tuple(Sample(labels, combine(values, seconds)) for labels, values in collected.items()))


def _increase(values: list[float]) -> float:
    """Return the increase of a counter. A reset starts from zero."""
    steps = itertools.pairwise(values)
    return math.fsum(after - before if after >= before else after for before, after in steps)
