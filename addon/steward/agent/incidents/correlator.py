"""Stage: assigns alerts to incidents, and ends incidents whose alerts have ended."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Alert, AlertStatus, Incident
from homelab_steward.contract.state import TargetRef

from ...clock import Clock
from ...inventory.ports import Completeness, Inventory
from ...sdk.description import POLL_SECONDS, IncomingAlert
from ...store import incidents
from ...store.store import Store, Unit
from ...texts import english, translate
from ..monitors.silent_monitors import Heartbeats, WebhookSilence
from . import correlation, update_cover
from .correlation import is_by_check, is_change, merge
from .departures import Departures
from .incident_batch import ECHO_WINDOW, STORM, IncidentBatch, is_unlocated
from .maintenance import Windows, covered

MEANT: Final = english("It is meant to be off")
STORM_SPAN: Final = timedelta(minutes=1)
MOST_AT_ONCE: Final = 500
CONVERTED_AT_ONCE: Final = 100
MOST_COVERED: Final = 5_000

SEEN_EVERY: Final = timedelta(minutes=5)
"""By how much the stored time of an alert's last report may be too old."""

CLOCK_MARGIN: Final = timedelta(minutes=2)
STALE_POLLED: Final = timedelta(minutes=15)
STALE_SENT: Final = timedelta(hours=26)


