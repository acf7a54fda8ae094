"""Stage: starts approved runs that the gate could not start, and resumes those without a workflow."""

from typing import Final

import structlog

from homelab_steward.contract.incidents import IncidentStatus

from ...clock import Clock
from ...store import approvals, incidents
from ...store.store import Store
from ...tasks import repeat
from .workflow import WorkflowEngine

log = structlog.get_logger(__name__)

TICK: Final = 20.0


class RunStarter:
    """Starts approved runs, and resumes those whose workflow ended before them."""

    def __init__(self, store: Store, clock: Clock, engine: WorkflowEngine) -> None:
        """``engine`` executes approved requests."""
        self._store = store
        self._clock = clock
        self._engine = engine
        self._idle: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Continue unfinished runs, now and regularly, until cancelled."""
        await repeat(self.look, TICK, self._clock, "approved requests not checked", at_once=True)

    async def look(self) -> None:
        """Start the approved requests that no workflow works on.

        A request that still has no workflow at the next check is resumed, because its workflow is over. A
        resumed workflow has two checks to begin, because another resume would cancel it.
        """
        async with self._store.read() as connection:
            acting = await incidents.incidents_in(connection, [IncidentStatus.ACTING])
            found = {one.approval_id for one in acting if one.approval_id is not None}
            found.update(await approvals.approved_without_run(connection))
        idle = frozenset(one for one in found if not self._engine.is_live(one))
        over = idle & self._idle
        self._idle = idle - over
        for request_id in sorted(idle):
            start = self._engine.resume if request_id in over else self._engine.begin
            try:
                await start(request_id)
            except Exception:
                log.exception("approved run not started yet", approval=request_id)
