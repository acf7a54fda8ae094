"""Stage: withdraws pending requests whose incident is over or whose service was removed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.protocol import Event, RowKind

from ...clock import Clock
from ...inventory.ports import Inventory
from ...store import approvals, audit, incidents
from ...store.changes import Lost
from ...store.store import Store, Unit
from ...texts import translate

log = structlog.get_logger(__name__)

RETRY: Final = 5.0


def why_over(
    request: ApprovalRequest, incident: Incident | None, instance_ids: Collection[str]
) -> str | None:
    """Return why a pending request has to be withdrawn, None when it stays pending. Pure.

    ``instance_ids`` are the instances that exist.
    """
    if incident is None:
        return translate("The incident was deleted.")
    if incident.status.is_closed:
        return incident.resolution or translate("It is over.")
    if incident.status is IncidentStatus.WAITING and incident.approval_id not in (None, request.id):
        return translate("Another request replaced it.")
    targets = {step.target.instance_id for option in request.proposal.options for step in option.steps}
    if incident.is_request and targets and targets.isdisjoint(instance_ids):
        return translate("The service was removed.")
    return None


class Withdrawals:
    """Watches incidents and instances, and withdraws requests that need no decision any more."""

    def __init__(self, store: Store, inventory: Inventory, clock: Clock) -> None:
        """Nothing is withdrawn before :meth:`run`."""
        self._store = store
        self._inventory = inventory
        self._clock = clock

    async def run(self) -> None:
        """Withdraw until cancelled, at first among the requests that the store has."""
        with self._store.changes.watch(RowKind.INCIDENT, RowKind.INSTANCE) as watch:
            is_all = True
            while True:
                try:
                    if is_all:
                        await self.look()
                    is_all = True
                    is_all = await self._take(await watch.next())
                except Exception:
                    log.exception("requests not checked")
                    await self._clock.sleep(RETRY)

    async def look(self) -> None:
        """Withdraw all requests that need no decision any more."""
        async with self._store.read() as connection:
            pending = await approvals.requests_in(connection, ApprovalStatus.PENDING)
        for request in pending:
            await self._check(request)

    async def _take(self, event: Event | Lost) -> bool:
        """Withdraw the requests about an incident that ended; return whether all are to be checked."""
        if isinstance(event, Lost) or event.gone:
            return True
        if event.incident is not None and event.incident.status.is_closed:
            async with self._store.read() as connection:
                pending = await approvals.pending_of(connection, event.incident.id)
            for request in pending:
                await self._check(request)
        return False

    async def _check(self, request: ApprovalRequest) -> None:
        known = self._known()
        async with self._store.read() as connection:
            incident = await incidents.incident(connection, request.incident_id)
        if why_over(request, incident, known) is not None:
            await self._withdraw(request, known)

    def _known(self) -> frozenset[str]:
        return frozenset(one.id for one in self._inventory.instances())

    async def _withdraw(self, request: ApprovalRequest, known: Collection[str]) -> None:
        """Close a request that is still pending and still needs no decision."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            incident = await incidents.incident(unit.connection, request.incident_id)
            reason = why_over(request, incident, known)
            if reason is None or not await withdraw(unit, request, reason, now):
                return
        log.info("request withdrawn", approval=request.id)


async def withdraw(unit: Unit, request: ApprovalRequest, reason: str, now: datetime) -> bool:
    """Close a request and end its incident if that has no alerts; return False if it was not pending."""
    if not await approvals.close(unit.connection, request.id, ApprovalStatus.SUPERSEDED, now, reason):
        return False
    body = {"approval": request.id, "incident": request.incident_id}
    await audit.append(unit.connection, now, "approval.withdrawn", body)
    unit.publish(RowKind.APPROVAL, request.id, await approvals.request(unit.connection, request.id))
    incident = await incidents.incident(unit.connection, request.incident_id)
    if incident is not None and incident.status is IncidentStatus.WAITING and incident.is_request:
        ended = replace(incident, status=IncidentStatus.IGNORED, resolution=reason, updated_at=now)
        await incidents.save_incident(unit.connection, ended)
        unit.publish(RowKind.INCIDENT, ended.id, ended)
    return True
