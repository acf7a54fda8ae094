"""Counts what each deployment uses on each day of the household, in the database."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store.database import Database
from ..texts import local
from .limits import Quota, Spent, monday, quota
from .messages import Task
from .settings import Deployment
from .tables import requests


class RequestCounts:
    """What each deployment used today and this week, in the household's time zone."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def quotas(self, deployments: Sequence[Deployment]) -> Mapping[str, Quota]:
        """Return the current quotas by deployment id."""
        if not deployments:
            return {}
        async with self._database.read() as connection:
            return await read_quotas(connection, deployments, local_day(self._clock))

    async def take(self, connection: AsyncConnection, deployment: Deployment, task: Task) -> bool:
        """Count one request in a transaction; return False when a limit is reached."""
        today = local_day(self._clock)
        quotas = await read_quotas(connection, [deployment], today, is_locked=True)
        if not quotas[deployment.id].allows(task):
            return False
        await self._add(connection, deployment, today, Spent(requests=1, cost=deployment.cost_per_request))
        return True

    async def spend(self, deployment: Deployment, prompt_tokens: int, answer_tokens: int) -> None:
        """Count the tokens of an answered request, and what they cost."""
        spent = Spent(
            tokens=prompt_tokens + answer_tokens, cost=deployment.token_cost(prompt_tokens, answer_tokens)
        )
        async with self._database.write() as connection:
            await self._add(connection, deployment, local_day(self._clock), spent)

    async def _add(
        self, connection: AsyncConnection, deployment: Deployment, day: date, spent: Spent
    ) -> None:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(requests).values(
            deployment=deployment.id,
            day=day.isoformat(),
            used=spent.requests,
            tokens=spent.tokens,
            cost=spent.cost,
        )
        await connection.execute(
            statement.on_conflict_do_update(
                index_elements=[requests.c.deployment, requests.c.day],
                set_={
                    "used": requests.c.used + spent.requests,
                    "tokens": requests.c.tokens + spent.tokens,
                    "cost": requests.c.cost + spent.cost,
                },
            )
        )


async def read_quotas(
    connection: AsyncConnection, deployments: Sequence[Deployment], today: date, *, is_locked: bool = False
) -> dict[str, Quota]:
    """Return the quotas by deployment id. ``is_locked``: other replicas wait until the transaction ends."""
    ids = [one.id for one in deployments]
    since = monday(today).isoformat()
    query = select(requests).where(requests.c.day >= since, requests.c.deployment.in_(ids))
    days: dict[str, dict[str, Spent]] = {one.id: {} for one in deployments}
    for row in await connection.execute(query.with_for_update() if is_locked else query):
        days[row.deployment][row.day] = Spent(requests=row.used, tokens=row.tokens, cost=row.cost)
    return {one.id: quota(one, days[one.id], today) for one in deployments}


def local_day(clock: Clock) -> date:
    """Return the day in the household's time zone."""
    return local(clock.now()).date()
