"""Events for the changes of incidents and of approval requests, for automations."""

from abc import abstractmethod
from collections.abc import Iterable
from typing import Any, Final

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from .contract.plain_text import one_line
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .phrases import Phrases, category_name
from .runtime import StewardConfigEntry
from .steward_state import CLOSED, StewardState

PARALLEL_UPDATES = 0

EVENT_TYPES: Final = {
    IncidentStatus.OPEN: "opened",
    IncidentStatus.WAITING: "waiting",
    IncidentStatus.ACTING: "acting",
    IncidentStatus.RESOLVED: "resolved",
    IncidentStatus.UNSOLVED: "unsolved",
    IncidentStatus.IGNORED: "ignored",
}


REQUEST_EVENT_TYPES: Final = {
    ApprovalStatus.PENDING: "requested",
    ApprovalStatus.APPROVED: "approved",
    ApprovalStatus.REJECTED: "rejected",
    ApprovalStatus.IGNORED: "ignored",
    ApprovalStatus.EXPIRED: "expired",
    ApprovalStatus.SUPERSEDED: "superseded",
}
SNOOZED: Final = "snoozed"


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up one entity for the incidents and one for the requests."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([IncidentEvent(coordinator), RequestEvent(coordinator)])


_ENDED: Final = CLOSED | {IncidentStatus.UNSOLVED}


class ChangeEvent(StewardEntity, EventEntity):
    """The last change of any row of one kind. What is there at the start is not an event.

    Available also without the app: a past event does not change, and a state trigger of an
    automation would take the return from unavailable for a new event.
    """

    kind: RowKind

    def __init__(self, coordinator: StewardCoordinator, key: str, event_types: Iterable[str]) -> None:
        """Start without an event."""
        super().__init__(coordinator, key)
        self._phrases = Phrases({})
        self._attr_translation_key = key
        self._attr_event_types = list(event_types)

    async def async_added_to_hass(self) -> None:
        """Follow the rows."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self.async_on_remove(self.coordinator.listen(self.kind, self._row_changed))

    def is_available_now(self) -> bool:
        """Return that the last event is always current."""
        return True

    @abstractmethod
    @callback
    def _row_changed(self, change: Change) -> None:
        """Trigger an event when the change of a row is one."""


class IncidentEvent(ChangeEvent):
    """The last change of any incident's status."""

    kind = RowKind.INCIDENT

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "incident", EVENT_TYPES.values())

    @callback
    def _row_changed(self, change: Change) -> None:
        after = change.after.incidents.get(change.id)
        if after is None or after.is_request or not _is_event(change.before, after):
            return
        if event_type := EVENT_TYPES.get(after.status):
            self._trigger_event(event_type, self._attributes(after))
            self.async_write_ha_state()

    def _attributes(self, incident: Incident) -> dict[str, str | int | list[str] | None]:
        """Return what automations may use: names and numbers, no labels, no readings."""
        catalogue = self.coordinator.steward_state.catalogue
        return {
            "incident_id": incident.id,
            "number": incident.number,
            "title": one_line(incident.title)[:200],
            "severity": incident.severity.value,
            "category": incident.category,
            "category_name": category_name(catalogue, incident.category, self._phrases),
            "target": one_line(incident.target.name) if incident.target else None,
            "approval_id": incident.approval_id,
            "resolution": one_line(incident.resolution)[:500],
            "not_offered": _not_offered(incident),
        }


class RequestEvent(ChangeEvent):
    """The last change of any approval request: made, snoozed, decided, or over without a decision."""

    kind = RowKind.APPROVAL

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "request", [*REQUEST_EVENT_TYPES.values(), SNOOZED])

    @callback
    def _row_changed(self, change: Change) -> None:
        before, after = change.before.approvals.get(change.id), change.after.approvals.get(change.id)
        if after is not None and (event_type := _request_event(before, after)):
            self._trigger_event(event_type, self._attributes(after))
            self.async_write_ha_state()

    def _attributes(self, approval: ApprovalRequest) -> dict[str, Any]:
        """Return what automations may use: names and numbers, no plans, no readings."""
        decision, until = approval.decision, approval.snoozed_until
        catalogue = self.coordinator.steward_state.catalogue
        return {
            "approval_id": approval.id,
            "incident_id": approval.incident_id,
            "number": approval.incident_number,
            "title": one_line(approval.title)[:200],
            "severity": approval.severity.value,
            "category": approval.category,
            "category_name": category_name(catalogue, approval.category, self._phrases),
            "options": [
                {"number": one.number, "label": one_line(one.label)[:200], "risk": one.risk.value}
                for one in approval.proposal.options
            ],
            "option": decision.option if decision else None,
            "label": one_line(decision.label)[:200] if decision else None,
            "person": one_line(decision.person_name) if decision else None,
            "via": decision.via.value if decision else None,
            "snoozed_until": until.isoformat() if until else None,
        }


def _request_event(before: ApprovalRequest | None, after: ApprovalRequest) -> str | None:
    """Return the event of a changed request, None when the change is none.

    Old decided requests leave the state and may return to it; that is no event.
    """
    if after.status is ApprovalStatus.PENDING:
        if before is None:
            return REQUEST_EVENT_TYPES[after.status]
        is_snoozed = after.snoozed_until is not None and after.snoozed_until != before.snoozed_until
        return SNOOZED if is_snoozed else None
    if before is None or before.status is not ApprovalStatus.PENDING:
        return None
    return REQUEST_EVENT_TYPES[after.status]


def _is_event(before: StewardState, after: Incident) -> bool:
    """Return whether the status of an incident changed since the state before.

    Old ended incidents leave the state and may return to it; that is no event. An incident is
    opened once, until it ends.
    """
    known = before.incidents.get(after.id)
    if known is None:
        newest = max((one.number for one in before.incidents.values()), default=0)
        return after.status not in _ENDED or after.number > newest
    if after.status is IncidentStatus.OPEN:
        return known.status in _ENDED
    return known.status is not after.status


def _not_offered(incident: Incident) -> list[str]:
    """Return the options that are not offered while the incident waits, each with the reason."""
    if incident.status is not IncidentStatus.WAITING or incident.proposal is None:
        return []
    return [one_line(one)[:200] for one in incident.proposal.left_out]
