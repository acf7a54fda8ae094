"""Every refusal is in the audit log, by itself or counted, and a flood cannot fill it."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.clock import SystemClock
from steward.store import refusals
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.refusals import MOST_KEYS, NOT_LISTED, PER_SOURCE, Allowances, Rate
from steward.store.schema import metadata
from steward.store.store import Store

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'steward.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield Store(database, Changes(SystemClock()))
    await database.close()


async def entries(store: Store) -> list[tuple[str, dict[str, object]]]:
    async with store.read() as connection:
        rows = await connection.exec_driver_sql("SELECT event, body FROM audit ORDER BY position")
        return [(row.event, json.loads(row.body)) for row in rows]


async def test_a_flood_is_counted_and_another_source_is_still_listed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "SUMMARY_INTERVAL", timedelta(minutes=10))
    for number in range(300):
        await store.refused(NOW, "http.refused", "192.0.2.1", {"number": number})
    await store.refused(NOW, "http.refused", "192.0.2.2", {"number": 300})
    await store.refused(NOW, "press.refused", "home_assistant u1", {"number": 301})
    found = await entries(store)
    listed = [body["number"] for event, body in found if event != NOT_LISTED]
    assert listed == [*range(PER_SOURCE.burst), 300, 301]
    async with store.change() as unit:
        await store.refusals.summarize(unit.connection, NOW + timedelta(hours=1))
        await store.refusals.summarize(unit.connection, NOW + timedelta(hours=1))
    summaries: list[Any] = [body for event, body in await entries(store) if event == NOT_LISTED]
    counted = [one for body in summaries for one in body["refusals"]]
    assert {(one["event"], one["who"]) for one in counted} == {("http.refused", "192.0.2.1")}
    assert sum(one["count"] for one in counted) == 200
    assert len(summaries) == 2, "the first counted one, and all others"


async def test_a_flood_from_many_sources_is_limited_by_event(store: Store) -> None:
    async with store.change() as unit:
        for number in range(1_500):
            who = f"192.0.{number // 250}.{number % 250}"
            await store.refusals.append(unit.connection, NOW, "http.refused", who, {})
        await store.refusals.append(unit.connection, NOW, "press.refused", "home_assistant u1", {})
        await store.refusals.summarize(unit.connection, NOW)
    found = await entries(store)
    events = [event for event, _ in found]
    assert events.count("http.refused") == 1_000
    assert events.count("press.refused") == 1
    summaries: list[Any] = [body for event, body in found if event == NOT_LISTED]
    totals = [sum(one["count"] for one in body["refusals"]) + body["more"] for body in summaries]
    assert sum(totals) == 500


async def test_entries_are_allowed_again_after_a_time(store: Store) -> None:
    for _ in range(PER_SOURCE.burst + 1):
        await store.refused(NOW, "approval.refused", "telegram 1", {})
    await store.refused(NOW + timedelta(minutes=1), "approval.refused", "telegram 1", {"later": True})
    assert ("approval.refused", {"later": True}) in await entries(store)


@given(st.lists(st.integers(-10, 30), max_size=60))
def test_an_allowance_never_exceeds_its_rate(gaps: list[int]) -> None:
    allowances, now, taken = Allowances(Rate(3, timedelta(seconds=10))), NOW, 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        taken += allowances.take("a", now)
    elapsed = sum(max(gap, 0) for gap in gaps)
    assert taken <= 3 + elapsed / 10


def test_allowances_forget_the_oldest_source() -> None:
    allowances = Allowances(Rate(1, timedelta(days=1)))
    assert allowances.take("first", NOW)
    assert not allowances.take("first", NOW)
    for number in range(MOST_KEYS):
        assert allowances.take(f"other {number}", NOW)
    assert allowances.take("first", NOW)
