"""Brings an incident's own row up to date with its alerts, and ends it when they did."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Alert, ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ..inventory.ports import Inventory
from ..store import approvals, audit, incidents
from ..store.store import Unit
from . import correlation
from .correlation import SHOWN_ALERTS
from .incident_assignment import AssignedAlert, category

RESOLVES_BY_ITSELF: Final = (
    IncidentStatus.OPEN,
    IncidentStatus.DIAGNOSED,
    IncidentStatus.WAITING,
    IncidentStatus.UNSOLVED,
)
JUST_BEFORE: Final = timedelta(minutes=10)
"""Guests of a dying host are often missed before the host is."""


class IncidentRefresh:
    """Works on the incidents of one batch within one transaction."""

    def __init__(self, unit: Unit, inventory: Inventory, now: datetime) -> None:
        """Nothing is read or written yet."""
        self._unit = unit
        self._inventory = inventory
        self._now = now
        self._absorbed: set[str] = set()
        self._counts: dict[str, tuple[int, int]] = {}
        self._unwritten: dict[str, Incident] = {}

    async def refresh(self, touched: Collection[Incident], assigned: Sequence[AssignedAlert]) -> None:
        """Write the incidents as their alerts, just stored, make them; have them told."""
        mine: dict[str | None, list[AssignedAlert]] = defaultdict(list)
        for one in assigned:
            mine[one.alert.incident_id].append(one)
        self._counts = await incidents.counts_in(self._unit.connection, [one.id for one in touched])
        for incident in touched:
            if incident.id not in self._absorbed:
                await self._refresh(incident, mine[incident.id])
        await self._write()

    async def _refresh(self, incident: Incident, mine: list[AssignedAlert]) -> None:
        taken = await self._absorb(incident, mine)
        mine = mine + taken
        shown = _shown(incident.alerts, [one.alert for one in mine])
        if taken:
            self._counts[incident.id] = await incidents.count_in(self._unit.connection, incident.id)
        total, firing = self._counts.get(incident.id, (0, 0))
        incident = replace(
            incident,
            alerts=shown,
            alert_count=total,
            severity=correlation.worst(shown),
            title=correlation.title(shown, incident.target),
            updated_at=self._now,
        )
        incident = await self._look_again(incident, [one.alert for one in mine if one.is_new])
        if firing == 0 and incident.status in RESOLVES_BY_ITSELF:
            incident = await self._end(incident, "It went away by itself.")
        self._unwritten[incident.id] = incident

    async def _absorb(self, incident: Incident, mine: Sequence[AssignedAlert]) -> list[AssignedAlert]:
        """Take over what was just opened for guests of a host that turns out to be dead."""
        fallen = [one.alert.target for one in mine if one.is_new and correlation.is_outage(one.alert)]
        if incident.target is None or incident.target not in fallen:
            return []
        await self._write()
        taken: list[AssignedAlert] = []
        for one in await incidents.incidents_in(self._unit.connection, RESOLVES_BY_ITSELF):
            if self._stands_on(one, incident.target) and self._now - one.opened_at < JUST_BEFORE:
                taken += await self._take_over(incident, one)
        return taken

    def _stands_on(self, incident: Incident, host: TargetRef) -> bool:
        return incident.target is not None and host in self._inventory.parents(incident.target)

    async def _take_over(self, incident: Incident, other: Incident) -> list[AssignedAlert]:
        alerts = [
            replace(one, incident_id=incident.id)
            for one in await incidents.alerts_of(self._unit.connection, other.id)
        ]
        await incidents.save_alerts(self._unit.connection, alerts)
        self._absorbed.add(other.id)
        self._unwritten[other.id] = await self._end(other, f"It is part of incident {incident.number}.")
        return [AssignedAlert(one) for one in alerts]

    async def _look_again(self, incident: Incident, fresh: Sequence[Alert]) -> Incident:
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
        await self._close_request(incident)
        return replace(
            incident,
            target=target,
            title=correlation.title(incident.alerts, target),
            category=category(self._inventory, target),
            status=IncidentStatus.OPEN,
            round=incident.round + 1,
        )

    async def _close_request(self, incident: Incident) -> None:
        """Close what waits for a person, if anything does."""
        pending = incident.approval_id
        if pending is not None and await approvals.close(
            self._unit.connection, pending, ApprovalStatus.SUPERSEDED, self._now
        ):
            request = await approvals.request(self._unit.connection, pending)
            self._unit.publish(RowKind.APPROVAL, pending, request)

    async def _end(self, incident: Incident, how: str) -> Incident:
        """Resolve an incident that nobody has to mend; what waits for a person is closed."""
        await self._close_request(incident)
        body = {"incident": incident.id, "how": how}
        await audit.append(self._unit.connection, self._now, "incident.resolved", body)
        return replace(incident, status=IncidentStatus.RESOLVED, resolved_at=self._now, resolution=how)

    async def _write(self) -> None:
        rows, self._unwritten = self._unwritten, {}
        await incidents.save_incidents(self._unit.connection, list(rows.values()))
        for row in rows.values():
            self._unit.publish(RowKind.INCIDENT, row.id, row)


def _shown(old: Sequence[Alert], new: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the alerts an incident carries along: the first twenty, as they are now."""
    merged: Mapping[str, Alert] = {one.fingerprint: one for one in (*old, *new)}
    return tuple(merged.values())[:SHOWN_ALERTS]
