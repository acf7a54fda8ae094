"""Asks again when an option that was left out of a request can be offered."""

import asyncio
from dataclasses import replace
from typing import Final, Protocol

from homelab_steward.contract.incidents import (
    ApprovalStatus,
    Incident,
    IncidentStatus,
)
from homelab_steward.contract.protocol import RowKind

from ...clock import Clock
from ...store import approvals, audit, incidents
from ...store.store import Store
from ...tasks import repeat
from ...texts import english, translate

EVERY: Final = 60.0
"""Seconds between two checks for options that can be offered again."""

MOST_AT_ONCE: Final = 50
MORE: Final = english("An option that could not be offered can be offered now.")


class Replanner(Protocol):
    """Plans the options that an incident's request left out."""

    async def has_more(self, incident: Incident) -> bool:
        """Return whether an option that was left out can be offered now."""


class Reoffers:
    """Asks again when an option that was left out of a request can be offered."""

    def __init__(self, store: Store, replanner: Replanner, clock: Clock) -> None:
        """``replanner`` makes the dry runs."""
        self._store = store
        self._replanner = replanner
        self._clock = clock

    async def run(self) -> None:
        """Check until cancelled."""
        await repeat(self.look, EVERY, self._clock, "options not planned again")

    async def look(self) -> None:
        """Ask again for each waiting incident whose request left out an option that can be offered now."""
        async with self._store.read() as connection:
            waiting = await incidents.incidents_in(connection, [IncidentStatus.WAITING])
        left_out = [one for one in waiting if one.proposal and one.proposal.left_out and not one.is_request]
        for incident in left_out[-MOST_AT_ONCE:]:
            if await self._replanner.has_more(incident):
                await self._ask_again(incident)
            await asyncio.sleep(0)

    async def _ask_again(self, incident: Incident) -> None:
        """Withdraw the request and open the incident for another diagnosis, unless somebody decided."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            current = await incidents.incident(unit.connection, incident.id)
            pending = incident.approval_id
            if current is None or current.status is not IncidentStatus.WAITING or pending is None:
                return
            if current.approval_id != pending or not await approvals.close(
                unit.connection, pending, ApprovalStatus.SUPERSEDED, now, translate(MORE)
            ):
                return
            current = replace(current, status=IncidentStatus.OPEN, updated_at=now)
            await incidents.save_incident(unit.connection, current)
            body = {"incident": current.id, "approval": pending}
            await audit.append(unit.connection, now, "approval.reoffered", body)
            unit.publish(RowKind.APPROVAL, pending, await approvals.request(unit.connection, pending))
            unit.publish(RowKind.INCIDENT, current.id, current)
