"""Reads update entities of Home Assistant and their release notes."""

import asyncio
from typing import Final

from homeassistant.components.update.const import (
    DATA_COMPONENT,
    UpdateDeviceClass,
    UpdateEntityFeature,
    UpdateEntityStateAttribute,
)
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_SUPPORTED_FEATURES, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .contract.errors import ContractError, ErrorCode
from .contract.home import LONGEST_NOTES, REPLY_SECONDS, HomeQuery, HomeUpdate
from .home_apps import SUPERVISOR

LONGEST_TEXT: Final = 255
PARTS: Final = frozenset({"core", "host", "OS", "supervisor"})
"""Names of the devices of the Supervisor integration that are no apps."""


def read_update(hass: HomeAssistant, state: State, failures: dict[str, str]) -> HomeUpdate:
    """Return one update entity. What it failed with is forgotten once it is up to date."""
    attributes = state.attributes
    if state.state == STATE_OFF:
        failures.pop(state.entity_id, None)
    features = UpdateEntityFeature(attributes.get(ATTR_SUPPORTED_FEATURES, 0))
    device = device_of(hass, state.entity_id)
    entry = er.async_get(hass).async_get(state.entity_id)
    percentage = attributes.get(UpdateEntityStateAttribute.UPDATE_PERCENTAGE)
    return HomeUpdate(
        id=state.entity_id,
        title=cut(str(attributes.get(UpdateEntityStateAttribute.TITLE) or state.name)),
        installed=text_of(attributes.get(UpdateEntityStateAttribute.INSTALLED_VERSION)),
        latest=text_of(attributes.get(UpdateEntityStateAttribute.LATEST_VERSION)),
        is_waiting={STATE_ON: True, STATE_OFF: False}.get(state.state),
        in_progress=bool(attributes.get(UpdateEntityStateAttribute.IN_PROGRESS)),
        can_install=UpdateEntityFeature.INSTALL in features,
        can_backup=UpdateEntityFeature.BACKUP in features,
        release_url=text_of(attributes.get(UpdateEntityStateAttribute.RELEASE_URL)),
        failure=failures.get(state.entity_id),
        can_choose_version=UpdateEntityFeature.SPECIFIC_VERSION in features,
        has_notes=UpdateEntityFeature.RELEASE_NOTES in features,
        is_firmware=attributes.get(ATTR_DEVICE_CLASS) == UpdateDeviceClass.FIRMWARE,
        installs_itself=attributes.get(UpdateEntityStateAttribute.AUTO_UPDATE) is True,
        percentage=float(percentage) if isinstance(percentage, int | float) else None,
        skipped=text_of(attributes.get(UpdateEntityStateAttribute.SKIPPED_VERSION)),
        summary=text_of(attributes.get(UpdateEntityStateAttribute.RELEASE_SUMMARY)),
        integration=integration_of(hass, state.entity_id),
        device=text_of(device.name_by_user or device.name) if device else None,
        model=text_of(device.model) if isinstance(device, dr.DeviceEntry) else None,
        entry=entry.config_entry_id if entry else None,
        app=_app_of(device),
    )


def _app_of(device: dr.DeviceEntry | dr.ChildDeviceEntry | None) -> str | None:
    """Return the slug of the app of Home Assistant OS that a device stands for."""
    found = device.identifiers if isinstance(device, dr.DeviceEntry) else ()
    return next((name for domain, name in found if domain == SUPERVISOR and name not in PARTS), None)


async def async_release_notes(hass: HomeAssistant, entity_id: str) -> str:
    """Return the release notes of an update entity, "" when there are none. Raises ContractError."""
    entity = hass.data[DATA_COMPONENT].get_entity(entity_id)
    if entity is None or integration_of(hass, entity_id) == DOMAIN:
        raise ContractError(ErrorCode.NOT_FOUND, f"There is no update entity {cut(entity_id)}")
    if not entity.available or UpdateEntityFeature.RELEASE_NOTES not in entity.supported_features:
        raise ContractError(ErrorCode.UNAVAILABLE, f"{entity_id} has no release notes now")
    try:
        async with asyncio.timeout(REPLY_SECONDS[HomeQuery.RELEASE_NOTES]):
            return (await entity.async_release_notes() or "")[:LONGEST_NOTES]
    except Exception as err:
        message = f"The release notes of {entity_id} could not be read: {cut(str(err) or type(err).__name__)}"
        raise ContractError(ErrorCode.UNAVAILABLE, message) from err


def integration_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the integration that an entity comes from."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry.platform if entry else None


def device_of(hass: HomeAssistant, entity_id: str) -> dr.DeviceEntry | dr.ChildDeviceEntry | None:
    """Return the device of an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.device_id is None:
        return None
    return dr.async_get(hass).async_get(entry.device_id)


def cut(text: str) -> str:
    """Return the beginning of a text, short enough for a report."""
    return text[:LONGEST_TEXT]


def text_of(value: object) -> str | None:
    """Return a value as a short text, None for none."""
    return None if value is None else cut(str(value))
