"""Keeps the courses of percentages of all targets over the last hours, in memory."""

import asyncio
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Catalogue, SensorOffer
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Instance, Snapshot, TargetRef

from ..store.changes import Changes, Lost
from .charts import MOST_SERIES

SPACING: Final = 60
"""Seconds between two points of a course."""

MOST_POINTS: Final = 180
MOST_COURSES: Final = 1000
"""Courses that are kept: about 1.5 MB of memory."""

FEWEST_POINTS: Final = 3
"""A course with fewer points is not drawn."""

MOST_PERCENT: Final = 1e6
"""A reading beyond it is a mistake of the service, and cannot be drawn; neither can infinity."""

_PERCENT: Final = "%"
_INSTANCE: Final = "instance"

type _Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Trend:
    """The course of one reading, as English name and points, oldest first."""

    name: str
    points: tuple[tuple[datetime, float], ...]


@dataclass(slots=True)
class _Course:
    times: array[int]
    values: array[float]


class Trends:
    """Courses of every reading in percent. They begin with the start of the app."""

    def __init__(self, catalogue: Catalogue, instances: Callable[[], Iterable[Instance]]) -> None:
        """``catalogue`` has the units of readings, ``instances`` their services."""
        self._catalogue = catalogue
        self._instances = instances
        self._courses: OrderedDict[_Key, _Course] = OrderedDict()
        self._task: asyncio.Task[None] | None = None

    def start(self, changes: Changes) -> None:
        """Take in snapshots until closed."""
        self._task = asyncio.create_task(self._run(changes), name="trends")

    async def close(self) -> None:
        """Stop taking in snapshots."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, changes: Changes) -> None:
        """Take in snapshots. One that is lost leaves a gap in the courses."""
        with changes.watch(RowKind.SNAPSHOT) as watch:
            async for event in watch:
                if not isinstance(event, Lost) and event.snapshot is not None:
                    self.add(event.snapshot)

    def add(self, snapshot: Snapshot) -> None:
        """Add the readings of a poll."""
        sensors = self._sensors(snapshot.instance_id)
        of_instance = (_INSTANCE, snapshot.instance_id, snapshot.values)
        of_resources = ((one.kind, one.id, one.values) for one in snapshot.resources)
        for kind, target_id, values in (of_instance, *of_resources):
            scope = None if kind == _INSTANCE else kind
            for sensor in sensors.get(scope, ()):
                self._add((snapshot.instance_id, kind, target_id, sensor.key), snapshot.taken_at, values)

    def of(self, target: TargetRef, zone: tzinfo) -> tuple[Trend, ...]:
        """Return the courses of a target, those that changed most first, with times in ``zone``."""
        scope = None if target.kind == _INSTANCE else target.kind
        sensors = self._sensors(target.instance_id).get(scope, ())
        found = [one for sensor in sensors for one in self._trends(target, sensor, zone)]
        found.sort(key=_change, reverse=True)
        return tuple(found[:MOST_SERIES])

    def points(self, target: TargetRef) -> dict[str, list[tuple[datetime, float]]]:
        """Return the courses of a target by the keys of their readings, oldest first."""
        scope = None if target.kind == _INSTANCE else target.kind
        return {
            sensor.key: [
                (datetime.fromtimestamp(at, UTC), value)
                for at, value in zip(course.times, course.values, strict=True)
            ]
            for sensor in self._sensors(target.instance_id).get(scope, ())
            if (course := self._courses.get((target.instance_id, target.kind, target.id, sensor.key)))
        }

    def _trends(self, target: TargetRef, sensor: SensorOffer, zone: tzinfo) -> Iterator[Trend]:
        course = self._courses.get((target.instance_id, target.kind, target.id, sensor.key))
        if course is not None and len(course.times) >= FEWEST_POINTS:
            times = (datetime.fromtimestamp(at, UTC).astimezone(zone) for at in course.times)
            yield Trend(sensor.name, tuple(zip(times, course.values, strict=True)))

    def _add(self, key: _Key, at: datetime, values: Mapping[str, Value]) -> None:
        value = values.get(key[3])
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= MOST_PERCENT:
            return
        course = self._courses.setdefault(key, _Course(array("q"), array("f")))
        self._courses.move_to_end(key)
        seconds = int(at.timestamp())
        if course.times and seconds - course.times[-1] < SPACING:
            return
        course.times.append(seconds)
        course.values.append(value)
        del course.times[:-MOST_POINTS], course.values[:-MOST_POINTS]
        while len(self._courses) > MOST_COURSES:
            self._courses.popitem(last=False)

    def _sensors(self, instance_id: str) -> dict[str | None, list[SensorOffer]]:
        """Return the readings in percent of a service by their scope."""
        services = (one.service for one in self._instances() if one.id == instance_id)
        offer = self._catalogue.service(next(services, ""))
        found: dict[str | None, list[SensorOffer]] = {}
        for sensor in offer.sensors if offer is not None else ():
            if sensor.unit == _PERCENT:
                found.setdefault(sensor.scope, []).append(sensor)
        return found


def _change(trend: Trend) -> float:
    values = [value for _, value in trend.points]
    return max(values) - min(values)
