"""Ends the announcement of a request: it is not carried out without a person any more."""

from dataclasses import replace
from datetime import datetime

from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.protocol import RowKind

from ...store import approvals, audit
from ...store.store import Unit


async def hold(unit: Unit, request: ApprovalRequest, reason: str, now: datetime) -> bool:
    """Make an announced request wait for a person; return False when it was decided before."""
    held = replace(request, acts_at=None, autonomy=(*request.autonomy, reason))
    if not await approvals.hold(unit.connection, held):
        return False
    body = {"approval": request.id, "incident": request.incident_id, "reason": reason}
    await audit.append(unit.connection, now, "approval.held", body)
    unit.publish(RowKind.APPROVAL, request.id, await approvals.request(unit.connection, request.id))
    return True
