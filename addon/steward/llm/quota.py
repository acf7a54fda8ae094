"""Counts the requests of each deployment and UTC day in the database."""

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
    """The number of requests to each deployment today."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def quotas(self, deployments: Sequence[Deployment]) -> Mapping[str, Quota]:
        """Return today's quotas by deployment id."""
        if not deployments:
            return {}
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(requests.c.deployment, requests.c.used).where(requests.c.day == self._today())
            )
            used = {row.deployment: row.used for row in rows}
        return {one.id: Quota(used=used.get(one.id, 0), limit=one.daily_requests) for one in deployments}

    async def take(self, connection: AsyncConnection, deployment: Deployment, task: Task) -> bool:
        """Count one request in a transaction; return False when today's limit is reached."""
        limit = Quota(limit=deployment.daily_requests).limit_for(task)
        if limit is not None and limit < 1:
            return False
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(requests).values(deployment=deployment.id, day=self._today(), used=1)
        counted = statement.on_conflict_do_update(
            index_elements=[requests.c.deployment, requests.c.day],
            set_={"used": requests.c.used + 1},
            where=None if limit is None else requests.c.used < limit,
        )
        # The statement returns a row only if it counted the request.
        return (await connection.execute(counted.returning(requests.c.used))).first() is not None

    def _today(self) -> str:
        return self._clock.now().date().isoformat()
