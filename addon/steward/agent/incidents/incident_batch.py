"""Assigns the alerts of one batch to incidents and updates those, within one transaction."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    ApprovalStatus,
    Incident,
    IncidentStatus,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ...inventory.ports import INSTANCE, OUTAGE, Around, Inventory
from ...sdk.categories import GENERAL
from ...store import approvals, audit, incidents
from ...store.store import Unit
from ...store.target_keys import target_key
from ...texts import translate
from ..runs import relapses
from . import correlation, update_cover
from .correlation import (
    RESOLVES_BY_ITSELF,
    SHOWN_ALERTS,
    News,
    attention,
    group_key,
    hosts,
    located_alert,
    reopening,
    worst_above,
)

ECHO_WINDOW: Final = timedelta(minutes=10)
STORM: Final = 50
"""Problems without a target that a source may open within a minute."""

STORM_KEY: Final = "storm:"
MOST_JUDGED: Final = 2_000
JUST_BEFORE: Final = timedelta(minutes=10)
"""Alerts of guests often come before the alert of the host that is down."""


@dataclass(frozen=True, slots=True)
class AssignedAlert:
    """An alert with its incident. ``is_new``: it fires and was not in this incident before."""

    alert: Alert
    is_new: bool = False


class IncidentBatch:
    """The incidents that one batch of alerts opens, changes or ends."""

    def __init__(
        self,
        unit: Unit,
        inventory: Inventory,
        around: Mapping[TargetRef, Around],
        now: datetime,
        room: int = STORM,
    ) -> None:
        """Nothing is written before :meth:`apply`; ``around`` has the surroundings of the alerts' targets.

        Alerts without a target that would open more than ``room`` incidents are a storm: they open
        one incident together.
        """
        self._unit = unit
        self._room = room
        self._is_storm = False
        self._inventory = inventory
        self._known = dict(around)
        self._now = now
        self._by_key: dict[str, Incident] = {}
        self._by_id: dict[str, Incident] = {}
        self._closed: dict[str, list[Incident]] = {}
        self._opened: list[Incident] = []
        self._relapsed: list[Incident] = []
        self._next_number = 0
        self._dead: set[str] = set()
        self._updating: Mapping[str, str] = {}
        self._touched: dict[str, Incident] = {}
        self._absorbed: set[str] = set()
        self._moved: dict[str, Incident] = {}
        self._counts: dict[str, tuple[int, int]] = {}
        self._unwritten: dict[str, Incident] = {}

    async def apply(self, changed: Iterable[tuple[Alert | None, Alert]]) -> None:
        """Write the alerts, given as (stored before, now), and their incidents.

        Alerts of hosts come first: what runs on a host that is down belongs to its problem.
        """
        pairs = sorted(changed, key=lambda pair: len(hosts(self._parents(pair[1]))))
        self._is_storm = self._would_open(alert for _, alert in pairs) > self._room
        await self._load([alert for _, alert in pairs])
        assigned = [self._assign(before, alert) for before, alert in pairs]
        bodies = [{"incident": one.id, "number": one.number, "group": one.group_key} for one in self._opened]
        await audit.append_all(self._unit.connection, self._now, "incident.opened", bodies)
        for one in self._relapsed:
            await relapses.record(self._unit, one, self._now)
        await incidents.save_alerts(self._unit.connection, [one.alert for one in assigned])
        await self._update_touched(assigned)

    @property
    def opened_without_target(self) -> int:
        """The number of incidents that were opened for alerts without a target, without those of storms."""
        return sum(one.target is None and not one.group_key.startswith(STORM_KEY) for one in self._opened)

    def _would_open(self, alerts: Iterable[Alert]) -> int:
        """Return how many problems without a target these alerts would open at most."""
        opening = (one for one in alerts if one.target is None and correlation.is_opening(one))
        return len({self._key(one) for one in opening})

    def _key(self, alert: Alert) -> str:
        """Return the key of the alert's problem; in a storm all without a target are one problem."""
        if self._is_storm and alert.target is None and correlation.is_opening(alert):
            return f"{STORM_KEY}{alert.source}"
        return group_key(alert, self._parents(alert), self._dead)

    async def _load(self, alerts: list[Alert]) -> None:
        """Read the incidents that these alerts may belong to, or be echoes of."""
        keys = {target_key(host) for alert in alerts for host in self._parents(alert)}
        keys |= {self._key(alert) for alert in alerts}
        connection = self._unit.connection
        ids = {alert.incident_id for alert in alerts if alert.incident_id is not None}
        if any(correlation.is_opening(alert) for alert in alerts):
            self._updating = await update_cover.covers(connection, self._inventory.application, self._now)
            ids |= {*self._updating.values()}
        since = self._now - correlation.RELAPSE
        for one in await incidents.recent_in_groups(connection, sorted(keys), since):
            if one.status in incidents.CLOSED:
                self._closed.setdefault(one.group_key, []).append(one)
            else:
                self._know(one)
        for one in await incidents.incidents_by_id(connection, sorted(ids - self._by_id.keys())):
            if one.status not in incidents.CLOSED:
                self._know(one)
        new = [alert for alert in alerts if alert.incident_id is None]
        if any(self._key(alert) not in self._by_key for alert in new):
            self._next_number = await incidents.next_number(connection)

    def _know(self, incident: Incident) -> None:
        self._by_key[incident.group_key] = incident
        self._by_id[incident.id] = incident
        if correlation.is_dead(incident):
            self._dead.add(incident.group_key)

    def _assign(self, before: Alert | None, alert: Alert) -> AssignedAlert:
        fires = alert.status is AlertStatus.FIRING
        if correlation.is_opening(alert):
            incident = self._incident_for(alert)
            self._by_id[incident.id] = incident
            alert = replace(alert, incident_id=incident.id)
        alert = self._moved_to_target(alert)
        owner = self._by_id.get(alert.incident_id or "")
        if owner is not None:
            self._touched[owner.id] = owner
            self._note_outage(owner, alert)
        return AssignedAlert(alert, fires and (before is None or before.incident_id != alert.incident_id))

    def _moved_to_target(self, alert: Alert) -> Alert:
        """Return an alert whose target is known only now, assigned to that target's incident."""
        owner = self._by_id.get(alert.incident_id or "")
        if owner is None or alert.target is None or not is_unlocated(owner):
            return alert
        other = self._by_key.setdefault(self._key(alert), owner)
        if other.id == owner.id:
            return alert
        self._touched[owner.id] = owner
        self._moved[owner.id] = other
        return replace(alert, incident_id=other.id)

    def _note_outage(self, owner: Incident, alert: Alert) -> None:
        is_open = owner.status not in incidents.CLOSED
        if is_open and correlation.is_down(alert, owner):
            self._dead.add(owner.group_key)

    def _incident_for(self, alert: Alert) -> Incident:
        update = self._by_id.get(update_cover.covering(alert, self._updating) or "")
        if update is not None:
            return update
        key = self._key(alert)
        if key in self._by_key:
            return self._by_key[key]
        closed = self._closed.get(key, ())
        if closed and correlation.is_echo(alert, closed[0], self._now, ECHO_WINDOW):
            return closed[0]
        back = next((one for one in closed if correlation.is_relapse(alert, one, self._now)), None)
        incident = self._relapse(back) if back else self._open(key, alert)
        self._by_key[key] = incident
        return incident

    def _relapse(self, incident: Incident) -> Incident:
        """Return the incident, opened again."""
        if incident.run is not None:
            incident = relapses.reopened(incident, incident.run, self._now)
            self._relapsed.append(incident)
        return incident

    def _open(self, key: str, alert: Alert) -> Incident:
        incident = Incident(
            id=uuid.uuid4().hex,
            number=self._next_number + len(self._opened),
            group_key=key,
            title=correlation.title((alert,), alert.target),
            severity=alert.severity,
            category=self._around(alert.target).category if alert.target else GENERAL.key,
            status=IncidentStatus.OPEN,
            opened_at=self._now,
            updated_at=self._now,
            alerts=(alert,),
            target=alert.target,
        )
        self._opened.append(incident)
        return incident

    async def _update_touched(self, assigned: Sequence[AssignedAlert]) -> None:
        """Write and publish the incidents of the stored alerts."""
        by_incident: dict[str | None, list[AssignedAlert]] = defaultdict(list)
        for one in assigned:
            by_incident[one.alert.incident_id].append(one)
        known = self._touched.keys() - {one.id for one in self._opened}
        self._counts = {one.id: _count(by_incident[one.id]) for one in self._opened}
        self._counts |= await incidents.counts_in(self._unit.connection, sorted(known))
        for incident in self._touched.values():
            if incident.id not in self._absorbed:
                await self._update(incident, by_incident[incident.id])
        await self._write()

    async def _update(self, incident: Incident, own: list[AssignedAlert]) -> None:
        if incident.is_request:
            # People are asked about the update: alerts that it covers are only recorded.
            shown = _shown(incident.alerts, [one.alert for one in own])
            count, _ = self._counts.get(incident.id, (0, 0))
            row = replace(incident, alerts=shown, alert_count=count, updated_at=self._now)
            self._unwritten[incident.id] = row
            return
        taken = await self._absorb(incident, own)
        own = own + taken
        shown = _shown(incident.alerts, [one.alert for one in own])
        if taken:
            self._counts[incident.id] = await incidents.count_in(self._unit.connection, incident.id)
        total, firing = self._counts.get(incident.id, (0, 0))
        state = attention(await self._firing(incident, shown, firing))
        is_known = incident not in self._opened
        located = located_alert([one.alert for one in own]) if is_unlocated(incident) else None
        news = News(
            fresh=[one.alert for one in own if one.is_new],
            located=located.target if located else None,
            worse=worst_above(incident.severity, [one.alert for one in own]) if is_known else None,
            is_unsilenced=incident.suppressed is not None and state.suppressed is None and firing > 0,
        )
        incident = replace(
            incident,
            group_key=self._key(located) if located else incident.group_key,
            alerts=shown,
            alert_count=total,
            severity=correlation.worst(shown),
            title=self._title(incident, shown, total),
            updated_at=self._now,
            suppressed=state.suppressed,
            silenced_until=state.silenced_until,
            stale_since=state.stale_since,
        )
        incident = await self._reopen(incident, news)
        if firing == 0 and incident.status in RESOLVES_BY_ITSELF:
            incident = await self._end(incident, self._how_ended(incident, own))
        self._unwritten[incident.id] = incident

    def _how_ended(self, incident: Incident, own: Sequence[AssignedAlert]) -> str:
        if incident.id in self._moved:
            return _part_of(self._moved[incident.id])
        return correlation.how_ended([one.alert for one in own])

    async def _firing(self, incident: Incident, shown: Sequence[Alert], count: int) -> Sequence[Alert]:
        """Return the firing alerts of an incident; they are read when not all of them are shown."""
        firing = [one for one in shown if one.status is AlertStatus.FIRING]
        if len(firing) < count and any(one.suppressed or one.stale_since for one in firing):
            every = await incidents.alerts_of(self._unit.connection, incident.id, MOST_JUDGED)
            firing = [one for one in every if one.status is AlertStatus.FIRING]
        return firing

    def _title(self, incident: Incident, shown: Sequence[Alert], total: int) -> str:
        if not incident.group_key.startswith(STORM_KEY):
            return correlation.title(shown, incident.target, total)
        source = self._inventory.instance(incident.group_key.removeprefix(STORM_KEY))
        name = source.name if source else incident.group_key.removeprefix(STORM_KEY)
        return translate(t"{total} alerts from {name} at once, such as {correlation.title(shown[:1], None)}")[
            :255
        ]

    async def _absorb(self, incident: Incident, own: Sequence[AssignedAlert]) -> list[AssignedAlert]:
        """Take over the incidents of guests when their host turns out to be down."""
        down = [one.alert.target for one in own if one.is_new and correlation.is_outage(one.alert)]
        if incident.target is None or incident.target not in down:
            return []
        await self._write()
        taken: list[AssignedAlert] = []
        for one in await incidents.incidents_in(self._unit.connection, RESOLVES_BY_ITSELF):
            is_guest = not one.is_request and self._runs_on(one, incident.target)
            if is_guest and self._now - one.opened_at < JUST_BEFORE:
                taken += await self._take_over(incident, one)
        return taken

    def _runs_on(self, incident: Incident, host: TargetRef) -> bool:
        """Return whether an incident is explained by its host that is down."""
        if incident.target is None or host not in self._around(incident.target).parents:
            return False
        return host.kind != INSTANCE or all(OUTAGE in one.labels for one in incident.alerts)

    async def _take_over(self, incident: Incident, other: Incident) -> list[AssignedAlert]:
        alerts = [
            replace(one, incident_id=incident.id)
            for one in await incidents.alerts_of(self._unit.connection, other.id)
        ]
        await incidents.save_alerts(self._unit.connection, alerts)
        self._absorbed.add(other.id)
        self._unwritten[other.id] = await self._end(other, _part_of(incident))
        return [AssignedAlert(one) for one in alerts]

    async def _reopen(self, incident: Incident, news: News) -> Incident:
        """Return the incident, opened again when the news change what it is about.

        A pending request is then about something else, so it is withdrawn.
        """
        parents = self._around(incident.target).parents if incident.target else ()
        found = reopening(incident, news, parents)
        if found is None:
            return incident
        await self._close_request(incident, found.reason)
        opened = replace(incident, target=found.target, status=IncidentStatus.OPEN, round=incident.round + 1)
        return replace(
            opened,
            title=self._title(opened, opened.alerts, opened.alert_count),
            category=self._around(found.target).category if found.target else GENERAL.key,
        )

    async def _close_request(self, incident: Incident, reason: str) -> None:
        """Withdraw the request that waits for a person, if there is one."""
        pending = incident.approval_id
        if pending is not None and await approvals.close(
            self._unit.connection, pending, ApprovalStatus.SUPERSEDED, self._now, reason
        ):
            request = await approvals.request(self._unit.connection, pending)
            self._unit.publish(RowKind.APPROVAL, pending, request)

    async def _end(self, incident: Incident, how: str) -> Incident:
        """Resolve an incident that needs no action; a request that waits is closed."""
        await self._close_request(incident, how)
        body = {"incident": incident.id, "how": how}
        await audit.append(self._unit.connection, self._now, "incident.resolved", body)
        return replace(incident, status=IncidentStatus.RESOLVED, resolved_at=self._now, resolution=how)

    async def _write(self) -> None:
        rows, self._unwritten = self._unwritten, {}
        await incidents.save_incidents(self._unit.connection, list(rows.values()))
        for row in rows.values():
            self._unit.publish(RowKind.INCIDENT, row.id, row)

    def _parents(self, alert: Alert) -> tuple[TargetRef, ...]:
        return self._around(alert.target).parents if alert.target else ()

    def _around(self, target: TargetRef) -> Around:
        """Return what is around a target; only that of an incident may not be known yet."""
        if target not in self._known:
            self._known[target] = self._inventory.around(target)
        return self._known[target]


def is_unlocated(incident: Incident) -> bool:
    """Return whether an incident is about one thing that is not known; a storm is about many."""
    is_storm = incident.group_key.startswith(STORM_KEY)
    return incident.target is None and not is_storm and incident.status in RESOLVES_BY_ITSELF


def _part_of(incident: Incident) -> str:
    return translate(t"It is part of incident {incident.number}.")


def _shown(old: Sequence[Alert], new: Sequence[Alert]) -> tuple[Alert, ...]:
    """Return the twenty alerts that an incident's row holds: the worst that fire first."""
    merged = {(one.source, one.fingerprint): one for one in (*old, *new)}
    ranked = sorted(merged.values(), key=correlation.rank)
    return tuple(ranked[:SHOWN_ALERTS])


def _count(assigned: Iterable[AssignedAlert]) -> tuple[int, int]:
    """Return the number of alerts, and of those that are firing."""
    statuses = {(one.alert.source, one.alert.fingerprint): one.alert.status for one in assigned}
    return len(statuses), sum(one is AlertStatus.FIRING for one in statuses.values())
