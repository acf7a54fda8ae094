"""Marks incidents as false alarms: during a cool-down nobody is asked about the same alerts."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import (
    CoolDown,
    CoolDownQuery,
    CoolDowns,
    MarkFalseAlarm,
    RemoveCoolDown,
)
from homelab_steward.contract.incidents import Incident, IncidentStatus, Severity
from homelab_steward.contract.protocol import Nothing, RowKind
from homelab_steward.contract.state import Authority, Speaker

from ...clock import Clock
from ...store import approvals, audit, cool_downs, incidents, witness_claims
from ...store.storable_text import storable
from ...store.store import Store, Unit
from ...store.target_keys import target_key
from ...texts import household, local, translate
from ..decisions.gate import LONGEST_ID, People
from ..decisions.speakers import Author, Authors
from ..requests.withdrawals import withdraw
from .correlation import as_diagnosed

FIRST: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=30)
FORGOTTEN_AFTER: Final = timedelta(days=90)
"""The time after a cool-down from which on the next one has the shortest length again."""

AT_WORK: Final = (IncidentStatus.SCHEDULED, IncidentStatus.ACTING)


def length(count: int) -> timedelta:
    """Return how long the cool-down lasts after ``count`` false alarms, from 1: doubled each time. Pure."""
    return min(LONGEST, FIRST * (1 << min(count - 1, 10)))


def ids_of(incident: Incident) -> Mapping[str, str]:
    """Return the id of the cool-down of each alert of an incident, by the alert's name. Pure."""
    about = target_key(incident.target) if incident.target else incident.group_key
    names = sorted({one.name for one in incident.alerts})
    return {one: hashlib.sha256(f"{about}\x1f{one}".encode()).hexdigest()[:32] for one in names}


def quiet_until(incident: Incident, found: Mapping[str, CoolDown], now: datetime) -> datetime | None:
    """Return until when nobody is asked about an incident, None when people are asked. Pure.

    All its alerts must have been called false. A critical one is always asked about.
    """
    ends = [found[one].until for one in ids_of(incident).values() if one in found]
    is_covered = bool(ends) and len(ends) == len(ids_of(incident))
    if not is_covered or incident.severity is Severity.CRITICAL or min(ends) <= now:
        return None
    return min(ends)


async def leave_quiet(store: Store, incident: Incident, found: Mapping[str, CoolDown], now: datetime) -> bool:
    """Return whether nobody is asked about a diagnosed incident, after writing why.

    The incident is unsolved, like a muted one: it ends with its alerts, or is asked about when it gets worse.
    ``found`` are the cool-downs of its alerts, as they were read.
    """
    if quiet_until(incident, found, now) is None:
        return False
    async with store.change() as unit:
        current = as_diagnosed(await incidents.incident(unit.connection, incident.id), incident)
        if current is None:
            return True  # The stored incident has changed: there is nothing to ask about here.
        found = await cool_downs.with_ids(unit.connection, ids_of(current).values())
        until = quiet_until(current, found, now)
        if until is None:
            return False
        when = household().date_and_time(local(until))
        reason = translate(t"False alarm before: nobody is asked until {when}.")
        quiet = replace(current, muted=reason, resolution=reason, status=IncidentStatus.UNSOLVED)
        await _save(unit, replace(quiet, updated_at=now))
        body = {"incident": current.id, "until": until.isoformat()}
        await audit.append(unit.connection, now, "incident.quiet", body)
    return True


