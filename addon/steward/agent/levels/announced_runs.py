"""Stage: carries out announced requests at their time, unless a person stopped them."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, IncidentStatus
from homelab_steward.contract.protocol import RowKind

from ...clock import Clock
from ...errors import StewardError
from ...runbooks.model import Runbook
from ...store import approvals, audit, incidents
from ...store.changes import Lost, Watch
from ...store.store import Store, Unit
from ...texts import english, translate
from ..decisions.alone import ALONE, Alone, Objection
from ..decisions.holding import hold
from ..plans.resolver import Resolver

log = structlog.get_logger(__name__)

LATEST: Final = timedelta(minutes=30)
"""How long after its time a request is still carried out, if the app was off."""

LONGEST_SLEEP: Final = 60.0
RETRY: Final = 5.0

CHANGED: Final = english("Something changed since it was announced.")
LATE: Final = english("The app was not running at the announced time.")


class AnnouncedRuns:
    """Checks the announced requests when one is due. Their times are in the store."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        alone: Alone,
        resolver: Resolver,
        library: Mapping[str, Runbook],
        objection: Objection,
    ) -> None:
        """``objection`` returns why the steward may not carry out a request without a person any more."""
        self._store = store
        self._clock = clock
        self._alone = alone
        self._resolver = resolver
        self._library = library
        self._objection = objection
        self._due: dict[str, float] = {}

    async def run(self) -> None:
        """Check until cancelled, at first the requests that the store has."""
        with self._store.changes.watch(RowKind.APPROVAL) as watch:
            while True:
                try:
                    await self._until_due(watch, await self.look())
                except Exception:
                    # The requests are still in the store: nothing is lost.
                    log.exception("announced requests not checked")
                    await self._clock.sleep(RETRY)

    async def look(self) -> float:
        """Carry out due requests; return the seconds until the next one is due, at most LONGEST_SLEEP."""
        async with self._store.read(quick=True) as connection:
            announced = await approvals.announced(connection)
        waits = [await self._take(one) for one in announced]
        self._due = {one.id: self._due[one.id] for one in announced if one.id in self._due}
        return min([LONGEST_SLEEP, *(one for one in waits if one is not None)])

    async def _until_due(self, watch: Watch, seconds: float) -> None:
        """Return after so many seconds, or when an announced request changed."""
        timer = asyncio.create_task(self._clock.sleep(seconds), eager_start=True)
        change = asyncio.create_task(_announced(watch))
        try:
            await asyncio.wait((timer, change), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (timer, change):
                task.cancel()
            await asyncio.gather(timer, change, return_exceptions=True)

    async def _take(self, request: ApprovalRequest) -> float | None:
        """Carry out a request if it is due; return the seconds until it is due, None when it was handled."""
        acts_at = request.acts_at or request.created_at
        wait = self._wait(request.id, acts_at)
        if wait > 0:
            return wait
        if self._clock.now() - acts_at > LATEST:
            await self._hold(request, translate(LATE))
        elif await self._has_changed(request):
            await self._plan_again(request)
        else:
            reason = await self._alone.act(request.id, self._objection)
            if reason is not None:
                await self._hold(request, reason)
        return None

    def _wait(self, request_id: str, acts_at: datetime) -> float:
        """Return the seconds until a request is due.

        People have the whole time to stop it also when the clock is set forward: the time is measured from
        when the request was first seen.
        """
        left = (acts_at - self._clock.now()).total_seconds()
        due = self._due.setdefault(request_id, self._clock.monotonic() + left)
        return max(left, due - self._clock.monotonic())

    async def _has_changed(self, request: ApprovalRequest) -> bool:
        """Return whether the current plan differs from the announced one, or cannot be made."""
        option = request.proposal.option(ALONE)
        runbook = self._library.get(option.runbook_id or "") if option else None
        recipe = runbook.recipe(option.recipe or "") if runbook and option else None
        if option is None or runbook is None or recipe is None:
            return True
        async with self._store.read() as connection:
            incident = await incidents.existing(connection, request.incident_id)
        with suppress(StewardError):
            plan = await self._resolver.plan(runbook, recipe, self._resolver.targets(incident.target))
            return plan.digest != option.plan_hash or bool(plan.unknown_facts)
        return True

    async def _hold(self, request: ApprovalRequest, reason: str) -> None:
        async with self._store.change(durable=True) as unit:
            await hold(unit, request, reason, self._clock.now())

    async def _plan_again(self, request: ApprovalRequest) -> None:
        """Withdraw a request and open its incident for another proposal, unless somebody decided."""
        async with self._store.change(durable=True) as unit:
            await replan(unit, request, translate(CHANGED), self._clock.now())


async def replan(unit: Unit, request: ApprovalRequest, reason: str, now: datetime) -> None:
    """Withdraw a request and open its incident again, unless somebody decided before."""
    if not await approvals.close(unit.connection, request.id, ApprovalStatus.SUPERSEDED, now, reason):
        return
    body = {"approval": request.id, "incident": request.incident_id}
    await audit.append(unit.connection, now, "approval.withdrawn", body)
    unit.publish(RowKind.APPROVAL, request.id, await approvals.request(unit.connection, request.id))
    incident = await incidents.existing(unit.connection, request.incident_id)
    if incident.status is not IncidentStatus.WAITING or incident.approval_id != request.id:
        return
    opened = replace(incident, status=IncidentStatus.OPEN, updated_at=now)
    await incidents.save_incident(unit.connection, opened)
    unit.publish(RowKind.INCIDENT, opened.id, opened)


async def _announced(watch: Watch) -> None:
    """Return when an announced request changed or was deleted, or when events were missed."""
    while True:
        event = await watch.next()
        if isinstance(event, Lost) or event.approval is None or event.approval.acts_at is not None:
            return
