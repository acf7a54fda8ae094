"""What every entity of the steward shares: its device, its unique id, its availability."""

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from .const import DOMAIN
from .coordinator import StewardCoordinator


class StewardEntity(Entity):
    """An entity of the steward itself, or of one of its instances."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self, coordinator: StewardCoordinator, unique_id: str, instance_id: str | None = None
    ) -> None:
        """Tie the entity to its device; ``unique_id`` is without the app's id."""
        device = device_identifier(coordinator.app_id, instance_id)
        self.coordinator = coordinator
        self.instance_id = instance_id
        self._attr_unique_id = f"{device}_{unique_id}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, device)})
        self._attr_available = coordinator.is_available(instance_id)
        self.was_added = False

    async def async_added_to_hass(self) -> None:
        """Follow the connection and the state of the instance."""
        self.was_added = True
        self.async_on_remove(
            self.coordinator.listen_availability(self.instance_id, self._availability_changed)
        )

    def is_available_now(self) -> bool:
        """Return whether what the entity shows is true now."""
        return self.coordinator.is_available(self.instance_id)

    @callback
    def _availability_changed(self) -> None:
        available = self.is_available_now()
        if available != self._attr_available:
            self._attr_available = available
            self.async_write_ha_state()


def device_identifier(app_id: str, instance_id: str | None) -> str:
    """Return how a device is known: the steward's own, or one instance's."""
    return app_id if instance_id is None else f"{app_id}_{instance_id}"
