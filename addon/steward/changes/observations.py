"""What is read of the target of an update and of what is around it, at one time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Platform

from ..sdk.description import Measure, Sensor


class Relation(StrEnum):
    """What a thing is to the target of an update. A NEIGHBOUR depends on it or is on the same host."""

    ITSELF = "itself"
    APPLICATION = "application"
    WATCHED = "watched"
    HOST = "host"
    NEIGHBOUR = "neighbour"


OWN: Final = frozenset({Relation.ITSELF, Relation.APPLICATION, Relation.WATCHED})
"""What the update is meant to keep working."""

ON_MACHINE: Final = frozenset({Relation.APPLICATION, Relation.NEIGHBOUR})
"""What does not answer while the machine of the target is away."""


class Gauge(msgspec.Struct, frozen=True):
    """How a number is named and shown: its English name and its unit."""

    name: str
    measure: Measure
    unit: str = ""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """The readings of one thing.

    ``works`` is whether it runs or answers, None when that is not known. ``numbers`` and ``flags`` have
    None for what is not known; a flag is True when all is well. ``checks`` are the service's own: True is
    clear, False is a problem. ``texts`` are those of the problems. ``gauges`` name the numbers and
    ``names`` the flags and checks; both may be left out where they are known.
    """

    name: str
    relation: Relation
    works: bool | None
    numbers: dict[str, float | None] = {}
    flags: dict[str, bool | None] = {}
    checks: dict[str, bool | None] = {}
    texts: dict[str, str] = {}
    gauges: dict[str, Gauge] = {}
    names: dict[str, str] = {}


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The readings of all things at one time.

    ``lines`` are the last lines of the target's log, None when they could not be read.
    """

    at: datetime
    things: dict[str, Thing]
    lines: list[str] | None = None


def certain(sample: Sample) -> Sample:
    """Return a sample in which what runs in the target, and beside it, is not known while the target is not.

    The machine may be away: then no app on it answers, whatever its version.
    """
    itself = [one for one in sample.things.values() if one.relation is Relation.ITSELF]
    if not itself or itself[0].works is not None:
        return sample
    things = {
        key: msgspec.structs.replace(one, works=None) if one.relation in ON_MACHINE else one
        for key, one in sample.things.items()
    }
    return msgspec.structs.replace(sample, things=things)


_GOOD: Final = frozenset({"running", "connectivity"})
_BAD: Final = frozenset({"problem"})


def gauge_of(sensor: Sensor[Any]) -> Gauge | None:
    """Return what the number of a sensor says, None when it says nothing about health."""
    measure = sensor.measures
    return Gauge(sensor.name, measure, sensor.unit or "") if measure else None


def number_of(measure: Measure, value: Value, now: datetime) -> float | None:
    """Return a reading as a number, None when it is none."""
    if measure in {Measure.AGE, Measure.START}:
        return _seconds(measure, value, now)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _seconds(measure: Measure, value: Value, now: datetime) -> float | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if at.tzinfo is None:
        return None
    if measure is Measure.START:
        return at.timestamp()
    age = (now - at).total_seconds()
    # A time that is to come is that of the next one.
    return age if age >= 0 else None


def flag_of(sensor: Sensor[Any], value: Value) -> bool | None:
    """Return whether a flag is as it should be, None when it says nothing about health."""
    if sensor.platform is not Platform.BINARY_SENSOR or not isinstance(value, bool):
        return None
    if sensor.device_class in _GOOD:
        return value
    return not value if sensor.device_class in _BAD else None


def is_flag(sensor: Sensor[Any]) -> bool:
    """Return whether a sensor says whether something is as it should be."""
    return sensor.platform is Platform.BINARY_SENSOR and sensor.device_class in _GOOD | _BAD


RUNNING: Final = "running"
"""The device class of the flag that says whether a thing runs."""


@dataclass(frozen=True, slots=True)
class CheckReads:
    """The results of the checks of one thing, with the texts of problems and the English names."""

    results: Mapping[str, bool | None] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def thing_of(
    name: str,
    relation: Relation,
    sensors: tuple[Sensor[Any], ...],
    values: Mapping[str, Value],
    checks: CheckReads,
    now: datetime,
    *,
    answers: bool | None,
) -> Thing:
    """Return a thing with what its readings say. ``answers`` is whether it could be read at all."""
    gauges = {one.key: gauge for one in sensors if (gauge := gauge_of(one)) is not None}
    numbers = {key: number_of(gauge.measure, values.get(key), now) for key, gauge in gauges.items()}
    flags = {one.key: flag_of(one, values.get(one.key)) for one in sensors if is_flag(one)}
    running = [flags.pop(one.key) for one in sensors if one.device_class == RUNNING and one.key in flags]
    return Thing(
        name=name,
        relation=relation,
        works=answers and (running[0] if running else True),
        numbers=numbers,
        flags=flags,
        checks=dict(checks.results),
        texts=dict(checks.texts),
        gauges=gauges,
        names={**checks.names, **{one.key: one.name for one in sensors if one.key in flags}},
    )
