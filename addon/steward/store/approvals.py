"""Approval requests: one row for each, decided at most once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
)

from .decoding import decode, encode
from .tables import approval_options, approvals, runs

_ADD = insert(approvals)
_ADD_OPTION = insert(approval_options)


async def add(connection: AsyncConnection, request: ApprovalRequest) -> None:
    """Store a new pending request with the plan hash of each option."""
    await connection.execute(
        _ADD,
        {
            "id": request.id,
            "incident_id": request.incident_id,
            "status": request.status.value,
            "created_at": request.created_at,
            "expires_at": request.expires_at,
            "reminders": request.reminders,
            "asked": _ids(request.asked),
            "acts_at": request.acts_at,
            "body": encode(request),
        },
    )
    if request.proposal.options:
        await connection.execute(
            _ADD_OPTION,
            [
                {
                    "approval_id": request.id,
                    "number": option.number,
                    "plan_hash": option.plan_hash,
                }
                for option in request.proposal.options
            ],
        )


async def decide(
    connection: AsyncConnection,
    request_id: str,
    status: ApprovalStatus,
    decision: Decision,
    plan_hash: str | None,
) -> bool:
    """Store the decision by compare and swap; return whether it was stored.

    The request must be pending and not expired, and for an approval ``plan_hash`` must be
    the hash of the selected option. No other statement decides a request.
    """
    statement = update(approvals).where(
        approvals.c.id == request_id,
        approvals.c.status == ApprovalStatus.PENDING.value,
        approvals.c.expires_at > decision.at,
    )
    if status in (ApprovalStatus.APPROVED, ApprovalStatus.SCHEDULED):
        statement = statement.where(
            exists().where(
                approval_options.c.approval_id == request_id,
                approval_options.c.number == decision.option,
                approval_options.c.plan_hash == plan_hash,
            )
        )
    result = await connection.execute(
        statement.values(status=status.value, decided_at=decision.at, decision=decision.to_json())
    )
    return bool(result.rowcount == 1)


async def close(
    connection: AsyncConnection,
    request_id: str,
    status: ApprovalStatus,
    at: datetime,
    withdrawn: str = "",
) -> bool:
    """Close a pending request as expired or superseded; return whether it was closed.

    ``withdrawn`` is why it is superseded.
    """
    statement = update(approvals).where(
        approvals.c.id == request_id,
        approvals.c.status == ApprovalStatus.PENDING.value,
    )
    if status is ApprovalStatus.EXPIRED:
        statement = statement.where(approvals.c.expires_at <= at)
    result = await connection.execute(
        statement.values(status=status.value, decided_at=at, withdrawn=withdrawn)
    )
    return bool(result.rowcount == 1)


async def release(connection: AsyncConnection, request_id: str, at: datetime) -> bool:
    """Let a scheduled request be executed, by compare and swap; return whether it was stored."""
    values = {"status": ApprovalStatus.APPROVED.value, "released_at": at}
    return await _change_scheduled(connection, request_id, values)


async def cancel(connection: AsyncConnection, request_id: str, decision: Decision) -> bool:
    """Store that a scheduled request is cancelled, by compare and swap; return whether it was stored."""
    status = ApprovalStatus.REJECTED.value
    values = {"status": status, "decided_at": decision.at, "decision": decision.to_json()}
    return await _change_scheduled(connection, request_id, values)


async def end_scheduled(connection: AsyncConnection, request_id: str, at: datetime, reason: str) -> bool:
    """Store why a scheduled request is not executed, by compare and swap; return whether it was stored."""
    values = {"status": ApprovalStatus.SUPERSEDED.value, "decided_at": at, "withdrawn": reason}
    return await _change_scheduled(connection, request_id, values)


async def _change_scheduled(connection: AsyncConnection, request_id: str, values: dict[str, Any]) -> bool:
    result = await connection.execute(
        update(approvals)
        .where(approvals.c.id == request_id, approvals.c.status == ApprovalStatus.SCHEDULED.value)
        .values(values)
    )
    return bool(result.rowcount == 1)


async def approve_first(
    connection: AsyncConnection, request_id: str, before: Decision | None, decision: Decision
) -> bool:
    """Store the first of two approvals by compare and swap; return whether it was stored."""
    first = approvals.c.first
    result = await connection.execute(
        update(approvals)
        .where(
            approvals.c.id == request_id,
            approvals.c.status == ApprovalStatus.PENDING.value,
            approvals.c.expires_at > decision.at,
            first.is_(None) if before is None else first == before.to_json(),
        )
        .values(first=decision.to_json())
    )
    return bool(result.rowcount == 1)


async def snooze(
    connection: AsyncConnection, request_id: str, now: datetime, until: datetime | None, expires_at: datetime
) -> bool:
    """Store until when a pending request is snoozed, None to end it; return whether it was stored.

    What is snoozed is not carried out without a person any more.
    """
    result = await connection.execute(
        update(approvals)
        .where(
            approvals.c.id == request_id,
            approvals.c.status == ApprovalStatus.PENDING.value,
            approvals.c.expires_at > now,
        )
        .values(snoozed_until=until, expires_at=expires_at, acts_at=None)
    )
    return bool(result.rowcount == 1)


async def hold(connection: AsyncConnection, request: ApprovalRequest) -> bool:
    """Store, by compare and swap, that an announced request waits for a person; return whether it was stored.

    ``request`` is the request as it is shown from now on.
    """
    result = await connection.execute(
        update(approvals)
        .where(
            approvals.c.id == request.id,
            approvals.c.status == ApprovalStatus.PENDING.value,
            approvals.c.acts_at.is_not(None),
        )
        .values(acts_at=None, body=encode(request))
    )
    return bool(result.rowcount == 1)


async def note_asked(connection: AsyncConnection, request_id: str, asked: Collection[str]) -> None:
    """Store who is asked about a pending request."""
    await connection.execute(
        update(approvals)
        .where(approvals.c.id == request_id, approvals.c.status == ApprovalStatus.PENDING.value)
        .values(asked=_ids(asked))
    )


def _ids(asked: Collection[str]) -> str:
    return orjson.dumps(list(asked)).decode()


async def count_reminder(connection: AsyncConnection, request_id: str, before: int) -> bool:
    """Count a reminder of a pending request with ``before`` reminders; return whether it was counted."""
    result = await connection.execute(
        update(approvals)
        .where(
            approvals.c.id == request_id,
            approvals.c.status == ApprovalStatus.PENDING.value,
            approvals.c.reminders == before,
        )
        .values(reminders=before + 1)
    )
    return bool(result.rowcount == 1)


_COLUMNS = (
    approvals.c.body,
    approvals.c.status,
    approvals.c.expires_at,
    approvals.c.reminders,
    approvals.c.decision,
    approvals.c.withdrawn,
    approvals.c.asked,
    approvals.c.snoozed_until,
    approvals.c.first,
    approvals.c.released_at,
    approvals.c.acts_at,
)
_ONE = select(*_COLUMNS).where(approvals.c.id == bindparam("id"))
_SOME = select(*_COLUMNS).where(approvals.c.id.in_(bindparam("ids", expanding=True))).order_by(approvals.c.id)


def _request(row: Any) -> ApprovalRequest:
    """Return the request from its body and its mutable columns."""
    return replace(
        decode(ApprovalRequest, row.body),
        status=ApprovalStatus(row.status),
        expires_at=row.expires_at,
        reminders=row.reminders,
        decision=Decision.from_json(row.decision) if row.decision is not None else None,
        withdrawn=row.withdrawn,
        asked=tuple(orjson.loads(row.asked)),
        snoozed_until=row.snoozed_until,
        first=Decision.from_json(row.first) if row.first is not None else None,
        released_at=row.released_at,
        acts_at=row.acts_at,
    )


async def request(connection: AsyncConnection, request_id: str) -> ApprovalRequest | None:
    """Return one request, None when there is none."""
    row = (await connection.execute(_ONE, {"id": request_id})).first()
    return _request(row) if row is not None else None


async def requests(connection: AsyncConnection, ids: Collection[str]) -> tuple[ApprovalRequest, ...]:
    """Return the existing requests with these ids, ordered by id."""
    if not ids:
        return ()
    return tuple(_request(row) for row in await connection.execute(_SOME, {"ids": list(ids)}))


async def of_incident(connection: AsyncConnection, incident_id: str) -> tuple[ApprovalRequest, ...]:
    """Return the requests of an incident, oldest first."""
    query = select(*_COLUMNS).where(approvals.c.incident_id == incident_id).order_by(approvals.c.created_at)
    return tuple(_request(row) for row in await connection.execute(query))


async def requests_in(
    connection: AsyncConnection, status: ApprovalStatus, limit: int | None = None
) -> tuple[ApprovalRequest, ...]:
    """Return requests with this status, newest first."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(approvals.c.status == status.value)
        .order_by(approvals.c.created_at.desc())
        .limit(limit)
    )
    return tuple(_request(row) for row in rows)


