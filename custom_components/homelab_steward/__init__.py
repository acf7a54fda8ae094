"""Homelab Steward: Home Assistant's face of the steward app."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.typing import ConfigType

from . import agents, devices, issues
from .actions import register_actions
from .const import DOMAIN, PLATFORMS
from .coordinator import StewardCoordinator
from .dynamic_entities import Drawing
from .notifications import Notifications
from .notifications.ledger import storage as cards_storage
from .notifications.presses import Presses
from .people import watch_people
from .runtime import StewardConfigEntry, StewardRuntime
from .subentries import Subentries
from .subentries import storage as subentries_storage

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what there is whether an entry is loaded or not: actions, and an ear for presses."""
    register_actions(hass)
    Presses(hass).start()
    return True


async def async_setup_entry(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Connect, then show what the app knows.

    Raises ConfigEntryNotReady while it does not answer, ConfigEntryAuthFailed when it
    refuses the token.
    """
    await agents.async_stand_up(hass, entry)
    coordinator = StewardCoordinator(hass, entry, async_get_clientsession(hass))
    await coordinator.async_connect()
    subentries = Subentries(coordinator)
    await subentries.async_load()
    drawing = Drawing(coordinator, subentries)
    notifications = Notifications(coordinator)
    await notifications.async_load()
    entry.runtime_data = StewardRuntime(
        coordinator=coordinator,
        subentries=subentries,
        drawing=drawing,
        notifications=notifications,
    )
    devices.register_steward(hass, coordinator)
    devices.remove_stale(hass, coordinator)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    drawing.start()
    subentries.start()
    watch_people(coordinator)
    agents.have_a_stand_in(hass, coordinator)
    notifications.start()
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    entry.async_on_unload(
        coordinator.listen_availability(None, lambda: devices.register_steward(hass, coordinator))
    )


async def async_unload_entry(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Take everything down; what must be remembered is written first."""
    await hass.config_entries.async_unload_platforms_or_raise(entry, PLATFORMS)
    await agents.async_take_down(hass, entry)
    runtime = entry.runtime_data
    await runtime.notifications.async_save()
    await runtime.subentries.async_save()
    await runtime.coordinator.async_close()
    issues.steward_is_back(hass, entry)


async def async_remove_entry(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Forget what was remembered; the app keeps its instances and people."""
    issues.forget_all(hass, entry)
    await cards_storage(hass, entry.entry_id).async_remove()
    await subentries_storage(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: StewardConfigEntry, device: AnyDeviceEntry
) -> bool:
    """Return whether a person may remove the device: only if the app no longer knows it."""
    return devices.is_stale(entry.runtime_data.coordinator, device)


async def _async_entry_changed(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Follow subentries and options; address and token are followed by a reload."""
    runtime = entry.runtime_data
    devices.register_steward(hass, runtime.coordinator)
    runtime.subentries.compare()
    runtime.drawing.redraw_all()
    runtime.notifications.refresh()
