"""Sensors: what the catalogue offers of each instance, its state, and the steward's own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import OfferedEntity, reading_spots
from .contract.base import Value
from .contract.catalogue import Platform, SensorOffer, ServiceOffer, name_of, word_key
from .contract.protocol import RowKind
from .contract.state import Instance, InstanceStatus, Resource
from .coordinator import Change, StewardCoordinator
from .dynamic_entities import Spot
from .entity import StewardEntity
from .runtime import StewardConfigEntry
from .steward_state import StewardState
from .values import device_class_of, fit_of, state_class_of, unit_of

PARALLEL_UPDATES = 0

LISTED: Final = 10
"""Incidents named in an attribute; the rest are only counted."""


@dataclass(frozen=True, kw_only=True)
class StewardSensorDescription(SensorEntityDescription):
    """A sensor of the steward itself: computed from the house."""

    kind: RowKind
    value: Callable[[StewardState], int]
    attributes: Callable[[StewardState], Mapping[str, Any]] | None = None


def _listed(rows: Iterable[tuple[int, str]]) -> Mapping[str, Any]:
    listed = [{"number": number, "title": title[:80]} for number, title in rows]
    return {"incidents": listed[:LISTED]}


STEWARD_SENSORS: Final = (
    StewardSensorDescription(
        key="open_incidents",
        translation_key="open_incidents",
        state_class=SensorStateClass.MEASUREMENT,
        kind=RowKind.INCIDENT,
        value=lambda steward_state: len(steward_state.open_incidents()),
        attributes=lambda steward_state: _listed(
            (row.number, row.title) for row in steward_state.open_incidents()
        ),
    ),
    StewardSensorDescription(
        key="pending_approvals",
        translation_key="pending_approvals",
        state_class=SensorStateClass.MEASUREMENT,
        kind=RowKind.APPROVAL,
        value=lambda steward_state: len(steward_state.pending_approvals()),
        attributes=lambda steward_state: _listed(
            (row.incident_number, row.title) for row in steward_state.pending_approvals()
        ),
    ),
    StewardSensorDescription(
        key="repairs_verified",
        translation_key="repairs_verified",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        kind=RowKind.STATISTICS,
        value=lambda steward_state: sum(row.fixed for row in steward_state.statistics.values()),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the steward's own sensors, and those of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(StewardSensor(coordinator, one) for one in STEWARD_SENSORS)

    def plan(offer: ServiceOffer, instance: Instance, resources: Iterable[Resource]) -> Iterable[Spot]:
        yield Spot(service=instance.service, offer=None)
        yield from reading_spots(offer, resources, Platform.SENSOR)

    def make(instance: Instance, spot: Spot) -> StewardEntity:
        if isinstance(spot.offer, SensorOffer):
            return ReadingSensor(coordinator, instance, spot, spot.offer)
        return StatusSensor(coordinator, instance)

    entry.runtime_data.drawing.attach(plan, make, async_add_entities)


class StewardSensor(StewardEntity, SensorEntity):
    """A count the steward itself stands for."""

    entity_description: StewardSensorDescription
    _unrecorded_attributes = frozenset({"incidents"})

    def __init__(self, coordinator: StewardCoordinator, description: StewardSensorDescription) -> None:
        """Count once; later with every changed row."""
        super().__init__(coordinator, description.key)
        self.entity_description = description
        self._count()

    async def async_added_to_hass(self) -> None:
        """Follow the rows that are counted."""
        await super().async_added_to_hass()
        listen = self.coordinator.listen
        self.async_on_remove(listen(self.entity_description.kind, self._row_changed))
        self._count()

    @callback
    def _row_changed(self, _change: Change) -> None:
        before = (self._attr_native_value, self.extra_state_attributes)
        self._count()
        if before != (self._attr_native_value, self.extra_state_attributes):
            self.async_write_ha_state()

    def _count(self) -> None:
        steward_state = self.coordinator.steward_state
        self._attr_native_value = self.entity_description.value(steward_state)
        if self.entity_description.attributes:
            self._attr_extra_state_attributes = dict(self.entity_description.attributes(steward_state))


class StatusSensor(StewardEntity, SensorEntity):
    """What the last poll of an instance came to; true even when the instance is not."""

    _attr_translation_key = "status"
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: StewardCoordinator, instance: Instance) -> None:
        """Show the instance as it is now."""
        super().__init__(coordinator, "steward_status", instance.id)
        self._attr_available = self.is_available_now()
        self._attr_options = [status.value for status in InstanceStatus]
        self._attr_native_value = instance.status.value

    async def async_added_to_hass(self) -> None:
        """Follow the instance."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.listen(RowKind.INSTANCE, self._row_changed))

    def is_available_now(self) -> bool:
        """Return whether the steward is there: an unreachable instance is a state."""
        return self.coordinator.is_available(None)

    @callback
    def _row_changed(self, change: Change) -> None:
        instance = change.after.instances.get(change.id)
        if change.id != self.instance_id or instance is None:
            return
        if instance.status.value != self._attr_native_value:
            self._attr_native_value = instance.status.value
            self.async_write_ha_state()


class ReadingSensor(OfferedEntity, SensorEntity):
    """One reading of an instance, or of one thing inside it."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spot: Spot, offer: SensorOffer
    ) -> None:
        """Describe the sensor as the catalogue does."""
        super().__init__(coordinator, instance, spot, offer)
        self._key = (spot.resource_id, offer.key)
        self._fit = fit_of(offer)
        self.entity_description = SensorEntityDescription(
            key=offer.key,
            name=name_of(offer, spot.resource_name),
            translation_key=word_key(spot.service, offer),
            device_class=device_class_of(offer),
            state_class=state_class_of(offer),
            native_unit_of_measurement=unit_of(offer),
            suggested_display_precision=offer.precision,
            options=list(offer.options) or None,
            entity_category=EntityCategory.DIAGNOSTIC if offer.diagnostic else None,
            entity_registry_enabled_default=offer.enabled_by_default,
        )

    async def async_added_to_hass(self) -> None:
        """Follow the one reading shown."""
        await super().async_added_to_hass()
        readings = self.coordinator.readings
        self.async_on_remove(readings.show(self.of, self._key, self.show))
        self._attr_native_value = self._fit(readings.value(self.of, self._key))

    @callback
    def show(self, value: Value) -> None:
        """Show a new value."""
        self._attr_native_value = self._fit(value)
        self.async_write_ha_state()
