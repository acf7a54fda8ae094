"""Runs what is due: each due time once, the newest missed one after a pause, and again after a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from ..clock import Clock
from ..errors import describe_error
from ..store.schedule_states import RunState, ScheduleState, remove, save, states
from ..store.store import Store
from .times import Times

log = structlog.get_logger(__name__)

LOOK: Final = 60.0
"""Seconds after which the time is read again at the latest: clocks are corrected."""

LATE: Final = timedelta(minutes=15)
RETRIES: Final = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Time until the next try after the first, the second, and every later failure."""

CLOCK_ERROR: Final = timedelta(days=1)
"""A last run that is further ahead than this comes from a clock that was wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The time that a run belongs to; the same one is tried again after a crash or a failure."""

    at: datetime
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that is run when it is due.

    ``run`` may be called more than once with the same time, and must have its effect once. ``first_since``
    is from when on it is due at its first start; None: from that start on, so nothing was missed.
    ``is_enabled`` counts at its first start too.
    """

    id: str
    times: Times
    run: Callable[[Due], Awaitable[object]]
    first_since: datetime | None = None
    is_enabled: bool = True


type Finished = Callable[[ScheduleState, ScheduleState], Awaitable[None]]
"""Gets the state before a run and that after it."""


class Scheduler:
    """One task for each job. What was run is stored before and after."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Call :meth:`start` to read what is stored."""
        self._store = store
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._states: dict[str, ScheduleState] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._finished: Finished | None = None
        self._is_started = False

    @property
    def states(self) -> Mapping[str, ScheduleState]:
        """What is known about each job that was started."""
        return self._states

    def when_finished(self, finished: Finished) -> None:
        """Call something after each run. A run that was reported is not repeated if that fails."""
        self._finished = finished

    async def start(self) -> None:
        """Read what is stored, and start all jobs that were added."""
        async with self._store.read() as connection:
            self._states = await states(connection)
        self._is_started = True
        for job in tuple(self._jobs.values()):
            await self._begin(job)

    async def close(self) -> None:
        """Stop. A run that is cut off is run again at the next start."""
        tasks = tuple(self._tasks.values())
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def put(self, job: Job) -> None:
        """Add a job, or replace the one with its id."""
        await self._stop(job.id)
        self._jobs[job.id] = job
        self._locks.setdefault(job.id, asyncio.Lock())
        if self._is_started:
            await self._begin(job)

    async def remove(self, job_id: str) -> None:
        """Remove a job and what is stored about it."""
        await self._stop(job_id)
        self._jobs.pop(job_id, None)
        self._states.pop(job_id, None)
        async with self._store.change() as unit:
            await remove(unit.connection, job_id)

    def next_at(self, job_id: str) -> datetime | None:
        """Return when a job is due next; a time in the past is being run or waits to be tried again."""
        job, state = self._jobs.get(job_id), self._states.get(job_id)
        if job is None or state is None or not state.is_enabled:
            return None
        return next(job.times.due_after(state.since), None)

    async def enable(self, job_id: str, *, is_enabled: bool) -> None:
        """Switch a job on or off; what was due while it was off is not made up for."""
        state = self._states[job_id]
        if state.is_enabled != is_enabled:
            since = max(state.since, self._clock.now())
            await self._save(replace(state, is_enabled=is_enabled, since=since))

    async def run_now(self, job_id: str) -> ScheduleState:
        """Run a job and return its state. The next due time stays. Raises KeyError for an unknown job."""
        job = self._jobs[job_id]
        async with self._locks[job_id]:
            await self._run(job, Due(at=self._clock.now()))
        return self._states[job_id]

    async def look(self, job_id: str) -> None:
        """Run a job if it is due."""
        async with self._locks[job_id]:
            await self._correct(job_id)
            due = self._due(job_id)
            if due is not None:
                await self._run(self._jobs[job_id], due)

    async def _stop(self, job_id: str) -> None:
        task = self._tasks.pop(job_id, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _begin(self, job: Job) -> None:
        known, times = self._states.get(job.id), repr(job.times)
        if known is None:
            since = job.first_since or self._clock.now()
            new = ScheduleState(id=job.id, times=times, since=since, is_enabled=job.is_enabled)
            await self._save(new)
        elif known.times != times:
            await self._save(replace(known, times=times, since=max(known.since, self._clock.now())))
        self._tasks[job.id] = asyncio.create_task(self._follow(job.id), name=f"schedule {job.id}")

    async def _follow(self, job_id: str) -> None:
        while True:
            try:
                await self.look(job_id)
            except Exception:
                log.exception("a schedule cannot be stored", schedule=job_id)
            await self._clock.sleep(self._wait(job_id))

    def _wait(self, job_id: str) -> float:
        at = self.next_at(job_id)
        left = LOOK if at is None else (at - self._clock.now()).total_seconds()
        return min(LOOK, left) if left > 0 else LOOK

    async def _correct(self, job_id: str) -> None:
        """Begin now if the last run was when the clock was wrong."""
        state, now = self._states[job_id], self._clock.now()
        if state.since > now + CLOCK_ERROR:
            await self._save(replace(state, since=now))

    def _due(self, job_id: str) -> Due | None:
        job, state, now = self._jobs[job_id], self._states[job_id], self._clock.now()
        if not state.is_enabled:
            return None
        newest = job.times.last_due(state.since, now)
        if newest is None and self._is_again(state, now):
            newest = state.due_at
        return Due(at=newest, is_late=now - newest > LATE) if newest is not None else None

    @staticmethod
    def _is_again(state: ScheduleState, now: datetime) -> bool:
        """Return whether the last run is to be tried again now."""
        if state.state is RunState.RUNNING:
            return True
        if state.state is not RunState.FAILED or state.changed_at is None:
            return False
        pause = RETRIES[min(state.failures, len(RETRIES)) - 1]
        return not state.changed_at <= now < state.changed_at + pause

    async def _run(self, job: Job, due: Due) -> None:
        state = self._states[job.id]
        claimed = replace(
            state,
            since=max(state.since, due.at),
            state=RunState.RUNNING,
            due_at=due.at,
            changed_at=self._clock.now(),
        )
        await self._save(claimed)
        try:
            await job.run(due)
        except Exception as err:
            reason = describe_error(err)
            log.exception("schedule failed", schedule=job.id, reason=reason)
            done = replace(claimed, state=RunState.FAILED, failures=state.failures + 1, reason=reason)
        else:
            done = replace(claimed, state=RunState.DONE, failures=0, reason="")
        await self._save(replace(done, changed_at=self._clock.now()))
        if self._finished is not None:
            await self._finished(state, self._states[job.id])

    async def _save(self, state: ScheduleState) -> None:
        """Store what is known about a job; it is known only when it is stored.

        A power cut does not undo it: a job that ran would run again.
        """
        async with self._store.change(durable=True) as unit:
            await save(unit.connection, state)
        self._states[state.id] = state
