"""Triggers for automations: what happened to incidents, approval requests and services.

They do not depend on a loaded entry, so that they survive its reload and a restart of the app.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, cast, override

import probatio
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, CONF_FOR, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.signal_type import SignalType

from .contract.incidents import ApprovalStatus, IncidentStatus
from .row_events import (
    HEALTH_SIGNAL,
    INCIDENT_EVENTS,
    INCIDENT_SIGNAL,
    RECOVERED,
    REQUEST_EVENTS,
    REQUEST_SIGNAL,
    UNHEALTHY,
    RowEvent,
)
from .row_filter import ROW_OPTIONS, RowFilter, instance_device_id, is_targeted, problem_entity_id

CONF_DECISION: Final = "decision"

_DECISIONS: Final = tuple(
    REQUEST_EVENTS[one]
    for one in (
        ApprovalStatus.APPROVED,
        ApprovalStatus.REJECTED,
        ApprovalStatus.IGNORED,
        ApprovalStatus.EXPIRED,
        ApprovalStatus.SUPERSEDED,
    )
)
_BY_A_PERSON: Final = _DECISIONS[:3]


class RowTrigger(Trigger):
    """Triggers for one kind of event about the incidents or requests that the options select."""

    _signal: ClassVar[SignalType[RowEvent]]
    _event_types: frozenset[str]
    _schema: ClassVar[probatio.Schema] = probatio.Schema(
        {probatio.Required(CONF_OPTIONS, default={}): ROW_OPTIONS}
    )

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the configuration with its defaults. Raises probatio.Invalid."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take validated options."""
        super().__init__(hass, config)
        self._options: Mapping[str, Any] = config.options or {}
        self._filter = RowFilter.from_options(self._options)

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Run the action at each event; returns how to stop."""

        @callback
        def on_event(event: RowEvent) -> None:
            if event.event_type in self._event_types and self._accepts(event):
                run_action(dict(event.data), _description(event))

        return async_dispatcher_connect(self._hass, self._signal, on_event)

    def _accepts(self, event: RowEvent) -> bool:
        return not isinstance(event.row, str) and self._filter.accepts(event.coordinator, event.row)


class ApprovalRequested(RowTrigger):
    """A request begins to wait for a person."""

    _signal = REQUEST_SIGNAL
    _event_types = frozenset({REQUEST_EVENTS[ApprovalStatus.PENDING]})


class ApprovalDecided(RowTrigger):
    """A request is decided by a person, or is over without a decision if the options say so."""

    _signal = REQUEST_SIGNAL
    _schema = probatio.Schema(
        {
            probatio.Required(CONF_OPTIONS, default={}): {
                **ROW_OPTIONS,
                probatio.Required(CONF_DECISION, default=list(_BY_A_PERSON)): probatio.All(
                    probatio.EnsureList(), probatio.NonEmpty(), [probatio.In(list(_DECISIONS))]
                ),
            }
        }
    )

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take validated options."""
        super().__init__(hass, config)
        self._event_types = frozenset(self._options[CONF_DECISION])


class IncidentOpened(RowTrigger):
    """An incident is opened."""

    _signal = INCIDENT_SIGNAL
    _event_types = frozenset({INCIDENT_EVENTS[IncidentStatus.OPEN]})


class IncidentResolved(RowTrigger):
    """An incident is resolved."""

    _signal = INCIDENT_SIGNAL
    _event_types = frozenset({INCIDENT_EVENTS[IncidentStatus.RESOLVED]})


class _Delay:
    """Runs something for a service after a time in which no other event happens to it."""

    def __init__(self, hass: HomeAssistant, time: timedelta) -> None:
        self._hass = hass
        self._time = time
        self._timers: dict[str, CALLBACK_TYPE] = {}

    def start(self, event: RowEvent, run: Callable[[], object]) -> None:
        """Run it now, or after the time if there is one."""
        if not self._time:
            run()
            return

        @callback
        def over(_now: datetime) -> None:
            del self._timers[_subject(event)]
            run()

        job = HassJob(over, "homelab_steward trigger", cancel_on_shutdown=True)
        self._timers[_subject(event)] = async_call_later(self._hass, self._time, job)

    def cancel(self, event: RowEvent) -> None:
        """Cancel what waits for the service of an event."""
        if stop := self._timers.pop(_subject(event), None):
            stop()

    def cancel_all(self) -> None:
        """Cancel everything that waits."""
        for stop in self._timers.values():
            stop()
        self._timers.clear()


def _subject(event: RowEvent) -> str:
    """Return what identifies the service of an event."""
    return f"{event.coordinator.app_id}/{event.row}"


class HealthTrigger(Trigger):
    """Triggers when a targeted service got or lost a problem, and it stays so for some time."""

    _event_type: ClassVar[str]
    _schema: ClassVar[probatio.Schema] = probatio.Schema(
        {
            probatio.Required(CONF_TARGET): cv.TARGET_FIELDS,
            probatio.Required(CONF_OPTIONS, default={}): {
                probatio.Optional(CONF_FOR): cv.positive_time_period
            },
        }
    )

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the configuration with its defaults. Raises probatio.Invalid."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take a validated target and options."""
        super().__init__(hass, config)
        self._target: Mapping[str, Any] = config.target or {}
        self._for: timedelta = (config.options or {}).get(CONF_FOR) or timedelta()

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Run the action at each event; returns how to stop."""
        delay = _Delay(self._hass, self._for)

        @callback
        def on_event(event: RowEvent) -> None:
            delay.cancel(event)
            if event.event_type == self._event_type and self._is_targeted(event):
                delay.start(event, lambda: run_action(self._payload(event), _description(event)))

        stop_listening = async_dispatcher_connect(self._hass, HEALTH_SIGNAL, on_event)

        @callback
        def stop() -> None:
            stop_listening()
            delay.cancel_all()

        return stop

    def _is_targeted(self, event: RowEvent) -> bool:
        return is_targeted(event.coordinator, str(event.row), self._target)

    def _payload(self, event: RowEvent) -> dict[str, Any]:
        instance_id = str(event.row)
        return {
            **event.data,
            ATTR_ENTITY_ID: problem_entity_id(event.coordinator, instance_id),
            ATTR_DEVICE_ID: instance_device_id(event.coordinator, instance_id),
        }


class ServiceBecameUnhealthy(HealthTrigger):
    """A service got a problem."""

    _event_type = UNHEALTHY


class ServiceRecovered(HealthTrigger):
    """A service has no problem any more."""

    _event_type = RECOVERED


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "approval_requested": ApprovalRequested,
    "approval_decided": ApprovalDecided,
    "incident_opened": IncidentOpened,
    "incident_resolved": IncidentResolved,
    "service_became_unhealthy": ServiceBecameUnhealthy,
    "service_recovered": ServiceRecovered,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by key."""
    return TRIGGERS


def _description(event: RowEvent) -> str:
    """Return what happened, for the trace and the logbook."""
    subject = event.data.get("title") or event.data["name"]
    return f"{subject}: {event.event_type}"
