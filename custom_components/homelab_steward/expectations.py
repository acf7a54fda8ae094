"""The action expect_off: a known person says that a device is meant to be off, or to run."""

from typing import Final

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .action_targets import async_person, find_device
from .const import DOMAIN
from .contract.commands import ExpectOff
from .contract.errors import ContractError
from .contract.protocol import Command, Nothing
from .errors import translated

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
    target, until = find_device(call.hass, call.data[ATTR_DEVICE_ID]), call.data.get(ATTR_UNTIL)
    kind, target_id = target.resource or (None, None)
    request = ExpectOff(
        instance_id=target.instance_id,
        kind=kind,
        target_id=target_id,
        off=call.data[ATTR_OFF],
        until=dt_util.as_utc(until) if until else None,
        speaker=await async_person(call, target.coordinator),
    )
    try:
        await target.coordinator.async_call(Command.EXPECT_OFF, request, Nothing)
    except ContractError as err:
        raise translated(err) from err
