"""Events for incidents, approval requests, changes and weekly reports, for automations."""

from abc import abstractmethod
from collections.abc import Iterable

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .phrases import Phrases
from .row_events import (
    CHANGE_EVENTS,
    INCIDENT_EVENTS,
    REPORTED,
    REQUEST_EVENTS,
    SNOOZED,
    change_data,
    change_event,
    incident_data,
    incident_event,
    report_data,
    request_data,
    request_event,
)
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up one entity each for the incidents, the requests, the changes and the weekly report."""
    coordinator = entry.runtime_data.coordinator
    kinds = (IncidentEvent, RequestEvent, ChangeEvent, ReportEvent)
    async_add_entities(kind(coordinator) for kind in kinds)


class RowEvents(StewardEntity, EventEntity):
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


class IncidentEvent(RowEvents):
    """The last change of any incident's status."""

    kind = RowKind.INCIDENT

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "incident", INCIDENT_EVENTS.values())

    @callback
    def _row_changed(self, change: Change) -> None:
        after = change.after.incidents.get(change.id)
        if after is not None and (event_type := incident_event(change.before, after)):
            self._trigger_event(event_type, incident_data(after, change.after.catalogue, self._phrases))
            self.async_write_ha_state()


class RequestEvent(RowEvents):
    """The last change of any approval request: made, snoozed, decided, or over without a decision."""

    kind = RowKind.APPROVAL

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "request", [*REQUEST_EVENTS.values(), SNOOZED])

    @callback
    def _row_changed(self, change: Change) -> None:
        before, after = change.before.approvals.get(change.id), change.after.approvals.get(change.id)
        if after is not None and (event_type := request_event(before, after)):
            self._trigger_event(event_type, request_data(after, change.after.catalogue, self._phrases))
            self.async_write_ha_state()


class ChangeEvent(RowEvents):
    """The last run that changed something: what, where, who approved it, and how it ended."""

    kind = RowKind.INCIDENT

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "change", CHANGE_EVENTS.values())

    @callback
    def _row_changed(self, change: Change) -> None:
        before, after = change.before.incidents.get(change.id), change.after.incidents.get(change.id)
        if after is None or after.run is None:
            return
        if event_type := change_event(before, after):
            self._trigger_event(event_type, change_data(change.after, after, after.run, self._phrases))
            self.async_write_ha_state()


class ReportEvent(RowEvents):
    """The last weekly report that was sent."""

    kind = RowKind.REPORT

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "weekly_report", [REPORTED])

    @callback
    def _row_changed(self, change: Change) -> None:
        before, after = change.before.report, change.after.report
        if after is not None and (before is None or before.id != after.id):
            self._trigger_event(REPORTED, report_data(after))
            self.async_write_ha_state()
