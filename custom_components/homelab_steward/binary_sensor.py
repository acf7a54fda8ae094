"""Binary sensors: the yes-or-no readings of each instance."""

from collections.abc import Iterable

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import ReadingEntity, naming, reading_specs
from .contract.base import Value
from .contract.catalogue import Platform, SensorOffer, ServiceOffer
from .contract.state import Instance, Resource
from .coordinator import StewardCoordinator
from .dynamic_entities import EntitySpec
from .entity import StewardEntity
from .runtime import StewardConfigEntry
from .values import as_on

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator

    def plan(
        service: ServiceOffer, _instance: Instance, resources: tuple[Resource, ...]
    ) -> Iterable[EntitySpec]:
        return reading_specs(service, resources, Platform.BINARY_SENSOR)

    def make(instance: Instance, spec: EntitySpec) -> StewardEntity:
        return ReadingBinarySensor(coordinator, instance, spec, spec.reading)

    entry.runtime_data.entities.attach(plan, make, async_add_entities)


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
