"""Has the agents in Assist stand from the first try to connect on: they say that the app is away."""

from typing import Final

from homeassistant.components.conversation import HOME_ASSISTANT_AGENT, async_prepare_agent
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import StewardCoordinator

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


@callback
def have_a_stand_in(hass: HomeAssistant, coordinator: StewardCoordinator) -> None:
    """Have Home Assistant's own agent ready as soon as the app is away: it answers instead.

    Its sentences take a moment to load, and nobody should wait for that.
    """

    @callback
    def prepare() -> None:
        entry = coordinator.entry
        if not coordinator.connected and entry.state is ConfigEntryState.LOADED:
            preparing = async_prepare_agent(hass, HOME_ASSISTANT_AGENT, hass.config.language)
            entry.async_create_background_task(hass, preparing, "homelab_steward stand-in")

    coordinator.entry.async_on_unload(coordinator.listen_availability(None, prepare))


async def async_take_down(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Unload the agents of an entry that was loaded. Raises as Home Assistant does."""
    await hass.config_entries.async_unload_platforms_or_raise(entry, [_PLATFORM])
    hass.data[_STANDING].discard(entry.entry_id)
