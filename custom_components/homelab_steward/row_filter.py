"""The options by which triggers and conditions select incidents, requests and services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import probatio
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .const import DOMAIN
from .contract.incidents import ApprovalRequest, Incident, Severity
from .contract.state import TargetRef
from .coordinator import StewardCoordinator
from .devices import device_owners
from .entity import identifier, parse_identifier
from .readings import ResourceId

CONF_SEVERITY: Final = "severity"
CONF_CATEGORY: Final = "category"

PROBLEM_KEY: Final = "steward_problem"
"""Key of the binary sensor that shows whether a service has a problem."""

_ORDER: Final = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)

ROW_OPTIONS: Final[dict[probatio.Marker, Any]] = {
    probatio.Required(CONF_SEVERITY, default=Severity.INFO.value): probatio.In([one.value for one in _ORDER]),
    probatio.Optional(CONF_CATEGORY): probatio.All(probatio.EnsureList(), [cv.string]),
    probatio.Optional(ATTR_DEVICE_ID): probatio.All(probatio.EnsureList(), [cv.string]),
}
"""The lowest severity, the categories, and the devices; without categories or devices it is any."""


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Selects incidents and approval requests."""

    severity: Severity
    categories: frozenset[str]
    device_ids: frozenset[str]

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the filter for validated options."""
        return cls(
            Severity(options[CONF_SEVERITY]),
            frozenset(options.get(CONF_CATEGORY, ())),
            frozenset(options.get(ATTR_DEVICE_ID, ())),
        )

    def accepts(self, coordinator: StewardCoordinator, row: Incident | ApprovalRequest) -> bool:
        """Return whether the row is selected."""
        if _ORDER.index(row.severity) < _ORDER.index(self.severity):
            return False
        if self.categories and row.category not in self.categories:
            return False
        return not self.device_ids or self._is_about(coordinator, row)

    def _is_about(self, coordinator: StewardCoordinator, row: Incident | ApprovalRequest) -> bool:
        owners = set(_owners(coordinator, _target_of(coordinator, row)))
        return not owners.isdisjoint(_identifiers(coordinator.hass, coordinator.entry, self.device_ids))


def _target_of(coordinator: StewardCoordinator, row: Incident | ApprovalRequest) -> TargetRef | None:
    """Return what an incident is about, or what the first step of a request changes."""
    if isinstance(row, Incident):
        return row.target
    incident = coordinator.steward_state.incidents.get(row.incident_id)
    if incident is not None and incident.target is not None:
        return incident.target
    steps = (step for option in row.proposal.options for step in option.steps)
    return next((step.target for step in steps), None)


def _owners(
    coordinator: StewardCoordinator, target: TargetRef | None
) -> Iterable[tuple[str | None, ResourceId | None]]:
    """Yield instance and resource of each device that the target belongs to: the app, then downwards."""
    yield None, None
    if target is None:
        return
    yield target.instance_id, None
    own = (target.kind, target.id)
    yield target.instance_id, own
    state = coordinator.steward_state
    instance, snapshot = state.instances.get(target.instance_id), state.snapshots.get(target.instance_id)
    if instance is not None and snapshot is not None:
        yield target.instance_id, device_owners(state.offer(instance), snapshot.resources).get(own)


def _identifiers(
    hass: HomeAssistant, entry: ConfigEntry, device_ids: Iterable[str]
) -> set[tuple[str | None, ResourceId | None]]:
    """Return instance and resource of those devices that belong to the entry."""
    registry = dr.async_get(hass)
    ours = {one.id: one for one in dr.async_entries_for_config_entry(registry, entry.entry_id)}
    return {
        parse_identifier(key)
        for device_id in device_ids
        if device_id in ours
        for domain, key in ours[device_id].identifiers
        if domain == DOMAIN
    }


def instances_of_devices(coordinator: StewardCoordinator, device_ids: Iterable[str]) -> set[str]:
    """Return the instances that these devices are, or are in."""
    found = _identifiers(coordinator.hass, coordinator.entry, device_ids)
    return {instance_id for instance_id, _ in found if instance_id is not None}


def is_targeted(coordinator: StewardCoordinator, instance_id: str, target: Mapping[str, Any]) -> bool:
    """Return whether a target names a service: its problem sensor, its device, its area or a label."""
    selected = async_extract_referenced_entity_ids(coordinator.hass, TargetSelection(dict(target)))
    entity_id = problem_entity_id(coordinator, instance_id)
    return entity_id in selected.referenced | selected.indirectly_referenced


def problem_entity_id(coordinator: StewardCoordinator, instance_id: str) -> str | None:
    """Return the entity that shows whether a service has a problem, None before it is registered."""
    unique_id = f"{identifier(coordinator.app_id, instance_id)}/{PROBLEM_KEY}"
    return er.async_get(coordinator.hass).async_get_entity_id("binary_sensor", DOMAIN, unique_id)


def instance_device_id(coordinator: StewardCoordinator, instance_id: str) -> str | None:
    """Return the device of an instance, None before it is registered."""
    registry = dr.async_get(coordinator.hass)
    key = (DOMAIN, identifier(coordinator.app_id, instance_id))
    device = registry.async_get_device_by_identifier(key, coordinator.entry.entry_id)
    return device.id if device else None
