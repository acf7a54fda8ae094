"""Registers the devices of the app, its instances, their resources and the agents; removes stale ones."""

from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import AnyDeviceEntry, DeviceEntryType

from .const import DOMAIN, SUBENTRY_CONVERSATION, TITLE
from .contract.catalogue import ResourceOffer, ServiceOffer, SettingKind
from .contract.state import MOST_GAPS, CoverageStatus, Instance, Resource
from .coordinator import StewardCoordinator
from .entity import identifier, parse_identifier, parse_unique_id
from .readings import ResourceId


@callback
def register_steward(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Create or update the device of the app."""
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
    """Create or update the device of an instance and those of its resources."""
    registry = dr.async_get(hass)
    entry_id = coordinator.entry.entry_id
    offer = coordinator.steward_state.offer(instance)
    snapshot = coordinator.steward_state.snapshots.get(instance.id)
    device = registry.async_get_or_create(
        config_entry_id=entry_id,
        config_subentry_id=subentry_id,
        identifiers={(DOMAIN, identifier(coordinator.app_id, instance.id))},
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
    for resource, kind in _with_device(offer, snapshot.resources if snapshot else ()):
        registry.async_get_or_create(
            config_entry_id=entry_id,
            config_subentry_id=subentry_id,
            identifiers={(DOMAIN, identifier(coordinator.app_id, instance.id, (resource.kind, resource.id)))},
            manufacturer=offer.manufacturer if offer else None,
            model=kind.name,
            name=resource.name,
            via_device_id=device.id,
        )


@callback
def register_agent(hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry) -> None:
    """Create or rename the device of an agent in Assist."""
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
def remove_stale(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Remove devices and entities of instances and resources that are gone."""
    entry_id = coordinator.entry.entry_id
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, entry_id):
        if _is_stale(coordinator, device):
            devices.async_remove_device(device.id)
    # Resources without a device of their own leave entities on the device of the instance.
    entities = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(entities, entry_id):
        instance_id, resource = parse_unique_id(entity.unique_id)
        if instance_id and resource and is_gone(coordinator, instance_id, resource):
            entities.async_remove(entity.entity_id)


def is_removable(coordinator: StewardCoordinator, device: AnyDeviceEntry) -> bool:
    """Return whether a person may remove the device: the app does not list what it stands for."""
    if _is_stale(coordinator, device):
        return True
    instance_id, resource = parse_identifier(_own_identifier(device))
    return bool(instance_id and resource and not coordinator.readings.has(instance_id, resource))


def is_gone(coordinator: StewardCoordinator, instance_id: str, resource: ResourceId) -> bool:
    """Return whether a resource no longer exists: its instance is gone, or lists its kind without it.

    A resource that is missing from an incomplete list is not gone.
    """
    state = coordinator.steward_state
    snapshot = state.snapshots.get(instance_id)
    if instance_id not in state.instances:
        return True
    if snapshot is None or snapshot.coverage.status is CoverageStatus.FAILED:
        return False
    kind, _ = resource
    gaps = snapshot.coverage.gaps
    is_complete = len(gaps) < MOST_GAPS and all(gap.part != kind for gap in gaps)
    return is_complete and not coordinator.readings.has(instance_id, resource)


def kinds_with_device(offer: ServiceOffer | None) -> dict[str, ResourceOffer]:
    """Return the kinds of resource whose items have devices of their own."""
    return {one.kind: one for one in offer.resources if one.is_device} if offer else {}


def device_owners(
    offer: ServiceOffer | None, resources: tuple[Resource, ...]
) -> dict[ResourceId, ResourceId]:
    """Return the resource to whose device the entities of each resource belong.

    That is the resource itself if its kind has devices, or else the nearest one that it is in. A
    resource that is missing belongs to the device of the instance.
    """
    with_device, known = kinds_with_device(offer), {(one.kind, one.id): one for one in resources}
    owners: dict[ResourceId, ResourceId] = {}
    for own in known:
        place: ResourceId | None = own
        seen: set[ResourceId] = set()
        while place in known and place not in seen:
            if place[0] in with_device:
                owners[own] = place
                break
            seen.add(place)
            parent = known[place].parent
            place = (parent.kind, parent.id) if parent else None
    return owners


def _with_device(
    offer: ServiceOffer | None, resources: tuple[Resource, ...]
) -> list[tuple[Resource, ResourceOffer]]:
    kinds = kinds_with_device(offer)
    return [(one, kinds[one.kind]) for one in resources if one.kind in kinds]


def _is_stale(coordinator: StewardCoordinator, device: AnyDeviceEntry) -> bool:
    """Return whether the device stands for nothing that the app knows."""
    own = _own_identifier(device)
    agents = coordinator.entry.get_subentries_of_type(SUBENTRY_CONVERSATION)
    if own == coordinator.app_id or any(own == agent.subentry_id for agent in agents):
        return False
    instance_id, resource = parse_identifier(own)
    instance = coordinator.steward_state.instances.get(instance_id or "")
    if instance is None or resource is None:
        return instance is None
    offer = coordinator.steward_state.offer(instance)
    has_device = offer is None or resource[0] in kinds_with_device(offer)
    return not has_device or is_gone(coordinator, instance.id, resource)


def _own_identifier(device: AnyDeviceEntry) -> str:
    return next((key for domain, key in device.identifiers if domain == DOMAIN), "")


def _address(instance: Instance, offer: ServiceOffer | None) -> str | None:
    """Return the address of the instance; None for one with credentials in it."""
    for field in offer.settings if offer else ():
        value = instance.settings.get(field.key)
        if field.kind is SettingKind.URL and isinstance(value, str):
            parts = urlsplit(value)
            if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc:
                return value
    return None
