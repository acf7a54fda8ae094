"""Sensors: the readings and the status of each instance, and counts of the app."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import CONF_URL, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import ReadingEntity, naming, reading_specs
from .const import ATTR_REASON
from .contract.base import Value
from .contract.catalogue import Platform, SensorOffer, ServiceOffer
from .contract.plain_text import one_line
from .contract.protocol import WEBHOOK_PATH, RowKind
from .contract.state import Instance, InstanceStatus, Resource, Snapshot
from .coordinator import Change, StewardCoordinator
from .days import each_day
from .dynamic_entities import EntitySpec, InstanceEntity
from .entity import StewardEntity
from .runtime import StewardConfigEntry
from .steward_sensors import ATTR_NOT_OFFERED, ATTR_OFF, STEWARD_SENSORS, StewardSensorDescription
from .values import device_class_of, fit_of, state_class_of, unit_of

PARALLEL_UPDATES = 0

ATTR_COVERAGE: Final = "coverage"
ATTR_GAPS: Final = "gaps"
ATTR_MISSING_RIGHTS: Final = "missing_rights"
ATTR_NOTICES: Final = "notices"
ATTR_ADDRESS: Final = "address"


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors of the app, and those of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(StewardSensor(coordinator, one) for one in STEWARD_SENSORS)

    def plan(
        service: ServiceOffer, instance: Instance, resources: tuple[Resource, ...]
    ) -> Iterable[EntitySpec]:
        yield EntitySpec(service=instance.service, source=InstanceEntity.STATUS)
        if service.takes_webhooks:
            yield EntitySpec(service=instance.service, source=InstanceEntity.WEBHOOK)
        yield from reading_specs(service, resources, Platform.SENSOR)

    def make(instance: Instance, spec: EntitySpec) -> StewardEntity:
        if spec.source is InstanceEntity.STATUS:
            return StatusSensor(coordinator, instance)
        if spec.source is InstanceEntity.WEBHOOK:
            return WebhookSensor(coordinator, instance)
        return ReadingSensor(coordinator, instance, spec, spec.reading)

    entry.runtime_data.entities.attach(plan, make, async_add_entities)


class StewardSensor(StewardEntity, SensorEntity):
    """A count of the app's incidents, approvals, repairs, or of what is meant to be off, or a time."""

    entity_description: StewardSensorDescription
    _unrecorded_attributes = frozenset(
        {
            "changes",
            "failed",
            "failed_parts",
            "incidents",
            "models",
            "not_applicable",
            "reasons",
            "requests",
            "unknown_parts",
            ATTR_OFF,
        }
    )

    def __init__(self, coordinator: StewardCoordinator, description: StewardSensorDescription) -> None:
        """Compute the first value."""
        super().__init__(coordinator, description.key)
        self.entity_description = description
        self._count()

    async def async_added_to_hass(self) -> None:
        """Follow the rows that are counted."""
        await super().async_added_to_hass()
        listen = self.coordinator.listen
        for kind in self.entity_description.kinds:
            self.async_on_remove(listen(kind, self._row_changed))
        self._count()
        if self.entity_description.is_daily:
            self.async_on_remove(each_day(self.hass, self._count_again))

    @callback
    def _row_changed(self, _change: Change) -> None:
        self._count_again()

    @callback
    def _count_again(self) -> None:
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
    """The result of the last poll of an instance, with what it could not read and why."""

    _attr_translation_key = InstanceEntity.STATUS
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _unrecorded_attributes = frozenset(
        {ATTR_REASON, ATTR_GAPS, ATTR_MISSING_RIGHTS, ATTR_NOT_OFFERED, ATTR_NOTICES}
    )

    def __init__(self, coordinator: StewardCoordinator, instance: Instance) -> None:
        """Show the instance as it is now."""
        super().__init__(coordinator, "steward_status", instance.id)
        self._attr_options = [status.value for status in InstanceStatus]
        self._attr_extra_state_attributes = {}
        self._update(instance)

    async def async_added_to_hass(self) -> None:
        """Follow the instance and its snapshots."""
        await super().async_added_to_hass()
        for kind in (RowKind.INSTANCE, RowKind.SNAPSHOT):
            self.async_on_remove(self.coordinator.listen(kind, self._row_changed))

    def is_available_now(self) -> bool:
        """Return whether the app is connected: that an instance is unreachable is a state."""
        return self.coordinator.is_available(None)

    @callback
    def _row_changed(self, change: Change) -> None:
        if change.id != self.instance_id:
            return
        instance = change.after.instances.get(change.id)
        before = (self._attr_native_value, self._attr_extra_state_attributes)
        if instance is not None:
            self._update(instance)
        if before != (self._attr_native_value, self._attr_extra_state_attributes):
            self.async_write_ha_state()

    def _update(self, instance: Instance) -> None:
        state = self.coordinator.steward_state
        self._attr_native_value = instance.status.value
        self._attr_extra_state_attributes = _status_attributes(
            instance, state.offer(instance), state.snapshots.get(instance.id)
        )


