"""Updates metrics from published rows and from the delay of the event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from homelab_steward.contract.protocol import InitialState, RowKind

from ..clock import Clock
from ..store.changes import Changes, Lost
from .metrics import Metrics

INTERVAL: Final = 1.0


class MetricsCollector:
    """Runs two tasks: one counts rows, one measures the event loop."""

    def __init__(
        self,
        metrics: Metrics,
        changes: Changes,
        clock: Clock,
        state: Callable[[int], Awaitable[InitialState]],
    ) -> None:
        """``state`` returns the initial state for a sequence number."""
        self._state = state
        self._metrics = metrics
        self._changes = changes
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start both tasks."""
        self._tasks = [
            asyncio.create_task(self._count(), name="metrics: rows"),
            asyncio.create_task(self._measure(), name="metrics: event loop"),
        ]

    async def close(self) -> None:
        """Stop both tasks."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _count(self) -> None:
        with self._changes.watch(RowKind.INCIDENT, RowKind.APPROVAL) as watch:
            self._metrics.begin(await self._state(self._changes.sequence))
            async for event in watch:
                if isinstance(event, Lost):
                    self._metrics.begin(await self._state(self._changes.sequence))
                else:
                    self._metrics.see(event)

    async def _measure(self) -> None:
        while True:
            before = self._clock.monotonic()
            await self._clock.sleep(INTERVAL)
            self._metrics.lag(max(0.0, self._clock.monotonic() - before - INTERVAL))
