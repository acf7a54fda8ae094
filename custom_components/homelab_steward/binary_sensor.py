"""Binary sensors: the yes-or-no readings of each instance."""

from collections.abc import Iterable

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalogue_entity import OfferedEntity, reading_spots
from .contract.base import Value
from .contract.catalogue import Platform, SensorOffer, ServiceOffer, name_of, word_key
from .contract.state import Instance, Resource
from .coordinator import StewardCoordinator
from .dynamic_entities import Spot
from .entity import StewardEntity
from .runtime import StewardConfigEntry
from .values import as_on

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors of every instance as they appear."""
    coordinator = entry.runtime_data.coordinator

    def plan(offer: ServiceOffer, _instance: Instance, resources: Iterable[Resource]) -> Iterable[Spot]:
        return reading_spots(offer, resources, Platform.BINARY_SENSOR)

    def make(instance: Instance, spot: Spot) -> StewardEntity:
        return ReadingBinarySensor(coordinator, instance, spot, spot.reading)

    entry.runtime_data.drawing.attach(plan, make, async_add_entities)


class ReadingBinarySensor(OfferedEntity, BinarySensorEntity):
    """One yes-or-no reading of an instance, or of one thing inside it."""

    def __init__(
        self, coordinator: StewardCoordinator, instance: Instance, spot: Spot, offer: SensorOffer
    ) -> None:
        """Describe the sensor as the catalogue does."""
        super().__init__(coordinator, instance, spot, offer)
        self._key = (spot.resource_id, offer.key)
        self.entity_description = BinarySensorEntityDescription(
            key=offer.key,
            name=name_of(offer, spot.resource_name),
            translation_key=word_key(spot.service, offer),
            device_class=_device_class(offer),
            entity_category=EntityCategory.DIAGNOSTIC if offer.diagnostic else None,
            entity_registry_enabled_default=offer.enabled_by_default,
        )

    async def async_added_to_hass(self) -> None:
        """Follow the one reading shown."""
        await super().async_added_to_hass()
        readings = self.coordinator.readings
        self.async_on_remove(readings.show(self.of, self._key, self.show))
        self._attr_is_on = as_on(readings.value(self.of, self._key))

    @callback
    def show(self, value: Value) -> None:
        """Show a new value."""
        self._attr_is_on = as_on(value)
        self.async_write_ha_state()


def _device_class(offer: SensorOffer) -> BinarySensorDeviceClass | None:
    """Return the device class, None for one this Home Assistant does not know."""
    try:
        return BinarySensorDeviceClass(offer.device_class or "")
    except ValueError:
        return None
