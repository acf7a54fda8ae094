"""The selected phones: their owners, and how they are reached."""

import asyncio
from dataclasses import dataclass
from typing import Final

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr

from .payload import Push

MOBILE_APP: Final = "mobile_app"
SEND_TIMEOUT: Final = 30.0

_APPLE: Final = "Apple"
_USER_ID: Final = "user_id"
"""Key of the registration's user in the entry of a phone."""


class PhoneUnreachableError(Exception):
    """A push was not delivered; the text gives the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """A reachable phone. ``owner`` is the HA user that it is registered for."""

    device_id: str
    name: str
    owner: str
    is_apple: bool
    service: str


def find_phone(hass: HomeAssistant, device_id: str) -> Phone:
    """Return a phone by its device; looked up for each use, as its names may change.

    Raises PhoneUnreachableError when it is gone or accepts no push.
    """
    if MOBILE_APP not in hass.config.components:
        raise PhoneUnreachableError("The mobile app integration is not loaded")
    # Imported only when its component is loaded: otherwise its requirements may be missing.
    from homeassistant.components.mobile_app import util  # noqa: PLC0415

    webhook_id = util.webhook_id_from_device_id(hass, device_id)
    device, entry = dr.async_get_device_and_config_entry_for_domain(
        hass, device_id, domain=MOBILE_APP, include_child_devices=False
    )
    if webhook_id is None or device is None or entry is None:
        raise PhoneUnreachableError("The phone is no longer registered")
    try:
        service = util.get_notify_service(hass, webhook_id)
    except KeyError:
        service = None  # no phone has registered for notifications yet
    if service is None:
        raise PhoneUnreachableError("The phone takes no notifications")
    return Phone(
        device_id=device_id,
        name=phone_name(hass, device_id),
        owner=entry.data[_USER_ID],
        is_apple=device.manufacturer == _APPLE,
        service=service,
    )


def phone_name(hass: HomeAssistant, device_id: str) -> str:
    """Return the name of the phone, its id when it is gone."""
    device = dr.async_get(hass).async_get(device_id)
    return (device.name_by_user or device.name or device_id) if device else device_id


async def send(hass: HomeAssistant, phone: Phone, push: Push) -> None:
    """Send a push to a phone. Raises PhoneUnreachableError when Home Assistant cannot send it."""
    try:
        async with asyncio.timeout(SEND_TIMEOUT):
            await hass.services.async_call(
                NOTIFY_DOMAIN, phone.service, push.as_service_data(), blocking=True
            )
    except (HomeAssistantError, TimeoutError, ValueError) as err:
        raise PhoneUnreachableError(str(err) or type(err).__name__) from err
