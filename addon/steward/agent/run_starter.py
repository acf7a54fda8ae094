"""Stage: approved runs are started, also when the gate could not start them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog

from homelab_steward.contract.incidents import IncidentStatus

from ..clock import Clock
from ..store import approvals, incidents
from ..store.store import Store

log = structlog.get_logger(__name__)

TICK: Final = 20.0


class RunStarter:
    """Starts approved runs; starting one again does nothing."""

    def __init__(self, store: Store, clock: Clock, begin: Callable[[str], Awaitable[None]]) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        self._store = store
        self._clock = clock
        self._begin = begin

    async def run(self) -> None:
        """Continue unfinished runs, then start missed ones, until cancelled."""
        look = self.take_up
        while True:
            try:
                await look()
                look = self.catch_up
            except Exception:
                log.exception("approved requests not checked")
            await self._clock.sleep(TICK)

    async def take_up(self) -> None:
        """Start the run of every incident that waits for one."""
        async with self._store.read() as connection:
            found = await incidents.incidents_in(connection, [IncidentStatus.ACTING])
        await self._begin_all(one.approval_id for one in found if one.approval_id is not None)

    async def catch_up(self) -> None:
        """Start approved requests that have no run."""
        async with self._store.read() as connection:
            found = await approvals.approved_without_run(connection)
        await self._begin_all(found)

    async def _begin_all(self, request_ids: Iterable[str]) -> None:
        for request_id in request_ids:
            try:
                await self._begin(request_id)
            except Exception:
                log.exception("approved run not started yet", approval=request_id)
