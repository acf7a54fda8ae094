"""The clock and the workflow engine of the drill: what waits for minutes is over at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ..agent.runs.workflow import Stages, WorkflowEngine, run_approved


class DrillClock:
    """The clock of the system, which can be moved on."""

    def __init__(self) -> None:
        """Begin with the time of the system."""
        self._ahead = 0.0
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def monotonic(self) -> float:
        """Return seconds that never decrease."""
        return time.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``, or until the clock was moved on by what is left."""
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            moved = self._moved
            try:
                async with asyncio.timeout(left):
                    await moved.wait()
            except TimeoutError:
                return

    def move(self, seconds: float) -> None:
        """Move the clock on."""
        self._ahead += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


class HeldEngine(WorkflowEngine, Protocol):
    """A workflow engine that begins nothing while it is held."""

    is_held: bool


class TaskEngine:
    """Runs the workflows as tasks; a wait moves the clock on. Nothing outlives it."""

    def __init__(self, stages: Stages, clock: DrillClock) -> None:
        """Take approved requests through ``stages``."""
        self._stages = stages
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.is_held = False

    async def start(self) -> None:
        """Do nothing: nothing is left from an earlier start."""

    async def begin(self, request_id: str) -> None:
        """Start the workflow of a request, once; while the engine is held, none."""
        if request_id not in self._tasks and not self.is_held:
            work = run_approved(self, self._stages, request_id)
            self._tasks[request_id] = asyncio.create_task(work, name=f"drill {request_id}")

    def is_live(self, request_id: str) -> bool:
        """Return whether the workflow of a request runs now."""
        return request_id in self._tasks and not self._tasks[request_id].done()

    async def resume(self, request_id: str) -> None:
        """Start another workflow of a request."""
        self._tasks.pop(request_id, None)
        await self.begin(request_id)

    async def close(self) -> None:
        """Stop all workflows."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def step[Result](self, _name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        """Do ``work``."""
        return await work()

    async def sleep(self, seconds: float) -> None:
        """Move the clock on; other tasks get their turn."""
        self._clock.move(seconds)
        await asyncio.sleep(0)
