"""The actions pause, resume, silence, start_maintenance and end_maintenance. Automations may use them."""

from datetime import datetime, timedelta
from typing import Any, Final

import probatio
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .action_targets import async_anyone, coordinator_of, find_device, whole_number
from .const import DOMAIN
from .contract.errors import ContractError
from .contract.maintenance import (
    EARLIEST_NOTICE,
    AddMaintenance,
    MaintenanceWindow,
    Occurrence,
    WeeklyTimes,
)
from .contract.mode import PauseScope, SetPause, StewardMode
from .contract.protocol import Command
from .coordinator import StewardCoordinator
from .errors import refused, translated
from .maintenance import active_of, async_add, async_end, described, is_own
from .phrases import Phrases

PAUSE: Final = "pause"
RESUME: Final = "resume"
SILENCE: Final = "silence"
START: Final = "start_maintenance"
END: Final = "end_maintenance"

ATTR_CATEGORY: Final = "category"
ATTR_DURATION: Final = "duration"
ATTR_INCIDENT_ID: Final = "incident_id"
ATTR_NOTIFY: Final = "notify_minutes"
ATTR_REASON: Final = "reason"
ATTR_SCOPE: Final = "scope"
ATTR_STARTS_AT: Final = "starts_at"
ATTR_TITLE: Final = "title"
ATTR_WEEKDAYS: Final = "weekdays"
ATTR_WINDOW_ID: Final = "window_id"

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TITLE: Final = "Maintenance"

_ENTRY: Final = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_LIST: Final = probatio.All(probatio.EnsureList(), [cv.string])
_PAUSE: Final = probatio.Schema(
    {
        probatio.Required(ATTR_SCOPE, default=PauseScope.AUTOMATIC.value): probatio.In(
            [one.value for one in PauseScope]
        ),
        probatio.Optional(ATTR_REASON, default=""): cv.string,
        **_ENTRY,
    }
)
_START: Final = probatio.Schema(
    {
        probatio.Required(ATTR_DURATION): cv.positive_time_period,
        probatio.Optional(ATTR_DEVICE_ID): _LIST,
        probatio.Optional(ATTR_CATEGORY): _LIST,
        probatio.Optional(ATTR_TITLE): cv.string,
        probatio.Optional(ATTR_STARTS_AT): cv.datetime,
        probatio.Optional(ATTR_WEEKDAYS): probatio.All(
            probatio.EnsureList(), probatio.NonEmpty(), [probatio.In(list(WEEKDAYS))]
        ),
        probatio.Optional(ATTR_NOTIFY): probatio.All(
            whole_number, probatio.Range(min=1, max=EARLIEST_NOTICE)
        ),
        **_ENTRY,
    }
)
_SILENCE: Final = probatio.Schema(
    {
        probatio.Required(ATTR_INCIDENT_ID): cv.string,
        probatio.Required(ATTR_DURATION): cv.positive_time_period,
        **_ENTRY,
    }
)
_END: Final = probatio.All(
    probatio.Schema(
        {
            probatio.Exclusive(ATTR_WINDOW_ID, "what"): cv.string,
            probatio.Exclusive(ATTR_DEVICE_ID, "what"): cv.string,
            **_ENTRY,
        }
    ),
    cv.has_at_least_one_key(ATTR_WINDOW_ID, ATTR_DEVICE_ID),
)


@callback
def register_mode_actions(hass: HomeAssistant) -> None:
    """Register the actions."""
    register, optional = hass.services.async_register, SupportsResponse.OPTIONAL
    register(DOMAIN, PAUSE, _async_pause, schema=_PAUSE)
    register(DOMAIN, RESUME, _async_resume, schema=probatio.Schema(_ENTRY))
    register(DOMAIN, SILENCE, _async_silence, schema=_SILENCE, supports_response=optional)
    register(DOMAIN, START, _async_start, schema=_START, supports_response=optional)
    register(DOMAIN, END, _async_end, schema=_END)


async def _async_pause(call: ServiceCall) -> None:
    """Pause automatic changes, or all."""
    await _async_set_pause(call, PauseScope(call.data[ATTR_SCOPE]), call.data[ATTR_REASON])


async def _async_resume(call: ServiceCall) -> None:
    """End the pause."""
    await _async_set_pause(call, None, "")


