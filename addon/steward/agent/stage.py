"""Runs one stage: processes every incident that reaches its status, but waits during a storm of alerts."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeGuard

import structlog

from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.protocol import Event, RowKind

from ..clock import Clock
from ..store import incidents
from ..store.changes import Lost
from ..store.store import Store

log = structlog.get_logger(__name__)

WIDTH: Final = 8
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 60.0

MANY: Final = 50
SPAN: Final = 1.0
LONGEST: Final = 10.0
LOOK: Final = 0.1

type Work = Callable[[Incident], Awaitable[None]]


class AlertStorm:
    """A storm is MANY webhooks within SPAN seconds.

    In a storm later alerts may change the diagnosis of earlier ones, and every diagnosis would delay
    the senders. Stages wait for LONGEST seconds at most.
    """

    def __init__(self, clock: Clock) -> None:
        """The number of webhooks is zero at first."""
        self._clock = clock
        self._arrivals: deque[float] = deque(maxlen=MANY)
        self._began: float | None = None

    def note(self) -> None:
        """Count a webhook."""
        self._arrivals.append(self._clock.monotonic())

    async def over(self) -> None:
        """Return when there is no storm, or when it has lasted for LONGEST seconds."""
        while self._is_on() and self._lasts() < LONGEST:
            await self._clock.sleep(LOOK)

    def _is_on(self) -> bool:
        now = self._clock.monotonic()
        is_on = len(self._arrivals) == MANY and now - self._arrivals[0] < SPAN
        if not is_on:
            self._began = None
        elif self._began is None:
            self._began = now
        return is_on

    def _lasts(self) -> float:
        return 0.0 if self._began is None else self._clock.monotonic() - self._began


class Stage:
    """Watches incidents in one status and processes each until it has another status."""

    def __init__(
        self,
        name: str,
        status: IncidentStatus,
        work: Work,
        store: Store,
        alert_storm: AlertStorm,
        clock: Clock,
    ) -> None:
        """``work`` gets the incident as it was published; it must change its status, or raise.

        It writes only when the stored row is still the one it worked on.
        """
        self._name = name
        self._status = status
        self._work = work
        self._store = store
        self._alert_storm = alert_storm
        self._clock = clock
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._published: dict[str, Incident] = {}
        self._places = asyncio.Semaphore(WIDTH)

    async def run(self) -> None:
        """Process incidents until cancelled, at first those that the store has."""
        try:
            with self._store.changes.watch(RowKind.INCIDENT) as watch:
                await self._rescan()
                while True:
                    event = await watch.next()
                    if isinstance(event, Lost):
                        await self._rescan()
                    else:
                        self._on_event(event)
        finally:
            for task in self._busy.values():
                task.cancel()
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _on_event(self, event: Event) -> None:
        incident = event.incident
        if incident is not None and incident.id in self._busy:
            # The work may have started before this change, and may be about to end.
            self._published[incident.id] = incident
        elif self._is_mine(incident):
            self._take(incident)

    async def _rescan(self) -> None:
        for incident in await self._waiting():
            self._take(incident)

    async def _waiting(self) -> tuple[Incident, ...]:
        """Return all incidents in this stage's status, as soon as the store can be read."""
        wait = FIRST_RETRY
        while True:
            try:
                async with self._store.read() as connection:
                    return await incidents.incidents_in(connection, [self._status])
            except Exception:
                log.exception("store not read", stage=self._name)
            await self._clock.sleep(wait)
            wait = min(LONGEST_RETRY, wait * 2)

    def _take(self, incident: Incident) -> None:
        if incident.id not in self._busy:
            task = asyncio.create_task(self._work_through(incident), name=f"{self._name} {incident.id}")
            self._busy[incident.id] = task

    async def _work_through(self, incident: Incident) -> None:
        """Work until the incident has left the status; a failure is logged and tried again."""
        latest: Incident | None = incident
        retry = FIRST_RETRY
        while True:
            try:
                async with self._places:
                    await self._alert_storm.over()
                    latest = self._published.pop(incident.id, latest) or await self._stored(incident.id)
                    if self._is_mine(latest):
                        await self._work(latest)
            except Exception:
                # The incident is still in the store: nothing is lost.
                log.exception("stage failed", stage=self._name, incident=incident.id)
                await self._clock.sleep(retry)
                retry = min(LONGEST_RETRY, retry * 2)
                latest = None
                continue
            if not self._is_mine(self._published.pop(incident.id, None)):
                del self._busy[incident.id]
                return
            # The row may have been published before or after the change of this stage: the store decides.
            latest = None

    def _is_mine(self, incident: Incident | None) -> TypeGuard[Incident]:
        if incident is None or incident.status is not self._status:
            return False
        # A silenced incident waits: people are asked when the silence has ended.
        return incident.suppressed is None

    async def _stored(self, incident_id: str) -> Incident | None:
        async with self._store.read() as connection:
            return await incidents.incident(connection, incident_id)
