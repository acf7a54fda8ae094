"""Ends, after a restore from a backup, the runs that were under way when the backup was made."""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus

from ...clock import Clock
from ...errors import StewardError
from ...store import app_metadata, approvals, incidents
from ...store.store import Store
from ...texts import english, translate
from ..decisions.holding import hold
from ..requests.scheduled_requests import end_scheduled
from .executor import Executor
from .learner import Learner

log = structlog.get_logger(__name__)

REASON: Final = english(
    "a backup was restored that was made while this was under way, and whether it happened is not known"
)


class AfterRestore:
    """Ends runs whose later journal entries are lost, so that none of their steps is repeated."""

    def __init__(self, store: Store, executor: Executor, learner: Learner, clock: Clock) -> None:
        """``executor`` ends runs and ``learner`` concludes them."""
        self._clock = clock
        self._store = store
        self._executor = executor
        self._learner = learner

    async def settle(self, first_polls: Callable[[], Awaitable[None]]) -> None:
        """End the runs that were under way, once after a restore; ``first_polls`` waits for targets."""
        async with self._store.read() as connection:
            restored = await app_metadata.read_value(connection, app_metadata.RESTORED)
            acting = await incidents.incidents_in(connection, [IncidentStatus.ACTING])
            found = {one.approval_id for one in acting if one.approval_id is not None}
            found.update(await approvals.approved_without_run(connection))
            scheduled = await approvals.requests_in(connection, ApprovalStatus.SCHEDULED)
            announced = await approvals.announced(connection)
        if restored is None:
            return
        await first_polls()
        for request_id in sorted(found):
            try:
                await self._executor.forget(request_id, translate(REASON))
                await self._learner.conclude(request_id)
            except StewardError:
                log.exception("run not ended after the restore", approval=request_id)
        async with self._store.change(durable=True) as unit:
            for request in announced:
                # It may have been carried out after the backup was made.
                await hold(unit, request, translate(REASON), self._clock.now())
            for request in scheduled:
                if request.later is not None and request.later.at <= self._clock.now():
                    # It may have been executed after the backup was made.
                    await end_scheduled(unit, request, translate(REASON), self._clock.now())
            await app_metadata.delete_value(unit.connection, app_metadata.RESTORED)
