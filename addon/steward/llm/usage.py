"""Reads how much the models were used today, and publishes it after each request."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import LedgerRecord
from homelab_steward.contract.usage import USAGE_ID, ModelUse, Usage

from ..clock import Clock
from ..store.changes import Changes
from ..store.database import Database
from .settings import Deployment
from .tables import egress, requests


class ModelUsage:
    """The use of the models, read from the request counts and the ledger."""

    def __init__(
        self, deployments: Sequence[Deployment], database: Database, changes: Changes, clock: Clock
    ) -> None:
        """``deployments`` are those of the settings; a removed one is not shown."""
        self._deployments = tuple(deployments)
        self._database = database
        self._changes = changes
        self._clock = clock

    async def read(self, connection: AsyncConnection) -> Usage:
        """Return the use of today (UTC)."""
        day = self._clock.now().astimezone(UTC).date()
        counted = await connection.execute(
            select(requests.c.deployment, requests.c.used).where(requests.c.day == day.isoformat())
        )
        used = {row.deployment: row.used for row in counted}
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        sent = await connection.scalar(select(func.count()).select_from(egress).where(egress.c.at >= begin))
        newest = (await connection.execute(select(egress).order_by(egress.c.id.desc()).limit(1))).mappings()
        last = next(iter(newest), None)
        return Usage(
            day=day.isoformat(),
            models=tuple(
                ModelUse(
                    deployment=one.id,
                    tier=str(one.tier),
                    used=used.get(one.id, 0),
                    limit=one.daily_requests,
                )
                for one in self._deployments
            ),
            sent_out=int(sent or 0),
            last_sent=None if last is None else LedgerRecord(**last),
            cost=sum(used.get(one.id, 0) * one.cost_per_request for one in self._deployments),
        )

    async def publish(self) -> None:
        """Publish the use as it is now."""
        async with self._database.read() as connection:
            usage = await self.read(connection)
        self._changes.publish(RowKind.USAGE, USAGE_ID, usage)
