"""Deletes what is older than the settings keep: alerts, incidents, and the ledger of models."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import delete

from homelab_steward.contract.protocol import RowKind

from ...clock import Clock
from ...llm.tables import egress
from ...store import retention, witness_claims
from ...store.store import Store
from ...tasks import repeat

log = structlog.get_logger(__name__)

TICK: Final = 3_600.0
"""Seconds between two passes."""

CLAIMS: Final = timedelta(days=730)
"""How long the claims of monitors are kept, with whether they were right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long rows are kept."""

    alerts: timedelta = timedelta(days=90)
    incidents: timedelta = timedelta(days=365)
    ledger: timedelta = timedelta(days=365)


class Retention:
    """Deletes old rows every hour. The audit log is never shortened: its hashes form one chain."""

    def __init__(self, store: Store, clock: Clock, kept: Kept) -> None:
        """Nothing is deleted before :meth:`run`."""
        self._store = store
        self._clock = clock
        self._kept = kept

    async def run(self) -> None:
        """Delete until cancelled."""
        await repeat(self.delete_old, TICK, self._clock, "old rows not deleted", at_once=True)

    async def delete_old(self) -> None:
        """Delete rows that are too old, and summarize refusals that were only counted.

        At most some hundred incidents are deleted at once.
        """
        now = self._clock.now()
        async with self._store.change() as unit:
            ids, requests = await retention.delete_incidents(unit.connection, now - self._kept.incidents)
            for one in ids:
                unit.publish(RowKind.INCIDENT, one, None)
            for one in requests:
                unit.publish(RowKind.APPROVAL, one, None)
            alerts = await retention.delete_alerts(unit.connection, now - self._kept.alerts)
            await witness_claims.delete_before(unit.connection, now - CLAIMS)
            await unit.connection.execute(delete(egress).where(egress.c.at < now - self._kept.ledger))
            await self._store.refusals.summarize(unit.connection, now)
        if ids or alerts:
            log.info("old rows deleted", incidents=len(ids), alerts=alerts)
