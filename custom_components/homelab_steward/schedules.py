"""The calendar of what the app does on a schedule: the weekly report and its own backups."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from itertools import count, islice, takewhile
from typing import Final

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .contract.errors import ContractError
from .contract.maintenance import weekly_occurrences
from .contract.protocol import Command, Nothing
from .contract.schedules import Schedules
from .coordinator import StewardCoordinator
from .entity import StewardEntity
from .phrases import Phrases

REPORT: Final = "schedule_report"
BACKUP: Final = "schedule_backup"
"""The keys of the texts of both."""

SHOWN: Final = timedelta(minutes=15)
"""How long an event is shown: a calendar shows nothing without a length."""

MOST_EVENTS: Final = 1000

type Planned = tuple[datetime, str]
"""When something begins, in UTC, and the key of its text."""


class ScheduleCalendar(StewardEntity, CalendarEntity):
    """One event for each weekly report and each backup that is planned. It only shows them."""

    _attr_translation_key = "schedule"

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without schedules."""
        super().__init__(coordinator, "schedule")
        self._phrases = Phrases({})
        self._schedules = Schedules()

    async def async_added_to_hass(self) -> None:
        """Read the schedules."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self._read_later()

    @callback
    def availability_changed(self) -> None:
        """Read the schedules again after a reconnect: a restart of the app may have changed them."""
        super().availability_changed()
        self._read_later()

    @property
    def event(self) -> CalendarEvent | None:
        """Return the event now, else the next one."""
        planned = next(planned_after(self._schedules, dt_util.utcnow() - SHOWN), None)
        return self._event(*planned) if planned else None

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events between two times, in order; those that reach into it too."""
        await self._async_read()
        until = dt_util.as_utc(end_date)
        planned = planned_after(self._schedules, dt_util.as_utc(start_date) - SHOWN)
        found = takewhile(lambda one: one[0] < until, planned)
        return [self._event(*one) for one in islice(found, MOST_EVENTS)]

    @callback
    def _read_later(self) -> None:
        if self.coordinator.connected:
            self.coordinator.entry.async_create_background_task(
                self.hass, self._async_read(), f"{DOMAIN} schedules"
            )

    async def _async_read(self) -> None:
        """Read the schedules; those that were read last stay if the app does not answer."""
        try:
            found = await self.coordinator.async_call(Command.LIST_SCHEDULES, Nothing(), Schedules)
        except ContractError as err:
            LOGGER.debug("The schedules are not read: %s", err.message)
            return
        if found != self._schedules:
            self._schedules = found
            self.async_write_ha_state()

    def _event(self, begins: datetime, key: str) -> CalendarEvent:
        return CalendarEvent(
            start=dt_util.as_local(begins),
            end=dt_util.as_local(begins + SHOWN),
            summary=self._phrases(key),
            uid=f"{key}/{begins.isoformat()}",
        )


def planned_after(schedules: Schedules, since: datetime) -> Iterator[Planned]:
    """Yield what begins after a time, in order; without end when something is planned. Pure."""
    return merge(_reports(schedules, since), _backups(schedules, since))


def _reports(schedules: Schedules, since: datetime) -> Iterator[Planned]:
    if schedules.weekly_report is not None:
        # With a length of one minute, one that begins now is not over yet.
        times = replace(schedules.weekly_report, minutes=1)
        begins = (one.starts_at for one in weekly_occurrences(times, since))
        yield from ((at, REPORT) for at in begins if at > since)


def _backups(schedules: Schedules, since: datetime) -> Iterator[Planned]:
    first, hours = schedules.next_backup, schedules.backup_hours
    if first is None or not hours or hours <= 0:
        return
    every = timedelta(hours=hours)
    # Only the next one and those after it are planned.
    passed = max(0, (since - first) // every + 1)
    yield from ((first + number * every, BACKUP) for number in count(passed))
