"""The calendar of the maintenance windows. It only shows them: a calendar does not say who changes it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .contract.maintenance import MaintenanceWindow, Occurrence
from .contract.plain_text import one_line
from .contract.protocol import RowKind
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .maintenance import places
from .phrases import Phrases, category_name
from .runtime import StewardConfigEntry
from .schedules import ScheduleCalendar

PARALLEL_UPDATES = 0

MOST_EVENTS: Final = 1000
"""How many events one query returns at most."""


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the calendars of the maintenance windows and of the schedules."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([MaintenanceCalendar(coordinator), ScheduleCalendar(coordinator)])


class MaintenanceCalendar(StewardEntity, CalendarEntity):
    """One event for each time span of each window; on while one of them is active."""

    _attr_translation_key = "maintenance"

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without sentences."""
        super().__init__(coordinator, "maintenance")
        self._phrases = Phrases({})

    async def async_added_to_hass(self) -> None:
        """Follow the windows."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self.async_on_remove(self.coordinator.listen(RowKind.MAINTENANCE, self._row_changed))

    @property
    def event(self) -> CalendarEvent | None:
        """Return the active event, else the next one."""
        now = dt_util.utcnow()
        first = (
            (span, window)
            for window in self.coordinator.steward_state.windows.values()
            if (span := next(window.occurrences_from(now), None))
        )
        found = min(first, key=lambda one: (one[0].starts_at, one[1].id), default=None)
        return self._event(found[1], found[0]) if found else None

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events between two times, in order; those that reach into it too."""
        return [self._event(window, span) for span, window in self._between(start_date, end_date)]

    def _between(self, since: datetime, until: datetime) -> Iterable[tuple[Occurrence, MaintenanceWindow]]:
        windows = self.coordinator.steward_state.windows.values()
        found = [
            (span, window)
            for window in windows
            for span in window.occurrences(dt_util.as_utc(since), dt_util.as_utc(until))
        ]
        return sorted(found, key=lambda one: (one[0].starts_at, one[1].id))[:MOST_EVENTS]

    @callback
    def _row_changed(self, _change: Change) -> None:
        self.async_write_ha_state()
        self.async_update_event_listeners()

    def _event(self, window: MaintenanceWindow, span: Occurrence) -> CalendarEvent:
        return CalendarEvent(
            start=dt_util.as_local(span.starts_at),
            end=dt_util.as_local(span.ends_at),
            summary=one_line(window.title),
            description=self._description(window),
            uid=window.id,
            recurrence_id=span.starts_at.isoformat() if window.weekly else None,
        )

    def _description(self, window: MaintenanceWindow) -> str:
        state = self.coordinator.steward_state
        names = {key: category_name(state.catalogue, key, self._phrases) for key in window.categories}
        what = ", ".join(places(window, state, names)) or self._phrases("everything")
        return self._phrases("maintenance_of", places=what, person=one_line(window.person_name))
