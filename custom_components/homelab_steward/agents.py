"""Has the agents in Assist stand from the first try to connect on: they say that the app is away."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_PLATFORM: Final = Platform.CONVERSATION
_STANDING: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_agents")


async def async_stand_up(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Set the agents of an entry up, before the app is asked for anything.

    Home Assistant takes nothing down after a set-up that failed, so those of the try
    before may still stand.
    """
    standing = hass.data.setdefault(_STANDING, set())
    if entry.entry_id in standing:
        await hass.config_entries.async_forward_entry_unload(entry, _PLATFORM)
    standing.add(entry.entry_id)
    await hass.config_entries.async_forward_entry_setups(entry, [_PLATFORM])


async def async_take_down(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Unload the agents of an entry that was loaded. Raises as Home Assistant does."""
    await hass.config_entries.async_unload_platforms_or_raise(entry, [_PLATFORM])
    hass.data[_STANDING].discard(entry.entry_id)
