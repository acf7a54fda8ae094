"""Stage: reminds people of requests that nobody answers, asks more people, and expires the requests."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Person

from ...clock import Clock
from ...store import approvals, audit, incidents
from ...store.store import Store
from ...tasks import repeat
from ...texts import translate
from .asking import is_quiet, who_is_asked

TICK: Final = 5.0
MOST_REMINDERS: Final = 1


def is_reminder_due(request: ApprovalRequest, now: datetime, after: timedelta | None) -> bool:
    """Return whether a request has waited for ``after`` without a reminder, or its snooze has ended.

    A request that the steward carries out without a person needs no answer and no reminder.
    """
    if request.snoozed_until is not None:
        return request.snoozed_until <= now < request.expires_at
    if after is None or request.reminders >= MOST_REMINDERS or request.acts_at is not None:
        return False
    return request.created_at + after <= now < request.expires_at


class Expiry:
    """Checks the waiting requests every few seconds; their times are in the store."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        reminder: timedelta | None,
        people: Callable[[], Iterable[Person]] = tuple,
        zone: str = "UTC",
    ) -> None:
        """Remind after ``reminder``, never when it is None.

        ``people`` returns the known people, ``zone`` is the time zone of their quiet times.
        """
        self._zone = ZoneInfo(zone)
        self._reminder = reminder
        self._people = people
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Check until cancelled."""
        await repeat(self.look, TICK, self._clock, "waiting requests not checked", at_once=True)

    async def look(self) -> None:
        """Send due reminders, ask more people, and expire requests whose time is over."""
        async with self._store.read() as connection:
            pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
        now = self._clock.now()
        for request in pending:
            if request.expires_at <= now:
                await self._expire(request, now)
            elif self._is_reminder_due(request, now):
                await self._remind(request)
            elif request.snoozed_until is None:
                await self._ask_more(request, now)

    def _is_reminder_due(self, request: ApprovalRequest, now: datetime) -> bool:
        """Return whether people are reminded now; a reminder waits for the end of their quiet time."""
        local = now.astimezone(self._zone).time()
        return is_reminder_due(request, now, self._reminder) and not is_quiet(self._people(), request, local)

    async def _expire(self, request: ApprovalRequest, now: datetime) -> None:
        async with self._store.change(durable=True) as unit:
            if not await approvals.close(unit.connection, request.id, ApprovalStatus.EXPIRED, now):
                return
            expired = replace(request, status=ApprovalStatus.EXPIRED)
            unit.publish(RowKind.APPROVAL, request.id, expired)
            body = {"approval": request.id}
            await audit.append(unit.connection, now, "approval.expired", body)
            incident = await incidents.incident(unit.connection, request.incident_id)
            if incident is None or incident.status is not IncidentStatus.WAITING:
                return
            incident = replace(
                incident,
                status=(IncidentStatus.UNSOLVED if incident.alerts else IncidentStatus.IGNORED),
                updated_at=now,
                resolution=translate(t"Nobody answered in time; nothing was done."),
            )
            await incidents.save_incident(unit.connection, incident)
            unit.publish(RowKind.INCIDENT, incident.id, incident)

    async def _ask_more(self, request: ApprovalRequest, now: datetime) -> None:
        """Ask the people who are asked only after others did not answer."""
        asked = who_is_asked(self._people(), request, now)
        if set(asked) <= set(request.asked):
            return
        async with self._store.change() as unit:
            if _is_suppressed(await incidents.incident(unit.connection, request.incident_id)):
                return
            await approvals.note_asked(unit.connection, request.id, asked)
            current = await approvals.request(unit.connection, request.id)
            if current is not None and current.status is ApprovalStatus.PENDING:
                unit.publish(RowKind.APPROVAL, current.id, current)

    async def _remind(self, request: ApprovalRequest) -> None:
        async with self._store.change() as unit:
            incident = await incidents.incident(unit.connection, request.incident_id)
            if _is_suppressed(incident):
                return  # People are reminded when the silence has ended.
            if not await approvals.count_reminder(unit.connection, request.id, request.reminders):
                return
            if request.snoozed_until is not None:
                now = self._clock.now()
                await approvals.snooze(unit.connection, request.id, now, None, request.expires_at)
            unit.publish(RowKind.APPROVAL, request.id, await approvals.request(unit.connection, request.id))


def _is_suppressed(incident: Incident | None) -> bool:
    """Return whether an incident is silenced, or in a maintenance window."""
    return incident is not None and incident.suppressed is not None
