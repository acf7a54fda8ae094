"""When the conversation is prepared."""

import asyncio
from datetime import UTC, datetime

from steward.clock import ManualClock
from steward.wiring.conversation import QUIET, after_start


async def test_sentences_are_prepared_some_seconds_after_the_first_readings() -> None:
    clock, is_read = ManualClock(datetime(2026, 11, 20, tzinfo=UTC)), asyncio.Event()

    async def first_read() -> None:
        await is_read.wait()

    waiting = asyncio.ensure_future(after_start(first_read, clock)())
    await asyncio.sleep(0)
    clock.move(QUIET)
    await asyncio.sleep(0)
    assert not waiting.done(), "the readings come first"
    is_read.set()
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.move(QUIET)
    await waiting
