"""Binary sensors: whether a service has a problem, and the yes-or-no readings of each instance."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import ReadingEntity, naming, reading_specs
from .contract.base import Value
from .contract.catalogue import Platform, SensorOffer, ServiceOffer
from .contract.plain_text import one_line
from .contract.protocol import RowKind
from .contract.state import Instance, Resource
from .coordinator import Change, StewardCoordinator
from .dynamic_entities import EntitySpec, InstanceEntity
from .entity import StewardEntity
from .health import has_problem, incidents_about
from .row_filter import PROBLEM_KEY
from .runtime import StewardConfigEntry
from .values import as_on

PARALLEL_UPDATES = 0

LISTED: Final = 10
"""How many incidents are named in the attribute."""


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator

    def plan(
        service: ServiceOffer, instance: Instance, resources: tuple[Resource, ...]
    ) -> Iterable[EntitySpec]:
        yield EntitySpec(service=instance.service, source=InstanceEntity.PROBLEM)
        yield from reading_specs(service, resources, Platform.BINARY_SENSOR)

    def make(instance: Instance, spec: EntitySpec) -> StewardEntity:
        if spec.source is InstanceEntity.PROBLEM:
            return ProblemSensor(coordinator, instance)
        return ReadingBinarySensor(coordinator, instance, spec, spec.reading)

    entry.runtime_data.entities.attach(plan, make, async_add_entities)


class ProblemSensor(StewardEntity, BinarySensorEntity):
    """Whether a service has a problem: it cannot be read, or an incident about it is open."""

    _attr_translation_key = InstanceEntity.PROBLEM
    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _unrecorded_attributes = frozenset({"incidents"})

    def __init__(self, coordinator: StewardCoordinator, instance: Instance) -> None:
        """Show the service as it is now."""
        super().__init__(coordinator, PROBLEM_KEY, instance.id)
        self._id = instance.id
        self._compute()

    async def async_added_to_hass(self) -> None:
        """Follow the instance and the incidents."""
        await super().async_added_to_hass()
        for kind in (RowKind.INSTANCE, RowKind.INCIDENT):
            self.async_on_remove(self.coordinator.listen(kind, self._row_changed))
        self._compute()

    def is_available_now(self) -> bool:
        """Return whether the app is connected: that an instance is unreachable is a problem."""
        return self.coordinator.is_available(None)

    @callback
    def _row_changed(self, change: Change) -> None:
        if self._id not in _instances_of(change):
            return
        before = (self._attr_is_on, self._attr_extra_state_attributes)
        self._compute()
        if before != (self._attr_is_on, self._attr_extra_state_attributes):
            self.async_write_ha_state()

    def _compute(self) -> None:
        state = self.coordinator.steward_state
        self._attr_is_on = has_problem(state, self._id)
        incidents = incidents_about(state, self._id)[:LISTED]
        attributes: dict[str, Any] = {
            "incidents": [{"number": one.number, "title": one_line(one.title)[:80]} for one in incidents]
        }
        self._attr_extra_state_attributes = attributes


def _instances_of(change: Change) -> set[str]:
    """Return the instances that a changed instance or incident is about."""
    if change.kind is RowKind.INSTANCE:
        return {change.id}
    rows = (change.before.incidents.get(change.id), change.after.incidents.get(change.id))
    return {one.target.instance_id for one in rows if one is not None and one.target is not None}


class ReadingBinarySensor(ReadingEntity, BinarySensorEntity):
    """A yes-or-no reading of an instance or a resource."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, offer: SensorOffer
    ) -> None:
        """Describe the sensor as the catalogue does."""
        super().__init__(coordinator, instance, spec, offer)
        self.entity_description = BinarySensorEntityDescription(
            **naming(spec, offer),
            device_class=_device_class(offer),
            entity_category=EntityCategory.DIAGNOSTIC if offer.diagnostic else None,
            entity_registry_enabled_default=offer.enabled_by_default,
        )

    def store_value(self, value: Value) -> None:
        """Store the value."""
        self._attr_is_on = as_on(value)


def _device_class(offer: SensorOffer) -> BinarySensorDeviceClass | None:
    """Return the device class, None for one this Home Assistant does not know."""
    try:
        return BinarySensorDeviceClass(offer.device_class or "")
    except ValueError:
        return None
