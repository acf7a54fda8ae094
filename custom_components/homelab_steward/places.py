"""Tells the app in which areas its devices are, and what people call them, after each change."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import floor_registry as fr
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.event import async_call_later
from homeassistant.util.event_type import EventType

from .const import CONF_HOME_READ, DOMAIN, LOGGER
from .contract.errors import ContractError
from .contract.protocol import Command, Nothing
from .contract.target_names import HomePlace, HomePlaces, TargetKey, TargetNames
from .coordinator import StewardCoordinator
from .entity import parse_identifier, parse_unique_id
from .readings import ResourceId

DEBOUNCE: Final = 1.0
"""Seconds in which several changes become one report."""

LONGEST_NAME: Final = 100
MOST_PLACES: Final = 200
MOST_DEVICES: Final = 500

_STATE_CLASSES: Final = frozenset(
    {
        BinarySensorDeviceClass.CONNECTIVITY,
        BinarySensorDeviceClass.PROBLEM,
        BinarySensorDeviceClass.RUNNING,
    }
)
"""An entity of these classes stands for its whole thing; another one only for a reading of it."""

_EVENTS: Final[tuple[EventType[Any], ...]] = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
)


class Places:
    """Reports the places when the app is connected, and when a registry changed."""

    def __init__(self, coordinator: StewardCoordinator, home_id: str) -> None:
        """``home_id`` is the instance ID of Home Assistant."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._home_id = home_id
        self._sent: HomePlaces | None = None
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        """Report from now on until the entry is unloaded."""
        unload = self._coordinator.entry.async_on_unload
        for event in _EVENTS:
            unload(self._hass.bus.async_listen(event, self.changed))
        unload(self._coordinator.listen_availability(None, self._connection_changed))
        unload(self._stop)
        self.changed()

    @callback
    def changed(self, *_: Any) -> None:
        """Report soon, if what the app knows is not current."""
        if self._cancel is None:
            job = HassJob(self._async_report, "homelab_steward places", cancel_on_shutdown=True)
            self._cancel = async_call_later(self._hass, DEBOUNCE, job)

    @callback
    def _connection_changed(self) -> None:
        # The app may be another process that knows nothing yet.
        self._sent = None
        self.changed()

    @callback
    def _stop(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    async def _async_report(self, _: Any) -> None:
        self._cancel = None
        entry = self._coordinator.entry
        is_allowed = entry.options.get(CONF_HOME_READ, True) is True
        places = (
            read_places(self._hass, entry, self._home_id) if is_allowed else HomePlaces(home_id=self._home_id)
        )
        if places == self._sent or not self._coordinator.connected:
            return
        try:
            await self._coordinator.async_call(Command.REPORT_PLACES, places, Nothing)
        except ContractError as err:
            LOGGER.debug("The app did not take the areas: %s", err)
            return
        self._sent = places


@callback
def read_places(hass: HomeAssistant, entry: ConfigEntry, home_id: str) -> HomePlaces:
    """Return the areas and floors with the targets in them, and the names that people gave to devices."""
    areas = list(ar.async_get(hass).async_list_areas())
    inside = {one.id: _inside(hass, entry, one.id) for one in areas}
    places = [
        HomePlace(
            name=one.name, aliases=_texts(one.aliases), targets=inside[one.id][0], others=inside[one.id][1]
        )
        for one in areas
    ]
    for floor in fr.async_get(hass).async_list_floors():
        within = [inside[one.id] for one in areas if one.floor_id == floor.floor_id]
        places.append(
            HomePlace(
                name=floor.name,
                aliases=_texts(floor.aliases),
                targets=tuple(dict.fromkeys(each for targets, _ in within for each in targets)),
                others=tuple(dict.fromkeys(each for _, others in within for each in others))[:MOST_DEVICES],
            )
        )
    return HomePlaces(home_id=home_id, places=tuple(places[:MOST_PLACES]), names=tuple(_names(hass, entry)))


def _inside(
    hass: HomeAssistant, entry: ConfigEntry, area_id: str
) -> tuple[tuple[TargetKey, ...], tuple[str, ...]]:
    """Return the targets in an area, and the names of the devices of other integrations there."""
    targets: dict[TargetKey, None] = {}
    others: list[str] = []
    for device in dr.async_entries_for_area(dr.async_get(hass), area_id):
        target = _target(device)
        if target is not None:
            targets[target] = None
        elif name := device.name_by_user or device.name:
            others.append(name)
    for one in er.async_entries_for_area(er.async_get(hass), area_id):
        instance_id, resource = parse_unique_id(one.unique_id) if _is_own(entry, one) else (None, None)
        if instance_id:
            targets[_key(instance_id, resource)] = None
    return tuple(targets), _texts(others)[:MOST_DEVICES]


def _names(hass: HomeAssistant, entry: ConfigEntry) -> Iterator[TargetNames]:
    """Yield the names that people gave to devices of the app, and the aliases of their states."""
    found: dict[TargetKey, list[str]] = {}
    for device in dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id):
        target = _target(device)
        if target is not None and device.name_by_user:
            found.setdefault(target, []).append(device.name_by_user)
    for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        instance_id, resource = parse_unique_id(one.unique_id)
        if instance_id and one.original_device_class in _STATE_CLASSES:
            aliases = (alias for alias in one.aliases if alias is not er.COMPUTED_NAME)
            found.setdefault(_key(instance_id, resource), []).extend(aliases)
    for target, names in found.items():
        if texts := _texts(names):
            yield TargetNames(target=target, names=texts)


def _is_own(entry: ConfigEntry, one: er.RegistryEntry) -> bool:
    return one.config_entry_id == entry.entry_id


def _target(device: AnyDeviceEntry) -> TargetKey | None:
    """Return the instance or the resource that a device stands for, None for another device."""
    own = next((key for domain, key in device.identifiers if domain == DOMAIN), "")
    instance_id, resource = parse_identifier(own)
    return _key(instance_id, resource) if instance_id else None


def _key(instance_id: str, resource: ResourceId | None) -> TargetKey:
    kind, resource_id = resource or ("instance", instance_id)
    return TargetKey(instance_id=instance_id, kind=kind, id=resource_id)


def _texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return different texts in a fixed order, without those that are too long for a name."""
    return tuple(sorted({one.strip() for one in texts if 0 < len(one.strip()) <= LONGEST_NAME}))
