"""Stage: alerts become incidents, and incidents end when their alerts do."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.catalogue import Category
from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    ApprovalStatus,
    Incident,
    IncidentStatus,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..description import IncomingAlert
from ..inventory.ports import Inventory
from ..store import approvals, audit, incidents
from ..store.store import Store, Unit
from . import correlation
from .correlation import SHOWN_ALERTS, group_key, merge, says_something_new

ECHO_WINDOW: Final = timedelta(minutes=10)
CLOSED: Final = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)
RESOLVES_BY_ITSELF: Final = (
    IncidentStatus.OPEN,
    IncidentStatus.DIAGNOSED,
    IncidentStatus.WAITING,
    IncidentStatus.UNSOLVED,
)


class Correlator:
    """Takes what monitors and checks tell, in one transaction per batch."""

    def __init__(self, store: Store, inventory: Inventory, clock: Clock) -> None:
        """Targets are found in ``inventory``."""
        self._store = store
        self._inventory = inventory
        self._clock = clock

    async def take(self, source: str, incoming: Sequence[IncomingAlert], *, complete: bool = False) -> None:
        """Store the alerts of one source and bring the incidents up to date.

        ``complete`` says that nothing else of this source fires now.
        """
        async with self._store.change() as unit:
            await self.take_in(unit, source, incoming, complete=complete)

    async def take_in(
        self,
        unit: Unit,
        source: str,
        incoming: Sequence[IncomingAlert],
        *,
        complete: bool = False,
    ) -> None:
        """Do :meth:`take` within a transaction of the caller's."""
        now = self._clock.now()
        alerts = (
            correlation.as_alert(one, source, self._inventory.locate(one.labels), now) for one in incoming
        )
        fresh = {alert.fingerprint: alert for alert in alerts}
        known = await incidents.alerts_by_fingerprint(unit.connection, source, list(fresh))
        late = await self._still_firing(unit, known.values(), now)
        known = {key: one for key, one in known.items() if one.incident_id not in late}
        changed = [
            merge(known.get(alert.fingerprint), alert)
            for alert in fresh.values()
            if says_something_new(known.get(alert.fingerprint), alert)
        ]
        if complete:
            firing = await incidents.firing_of(unit.connection, source)
            changed += correlation.missing(firing, frozenset(fresh), now)
        if changed:
            await self._apply(unit, changed, now)

    async def _still_firing(self, unit: Unit, known: Iterable[Alert], now: datetime) -> frozenset[str]:
        """Return resolved incidents whose alerts fire on although the echo should be over.

        Their alerts count as new: what we thought was mended is not.
        """
        asked = {
            one.incident_id: one for one in known if one.incident_id and one.status is AlertStatus.FIRING
        }
        found = await incidents.incidents_by_id(unit.connection, sorted(asked), IncidentStatus.RESOLVED)
        return frozenset(
            one.id for one in found if not correlation.is_echo(asked[one.id], one, now, ECHO_WINDOW)
        )

    async def _apply(self, unit: Unit, changed: list[Alert], now: datetime) -> None:
        """Give every firing alert its incident and write all of it."""
        open_now = {
            one.group_key: one
            for one in await incidents.incidents_in(
                unit.connection,
                [status for status in IncidentStatus if status not in CLOSED],
            )
        }
        sick = frozenset(open_now)
        placed: list[Alert] = []
        touched: dict[str, Incident] = {}
        by_id = {one.id: one for one in open_now.values()}
        for alert in changed:
            incident_id = alert.incident_id
            if alert.status is AlertStatus.FIRING and incident_id is None:
                incident = await self._incident_for(unit, alert, open_now, sick, now)
                incident_id = incident.id
                by_id[incident_id] = incident
            placed.append(replace(alert, incident_id=incident_id))
            if incident_id in by_id:
                touched[incident_id] = by_id[incident_id]
        for incident in touched.values():
            # Rows that others refer to come first.
            await incidents.save_incident(unit.connection, incident)
        await incidents.save_alerts(unit.connection, placed)
        for incident in touched.values():
            await self._refresh(unit, incident, placed, now)

    async def _incident_for(
        self,
        unit: Unit,
        alert: Alert,
        open_now: dict[str, Incident],
        sick: frozenset[str],
        now: datetime,
    ) -> Incident:
        parents = self._inventory.parents(alert.target) if alert.target else ()
        key = group_key(alert, parents, sick)
        if key in open_now:
            return open_now[key]
        latest = await incidents.latest_in_group(unit.connection, key)
        if latest is not None and correlation.is_echo(alert, latest, now, ECHO_WINDOW):
            return latest
        incident = await self._open(unit, key, alert, now)
        open_now[key] = incident
        return incident

    async def _open(self, unit: Unit, key: str, alert: Alert, now: datetime) -> Incident:
        incident = Incident(
            id=uuid.uuid4().hex,
            number=await incidents.next_number(unit.connection),
            group_key=key,
            title=correlation.title((alert,), alert.target),
            severity=alert.severity,
            category=self._category(alert.target),
            status=IncidentStatus.OPEN,
            opened_at=now,
            updated_at=now,
            alerts=(alert,),
            target=alert.target,
        )
        await incidents.save_incident(unit.connection, incident)
        body = {"incident": incident.id, "number": incident.number, "group": key}
        await audit.append(unit.connection, now, "incident.opened", body)
        return incident

    def _category(self, target: TargetRef | None) -> Category:
        """Return where an incident is talked about: its application's place, if it has one."""
        if target is None:
            return Category.GENERAL
        application = self._inventory.application(target)
        instance_id = (application or target).instance_id
        service = self._inventory.service(instance_id)
        return service.category if service else Category.GENERAL

    async def _refresh(self, unit: Unit, incident: Incident, placed: Iterable[Alert], now: datetime) -> None:
        """Bring an incident's own row up to date with its alerts, and end it if they did."""
        mine = [alert for alert in placed if alert.incident_id == incident.id]
        shown = _shown(incident.alerts, mine)
        total, firing = await incidents.count_in(unit.connection, incident.id)
        known = {one.fingerprint for one in incident.alerts}
        fresh = [one for one in mine if one.status is AlertStatus.FIRING and one.fingerprint not in known]
        incident = replace(
            incident,
            alerts=shown,
            alert_count=total,
            severity=correlation.worst(shown),
            title=correlation.title(shown, incident.target),
            updated_at=now,
        )
        incident = await self._look_again(unit, incident, fresh, now)
        if firing == 0 and incident.status in RESOLVES_BY_ITSELF:
            incident = await self._end(unit, incident, now)
        await incidents.save_incident(unit.connection, incident)
        unit.tell(RowKind.INCIDENT, incident.id, incident)

    async def _look_again(
        self, unit: Unit, incident: Incident, fresh: Sequence[Alert], now: datetime
    ) -> Incident:
        """Return the incident, opened anew when the fresh alerts change the picture.

        They do when the trouble turns out to be of what the target stands on, or when
        we had given up. What waits for a person then is closed: it asks the wrong thing.
        """
        target = incident.target
        for one in fresh:
            parents = self._inventory.parents(target) if target else ()
            if correlation.broader(target, one.target, parents):
                target = one.target
        moved = target != incident.target and incident.status in RESOLVES_BY_ITSELF
        if not moved and not (fresh and incident.status is IncidentStatus.UNSOLVED):
            return incident
        await self._close_request(unit, incident, now)
        return replace(
            incident,
            target=target,
            title=correlation.title(incident.alerts, target),
            category=self._category(target),
            status=IncidentStatus.OPEN,
            round=incident.round + 1,
        )

    async def _close_request(self, unit: Unit, incident: Incident, now: datetime) -> None:
        """Close what waits for a person, if anything does."""
        pending = incident.approval_id
        if pending is not None and await approvals.close(
            unit.connection, pending, ApprovalStatus.SUPERSEDED, now
        ):
            request = await approvals.request(unit.connection, pending)
            unit.tell(RowKind.APPROVAL, pending, request)

    async def _end(self, unit: Unit, incident: Incident, now: datetime) -> Incident:
        """Resolve an incident whose alerts are all over; what waits for a person is closed."""
        await self._close_request(unit, incident, now)
        body = {"incident": incident.id, "how": "by itself"}
        await audit.append(unit.connection, now, "incident.resolved", body)
        return replace(
            incident,
            status=IncidentStatus.RESOLVED,
            resolved_at=now,
            resolution="It went away by itself.",
        )


def _shown(old: Sequence[Alert], new: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts an incident carries along: the first twenty, as they are now."""
    merged: Mapping[str, Alert] = {one.fingerprint: one for one in (*old, *new)}
    return tuple(merged.values())[:SHOWN_ALERTS]
