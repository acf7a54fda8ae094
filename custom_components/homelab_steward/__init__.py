"""Homelab Steward: the Home Assistant integration of the steward app."""

from functools import partial

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import instance_id
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration

from . import agents, devices, issues
from .actions import register_actions
from .const import DOMAIN, PLATFORMS
from .coordinator import StewardCoordinator
from .doctor import watch_doctor
from .drills import watch_drills
from .dynamic_entities import DynamicEntities
from .expectations import register_expectations
from .front_ends import watch_front_ends
from .home_report import MEMORY, HomeMemory
from .llm_api import register_api, unregister_api
from .mode_actions import register_mode_actions
from .model_limits import watch_model_limits
from .notifications import Notifications
from .notifications.ledger import storage as cards_storage
from .notifications.match_presses import MatchPresses
from .notifications.presses import Presses
from .notifications.refusal_reports import REPORTS, RefusalReports
from .notifications.trend_pictures import TrendView
from .panel import async_serve_files, async_show_panel, remove_panel
from .people import watch_people
from .places import Places
from .request_actions import register_requests
from .restores import watch_restores
from .rights import watch_rights
from .row_events import async_watch_rows
from .runtime import StewardConfigEntry, StewardRuntime
from .satellites import Satellites
from .subentries import Subentries
from .subentries import storage as subentries_storage
from .websocket_api import register_commands

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register what does not depend on a loaded entry: actions, presses on phones, files of the panel."""
    hass.data[MEMORY] = HomeMemory()
    reports = hass.data[REPORTS] = RefusalReports(hass)
    register_actions(hass)
    register_expectations(hass)
    register_requests(hass)
    register_mode_actions(hass)
    register_commands(hass)
    hass.http.register_view(TrendView())
    await async_serve_files(hass)
    Presses(hass, reports).start()
    MatchPresses(hass).start()
    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, partial(_entry_changed, hass))
    return True


async def async_setup_entry(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Connect to the app and set up its devices and entities.

    Raises ConfigEntryNotReady while the app does not answer, ConfigEntryAuthFailed when it
    refuses the token.
    """
    await async_show_panel(hass)
    register_api(hass, entry)
    await agents.async_set_up(hass, entry)
    home_id = await instance_id.async_get(hass)
    version = (await async_get_integration(hass, DOMAIN)).version
    coordinator = StewardCoordinator(
        hass, entry, async_get_clientsession(hass), home_id, str(version) if version else None
    )
    try:
        await coordinator.async_connect()
    except ConfigEntryNotReady:
        agents.prepare_fallback(hass)
        raise
    subentries = Subentries(coordinator)
    await subentries.async_load()
    entities = DynamicEntities(coordinator, subentries)
    notifications = Notifications(coordinator)
    await notifications.async_load()
    entry.runtime_data = StewardRuntime(
        coordinator=coordinator,
        subentries=subentries,
        entities=entities,
        notifications=notifications,
    )
    devices.register_steward(hass, coordinator)
    devices.remove_stale(hass, coordinator)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entities.start()
    subentries.start()
    await async_watch_rows(hass, coordinator)
    watch_people(coordinator)
    watch_rights(coordinator)
    watch_model_limits(coordinator)
    watch_doctor(coordinator)
    watch_drills(coordinator)
    watch_restores(coordinator)
    watch_front_ends(coordinator)
    agents.follow_connection(hass, coordinator)
    notifications.start()
    Satellites(coordinator).start()
    reports = hass.data[REPORTS]
    entry.async_on_unload(coordinator.listen_availability(None, lambda: reports.send(entry)))
    entry.async_on_unload(coordinator.start_home())
    Places(coordinator, home_id).start()
    entry.async_on_unload(entry.add_update_listener(_async_entry_changed))
    entry.async_on_unload(
        coordinator.listen_availability(None, lambda: devices.register_steward(hass, coordinator))
    )


async def async_unload_entry(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Unload the platforms, save what must survive, and disconnect."""
    await hass.config_entries.async_unload_platforms_or_raise(entry, PLATFORMS)
    await agents.async_unload(hass, entry)
    unregister_api(hass, entry)
    runtime = entry.runtime_data
    await runtime.coordinator.async_close()
    # Last: whatever ends with the connection may still change what is stored.
    await runtime.notifications.async_close()
    await runtime.subentries.async_close()
    issues.clear_connection(hass, entry)


async def async_remove_entry(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Delete stored data and issues; the app keeps its instances and people."""
    issues.clear_all(hass, entry)
    remove_panel(hass)
    unregister_api(hass, entry)
    await agents.async_forget(hass, entry)
    await cards_storage(hass, entry.entry_id).async_remove()
    await subentries_storage(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: StewardConfigEntry, device: AnyDeviceEntry
) -> bool:
    """Return whether a person may remove the device: only if the app does not list it now.

    What the app lists is not known before the entry is loaded.
    """
    if entry.state is not ConfigEntryState.LOADED:
        return False
    return devices.is_removable(entry.runtime_data.coordinator, device)


@callback
def _entry_changed(hass: HomeAssistant, _change: ConfigEntryChange, entry: ConfigEntry) -> None:
    """Remove what an entry that a person disabled has outside of it, also if it is not loaded."""
    if entry.domain == DOMAIN and entry.disabled_by is not None:
        issues.clear_all(hass, entry)
        remove_panel(hass)
        unregister_api(hass, entry)


async def _async_entry_changed(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
    """Apply changes of subentries and options; new connection data reload the entry instead."""
    runtime = entry.runtime_data
    devices.register_steward(hass, runtime.coordinator)
    runtime.subentries.compare()
    runtime.entities.refresh_all()
    runtime.notifications.refresh()
    runtime.coordinator.home.refresh()
