"""Reads how much the models were used today, and publishes it after each request."""

from collections.abc import Sequence
from datetime import UTC

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.model_limits import LimitUse
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import LedgerRecord
from homelab_steward.contract.usage import USAGE_ID, ModelUse, Usage

from ..clock import Clock
from ..store.changes import Changes
from ..store.database import Database
from ..texts import local
from .limits import Quota
from .privacy import PrivacyClass
from .quota import local_day, read_quotas
from .settings import Deployment
from .tables import egress


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
        """Return the use of today, in the household's time zone."""
        day = local_day(self._clock)
        quotas = await read_quotas(connection, self._deployments, day)
        begin = local(self._clock.now()).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        is_unmasked = (egress.c.privacy != str(PrivacyClass.PUBLIC)) & (egress.c.masked == 0)
        query = select(func.count(), func.count(case((is_unmasked, 1)))).where(
            egress.c.at >= begin.astimezone(UTC)
        )
        sent, private = (await connection.execute(query)).one()
        newest = (await connection.execute(select(egress).order_by(egress.c.id.desc()).limit(1))).mappings()
        last = next(iter(newest), None)
        return Usage(
            day=day.isoformat(),
            models=tuple(
                ModelUse(
                    deployment=one.id,
                    tier=str(one.tier),
                    used=quotas[one.id].today.requests,
                    limit=one.daily_requests,
                    tokens=quotas[one.id].today.tokens,
                    cost=quotas[one.id].today.cost,
                    limits=limit_uses(quotas[one.id]),
                )
                for one in self._deployments
            ),
            sent_out=sent,
            private_sent=private,
            last_sent=None if last is None else LedgerRecord(**last),
            cost=sum(one.today.cost for one in quotas.values()),
        )

    async def publish(self) -> None:
        """Publish the use as it is now."""
        async with self._database.read() as connection:
            usage = await self.read(connection)
        self._changes.publish(RowKind.USAGE, USAGE_ID, usage)


def limit_uses(quota: Quota) -> tuple[LimitUse, ...]:
    """Return the limits of a deployment as clients read them."""
    return tuple(
        LimitUse(kind=str(one.kind), used=one.used, limit=one.limit, warn_at=quota.warn_at)
        for one in quota.limits
    )
