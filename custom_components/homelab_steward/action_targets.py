"""Finds what the caller of an action means: the app, a service, or a thing inside one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import probatio
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import service

from .const import DOMAIN
from .contract.state import Speaker
from .coordinator import StewardCoordinator
from .entity import parse_identifier
from .errors import refused
from .readings import ResourceId
from .runtime import StewardConfigEntry
from .speakers import async_speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceTarget:
    """A service of an app, or a resource inside it."""

    coordinator: StewardCoordinator
    instance_id: str
    resource: ResourceId | None


def coordinator_of(hass: HomeAssistant, data: Mapping[str, Any]) -> StewardCoordinator:
    """Return the app that the call names, or the only one. Raises ServiceValidationError."""
    entry: StewardConfigEntry = service.async_get_config_entry(hass, DOMAIN, data.get(ATTR_CONFIG_ENTRY_ID))
    return entry.runtime_data.coordinator


def find_device(hass: HomeAssistant, device_id: str) -> DeviceTarget:
    """Return the service or resource of a device.

    Raises ServiceValidationError for a device that is no service and nothing inside one.
    """
    device = dr.async_get(hass).async_get(device_id)
    for entry in _entries(hass, device.config_entries if device else ()):
        coordinator = entry.runtime_data.coordinator
        for domain, key in device.identifiers if device else ():
            instance_id, resource = parse_identifier(key)
            if domain == DOMAIN and instance_id in coordinator.steward_state.instances:
                return DeviceTarget(coordinator=coordinator, instance_id=instance_id or "", resource=resource)
    raise refused("no_target")


async def async_person(call: ServiceCall, coordinator: StewardCoordinator) -> Speaker:
    """Return the user who calls. Raises ServiceValidationError for an automation and a deactivated user."""
    return await async_speaker(coordinator, call.context, call.service, needs_user=True)


async def async_anyone(call: ServiceCall, coordinator: StewardCoordinator) -> Speaker:
    """Return the user who calls; an automation has the empty id.

    Raises ServiceValidationError for a deactivated user.
    """
    return await async_speaker(coordinator, call.context, call.service)


def _entries(hass: HomeAssistant, ids: Iterable[str]) -> list[StewardConfigEntry]:
    """Return the loaded entries of the integration among these."""
    wanted = frozenset(ids)
    return [entry for entry in hass.config_entries.async_loaded_entries(DOMAIN) if entry.entry_id in wanted]


def whole_number(value: object) -> int:
    """Return a whole number, also from text or ``2.0``. Raises Invalid for others: 1.5 is no option."""
    try:
        number = float(str(value))
    except ValueError as err:
        raise probatio.Invalid("expected a whole number") from err
    if isinstance(value, bool) or not number.is_integer():
        raise probatio.Invalid("expected a whole number")
    return int(number)
