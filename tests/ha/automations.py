"""Automations with the triggers and conditions of the integration."""

from collections.abc import Awaitable, Callable
from typing import Any

import rows
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import IncidentStatus

PROBLEM = "binary_sensor.proxmox_problem"
OPEN = "sensor.homelab_steward_open_incidents"

type Automate = Callable[..., Awaitable[list[ServiceCall]]]


def opened(key: str = "inc1", number: int = 7, **changes: Any) -> Any:
    return rows.incident(key, status=IncidentStatus.OPEN, number=number, **changes)


def device(hass: HomeAssistant, entry: MockConfigEntry, *path: str) -> str:
    registry = dr.async_get(hass)
    found = registry.async_get_device_by_identifier((DOMAIN, "/".join(path)), entry.entry_id)
    assert found
    return found.id
