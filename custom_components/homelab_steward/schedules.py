"""The calendar of what the app will do: reports, backups, scheduled questions, and scheduled requests."""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, LOGGER
from .contract.errors import ContractError
from .contract.incidents import ApprovalRequest, ApprovalStatus
from .contract.plain_text import one_line
from .contract.protocol import Command, RowKind
from .contract.schedules import PlannedRun, ScheduleQuery, Schedules
from .coordinator import Change, StewardCoordinator
from .entity import StewardEntity
from .notifications.views import scheduled
from .phrases import Phrases

SHOWN: Final = timedelta(minutes=15)
"""How long an event is shown: a calendar shows nothing without a length."""

AHEAD: Final = timedelta(days=31)
"""How far ahead the next event is looked for."""

SCHEDULES_SIGNAL: Final[SignalType[str]] = SignalType(f"{DOMAIN}_schedules")
"""A schedule of the app with this id was changed."""


@callback
def schedules_changed(coordinator: StewardCoordinator) -> None:
    """Read the schedules again: a person changed one."""
    async_dispatcher_send(coordinator.hass, SCHEDULES_SIGNAL, coordinator.app_id)


class ScheduleCalendar(StewardEntity, CalendarEntity):
    """One event for each time at which something is planned, or for which a request waits."""

    _attr_translation_key = "schedule"

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without schedules."""
        super().__init__(coordinator, "schedule")
        self._next = Schedules()
        self._phrases = Phrases({})

    async def async_added_to_hass(self) -> None:
        """Read the schedules, and again after each run of one."""
        await super().async_added_to_hass()
        self._phrases = await Phrases.async_load(self.hass)
        self.async_on_remove(self.coordinator.listen(RowKind.APPROVAL, self._request_changed))
        for kind in (RowKind.REPORT, RowKind.SCHEDULED):
            self.async_on_remove(self.coordinator.listen(kind, self._row_changed))
        self.async_on_remove(async_dispatcher_connect(self.hass, SCHEDULES_SIGNAL, self._changed))
        self._read_later()

    @callback
    def availability_changed(self) -> None:
        """Read the schedules again after a reconnect: a restart of the app may have changed them."""
        super().availability_changed()
        self._read_later()

    @property
    def event(self) -> CalendarEvent | None:
        """Return the event now, else the next one."""
        now = dt_util.utcnow()
        planned = next((one for one in self._next.planned if one.at > now - SHOWN), None)
        events = [self._event(planned, self._next)] if planned else []
        events += [one for one in self._requests() if one.end > now]
        return min(events, key=_begin, default=None)

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the events between two times, in order; those that reach into it too."""
        since, until = dt_util.as_utc(start_date) - SHOWN, dt_util.as_utc(end_date)
        found = await self._async_query(since, until)
        events = [self._event(one, found) for one in found.planned if since < one.at < until] if found else []
        events += [one for one in self._requests() if one.end > start_date and one.start < end_date]
        return sorted(events, key=_begin)

    @callback
    def _request_changed(self, _change: Change) -> None:
        self.async_write_ha_state()
        self.async_update_event_listeners()

    @callback
    def _row_changed(self, _change: Change) -> None:
        self._read_later()

    @callback
    def _changed(self, app_id: str) -> None:
        if app_id == self.coordinator.app_id:
            self._read_later()

    @callback
    def _read_later(self) -> None:
        if self.coordinator.connected:
            self.coordinator.entry.async_create_background_task(
                self.hass, self._async_read(), f"{DOMAIN} schedules"
            )

    async def _async_read(self) -> None:
        """Read what is next; what was read last stays if the app does not answer."""
        now = dt_util.utcnow()
        found = await self._async_query(now - SHOWN, now + AHEAD)
        if found is not None and found != self._next:
            self._next = found
            self.async_write_ha_state()
            self.async_update_event_listeners()

    async def _async_query(self, since: datetime, until: datetime) -> Schedules | None:
        query = ScheduleQuery(since=since, until=until, language=self.hass.config.language)
        try:
            return await self.coordinator.async_call(Command.LIST_SCHEDULES, query, Schedules)
        except ContractError as err:
            LOGGER.debug("The schedules are not read: %s", err.message)
            return None

    def _requests(self) -> list[CalendarEvent]:
        """Return the events of the requests that are approved for later."""
        approvals = self.coordinator.steward_state.approvals.values()
        return [
            CalendarEvent(
                start=dt_util.as_local(one.later.at),
                end=dt_util.as_local(one.later.until if one.later.conditions else one.later.at + SHOWN),
                summary=one_line(_label(one)),
                description=scheduled(one, self._phrases),
                uid=one.id,
            )
            for one in approvals
            if one.status is ApprovalStatus.SCHEDULED and one.later is not None
        ]

    def _event(self, planned: PlannedRun, schedules: Schedules) -> CalendarEvent:
        titles = {one.id: one.title for one in schedules.schedules}
        return CalendarEvent(
            start=dt_util.as_local(planned.at),
            end=dt_util.as_local(planned.at + SHOWN),
            summary=one_line(titles.get(planned.schedule_id, planned.schedule_id)),
            uid=f"{planned.schedule_id}/{planned.at.isoformat()}",
        )


def _label(request: ApprovalRequest) -> str:
    """Return what a request does: its approved option, or else its title."""
    number = request.decision.option if request.decision else None
    option = request.proposal.option(number) if number is not None else None
    return option.label if option else request.title


def _begin(event: CalendarEvent) -> datetime:
    return event.start_datetime_local
