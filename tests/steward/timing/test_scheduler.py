"""What is due is run once: over kills, pauses, failures, and clocks that were wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rig.agent_rig import opened_store
from rig.clocks import WatchedClock
from steward.clock import ManualClock
from steward.store.database import StoreUnavailable
from steward.store.schedule_states import RunState, ScheduleState
from steward.store.store import Store
from steward.timing.scheduler import RETRIES, Due, Job, Scheduler
from steward.timing.times import Cron, Every

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAILY = Cron("0 9 * * *")
DUE = datetime(2026, 11, 29, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Killed(BaseException):
    """The process ends."""


class Messages:
    """Sends one message for each due time, as jobs do, and may be killed before or after that."""

    def __init__(self) -> None:
        self.sent: list[datetime] = []
        self.late: list[bool] = []
        self.tries = 0
        self.kill_before = self.kill_after = False
        self.error: Exception | None = None

    async def run(self, due: Due) -> None:
        self.tries += 1
        if self.kill_before:
            raise Killed
        if self.error is not None:
            raise self.error
        if due.at not in self.sent:
            self.sent.append(due.at)
            self.late.append(due.is_late)
        if self.kill_after:
            raise Killed


async def started(store: Store, clock: ManualClock, *jobs: Job) -> Scheduler:
    """Return a scheduler that knows the jobs, and whose time does not pass by itself."""
    scheduler = Scheduler(store, clock)
    for one in jobs:
        await scheduler.put(one)
    await scheduler.start()
    for one in jobs:
        await scheduler.look(one.id)
    return scheduler


def job(run: Callable[[Due], Awaitable[object]], times: Cron | Every = DAILY, job_id: str = "daily") -> Job:
    return Job(id=job_id, times=times, run=run)


MINUTES = st.integers(0, 4 * 24 * 60)
STEPS = st.lists(st.tuples(MINUTES, st.sampled_from(["look", "restart", "before", "after"])), max_size=12)
CRONS = st.sampled_from(
    ["0 9 * * *", "30 2 * * *", "15 */6 * * *", "0 8 * * SUN", "*/50 1,2 * * 0,6", "0 9 1 * *"]
)
STARTS = st.sampled_from(
    [NOON, datetime(2026, 3, 27, 12, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)]
)


async def test_each_time_is_run_once_or_caught_up_once(tmp_path: Path) -> None:
    runner = asyncio.get_running_loop()
    async with opened_store(tmp_path, ManualClock(NOON)) as store:
        number = 0

        @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
        @given(CRONS, st.sampled_from(["UTC", "Europe/Vienna", "America/St_Johns"]), STARTS, STEPS)
        def plays(expression: str, zone: str, start: datetime, steps: list[tuple[int, str]]) -> None:
            nonlocal number
            number += 1
            played = play(store, f"job{number}", Cron(expression, zone), start, steps)
            asyncio.run_coroutine_threadsafe(played, runner).result(30)

        await asyncio.to_thread(plays)


async def play(store: Store, job_id: str, cron: Cron, start: datetime, steps: list[tuple[int, str]]) -> None:
    clock, messages = ManualClock(start), Messages()
    one = job(messages.run, cron, job_id)
    scheduler = await started(store, clock, one)
    seen = start
    for minutes, what in steps:
        clock.jump(minutes * 60)
        messages.kill_before, messages.kill_after = what == "before", what == "after"
        if what != "look":
            await scheduler.close()
            scheduler = Scheduler(store, clock)
            await scheduler.put(one)
            await scheduler.start()
        try:
            await scheduler.look(job_id)
        except Killed:
            messages.kill_before = messages.kill_after = False
            await scheduler.close()
            scheduler = await started(store, clock, one)
        expected = cron.last_due(seen, clock.now())
        if expected is not None:
            assert messages.sent[-1] == expected, "the newest that was missed is made up for"
        seen = clock.now()
    await scheduler.close()
    assert messages.sent == sorted(set(messages.sent)), "never twice"


async def test_it_is_run_when_it_is_due_and_not_before(tmp_path: Path) -> None:
    clock, messages = WatchedClock(DUE - timedelta(seconds=90)), Messages()
    async with opened_store(tmp_path, clock) as store:
        scheduler = await started(store, clock, job(messages.run))
        assert scheduler.next_at("daily") == DUE
        await clock.pass_by(60)
        await clock.until_asleep(30)
        assert messages.sent == []
        finished = asyncio.Event()

        async def note(_before: ScheduleState, state: ScheduleState) -> None:
            assert (state.state, state.due_at) == (RunState.DONE, DUE)
            finished.set()

        scheduler.when_finished(note)
        await clock.pass_by(30)
        await finished.wait()
        assert (messages.sent, messages.late) == ([DUE], [False])
        assert scheduler.next_at("daily") == DUE + DAY
        await scheduler.close()


async def test_a_power_cut_undoes_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, messages, durable = ManualClock(NOON), Messages(), list[object]()
    async with opened_store(tmp_path, clock) as store:
        write = store.database.write

        def noted(**named: Any) -> object:
            durable.append(named["durable"])
            return write(**named)

        monkeypatch.setattr(store.database, "write", noted)
        scheduler = await started(store, clock, job(messages.run))
        await scheduler.run_now("daily")
        await scheduler.close()
    assert messages.sent == [NOON]
    assert len(durable) >= 2, "the claim and the result"
    assert all(durable)


async def test_what_was_missed_is_late_and_run_once(tmp_path: Path) -> None:
    messages = Messages()
    async with opened_store(tmp_path, clock := ManualClock(NOON)) as store:
        await (await started(store, clock, job(messages.run))).close()
        clock.jump((5 * DAY).total_seconds())
        for _ in range(2):
            await (await started(store, clock, job(messages.run))).close()
    assert (messages.sent, messages.late) == ([DUE + 4 * DAY], [True])


async def test_a_failure_is_tried_again_ever_later_and_counted(tmp_path: Path) -> None:
    messages = Messages()
    messages.error = StoreUnavailable("no route")
    async with opened_store(tmp_path, clock := ManualClock(NOON)) as store:
        scheduler = await started(store, clock, job(messages.run))
        clock.jump((DUE - NOON).total_seconds())
        await scheduler.look("daily")
        for number, pause in enumerate((*RETRIES, RETRIES[-1]), 1):
            state = scheduler.states["daily"]
            assert (state.state, state.failures) == (RunState.FAILED, number)
            assert "no route" in state.reason
            clock.jump(pause.total_seconds() - 1)
            await scheduler.look("daily")
            assert messages.tries == number, "not before the pause is over"
            await scheduler.close()
            scheduler = await started(store, clock, job(messages.run))
            clock.jump(1)
            await scheduler.look("daily")
            assert messages.tries == number + 1
        messages.error = None
        clock.jump(RETRIES[-1].total_seconds())
        await scheduler.look("daily")
        state = scheduler.states["daily"]
        assert (state.state, state.failures, state.reason) == (RunState.DONE, 0, "")
        assert messages.sent == [DUE], "a later try belongs to the same time"
        await scheduler.close()


async def test_one_that_is_off_is_not_run_and_not_made_up_for(tmp_path: Path) -> None:
    messages = Messages()
    async with opened_store(tmp_path, clock := ManualClock(NOON)) as store:
        scheduler = await started(store, clock, job(messages.run))
        await scheduler.enable("daily", is_enabled=False)
        assert scheduler.next_at("daily") is None
        await scheduler.close()
        clock.jump((2 * DAY).total_seconds())
        scheduler = await started(store, clock, job(messages.run))
        await scheduler.enable("daily", is_enabled=True)
        await scheduler.enable("daily", is_enabled=True)
        await scheduler.look("daily")
        assert messages.sent == []
        assert scheduler.next_at("daily") == DUE + 2 * DAY
        await scheduler.close()


async def test_a_run_by_hand_leaves_the_next_time(tmp_path: Path) -> None:
    messages = Messages()
    async with opened_store(tmp_path, clock := ManualClock(NOON)) as store:
        scheduler = await started(store, clock, job(messages.run))
        await scheduler.enable("daily", is_enabled=False)
        state = await scheduler.run_now("daily")
        assert (state.state, messages.sent) == (RunState.DONE, [NOON])
        await scheduler.enable("daily", is_enabled=True)
        assert scheduler.next_at("daily") == DUE
        await scheduler.close()


async def test_another_time_begins_now(tmp_path: Path) -> None:
    messages = Messages()
    async with opened_store(tmp_path, clock := ManualClock(NOON)) as store:
        scheduler = await started(store, clock, job(messages.run))
        clock.jump(HOUR.total_seconds() * 8)
        earlier = Cron("0 18 * * *")
        await scheduler.put(job(messages.run, earlier))
        await scheduler.look("daily")
        assert messages.sent == [], "18:00 had passed when it was set"
        assert scheduler.next_at("daily") == datetime(2026, 11, 29, 18, tzinfo=UTC)
        await scheduler.remove("daily")
        assert (scheduler.next_at("daily"), dict(scheduler.states)) == (None, {})
        await scheduler.close()
        scheduler = await started(store, clock)
        assert dict(scheduler.states) == {}


@pytest.mark.parametrize("back", [HOUR, 400 * DAY])
async def test_a_clock_that_is_put_back(tmp_path: Path, back: timedelta) -> None:
    messages = Messages()
    async with opened_store(tmp_path, clock := ManualClock(NOON)) as store:
        scheduler = await started(store, clock, job(messages.run))
        clock.jump((DUE - NOON).total_seconds())
        await scheduler.look("daily")
        clock.jump(-back.total_seconds())
        await scheduler.look("daily")
        clock.jump(HOUR.total_seconds())
        await scheduler.look("daily")
        assert len(messages.sent) == 1, "not again for an hour"
        clock.jump(DAY.total_seconds())
        await scheduler.look("daily")
        assert len(messages.sent) == 2, "it goes on, also after years in the future"
        await scheduler.close()