class Correlator:
    """Stores the alerts of monitors and checks with their incidents, in one transaction per batch."""

    def __init__(
        self, store: Store, inventory: Inventory, clock: Clock, windows: Windows | None = None
    ) -> None:
        """Targets are found in ``inventory``; ``windows`` are the maintenance windows."""
        self._store = store
        self._windows = windows
        self._inventory = inventory
        self._clock = clock
        self._heartbeats = Heartbeats(inventory, clock.now())
        self._webhook_silence = WebhookSilence(inventory, clock.now())
        self._departures = Departures(inventory)
        self._opened: dict[str, deque[datetime]] = {}

    async def take(
        self,
        source: str,
        incoming: Sequence[IncomingAlert],
        completeness: Completeness = Completeness.PARTIAL,
    ) -> None:
        """Store the alerts of one source and update the incidents.

        ``completeness`` is what the absence of the source's other alerts means.
        """
        async with self._store.change() as unit:
            await self.take_in(unit, source, incoming, completeness)

    async def take_in(
        self,
        unit: Unit,
        source: str,
        incoming: Sequence[IncomingAlert],
        completeness: Completeness = Completeness.PARTIAL,
    ) -> None:
        """Do :meth:`take` within a transaction of the caller."""
        now = self._clock.now()
        incoming = await self._heartbeats.take(unit.connection, source, incoming, now)
        fresh = await self._as_alerts(source, incoming, now)
        known = await incidents.alerts_by_fingerprint(unit.connection, source, list(fresh))
        known = await self._still_valid(unit, known, fresh, now)
        changed: list[tuple[Alert | None, Alert]] = [
            (known.get(key), merge(known.get(key), alert))
            for key, alert in fresh.items()
            if is_change(known.get(key), alert)
        ]
        if completeness is not Completeness.PARTIAL:
            firing = await incidents.firing_of(unit.connection, source)
            ended = correlation.ended(firing, frozenset(fresh), completeness, now)
            changed += [(one, one) for one in ended]
        if changed:
            await self._apply(unit, source, changed, now)
        seen = [
            replace(known[key], seen_at=now)
            for key, alert in fresh.items()
            if key in known and not is_change(known[key], alert) and is_seen_again(known[key], alert)
        ]
        await incidents.save_alerts(unit.connection, seen)

    def is_known(self, source: str) -> bool:
        """Return whether a source is configured."""
        return self._inventory.instance(source) is not None

    async def take_webhook(self, unit: Unit, source: str, incoming: Sequence[IncomingAlert]) -> None:
        """Do :meth:`take_in` for the alerts of webhooks, and note that they arrived."""
        ended = await self._webhook_silence.note(unit.connection, source, self._clock.now())
        await self.take_in(unit, source, [*incoming, *ended])

    async def note_silence(self) -> None:
        """Mark alerts that no source reports any more as stale, and report silent heartbeats and webhooks.

        An alert of a check whose target is gone for good ends. An alert whose target was not in
        the inventory when it came in gets the one that is in it now.
        """
        async with self._store.change() as unit:
            now = self._clock.now()
            unseen = await incidents.firing_unseen(unit.connection, now - STALE_POLLED, MOST_AT_ONCE)
            stale = [
                (one, replace(one, stale_since=one.seen_at or one.received_at))
                for one in unseen
                if one.stale_since is None and self._is_stale(one, now)
            ]
            opened = await incidents.newest_incidents(
                unit.connection, MOST_AT_ONCE, open_only=True, problems_only=True
            )
            pairs = [
                *stale,
                *await self._unsilenced(unit, opened, now),
                *self._departures.ended(unseen, now),
                *await self._located(unit, opened),
            ]
            changed = {(pair[1].source, pair[1].fingerprint): pair for pair in pairs}
            if changed:
                await self._batch(unit, [*changed.values()], now).apply(changed.values())
            for source, alerts in (await self._heartbeats.silent(unit.connection, now)).items():
                await self.take_in(unit, source, alerts)
            for source, alert in (await self._webhook_silence.silent(unit.connection, now)).items():
                await self.take_in(unit, source, [alert])

    async def note_maintenance(self) -> None:
        """Suppress alerts that a maintenance window covers now, and release those that none covers."""
        async with self._store.change() as unit:
            firing = await incidents.firing(unit.connection, MOST_COVERED)
            changed = [(one, now_is) for one in firing if (now_is := covered(one, self._windows)) != one]
            if changed:
                await self._batch(unit, changed, self._clock.now()).apply(changed)

    async def note_updates(self) -> None:
        """Open incidents for firing alerts of updates that are over, or take longer than LONGEST_COVER."""
        async with self._store.change() as unit:
            now = self._clock.now()
            left = await update_cover.left(unit.connection, self._inventory.application, now)
            if left:
                changed = [(one, replace(one, incident_id=None)) for one in left]
                await self._batch(unit, changed, now).apply(changed)

    async def _located(self, unit: Unit, opened: Sequence[Incident]) -> list[tuple[Alert | None, Alert]]:
        """Return the alerts whose target is known only now, as (stored before, now)."""
        found: list[tuple[Alert | None, Alert]] = []
        for incident in opened:
            if not is_unlocated(incident) or not any(self._target(one) for one in incident.alerts):
                continue
            for one in await incidents.alerts_of(unit.connection, incident.id, MOST_AT_ONCE):
                target = self._target(one)
                if target is not None and one.status is AlertStatus.FIRING:
                    found.append((one, covered(replace(one, target=target), self._windows)))
        return found

    def _target(self, alert: Alert) -> TargetRef | None:
        return alert.target or self._inventory.locate(alert.labels)

    async def _unsilenced(
        self, unit: Unit, opened: Sequence[Incident], now: datetime
    ) -> list[tuple[Alert | None, Alert]]:
        """Return the alerts whose silence has ended while their monitor said nothing.

        As (stored before, now).
        """
        found: list[tuple[Alert | None, Alert]] = []
        for incident in opened:
            if is_over(incident.silenced_until, now):
                alerts = await incidents.alerts_of(unit.connection, incident.id, MOST_AT_ONCE)
                found += [
                    (one, covered(replace(one, suppressed=None, silenced_until=None), self._windows))
                    for one in alerts
                    if one.status is AlertStatus.FIRING and is_over(one.silenced_until, now)
                ]
        return found

    def _is_stale(self, alert: Alert, now: datetime) -> bool:
        service = self._inventory.service(alert.source)
        if service is None:
            return now - (alert.seen_at or alert.received_at) > STALE_SENT
        instance = self._inventory.instance(alert.source)
        own = instance.settings.get(POLL_SECONDS) if instance else None
        allowed = stale_after(
            alert,
            is_polled=service.alerts is not None and service.alerts.read is not None,
            interval=timedelta(seconds=own if isinstance(own, int | float) else service.interval),
        )
        return now - (alert.seen_at or alert.received_at) > allowed

    async def _as_alerts(
        self, source: str, incoming: Sequence[IncomingAlert], now: datetime
    ) -> dict[str, Alert]:
        """Return the alerts as they are stored, by fingerprint; many are converted in parts."""
        found: dict[str, Alert] = {}
        for number, one in enumerate(incoming, 1):
            target = self._inventory.locate(one.labels)
            reason = self._inventory.why_off(target) if target and one.suppressed is None else None
            if reason is not None:
                one = replace(one, suppressed=f"{translate(MEANT)}. {reason}")  # noqa: PLW2901 - the same alert
            alert = covered(correlation.as_alert(one, source, target, now), self._windows)
            found[alert.fingerprint] = alert
            if number % CONVERTED_AT_ONCE == 0:
                await asyncio.sleep(0)
        return found

    async def _apply(
        self, unit: Unit, source: str, changed: Sequence[tuple[Alert | None, Alert]], now: datetime
    ) -> None:
        """Update the incidents; what a source opened within the last minute counts towards STORM."""
        opened = self._opened.setdefault(source, deque(maxlen=STORM))
        while opened and not timedelta() <= now - opened[0] < STORM_SPAN:
            opened.popleft()
        batch = self._batch(unit, changed, now, STORM - len(opened))
        await batch.apply(changed)
        opened.extend([now] * batch.opened_without_target)

    def _batch(
        self, unit: Unit, changed: Sequence[tuple[Alert | None, Alert]], now: datetime, room: int = STORM
    ) -> IncidentBatch:
        """Return the batch of these alerts, with the surroundings of their targets, read once."""
        targets = {alert.target for _, alert in changed if alert.target is not None}
        around = {one: self._inventory.around(one) for one in targets}
        return IncidentBatch(unit, self._inventory, around, now, room)

    async def _still_valid(
        self, unit: Unit, known: Mapping[str, Alert], fresh: Mapping[str, Alert], now: datetime
    ) -> dict[str, Alert]:
        """Return the known alerts without those that still fire after their incident was resolved.

        Those count as new: the problem was not solved.
        """
        firing = [
            one
            for one in known.values()
            if one.status is AlertStatus.FIRING and fresh[one.fingerprint].status is AlertStatus.FIRING
        ]
        ids = {one.incident_id for one in firing if one.incident_id is not None}
        over = {one.id: one for one in await incidents.resolved_by_id(unit.connection, sorted(ids))}
        late = {
            one.fingerprint
            for one in firing
            if one.incident_id in over
            and not correlation.is_echo(
                replace(fresh[one.fingerprint], count=one.count), over[one.incident_id], now, ECHO_WINDOW
            )
        }
        return {key: one for key, one in known.items() if key not in late}


def is_seen_again(known: Alert, fresh: Alert) -> bool:
    """Return whether it must be stored that a firing alert is still reported."""
    last = known.seen_at or known.received_at
    return fresh.status is AlertStatus.FIRING and abs(fresh.received_at - last) >= SEEN_EVERY


def is_over(silenced_until: datetime | None, now: datetime) -> bool:
    """Return whether a silence has ended, by our clock and with a margin for the monitor's."""
    return silenced_until is not None and silenced_until + CLOCK_MARGIN <= now


def stale_after(alert: Alert, *, is_polled: bool, interval: timedelta) -> timedelta:
    """Return how long a source may not report a firing alert before it is stale.

    A polled source reports with each poll, every ``interval``. A source that only sends webhooks
    repeats them rarely.
    """
    return max(STALE_POLLED, 3 * interval) if is_polled or is_by_check(alert) else STALE_SENT