async def announced(connection: AsyncConnection) -> tuple[ApprovalRequest, ...]:
    """Return the pending requests that the steward carries out unless they are stopped, by their times."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(approvals.c.status == ApprovalStatus.PENDING.value, approvals.c.acts_at.is_not(None))
        .order_by(approvals.c.acts_at, approvals.c.id)
    )
    return tuple(_request(row) for row in rows)


async def pending_of(connection: AsyncConnection, incident_id: str) -> tuple[ApprovalRequest, ...]:
    """Return the pending requests about an incident."""
    rows = await connection.execute(
        select(*_COLUMNS).where(
            approvals.c.incident_id == incident_id, approvals.c.status == ApprovalStatus.PENDING.value
        )
    )
    return tuple(_request(row) for row in rows)


async def newest(connection: AsyncConnection, limit: int) -> tuple[ApprovalRequest, ...]:
    """Return the newest requests of any status, newest first."""
    rows = await connection.execute(select(*_COLUMNS).order_by(approvals.c.created_at.desc()).limit(limit))
    return tuple(_request(row) for row in rows)


async def decided_since(connection: AsyncConnection, since: datetime) -> tuple[ApprovalRequest, ...]:
    """Return the requests that were decided at ``since`` or later, by the time of the decision."""
    rows = await connection.execute(
        select(*_COLUMNS)
        .where(approvals.c.decision.is_not(None), approvals.c.decided_at >= since)
        .order_by(approvals.c.decided_at, approvals.c.id)
    )
    return tuple(_request(row) for row in rows)


async def approved_without_run(connection: AsyncConnection) -> tuple[str, ...]:
    """Return the ids of approved requests without a run."""
    rows = await connection.scalars(
        select(approvals.c.id).where(
            approvals.c.status == ApprovalStatus.APPROVED.value,
            ~exists().where(runs.c.id == approvals.c.id),
        )
    )
    return tuple(rows)