async def _async_set_pause(call: ServiceCall, scope: PauseScope | None, reason: str) -> None:
    coordinator = coordinator_of(call.hass, call.data)
    request = SetPause(speaker=await async_anyone(call, coordinator), scope=scope, reason=reason)
    try:
        mode = await coordinator.async_call(Command.SET_PAUSE, request, StewardMode)
    except ContractError as err:
        raise translated(err) from err
    coordinator.store(mode)


async def _async_start(call: ServiceCall) -> ServiceResponse:
    """Add a maintenance window, and return its id and its next time span."""
    coordinator, instance_ids = _places(call)
    begin: datetime = dt_util.as_utc(call.data.get(ATTR_STARTS_AT) or dt_util.utcnow())
    duration: timedelta = call.data[ATTR_DURATION]
    weekly = _weekly(call.data.get(ATTR_WEEKDAYS), begin, duration)
    request = AddMaintenance(
        speaker=await async_anyone(call, coordinator),
        title=call.data.get(ATTR_TITLE) or TITLE,
        instance_ids=instance_ids,
        categories=tuple(call.data.get(ATTR_CATEGORY, ())),
        once=None if weekly else Occurrence(starts_at=begin, ends_at=begin + duration),
        weekly=weekly,
        notify_minutes=call.data.get(ATTR_NOTIFY),
    )
    window = await async_add(coordinator, request)
    return described(window, window.current or window.following)


async def _async_silence(call: ServiceCall) -> ServiceResponse:
    """Start maintenance of the service that an incident is about, and return its window."""
    coordinator = coordinator_of(call.hass, call.data)
    incident = coordinator.steward_state.incidents.get(call.data[ATTR_INCIDENT_ID])
    if incident is None or incident.target is None:
        raise refused("no_incident")
    phrases, now = await Phrases.async_load(call.hass), dt_util.utcnow()
    request = AddMaintenance(
        speaker=await async_anyone(call, coordinator),
        title=phrases("silence_title", number=str(incident.number)),
        instance_ids=(incident.target.instance_id,),
        once=Occurrence(starts_at=now, ends_at=now + call.data[ATTR_DURATION]),
    )
    window = await async_add(coordinator, request)
    return described(window, window.current or window.following)


def _places(call: ServiceCall) -> tuple[StewardCoordinator, tuple[str, ...]]:
    """Return the app and the instances of the devices. Raises ServiceValidationError."""
    targets = [find_device(call.hass, one) for one in call.data.get(ATTR_DEVICE_ID, ())]
    if not targets:
        return coordinator_of(call.hass, call.data), ()
    coordinator = targets[0].coordinator
    if any(one.coordinator is not coordinator or one.resource for one in targets):
        raise refused("no_service")
    return coordinator, tuple(one.instance_id for one in targets)


def _weekly(weekdays: list[str] | None, begin: datetime, duration: timedelta) -> WeeklyTimes | None:
    """Return the times of every week: the local time of the beginning on these days."""
    if weekdays is None:
        return None
    return WeeklyTimes(
        weekdays=tuple(WEEKDAYS.index(one) for one in weekdays),
        begin=f"{dt_util.as_local(begin):%H:%M}",
        minutes=int(duration.total_seconds() // 60),
        zone=str(dt_util.get_default_time_zone()),
    )


async def _async_end(call: ServiceCall) -> None:
    """End a window, or all that are of one service only."""
    coordinator, windows = _ended(call)
    speaker = await async_anyone(call, coordinator)
    for window in windows:
        await async_end(coordinator, window, speaker)


def _ended(call: ServiceCall) -> tuple[StewardCoordinator, tuple[MaintenanceWindow, ...]]:
    """Return the app and the windows to end. Raises ServiceValidationError when there is none."""
    if window_id := call.data.get(ATTR_WINDOW_ID):
        coordinator = coordinator_of(call.hass, call.data)
        window = coordinator.steward_state.windows.get(window_id)
        windows: tuple[MaintenanceWindow, ...] = (window,) if window else ()
    else:
        coordinator, windows = _of_device(call.hass, call.data)
    if not windows:
        raise refused("no_maintenance")
    return coordinator, windows


def _of_device(
    hass: HomeAssistant, data: dict[str, Any]
) -> tuple[StewardCoordinator, tuple[MaintenanceWindow, ...]]:
    target = find_device(hass, data[ATTR_DEVICE_ID])
    found = active_of(target.coordinator.steward_state, target.instance_id, dt_util.utcnow())
    return target.coordinator, tuple(one for one, _ in found if is_own(one, target.instance_id))
