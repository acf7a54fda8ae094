"""Stored counts of requests to models."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rig.inventory import NOW
from steward.clock import ManualClock
from steward.llm.limits import Spent
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
    return {name: quota.today.requests for name, quota in quotas.items()}


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


async def test_tokens_and_money_count_from_monday_in_the_time_zone_of_the_household(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    monkeypatch.setattr("steward.texts._zone", zone)
    priced = replace(FREE, cost_per_request=0.5, input_price=2.0, output_price=10.0)

    async def week(at: datetime) -> Spent:
        counts = RequestCounts(store.database, ManualClock(at))
        async with store.database.write() as connection:
            assert await counts.take(connection, priced, Task.CHAT)
        await counts.spend(priced, 1_000_000, 100_000)
        return (await counts.quotas([priced]))["free"].week

    sunday = datetime(2026, 10, 25, 23, 30, tzinfo=zone)
    assert await week(sunday) == Spent(requests=1, tokens=1_100_000, cost=3.5)
    again = await week(sunday - timedelta(hours=21))
    assert (again.requests, again.cost) == (2, 7.0), "the day has 25 hours and is one"
    monday = await week(datetime(2026, 10, 25, 23, 30, tzinfo=UTC))
    assert monday.requests == 1, "it is Monday in Berlin"
