"""Conditions for automations: whether services are healthy, and what is open or waits."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Unpack, cast, override

import probatio
from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.const import ATTR_DEVICE_ID, CONF_FOR, CONF_OPTIONS, STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConditionErrorMessage
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    make_entity_state_condition,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .contract.incidents import ApprovalRequest, Incident
from .contract.maintenance import MaintenanceWindow
from .coordinator import StewardCoordinator
from .maintenance import active, is_of
from .row_filter import CONF_CATEGORY, PROBLEM_KEY, ROW_OPTIONS, RowFilter, instances_of_devices
from .runtime import StewardConfigEntry
from .steward_state import StewardState

_PROBLEM_SENSOR: Final = {BINARY_SENSOR: DomainSpec(device_class=BinarySensorDeviceClass.PROBLEM)}


class IsHealthy(make_entity_state_condition(_PROBLEM_SENSOR, STATE_OFF)):  # type: ignore[misc]
    """The targeted services have no problem. A service that is not known is not healthy."""

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the problem sensors of services among the entities."""
        registry = er.async_get(self._hass)
        found = super().entity_filter(entities)
        return {one for one in found if _is_of_a_service(registry.async_get(one))}


def _is_of_a_service(entity: er.RegistryEntry | None) -> bool:
    return (
        entity is not None
        and entity.platform == DOMAIN
        and entity.unique_id.rpartition("/")[2] == PROBLEM_KEY
    )


class RowCondition(Condition):
    """Whether at least one row is selected by the options, and has been for some time."""

    _schema: ClassVar[probatio.Schema] = probatio.Schema(
        {
            probatio.Required(CONF_OPTIONS, default={}): {
                **ROW_OPTIONS,
                probatio.Optional(CONF_FOR): cv.positive_time_period,
            }
        }
    )

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the configuration with its defaults. Raises probatio.Invalid."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take validated options."""
        super().__init__(hass, config)
        options: Mapping[str, Any] = config.options or {}
        self._filter = RowFilter.from_options(options)
        self._for: timedelta = options.get(CONF_FOR) or timedelta()

    def rows(self, state: StewardState) -> Iterable[tuple[Incident | ApprovalRequest, datetime]]:
        """Return the rows that count, each with since when."""
        raise NotImplementedError

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Return whether there is such a row. Raises ConditionError while that is not known."""
        latest = dt_util.utcnow() - self._for
        return any(
            since <= latest and self._filter.accepts(coordinator, row)
            for coordinator in _connected(self._hass)
            for row, since in self.rows(coordinator.steward_state)
        )


class HasOpenIncident(RowCondition):
    """An incident is open."""

    @override
    def rows(self, state: StewardState) -> Iterable[tuple[Incident | ApprovalRequest, datetime]]:
        """Return the open incidents."""
        return ((row, row.opened_at) for row in state.open_incidents())


class IsWaiting(RowCondition):
    """A request waits for a person."""

    @override
    def rows(self, state: StewardState) -> Iterable[tuple[Incident | ApprovalRequest, datetime]]:
        """Return the pending requests."""
        return ((row, row.created_at) for row in state.pending_approvals())


class MaintenanceIsActive(Condition):
    """A maintenance window is active; with devices or categories, one that includes them."""

    _schema: ClassVar[probatio.Schema] = probatio.Schema(
        {
            probatio.Required(CONF_OPTIONS, default={}): {
                probatio.Optional(ATTR_DEVICE_ID): probatio.All(probatio.EnsureList(), [cv.string]),
                probatio.Optional(CONF_CATEGORY): probatio.All(probatio.EnsureList(), [cv.string]),
            }
        }
    )

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the configuration with its defaults. Raises probatio.Invalid."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take validated options."""
        super().__init__(hass, config)
        options: Mapping[str, Any] = config.options or {}
        self._device_ids = frozenset(options.get(ATTR_DEVICE_ID, ()))
        self._categories = frozenset(options.get(CONF_CATEGORY, ()))

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Return whether there is such a window. Raises ConditionError while that is not known."""
        return any(
            self._accepts(coordinator, window)
            for coordinator in _connected(self._hass)
            for window, _ in active(coordinator.steward_state, dt_util.utcnow())
        )

    def _accepts(self, coordinator: StewardCoordinator, window: MaintenanceWindow) -> bool:
        if not self._device_ids and not self._categories:
            return True
        if not self._categories.isdisjoint(window.categories):
            return True
        instances = instances_of_devices(coordinator, self._device_ids)
        return any(is_of(window, coordinator.steward_state, one) for one in instances)


class IsPaused(Condition):
    """The steward is paused."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the configuration, which has no options. Raises probatio.Invalid."""
        schema = probatio.Schema({probatio.Optional(CONF_OPTIONS): {}})
        return cast(ConfigType, schema(config))

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Return whether it is paused. Raises ConditionError while that is not known."""
        return any(one.steward_state.mode.pause is not None for one in _connected(self._hass))


def _connected(hass: HomeAssistant) -> list[StewardCoordinator]:
    """Return the apps that answer.

    Raises ConditionError when one does not: a condition that is not known is neither true nor,
    below a "not", false.
    """
    entries: list[StewardConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    coordinators = [entry.runtime_data.coordinator for entry in entries]
    if not coordinators or not all(one.connected for one in coordinators):
        raise ConditionErrorMessage(DOMAIN, "The app does not answer")
    return coordinators


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_healthy": IsHealthy,
    "has_open_incident": HasOpenIncident,
    "is_waiting": IsWaiting,
    "maintenance_is_active": MaintenanceIsActive,
    "is_paused": IsPaused,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by key."""
    return CONDITIONS
