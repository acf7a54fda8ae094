"""Stage: alerts become incidents, and incidents end when their alerts do."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from homelab_steward.contract.incidents import Alert, AlertStatus

from ..clock import Clock
from ..inventory.ports import Completeness, Inventory
from ..sdk.description import IncomingAlert
from ..store import incidents
from ..store.store import Store, Unit
from . import correlation
from .correlation import is_change, merge
from .incident_batch import ECHO_WINDOW, IncidentBatch


class Correlator:
    """Takes the alerts of monitors and checks, in one transaction per batch."""

    def __init__(self, store: Store, inventory: Inventory, clock: Clock) -> None:
        """Targets are found in ``inventory``."""
        self._store = store
        self._inventory = inventory
        self._clock = clock

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
        alerts = (
            correlation.as_alert(one, source, self._inventory.locate(one.labels), now) for one in incoming
        )
        fresh = {alert.fingerprint: alert for alert in alerts}
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
            await IncidentBatch(unit, self._inventory, now).apply(changed)

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
        found = await incidents.incidents_by_id(unit.connection, sorted(ids))
        over = {one.id: one for one in found if one.resolved_at is not None}
        late = {
            one.fingerprint
            for one in firing
            if one.incident_id in over
            and not correlation.is_echo(
                replace(fresh[one.fingerprint], count=one.count), over[one.incident_id], now, ECHO_WINDOW
            )
        }
        return {key: one for key, one in known.items() if key not in late}
