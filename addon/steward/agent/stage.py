"""Runs one stage: every incident that reaches its status is worked on, once at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.protocol import Event, RowKind

from ..clock import Clock
from ..store import incidents
from ..store.changes import Lost
from ..store.store import Store
from .rush import Rush

log = structlog.get_logger(__name__)

WIDTH: Final = 8
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 60.0

type Work = Callable[[Incident], Awaitable[None]]


class Stage:
    """Watches incidents in one status and works on each until it has left it."""

    def __init__(
        self, name: str, status: IncidentStatus, work: Work, store: Store, rush: Rush, clock: Clock
    ) -> None:
        """``work`` gets the incident as stored; it must move it on, or raise."""
        self._name = name
        self._status = status
        self._work = work
        self._store = store
        self._rush = rush
        self._clock = clock
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._heard_again: set[str] = set()
        self._places = asyncio.Semaphore(WIDTH)

    async def run(self) -> None:
        """Work until cancelled; begin with what a former life left behind."""
        try:
            with self._store.changes.watch(RowKind.INCIDENT) as watch:
                await self._rescan()
                while True:
                    event = await watch.next()
                    if isinstance(event, Lost):
                        await self._rescan()
                    else:
                        self._hear(event)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _hear(self, event: Event) -> None:
        incident = event.incident
        if incident is not None and incident.status is self._status:
            self._take(incident.id)

    async def _rescan(self) -> None:
        for incident in await self._waiting():
            self._take(incident.id)

    async def _waiting(self) -> tuple[Incident, ...]:
        """Return whatever the store holds for this stage, as soon as the store can be read."""
        wait = FIRST_RETRY
        while True:
            try:
                async with self._store.read() as connection:
                    return await incidents.incidents_in(connection, [self._status])
            except Exception:
                log.exception("the store could not be read", stage=self._name)
            await self._clock.sleep(wait)
            wait = min(LONGEST_RETRY, wait * 2)

    def _take(self, incident_id: str) -> None:
        if incident_id in self._busy:
            # It may have read the incident before this change and be about to leave.
            self._heard_again.add(incident_id)
            return
        task = asyncio.create_task(self._work_through(incident_id), name=f"{self._name} {incident_id}")
        self._busy[incident_id] = task

    async def _work_through(self, incident_id: str) -> None:
        """Work until the incident has left the status; a failure is told and tried again."""
        retry = FIRST_RETRY
        while True:
            self._heard_again.discard(incident_id)
            try:
                async with self._places:
                    await self._rush.over()
                    has_worked = await self._work_once(incident_id)
            except Exception:
                # Whatever broke, the incident waits in the store: nothing is lost.
                log.exception("stage failed", stage=self._name, incident=incident_id)
                await self._clock.sleep(retry)
                retry = min(LONGEST_RETRY, retry * 2)
                continue
            if not has_worked and incident_id not in self._heard_again:
                del self._busy[incident_id]
                return

    async def _work_once(self, incident_id: str) -> bool:
        """Return whether there was anything to do."""
        async with self._store.read() as connection:
            incident = await incidents.incident(connection, incident_id)
        if incident is None or incident.status is not self._status:
            return False
        await self._work(incident)
        return True
