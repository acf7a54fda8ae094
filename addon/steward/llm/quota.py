"""Counts requests by deployment and day (UTC) in the store, where a restart finds them again."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store.database import Database
from ..store.upsert import upsert
from .messages import Task
from .routing import Quota
from .settings import Deployment
from .tables import requests


class RequestCounts:
    """How often each deployment was asked today."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read nothing yet."""
        self._database = database
        self._clock = clock

    async def quotas(self, deployments: Sequence[Deployment]) -> Mapping[str, Quota]:
        """Return today's quota of each deployment by its id."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(requests.c.deployment, requests.c.used).where(requests.c.day == self._today())
            )
            used = {row.deployment: row.used for row in rows}
        return {one.id: Quota(used=used.get(one.id, 0), limit=one.daily_requests) for one in deployments}

    async def take(self, connection: AsyncConnection, deployment: Deployment, task: Task) -> bool:
        """Count one request inside a transaction; False when today's limit does not allow it."""
        where = (requests.c.deployment == deployment.id, requests.c.day == self._today())
        used = (await connection.execute(select(requests.c.used).where(*where))).scalar_one_or_none() or 0
        if not Quota(used=used, limit=deployment.daily_requests).allows(task):
            return False
        row = {"deployment": deployment.id, "day": self._today(), "used": used + 1}
        await upsert(connection, requests, row)
        return True

    def _today(self) -> str:
        return self._clock.now().date().isoformat()
