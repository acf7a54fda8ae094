"""System health information of the integration."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .runtime import StewardConfigEntry


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[StewardConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    loaded = [entry for entry in entries if entry.state is ConfigEntryState.LOADED]
    if not loaded:
        return {"connected": False}
    coordinator = loaded[0].runtime_data.coordinator
    hello = coordinator.hello
    return {
        "connected": coordinator.connected,
        "app_version": hello.app_version if hello else None,
        "instances": len(coordinator.steward_state.instances),
        "open_incidents": len(coordinator.steward_state.open_incidents()),
    }
