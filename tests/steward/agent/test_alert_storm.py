"""A storm of alerts delays diagnoses, but one without end delays nobody for ever."""

import asyncio
from datetime import UTC, datetime

import pytest

from steward.agent.alert_storm import LONGEST, LOOK, MANY, SPAN, AlertStorm
from steward.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 21, tzinfo=UTC))


def busy(clock: ManualClock, webhooks: int, seconds: float = 0.0) -> AlertStorm:
    alert_storm = AlertStorm(clock)
    for number in range(webhooks):
        if number:
            clock.move(seconds / (webhooks - 1))
        alert_storm.note()
    return alert_storm


async def is_held(alert_storm: AlertStorm) -> bool:
    """Return whether somebody who asks now has to wait."""
    waiting = asyncio.create_task(alert_storm.over())
    await asyncio.sleep(0)
    is_waiting = not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    return is_waiting


async def test_many_at_once_are_a_storm_and_few_are_not(clock: ManualClock) -> None:
    assert not await is_held(busy(clock, MANY - 1))
    assert await is_held(busy(clock, MANY))


async def test_as_many_in_a_longer_time_are_none(clock: ManualClock) -> None:
    assert await is_held(busy(clock, MANY, SPAN * 0.9))
    assert not await is_held(busy(clock, MANY, SPAN * 1.1))


async def test_who_waits_goes_on_when_it_is_over(clock: ManualClock) -> None:
    waiting = asyncio.create_task(busy(clock, MANY).over())
    await asyncio.sleep(0)
    for _ in range(20):
        clock.move(LOOK)
        await asyncio.sleep(0)

    assert waiting.done()


async def test_a_flood_without_end_holds_nobody_for_longer_than_its_bound(clock: ManualClock) -> None:
    alert_storm = busy(clock, MANY)
    held = 0.0
    while await is_held(alert_storm) and held <= 2 * LONGEST:
        clock.move(LOOK)
        held += LOOK
        for _ in range(MANY):
            alert_storm.note()

    assert LONGEST <= held < LONGEST + 2 * LOOK


async def test_the_next_storm_is_recognised(clock: ManualClock) -> None:
    alert_storm = busy(clock, MANY)
    clock.move(LONGEST + 1)
    assert not await is_held(alert_storm)
    for _ in range(MANY):
        alert_storm.note()

    assert await is_held(alert_storm)


async def test_webhooks_are_gathered_in_a_storm_only(clock: ManualClock) -> None:
    await busy(clock, MANY - 1).gather()
    gathering = asyncio.create_task(busy(clock, MANY).gather())
    await asyncio.sleep(0)
    assert not gathering.done()
    clock.move(LOOK)
    await asyncio.sleep(0)

    assert gathering.done()
