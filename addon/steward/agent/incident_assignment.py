"""Gives every firing alert of one batch its incident: a known one, or a new one."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Alert, AlertStatus, Incident, IncidentStatus
from homelab_steward.contract.state import TargetRef

from ..inventory.ports import Inventory
from ..sdk.categories import GENERAL
from ..store import audit, incidents
from ..store.store import Unit
from . import correlation
from .correlation import group_key, hosts, target_key

ECHO_WINDOW: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AssignedAlert:
    """An alert with its incident. ``is_new``: it fires and was not of this incident before."""

    alert: Alert
    is_new: bool = False


class IncidentAssignment:
    """One batch within one transaction."""

    def __init__(self, unit: Unit, inventory: Inventory, now: datetime) -> None:
        """Nothing is read before :meth:`place_all`."""
        self._unit = unit
        self._inventory = inventory
        self._now = now
        self._by_key: dict[str, Incident] = {}
        self._by_id: dict[str, Incident] = {}
        self._latest: dict[str, Incident] = {}
        self._opened: list[Incident] = []
        self._next_number = 0
        self._dead: set[str] = set()
        self.touched: dict[str, Incident] = {}

    async def place_all(self, changed: Iterable[tuple[Alert | None, Alert]]) -> list[AssignedAlert]:
        """Return the alerts, given as (stored before, now), each with its incident.

        Hosts come first: what stands on a dead one belongs to its trouble. New incidents
        are stored; those in ``touched`` have yet to be brought up to date.
        """
        pairs = sorted(changed, key=lambda pair: len(self._hosts(pair[1])))
        await self._load([alert for _, alert in pairs])
        assigned = [self._place(before, alert) for before, alert in pairs]
        await self._store_opened()
        return assigned

    async def _load(self, alerts: list[Alert]) -> None:
        """Read the incidents that these alerts may belong to, or be echoes of."""
        keys = {target_key(host) for alert in alerts for host in self._hosts(alert)}
        keys |= {group_key(alert, self._parents(alert), ()) for alert in alerts}
        ids = {alert.incident_id for alert in alerts if alert.incident_id is not None}
        connection = self._unit.connection
        for one in await incidents.open_in_groups(connection, sorted(keys)):
            self._know(one)
        for one in await incidents.incidents_by_id(connection, sorted(ids)):
            if one.status not in incidents.CLOSED:
                self._know(one)
        new = [alert for alert in alerts if alert.incident_id is None]
        if any(group_key(alert, self._parents(alert), self._dead) not in self._by_key for alert in new):
            self._latest = await incidents.latest_in_groups(connection, sorted(keys - self._by_key.keys()))
            self._next_number = await incidents.next_number(connection)

    def _know(self, incident: Incident) -> None:
        self._by_key[incident.group_key] = incident
        self._by_id[incident.id] = incident
        if correlation.is_dead(incident):
            self._dead.add(incident.group_key)

    def _place(self, before: Alert | None, alert: Alert) -> AssignedAlert:
        fires = alert.status is AlertStatus.FIRING
        if fires and alert.incident_id is None:
            incident = self._incident_for(alert)
            self._by_id[incident.id] = incident
            alert = replace(alert, incident_id=incident.id)
        owner = self._by_id.get(alert.incident_id or "")
        if owner is not None:
            self.touched[owner.id] = owner
            self._note_death(owner, alert)
        return AssignedAlert(alert, fires and (before is None or before.incident_id != alert.incident_id))

    def _note_death(self, owner: Incident, alert: Alert) -> None:
        is_open = owner.status not in incidents.CLOSED
        if is_open and correlation.is_outage(alert) and alert.target == owner.target:
            self._dead.add(owner.group_key)

    def _incident_for(self, alert: Alert) -> Incident:
        key = group_key(alert, self._parents(alert), self._dead)
        if key in self._by_key:
            return self._by_key[key]
        latest = self._latest.get(key)
        if latest is not None and correlation.is_echo(alert, latest, self._now, ECHO_WINDOW):
            return latest
        incident = self._open(key, alert)
        self._by_key[key] = incident
        return incident

    def _open(self, key: str, alert: Alert) -> Incident:
        incident = Incident(
            id=uuid.uuid4().hex,
            number=self._next_number + len(self._opened),
            group_key=key,
            title=correlation.title((alert,), alert.target),
            severity=alert.severity,
            category=category(self._inventory, alert.target),
            status=IncidentStatus.OPEN,
            opened_at=self._now,
            updated_at=self._now,
            alerts=(alert,),
            target=alert.target,
        )
        self._opened.append(incident)
        return incident

    async def _store_opened(self) -> None:
        connection = self._unit.connection
        await incidents.save_incidents(connection, self._opened)
        bodies = [{"incident": one.id, "number": one.number, "group": one.group_key} for one in self._opened]
        await audit.append_all(connection, self._now, "incident.opened", bodies)

    def _parents(self, alert: Alert) -> tuple[TargetRef, ...]:
        return self._inventory.parents(alert.target) if alert.target else ()

    def _hosts(self, alert: Alert) -> tuple[TargetRef, ...]:
        return hosts(self._parents(alert))


def category(inventory: Inventory, target: TargetRef | None) -> str:
    """Return the category key of an incident: the one of the application in its target, if there is one."""
    if target is None:
        return GENERAL.key
    application = inventory.application(target)
    instance_id = (application or target).instance_id
    service = inventory.service(instance_id)
    return service.category.key if service else GENERAL.key
