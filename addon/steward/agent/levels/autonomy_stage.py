"""Stage: labels runs, records what people chose, and asks an owner when a cell has earned its next level."""

import asyncio
from typing import Final

import structlog

from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.protocol import Event, RowKind

from ...clock import Clock
from ...store.changes import Lost, Watch
from ...store.store import Store
from .ladder import Ladder
from .promotions import Promotions
from .run_trials import RunTrials
from .selections import Selections

log = structlog.get_logger(__name__)

EVERY: Final = 55.0
"""The longest time between two checks, in seconds."""

UNDECIDED: Final = (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED)


class AutonomyStage:
    """Checks regularly, and as soon as a problem may be back or a request was decided."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        trials: RunTrials,
        selections: Selections,
        ladder: Ladder,
        promotions: Promotions,
    ) -> None:
        """All inputs of the parts are in the store, so nothing is lost while the app is off."""
        self._store = store
        self._clock = clock
        self._trials = trials
        self._selections = selections
        self._ladder = ladder
        self._promotions = promotions
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Check until cancelled."""
        with self._store.changes.watch(RowKind.INCIDENT, RowKind.APPROVAL) as watch:
            while True:
                try:
                    await self.look()
                except Exception:
                    log.exception("autonomy not checked")
                await self._until_needed(watch)

    async def look(self) -> None:
        """Run the parts in order, because each reads what those before it stored; calls do not overlap."""
        async with self._looking:
            await self._trials.look()
            await self._selections.look()
            await self._ladder.look()
            await self._promotions.look()

    async def _until_needed(self, watch: Watch) -> None:
        timer = asyncio.create_task(self._clock.sleep(EVERY), eager_start=True)
        change = asyncio.create_task(self._relevant(watch))
        try:
            await asyncio.wait((timer, change), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (timer, change):
                task.cancel()
            await asyncio.gather(timer, change, return_exceptions=True)

    async def _relevant(self, watch: Watch) -> None:
        """Return when a problem may be back, or when a request to raise a level was decided."""
        while True:
            event = await watch.next()
            if isinstance(event, Lost) or self._concerns(event):
                return

    def _concerns(self, event: Event) -> bool:
        request = event.approval
        if request is not None:
            return request.raises_level and request.status not in UNDECIDED
        return self._trials.concerns(event.incident)
