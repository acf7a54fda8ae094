"""Reads entities that say whether something else in the homelab is up, with what identifies its device."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.device_tracker import ATTR_IP, ATTR_MAC, ATTR_SOURCE_TYPE, SourceType
from homeassistant.components.sensor import ATTR_OPTIONS, SensorDeviceClass
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_CLASS, CONF_HOST, CONF_URL, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .contract.home import HomeWitness
from .home_updates import cut, device_of, integration_of, text_of

SLICE: Final = 200
"""Entities that are read before other tasks get their turn."""

PERSON: Final = "person"
TRACKERS: Final = "device_trackers"
"""The attribute of a person with the trackers of what this person carries."""

DEVICES: Final = frozenset({BinarySensorDeviceClass.CONNECTIVITY, BinarySensorDeviceClass.PROBLEM})
"""Classes of which only those of devices in the network are read: lamps and phones have them too."""

STATUSES: Final = frozenset({"up", "down"})
_LOCAL: Final = 0x02
_OCTET: Final = 2


async def async_read_witnesses(hass: HomeAssistant, states: Iterable[State]) -> list[HomeWitness]:
    """Return what the entities among ``states`` say that watch something."""
    known = list(states)
    carried = _carried(known)
    found = []
    for number, state in enumerate(known):
        if number % SLICE == 0:
            await asyncio.sleep(0)
        if _watches(state) and state.entity_id not in carried:
            witness = _witness(hass, state)
            if _is_told_apart(state, witness):
                found.append(witness)
    return found


def _carried(states: Iterable[State]) -> frozenset[str]:
    """Return the trackers of what people carry: where people are is nobody's business."""
    people = (state.attributes.get(TRACKERS) for state in states if state.domain == PERSON)
    return frozenset(one for trackers in people if isinstance(trackers, list | tuple) for one in trackers)


def _watches(state: State) -> bool:
    kind = state.attributes.get(ATTR_DEVICE_CLASS)
    if state.domain == Platform.BINARY_SENSOR:
        return kind in DEVICES or kind == BinarySensorDeviceClass.RUNNING
    if state.domain == Platform.DEVICE_TRACKER:
        return state.attributes.get(ATTR_SOURCE_TYPE) == SourceType.ROUTER
    if state.domain != Platform.SENSOR or kind != SensorDeviceClass.ENUM:
        return False
    options = state.attributes.get(ATTR_OPTIONS)
    return isinstance(options, list | tuple) and STATUSES.issubset(map(str, options))


def _is_told_apart(state: State, one: HomeWitness) -> bool:
    """Return whether an entity is about something of the homelab, as far as that can be told."""
    if state.domain == Platform.DEVICE_TRACKER:
        # A phone makes up its address, and it goes away without a problem.
        return not any(map(_is_made_up, one.macs)) and bool(one.macs or one.address)
    if state.attributes.get(ATTR_DEVICE_CLASS) in DEVICES:
        return bool(one.macs or one.serial or one.address)
    return True


def _witness(hass: HomeAssistant, state: State) -> HomeWitness:
    device, entry = device_of(hass, state.entity_id), _entry_of(hass, state.entity_id)
    own = device if isinstance(device, dr.DeviceEntry) else None
    macs = [value for kind, value in own.connections if kind == dr.CONNECTION_NETWORK_MAC] if own else []
    if state.domain == Platform.DEVICE_TRACKER:
        macs = [str(one) for one in (state.attributes.get(ATTR_MAC),) if one] or macs
    return HomeWitness(
        id=state.entity_id,
        name=cut((device and (device.name_by_user or device.name)) or state.name),
        domain=state.domain,
        state=cut(state.state),
        device_class=text_of(state.attributes.get(ATTR_DEVICE_CLASS)),
        integration=integration_of(hass, state.entity_id),
        source=_host_of(entry),
        device=own.id if own else None,
        model=text_of(own.model) if own else None,
        serial=text_of(own.serial_number) or "" if own else "",
        macs=tuple(sorted(map(cut, macs))),
        address=_address(hass, state, own, entry),
    )


def _address(
    hass: HomeAssistant, state: State, device: dr.DeviceEntry | None, entry: ConfigEntry | None
) -> str:
    """Return the host of a device, "" when it is not known: that of a service that lists it is another."""
    if state.domain == Platform.DEVICE_TRACKER and (address := state.attributes.get(ATTR_IP)):
        return cut(str(address))
    if device is None or device.via_device_id is not None:
        return ""
    if device.entry_type is dr.DeviceEntryType.SERVICE:
        return ""
    if device.configuration_url:
        return _host(device.configuration_url)
    is_only_one = entry is not None and _devices_of(hass, entry) == 1
    return _host_of(entry) if is_only_one else ""


def _devices_of(hass: HomeAssistant, entry: ConfigEntry) -> int:
    return len(dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id))


def _entry_of(hass: HomeAssistant, entity_id: str) -> ConfigEntry | None:
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.config_entry_id is None:
        return None
    return hass.config_entries.async_get_entry(entity.config_entry_id)


def _host_of(entry: ConfigEntry | None) -> str:
    """Return the host that an integration reads, without anything else of its settings."""
    if entry is None:
        return ""
    settings: Mapping[str, Any] = {**entry.options, **entry.data}
    given = (settings.get(key) for key in (CONF_HOST, CONF_URL))
    return next((_host(one) for one in given if isinstance(one, str) and one), "")


def _host(address: str) -> str:
    """Return the host of a URL or of ``host:port``: user names and passwords stay here."""
    try:
        return cut(urlsplit(address if "://" in address else f"//{address}").hostname or "")
    except ValueError:
        return ""


def _is_made_up(mac: str) -> bool:
    """Return whether a MAC address is locally administered."""
    digits = "".join(one for one in mac if one in "0123456789abcdefABCDEF")[:_OCTET]
    return len(digits) == _OCTET and bool(int(digits, 16) & _LOCAL)
