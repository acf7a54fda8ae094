"""Sets up the agents in Assist before the first connection: they can say that the app does not answer."""

from typing import Final

from homeassistant.components.conversation import HOME_ASSISTANT_AGENT, async_prepare_agent
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import StewardCoordinator

_PLATFORM: Final = Platform.CONVERSATION
_SET_UP: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_agents")


async def async_set_up(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Set up the agents of an entry, before the connection to the app.

    Home Assistant unloads nothing after a failed setup, so agents of the previous attempt may
    still be set up: those are unloaded first.
    """
    set_up = hass.data.setdefault(_SET_UP, set())
    if entry.entry_id in set_up:
        await hass.config_entries.async_forward_entry_unload(entry, _PLATFORM)
    set_up.add(entry.entry_id)
    await hass.config_entries.async_forward_entry_setups(entry, [_PLATFORM])


@callback
def follow_connection(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Prepare Home Assistant's own agent as soon as the connection is lost: it answers instead."""

    @callback
    def prepare() -> None:
        if not coordinator.connected and coordinator.entry.state is ConfigEntryState.LOADED:
            prepare_fallback(hass)

    coordinator.entry.async_on_unload(coordinator.listen_availability(None, prepare))


@callback
def prepare_fallback(hass: HomeAssistant) -> None:
    """Load the sentences of Home Assistant's own agent in the background: that takes seconds."""
    preparing = async_prepare_agent(hass, HOME_ASSISTANT_AGENT, hass.config.language)
    hass.async_create_background_task(preparing, "homelab_steward fallback agent")


async def async_unload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Unload the agents of a loaded entry. Raises as Home Assistant does."""
    await hass.config_entries.async_unload_platforms_or_raise(entry, [_PLATFORM])
    hass.data[_SET_UP].discard(entry.entry_id)


async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Unload the agents of an entry that was removed before it was loaded."""
    if entry.entry_id in hass.data.get(_SET_UP, ()):
        await hass.config_entries.async_forward_entry_unload(entry, _PLATFORM)
        hass.data[_SET_UP].discard(entry.entry_id)
