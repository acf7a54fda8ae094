"""What all entities of the integration share: device, unique id and availability."""

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity

from .const import DOMAIN
from .coordinator import StewardCoordinator
from .readings import ResourceId


class StewardEntity(Entity):
    """An entity of the app, of one of its instances, or of one resource of an instance.

    It belongs to the device of the resource ``device``, or to that of the instance without one.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        coordinator: StewardCoordinator,
        key: str,
        instance_id: str | None = None,
        resource: ResourceId | None = None,
        *,
        device: ResourceId | None = None,
    ) -> None:
        """Assign the device; ``key`` is unique within app, instance or resource."""
        self.coordinator = coordinator
        self.instance_id = instance_id
        self.resource = resource
        subject = identifier(coordinator.app_id, instance_id, resource)
        self._attr_unique_id = f"{subject}/{key}"
        owner = identifier(coordinator.app_id, instance_id, device)
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, owner)})
        self._attr_available = self.is_available_now()
        self.was_added = False
        self.was_removed = False

    async def async_added_to_hass(self) -> None:
        """Follow the connection and the state of the instance."""
        await super().async_added_to_hass()
        self.was_added = True
        self.async_on_remove(
            self.coordinator.listen_availability(self.instance_id, self.availability_changed)
        )

    async def async_will_remove_from_hass(self) -> None:
        """Remember the removal: a person may remove the device while its resource is not listed."""
        await super().async_will_remove_from_hass()
        self.was_removed = True

    def is_available_now(self) -> bool:
        """Return whether the state that the entity shows is current."""
        return self.coordinator.is_available(self.instance_id, self.resource)

    @callback
    def availability_changed(self) -> None:
        """Write the state if the entity became available or unavailable."""
        available = self.is_available_now()
        if available != self._attr_available:
            self._attr_available = available
            self.async_write_ha_state()


def identifier(app_id: str, instance_id: str | None = None, resource: ResourceId | None = None) -> str:
    """Return the identifier of the app, of an instance, or of a resource: ``app/instance/kind/id``."""
    if instance_id is None:
        return app_id
    return "/".join((app_id, instance_id, *(resource or ())))


def parse_identifier(text: str) -> tuple[str | None, ResourceId | None]:
    """Return instance and resource of a device's identifier."""
    _, instance_id, kind, resource_id = (*text.split("/", 3), "", "", "")[:4]
    return instance_id or None, (kind, resource_id) if kind else None


def parse_unique_id(text: str) -> tuple[str | None, ResourceId | None]:
    """Return instance and resource of an entity's unique id; keys of entities hold no slash."""
    return parse_identifier(text.rpartition("/")[0])
