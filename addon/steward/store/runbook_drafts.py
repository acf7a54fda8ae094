"""Stores the runbooks that the steward drafted, one row for each kind of repair."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Message, Timestamp

from .tables import runbook_drafts
from .upsert import upsert

_ONE = select(runbook_drafts.c.body).where(runbook_drafts.c.id == bindparam("id"))


class DraftState(StrEnum):
    """What became of a draft.

    PROPOSED: it is in a pull request. LEFT: nobody answered, or it could not be saved.
    """

    ASKED = "asked"
    USED = "used"
    PROPOSED = "proposed"
    DECLINED = "declined"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft(Message):
    """A drafted runbook: its file, and the request that asks whether it is used.

    ``id`` identifies the kind of repair, ``count`` is how many repairs it was drafted from.
    """

    id: str
    runbook_id: str
    source: str
    state: DraftState
    count: int
    approval_id: str
    changed_at: Timestamp


async def draft(connection: AsyncConnection, draft_id: str) -> StoredDraft | None:
    """Return one draft, None when there is none."""
    body = await connection.scalar(_ONE, {"id": draft_id})
    return StoredDraft.from_json(body) if body is not None else None


async def asked(connection: AsyncConnection) -> tuple[StoredDraft, ...]:
    """Return the drafts that wait for an answer, or whose answer was not taken yet."""
    query = select(runbook_drafts.c.body).where(runbook_drafts.c.state == DraftState.ASKED.value)
    return tuple(StoredDraft.from_json(body) for body in await connection.scalars(query))


async def save(connection: AsyncConnection, row: StoredDraft) -> None:
    """Insert or replace a draft."""
    await upsert(connection, runbook_drafts, {"id": row.id, "state": row.state.value, "body": row.to_json()})