class WebhookSensor(StewardEntity, SensorEntity):
    """The webhook that a monitor posts the alerts of an instance to: its id, and its address to copy.

    The state is the id, because the frontend cuts a long state.
    """

    _attr_translation_key = InstanceEntity.WEBHOOK
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _unrecorded_attributes = frozenset({ATTR_ADDRESS})

    def __init__(self, coordinator: StewardCoordinator, instance: Instance) -> None:
        """Build the address from the one that Home Assistant connects to."""
        super().__init__(coordinator, "steward_webhook", instance.id)
        address = coordinator.entry.data[CONF_URL].rstrip("/")
        self._attr_native_value = instance.id
        self._attr_extra_state_attributes = {
            ATTR_ADDRESS: address + WEBHOOK_PATH.format(instance_id=instance.id)
        }

    def is_available_now(self) -> bool:
        """Return whether the app is connected: an instance that cannot be read takes alerts."""
        return self.coordinator.is_available(None)


def _status_attributes(
    instance: Instance, offer: ServiceOffer | None, snapshot: Snapshot | None
) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if instance.error:
        attributes[ATTR_REASON] = one_line(instance.error)
    if instance.notices:
        attributes[ATTR_NOTICES] = [one_line(one) for one in instance.notices]
    if snapshot is None:
        return attributes
    attributes[ATTR_COVERAGE] = snapshot.coverage.status.value
    if snapshot.coverage.gaps:
        names = {one.kind: one.name for one in offer.resources} if offer else {}
        attributes[ATTR_GAPS] = {
            names.get(one.part, one.part): one_line(one.reason) for one in snapshot.coverage.gaps
        }
    if snapshot.missing_rights:
        attributes[ATTR_MISSING_RIGHTS] = list(snapshot.missing_rights)
    if snapshot.unavailable:
        attributes[ATTR_NOT_OFFERED] = dict(_not_offered(offer, snapshot))
    return attributes


def _not_offered(offer: ServiceOffer | None, snapshot: Snapshot) -> Iterable[tuple[str, str]]:
    """Yield the names of tools and actions that are not offered now, and why."""
    names: dict[str, str] = {}
    if offer:
        names |= {f"tool.{one.key}": one.name for one in offer.tools}
        names |= {f"action.{one.key}": one.name for one in offer.actions}
    for key, reason in snapshot.unavailable.items():
        yield names.get(key, key), one_line(reason)


class ReadingSensor(ReadingEntity, SensorEntity):
    """A reading of an instance or a resource."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spec: EntitySpec, offer: SensorOffer
    ) -> None:
        """Describe the sensor as the catalogue does."""
        super().__init__(coordinator, instance, spec, offer)
        self._fit = fit_of(offer)
        self.entity_description = SensorEntityDescription(
            **naming(spec, offer),
            device_class=device_class_of(offer),
            state_class=state_class_of(offer),
            native_unit_of_measurement=unit_of(offer),
            suggested_display_precision=offer.precision,
            options=list(offer.options) or None,
            entity_category=EntityCategory.DIAGNOSTIC if offer.diagnostic else None,
            entity_registry_enabled_default=offer.enabled_by_default,
        )

    def store_value(self, value: Value) -> None:
        """Store the value as a state that fits the sensor."""
        self._attr_native_value = self._fit(value)
