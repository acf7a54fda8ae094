"""An update of Home Assistant Core whose installation restarts Home Assistant, as Supervisor does."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.discovery import async_load_platform
from homeassistant.helpers.typing import ConfigType

DOMAIN = "core_update"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the entity."""
    hass.async_create_task(async_load_platform(hass, Platform.UPDATE, DOMAIN, {}, config))
    return True
