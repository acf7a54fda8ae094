"""Work that is repeated until it is cancelled."""

import asyncio
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from steward.clock import ManualClock
from steward.tasks import repeat


class NotingClock(ManualClock):
    """Notes that somebody waits."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 1, 1, tzinfo=UTC))
        self.waits = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.waits.set()
        await super().sleep(seconds)


class Failing:
    """Counts its calls; the first one fails."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self) -> None:
        self.calls += 1
        if self.calls == 1:
            raise ValueError("first")


@pytest.mark.parametrize("at_once", [False, True])
async def test_an_error_does_not_end_what_is_repeated(*, at_once: bool) -> None:
    clock, work = NotingClock(), Failing()
    with capture_logs() as logs:
        task = asyncio.create_task(repeat(work, 30.0, clock, "not looked at", at_once=at_once))
        await clock.waits.wait()
        assert work.calls == int(at_once), "the first call is made at once, or after a wait"
        for number in (1, 2):
            clock.waits.clear()
            clock.move(30.0)
            await clock.waits.wait()
            assert work.calls == number + at_once
    assert [(one["event"], one["log_level"]) for one in logs] == [("not looked at", "error")]
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
