"""The action expect_off: a known person says that a device is meant to be off, or to run."""

from typing import Any, Final

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .contract.errors import ContractError
from .contract.protocol import Command, ExpectOff, Nothing
from .contract.state import FrontEnd, Speaker
from .coordinator import StewardCoordinator
from .entity import parse_identifier
from .errors import refused, translated
from .runtime import StewardConfigEntry

ACTION: Final = "expect_off"
ATTR_OFF: Final = "off"
ATTR_UNTIL: Final = "until"

_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Required(ATTR_OFF): cv.boolean,
        probatio.Optional(ATTR_UNTIL): cv.datetime,
    }
)


@callback
def register_expectations(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(DOMAIN, ACTION, _async_expect_off, schema=_SCHEMA)


async def _async_expect_off(call: ServiceCall) -> None:
    """Send what the user who calls says about a device."""
    if call.context.user_id is None:
        raise refused("no_user")
    coordinator, request = _request(call.hass, call.data, call.context.user_id)
    try:
        await coordinator.async_call(Command.EXPECT_OFF, request, Nothing)
    except ContractError as err:
        raise translated(err) from err


def _request(hass: HomeAssistant, data: dict[str, Any], user_id: str) -> tuple[StewardCoordinator, ExpectOff]:
    """Return the app of a device, and the request about the device.

    Raises ServiceValidationError for a device that is no service and nothing inside one.
    """
    device = dr.async_get(hass).async_get(data[ATTR_DEVICE_ID])
    until = data.get(ATTR_UNTIL)
    for entry in _entries(hass, device.config_entries if device else ()):
        coordinator = entry.runtime_data.coordinator
        for domain, key in device.identifiers if device else ():
            instance_id, resource = parse_identifier(key)
            if domain == DOMAIN and instance_id in coordinator.steward_state.instances:
                return coordinator, ExpectOff(
                    instance_id=instance_id or "",
                    kind=resource[0] if resource else None,
                    target_id=resource[1] if resource else None,
                    off=data[ATTR_OFF],
                    until=dt_util.as_utc(until) if until else None,
                    speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_id),
                )
    raise refused("no_target")


def _entries(hass: HomeAssistant, ids: Any) -> list[StewardConfigEntry]:
    """Return the loaded entries of the integration among these."""
    return [entry for entry in hass.config_entries.async_loaded_entries(DOMAIN) if entry.entry_id in ids]
