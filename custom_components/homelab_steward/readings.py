"""Who shows which value: a new snapshot wakes only the entities whose value changed."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.core import CALLBACK_TYPE

from .contract.base import Value
from .contract.state import Snapshot

type ReadingKey = tuple[str | None, str]
"""The resource's id (None for the instance itself) and the sensor's key."""

type Show = Callable[[Value], None]

_NOTHING: Final[Mapping[str, Value]] = {}
_MISSING: Final = object()


class Readings:
    """The values of all instances and the entities that show them."""

    def __init__(self) -> None:
        """Start with no value and nobody to show one."""
        self._values: dict[str, dict[str | None, Mapping[str, Value]]] = {}
        self._shown: dict[str, dict[ReadingKey, Show]] = {}

    def value(self, instance_id: str, key: ReadingKey) -> Value:
        """Return the last value of one reading, None when there is none."""
        resource_id, sensor = key
        return self._values.get(instance_id, {}).get(resource_id, _NOTHING).get(sensor)

    def show(self, instance_id: str, key: ReadingKey, show: Show) -> CALLBACK_TYPE:
        """Call ``show`` with every new value of this reading; returns how to stop it."""
        shown = self._shown.setdefault(instance_id, {})
        shown[key] = show

        def stop() -> None:
            if shown.get(key) is show:
                del shown[key]

        return stop

    def update(self, instance_id: str, snapshot: Snapshot | None) -> None:
        """Take in a snapshot (None: the instance is gone) and show what changed."""
        before = self._values.get(instance_id, {})
        after = _by_resource(snapshot)
        self._values[instance_id] = after
        if snapshot is None:
            del self._values[instance_id]
        shown = self._shown.get(instance_id)
        if not shown:
            return
        for resource_id in before.keys() | after.keys():
            old = before.get(resource_id, _NOTHING)
            new = after.get(resource_id, _NOTHING)
            if old != new:
                _show_changes(shown, resource_id, old, new)


def _by_resource(snapshot: Snapshot | None) -> dict[str | None, Mapping[str, Value]]:
    if snapshot is None:
        return {}
    values: dict[str | None, Mapping[str, Value]] = {None: snapshot.values}
    for resource in snapshot.resources:
        values[resource.id] = resource.values
    return values


def _show_changes(
    shown: Mapping[ReadingKey, Show],
    resource_id: str | None,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
) -> None:
    for sensor, value in new.items():
        if old.get(sensor, _MISSING) != value and (show := shown.get((resource_id, sensor))):
            show(value)
    for sensor in old.keys() - new.keys():
        if show := shown.get((resource_id, sensor)):
            show(None)
