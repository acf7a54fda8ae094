"""Learns what is normal for the targets of updates while these are held, asked about, or deferred."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from homelab_steward.contract.changes import ChangeStatus

from ..clock import Clock
from ..store import change_records, change_watches
from ..store.store import Store
from ..store.target_keys import target_key
from .baseline import learn
from .observer import Observer, Scope
from .watcher import decoded, scope_of

log = structlog.get_logger(__name__)

EVERY: Final = 900.0
"""Seconds between two samples of a target, on average."""

MOST_TARGETS: Final = 40
BEFORE: Final = (ChangeStatus.ASKED, ChangeStatus.READY, ChangeStatus.HELD, ChangeStatus.DEFERRED)
"""The first are applied soonest: with too many targets, nothing is learned for the last."""


class Learning:
    """Takes a sample of each target of an update that is not applied yet, from time to time."""

    def __init__(
        self,
        store: Store,
        observer: Observer,
        clock: Clock,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Nothing is read before :meth:`start`. ``draw`` returns numbers from 0 to 1."""
        self._draw = draw
        self._store = store
        self._observer = observer
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Learn until closed."""
        self._task = asyncio.create_task(self._run(), name="learning before updates")

    async def close(self) -> None:
        """Stop learning."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            # Samples at regular times would always find a task with the same interval in the same state.
            await self._clock.sleep(EVERY * (0.5 + self._draw()))
            try:
                await self.learn()
            except Exception:
                log.exception("nothing learned before updates")

    async def learn(self) -> None:
        """Take one sample of each target, of the last readings and of the log."""
        async with self._store.read() as connection:
            rows = await change_records.changes_in(connection, BEFORE)
        soonest = sorted(rows, key=lambda one: BEFORE.index(one.status))
        scopes = {target_key(one.target): scope_of(self._observer, one) for one in soonest}
        for key in list(scopes)[:MOST_TARGETS]:
            await self._learn_of(key, scopes[key])

    async def _learn_of(self, key: str, scope: Scope) -> None:
        sample = self._observer.last(scope, await self._observer.lines(scope))
        async with self._store.change() as unit:
            known = decoded(await change_watches.baseline(unit.connection, key))
            body = msgspec.json.encode(learn(known, sample))
            await change_watches.save_baseline(unit.connection, key, body, self._clock.now())
