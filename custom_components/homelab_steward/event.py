"""An event for each change of an incident's status, for automations."""

from typing import Final

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract.incidents import Incident, IncidentStatus
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


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the one event entity."""
    async_add_entities([IncidentEvent(entry.runtime_data.coordinator)])


_ENDED: Final = CLOSED | {IncidentStatus.UNSOLVED}


class IncidentEvent(StewardEntity, EventEntity):
    """The last change of any incident's status. The status at the start is not an event.

    Available also without the app: a past event does not change, and a state trigger of an
    automation would take the return from unavailable for a new event.
    """

    _attr_translation_key = "incident"

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without an event."""
        super().__init__(coordinator, "incident")
        self._phrases = Phrases({})
        self._attr_event_types = list(EVENT_TYPES.values())

    async def async_added_to_hass(self) -> None:
        """Follow the incidents."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self.async_on_remove(self.coordinator.listen(RowKind.INCIDENT, self._row_changed))

    def is_available_now(self) -> bool:
        """Return that the last event is always current."""
        return True

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
