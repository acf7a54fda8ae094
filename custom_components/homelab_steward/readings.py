"""Stores the readings of all instances and notifies only the entities whose reading changed."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.core import CALLBACK_TYPE

from .contract.base import Value
from .contract.state import Snapshot

type ResourceId = tuple[str, str]
"""Kind and id of a resource within its instance."""

type ReadingKey = tuple[ResourceId | None, str]
"""The resource (None for the instance itself) and the key of the sensor."""

type Show = Callable[[Value, str | None], None]
"""Takes a value and, when it is unknown, the reason."""

type _Readings = tuple[Mapping[str, Value], Mapping[str, str]]
"""Values and reasons of one resource, by sensor key."""

_NOTHING: Final[_Readings] = ({}, {})
_MISSING: Final = object()


class Readings:
    """The readings of all instances, and the entities that show them."""

    def __init__(self) -> None:
        """Start without readings and listeners."""
        self._readings: dict[str, dict[ResourceId | None, _Readings]] = {}
        self._shown: dict[str, dict[ReadingKey, list[Show]]] = {}

    def reading(self, instance_id: str, key: ReadingKey) -> tuple[Value, str | None]:
        """Return the last value of a reading, and why it is unknown; (None, None) without one."""
        resource, sensor = key
        values, unknown = self._readings.get(instance_id, {}).get(resource, _NOTHING)
        return values.get(sensor), unknown.get(sensor)

    def has(self, instance_id: str, resource: ResourceId) -> bool:
        """Return whether the last snapshot lists the resource."""
        return resource in self._readings.get(instance_id, {})

    def listen(self, instance_id: str, key: ReadingKey, show: Show) -> CALLBACK_TYPE:
        """Call ``show`` for every change of one reading; returns how to stop."""
        listeners = self._shown.setdefault(instance_id, {}).setdefault(key, [])
        listeners.append(show)
        return lambda: listeners.remove(show)

    def update(self, instance_id: str, snapshot: Snapshot | None) -> bool:
        """Store a snapshot (None: the instance is gone) and show what changed.

        Returns whether the snapshot lists other resources than the one before.
        """
        before = self._readings.get(instance_id, {})
        after = _by_resource(snapshot)
        self._readings[instance_id] = after
        if snapshot is None:
            del self._readings[instance_id]
        if shown := self._shown.get(instance_id):
            for resource, new in after.items():
                old = before.get(resource, _NOTHING)
                if old != new:
                    _show_changes(shown, resource, old, new)
        return before.keys() != after.keys()


def _by_resource(snapshot: Snapshot | None) -> dict[ResourceId | None, _Readings]:
    if snapshot is None:
        return {}
    readings: dict[ResourceId | None, _Readings] = {None: (snapshot.values, snapshot.unknown)}
    for resource in snapshot.resources:
        readings[resource.kind, resource.id] = (resource.values, resource.unknown)
    return readings


def _show_changes(
    shown: Mapping[ReadingKey, list[Show]], resource: ResourceId | None, old: _Readings, new: _Readings
) -> None:
    (old_values, old_unknown), (values, unknown) = old, new
    for sensor, value in values.items():
        reason = unknown.get(sensor)
        if old_values.get(sensor, _MISSING) == value and old_unknown.get(sensor) == reason:
            continue
        for show in shown.get((resource, sensor), ()):
            show(value, reason)
    for sensor in old_values.keys() - values.keys():
        for show in shown.get((resource, sensor), ()):
            show(None, unknown.get(sensor))
