"""Stored counts of requests to models."""

import asyncio
from dataclasses import replace

from rig.inventory import NOW
from steward.clock import ManualClock
from steward.llm.messages import Task
from steward.llm.quota import RequestCounts
from steward.llm.settings import Deployment
from steward.store.store import Store

FREE = Deployment(id="free")
LIMITED = Deployment(id="limited", daily_requests=10)


async def take(store: Store, deployment: Deployment, task: Task = Task.CHAT, day: int = 0) -> bool:
    clock = ManualClock(NOW)
    clock.move(day * 24 * 3600)
    async with store.database.write() as connection:
        return await RequestCounts(store.database, clock).take(connection, deployment, task)


async def used(store: Store, *deployments: Deployment) -> dict[str, int]:
    quotas = await RequestCounts(store.database, ManualClock(NOW)).quotas(deployments)
    return {name: quota.used for name, quota in quotas.items()}


async def test_limit_applies_to_concurrent_requests(store: Store) -> None:
    taken = await asyncio.gather(*(take(store, LIMITED) for _ in range(20)))
    assert sum(taken) == 9, "one of ten is reserved for incidents"
    assert [await take(store, LIMITED, Task.DIAGNOSIS) for _ in range(2)] == [True, False]
    assert await used(store, LIMITED) == {"limited": 10}, "refused requests are not counted"


async def test_counts_are_by_day_and_deployment(store: Store) -> None:
    assert all([await take(store, FREE) for _ in range(30)])
    assert await take(store, LIMITED)
    assert await take(store, LIMITED, day=1)
    assert await used(store, FREE, LIMITED) == {"free": 30, "limited": 1}


async def test_limit_of_zero_refuses_all_requests(store: Store) -> None:
    closed = replace(LIMITED, daily_requests=0)
    assert not await take(store, closed)
    assert not await take(store, closed, Task.DIAGNOSIS)
    assert await used(store, closed) == {"limited": 0}
    assert await used(store) == {}