class FalseAlarms:
    """Marks false alarms, and lists and removes their cool-downs."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        """Only people who may decide in the category of an incident may do so."""
        self._store = store
        self._people = people
        self._clock = clock
        self._authors = Authors(store, people, clock)

    async def mark(self, request: MarkFalseAlarm) -> Incident:
        """Handle ``incidents.false_alarm``: end the incident, and begin a cool-down for each of its alerts.

        The same incident counts once. Raises ContractError: FORBIDDEN, which is audited for strangers,
        NOT_FOUND, and INVALID_ARGUMENT for an incident that is critical, that a change is carried out for,
        or that no alert reported.
        """
        author = await self._author(request.speaker, request.incident_id)
        async with self._store.change(durable=True) as unit:
            incident = await incidents.incident(unit.connection, request.incident_id)
            if incident is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such incident."))
            self._check_authority(request.speaker, incident.category)
            reason = _wrong(incident)
            if reason is not None:
                raise ContractError(ErrorCode.INVALID_ARGUMENT, reason)
            await self._cool_down(unit, incident, author)
            await witness_claims.settle(unit.connection, incident.id, self._clock.now(), was_real=False)
            return await self._end(unit, incident, author)

    async def list(self, _query: CoolDownQuery) -> CoolDowns:
        """Handle ``cool_downs.list``."""
        async with self._store.read() as connection:
            return CoolDowns(cool_downs=await cool_downs.lasting(connection, self._clock.now()))

    async def remove(self, request: RemoveCoolDown) -> Nothing:
        """Handle ``cool_downs.remove``. Raises ContractError FORBIDDEN and NOT_FOUND."""
        author = await self._author(request.speaker, request.id)
        async with self._store.change(durable=True) as unit:
            row = (await cool_downs.with_ids(unit.connection, (request.id,))).get(request.id)
            if row is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such cool-down."))
            self._check_authority(request.speaker, row.category)
            await cool_downs.remove(unit.connection, row.id)
            body = {"alert": row.alert, "incident": row.incident_id, **_by(author)}
            await audit.append(unit.connection, self._clock.now(), "cool_down.removed", body)
        return Nothing()

    async def _author(self, speaker: Speaker, about: str) -> Author:
        body = {"about": storable(about, LONGEST_ID)}
        return await self._authors.require(speaker, "false_alarm.refused", body, person_only=True)

    def _check_authority(self, speaker: Speaker, category: str) -> None:
        person = self._people.by_speaker(speaker)
        if person is None or person.may_decide(category) is Authority.NOTHING:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"You do not decide about this category."))

    async def _cool_down(self, unit: Unit, incident: Incident, author: Author) -> None:
        now, ids = self._clock.now(), ids_of(incident)
        await cool_downs.remove_before(unit.connection, now - FORGOTTEN_AFTER)
        known = await cool_downs.with_ids(unit.connection, ids.values())
        for name, key in ids.items():
            before = known.get(key)
            if before is not None and before.incident_id == incident.id:
                continue
            count = before.count + 1 if before is not None else 1
            row = CoolDown(
                id=key,
                alert=name,
                title=incident.title,
                category=incident.category,
                incident_id=incident.id,
                count=count,
                marked_at=now,
                until=now + length(count),
                person_name=author.name,
                target=incident.target,
            )
            await cool_downs.save(unit.connection, row)
            body = {"incident": incident.id, "alert": name, "until": row.until.isoformat(), **_by(author)}
            await audit.append(unit.connection, now, "incident.false_alarm", body)

    async def _end(self, unit: Unit, incident: Incident, author: Author) -> Incident:
        """Withdraw pending requests and close the incident, unless it is closed already."""
        now, reason = self._clock.now(), translate(t"{author.name} said that it was a false alarm.")
        for request in await approvals.pending_of(unit.connection, incident.id):
            await withdraw(unit, request, reason, now)
        if incident.status.is_closed:
            return incident
        ended = replace(incident, status=IncidentStatus.IGNORED, resolution=reason, updated_at=now)
        await _save(unit, ended)
        return ended


def _wrong(incident: Incident) -> str | None:
    """Return why an incident is no false alarm, None when it can be one."""
    if incident.is_request or not incident.alerts:
        return translate(t"This is no problem that an alert reported.")
    if incident.severity is Severity.CRITICAL:
        return translate(t"People are always asked about critical problems.")
    if incident.status in AT_WORK:
        return translate(t"A change for it is being carried out.")
    return None


def _by(author: Author) -> dict[str, str]:
    return {"person": author.person_id, "via": author.via}


async def _save(unit: Unit, incident: Incident) -> None:
    await incidents.save_incident(unit.connection, incident)
    unit.publish(RowKind.INCIDENT, incident.id, incident)
