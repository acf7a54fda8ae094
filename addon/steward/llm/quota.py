"""Counts requests by deployment and day (UTC) in the store, where a restart finds them again."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store.database import Database
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
        if not deployments:
            return {}
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(requests.c.deployment, requests.c.used).where(requests.c.day == self._today())
            )
            used = {row.deployment: row.used for row in rows}
        return {one.id: Quota(used=used.get(one.id, 0), limit=one.daily_requests) for one in deployments}

    async def take(self, connection: AsyncConnection, deployment: Deployment, task: Task) -> bool:
        """Count one request inside a transaction; False when today's limit does not allow it."""
        room = Quota(limit=deployment.daily_requests).room(task)
        if room is not None and room < 1:
            return False
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(requests).values(deployment=deployment.id, day=self._today(), used=1)
        counted = statement.on_conflict_do_update(
            index_elements=[requests.c.deployment, requests.c.day],
            set_={"used": requests.c.used + 1},
            where=None if room is None else requests.c.used < room,
        )
        # One statement: it says by its row whether it counted.
        return (await connection.execute(counted.returning(requests.c.used))).first() is not None

    def _today(self) -> str:
        return self._clock.now().date().isoformat()
