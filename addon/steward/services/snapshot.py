"""Turns a polled state into the snapshot faces see."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Resource, Snapshot

from ..description import ResourceKind, Sensor, Service

_log = structlog.get_logger(__name__)


def snapshot[State](service: Service[Any, State], instance_id: str, state: State, now: datetime) -> Snapshot:
    """Return all readings of ``state``.

    A reading that fails is None and a warning in the log; the others are not lost by it.
    """
    return Snapshot(
        instance_id=instance_id,
        taken_at=now,
        values=_values(service.key, service.sensors, state),
        resources=tuple(_resources(service, state)),
        version=service.version(state),
    )


def _resources[State](service: Service[Any, State], state: State) -> Iterator[Resource]:
    for kind in service.resources:
        for item in kind.items(state):
            yield _resource(service.key, kind, item)


def _resource(service: str, kind: ResourceKind[Any, Any], item: Any) -> Resource:
    return Resource(
        kind=kind.key,
        id=kind.id(item),
        name=kind.title(item),
        values=_values(service, kind.sensors, item),
    )


def _values[Item](service: str, sensors: Iterable[Sensor[Item]], item: Item) -> dict[str, Value]:
    return {sensor.key: _value(service, sensor, item) for sensor in sensors}


def _value[Item](service: str, sensor: Sensor[Item], item: Item) -> Value:
    try:
        return sensor.value(item)
    except Exception as err:  # noqa: BLE001 - one reading must not cost the others
        _log.warning("reading failed", service=service, sensor=sensor.key, error=repr(err))
        return None
