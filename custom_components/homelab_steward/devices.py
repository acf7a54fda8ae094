"""The steward's device, one for each instance and each agent, and none that is no more."""

from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import AnyDeviceEntry, DeviceEntryType

from .const import DOMAIN, SUBENTRY_CONVERSATION, TITLE
from .contract.catalogue import ServiceOffer, SettingKind
from .contract.state import Instance
from .coordinator import StewardCoordinator
from .entity import device_identifier


@callback
def register_steward(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Make or update the device everything else stands below."""
    hello = coordinator.hello
    dr.async_get(hass).async_get_or_create(
        config_entry_id=coordinator.entry.entry_id,
        identifiers={(DOMAIN, coordinator.app_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=TITLE,
        model="Steward app",
        name=coordinator.entry.title,
        sw_version=hello.app_version if hello else None,
    )


@callback
def register_instance(
    hass: HomeAssistant,
    coordinator: StewardCoordinator,
    instance: Instance,
    subentry_id: str | None,
) -> None:
    """Make or update the device of one instance."""
    entry_id = coordinator.entry.entry_id
    offer = coordinator.steward_state.offer(instance)
    snapshot = coordinator.steward_state.snapshots.get(instance.id)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry_id,
        config_subentry_id=subentry_id,
        identifiers={(DOMAIN, device_identifier(coordinator.app_id, instance.id))},
        configuration_url=_address(instance, offer),
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=offer.manufacturer if offer else None,
        model=offer.name if offer else instance.service,
        name=instance.name,
        sw_version=snapshot.version if snapshot and snapshot.version else instance.version,
        via_device_id=dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, coordinator.app_id), config_entry_id=entry_id
        ),
    )


@callback
def register_agent(hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry) -> None:
    """Make or rename the device of an agent in Assist."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, subentry.subentry_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=TITLE,
        model="Conversation agent",
        name=subentry.title,
    )


@callback
def remove_instance(hass: HomeAssistant, coordinator: StewardCoordinator, instance_id: str) -> None:
    """Remove the device of an instance, and with it its entities."""
    registry = dr.async_get(hass)
    identifier = (DOMAIN, device_identifier(coordinator.app_id, instance_id))
    device = registry.async_get_device_by_identifier(identifier, coordinator.entry.entry_id)
    if device is not None:
        registry.async_remove_device(device.id)


@callback
def remove_stale(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Remove the devices of instances that went while Home Assistant was not looking."""
    registry = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(registry, coordinator.entry.entry_id):
        if is_stale(coordinator, device):
            registry.async_remove_device(device.id)


def is_stale(coordinator: StewardCoordinator, device: AnyDeviceEntry) -> bool:
    """Return whether the device stands for nothing the app knows."""
    app_id = coordinator.app_id
    known = {(DOMAIN, app_id)}
    known |= {(DOMAIN, device_identifier(app_id, key)) for key in coordinator.steward_state.instances}
    agents = coordinator.entry.get_subentries_of_type(SUBENTRY_CONVERSATION)
    known |= {(DOMAIN, agent.subentry_id) for agent in agents}
    return not known & device.identifiers


def _address(instance: Instance, offer: ServiceOffer | None) -> str | None:
    """Return the page of the instance; none with credentials in it."""
    for field in offer.settings if offer else ():
        value = instance.settings.get(field.key)
        if field.kind is SettingKind.URL and isinstance(value, str):
            parts = urlsplit(value)
            if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc:
                return value
    return None
