"""Stores issued buttons and answered presses, so that they survive a restart."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.devices import MatchPair
from homelab_steward.contract.incidents import ApprovalRequest

from ..clock import Clock
from ..store.database import Database
from ..store.upsert import upsert
from . import tables
from .incoming import Press

_ADD_BUTTONS: Final = insert(tables.buttons)
_SHORT_IDS: Final = select(tables.buttons.c.approval_id, tables.buttons.c.short_id).where(
    tables.buttons.c.chat_id == bindparam("chat"),
    tables.buttons.c.approval_id.in_(bindparam("approvals", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a press. With ``alert`` it is a dialog to close, otherwise a short notification."""

    text: str
    alert: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedButtons:
    """Buttons of one card: the request they decide on, and the plan hash of each option shown."""

    short_id: str
    approval_id: str
    plans: dict[int, str]
    is_used: bool


class CallbackStore:
    """Buttons and presses of one chat."""

    def __init__(self, database: Database, clock: Clock, chat_id: int) -> None:
        """Read and write the rows of ``chat_id`` only."""
        self._database = database
        self._clock = clock
        self._chat_id = chat_id

    async def short_ids(self, connection: AsyncConnection, approval_ids: Collection[str]) -> dict[str, str]:
        """Return the short id of each of these requests that has buttons."""
        rows = await connection.execute(_SHORT_IDS, {"chat": self._chat_id, "approvals": list(approval_ids)})
        return {row.approval_id: row.short_id for row in rows}

    async def issue(self, connection: AsyncConnection, short_id: str, request: ApprovalRequest) -> None:
        """Store the buttons of a request with the plan hashes shown beside them.

        Raises IntegrityError when the request has buttons: the plans shown first are valid.
        """
        plans = {str(one.number): one.plan_hash for one in request.proposal.options}
        await self._issue(connection, short_id, request.id, plans)

    async def issue_pair(self, connection: AsyncConnection, short_id: str, pair: MatchPair) -> None:
        """Store the buttons of a question about two things; their keys are in place of plans."""
        await self._issue(connection, short_id, pair.id, {"1": pair.first, "2": pair.second})

    async def _issue(
        self, connection: AsyncConnection, short_id: str, subject: str, plans: Mapping[str, str]
    ) -> None:
        await connection.execute(
            _ADD_BUTTONS,
            {
                "short_id": short_id,
                "chat_id": self._chat_id,
                "approval_id": subject,
                "plans": orjson.dumps(plans).decode(),
                "made_at": self._clock.now(),
            },
        )

    async def find(self, short_id: str) -> IssuedButtons | None:
        """Return the buttons with this short id, None when there are none."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    select(tables.buttons).where(
                        tables.buttons.c.short_id == short_id, tables.buttons.c.chat_id == self._chat_id
                    )
                )
            ).first()
        if row is None:
            return None
        plans = {int(number): plan for number, plan in orjson.loads(row.plans).items()}
        return IssuedButtons(
            short_id=short_id, approval_id=row.approval_id, plans=plans, is_used=row.used_at is not None
        )

    async def recorded_answer(self, callback_id: str) -> Answer | None:
        """Return the answer recorded for this press, which Telegram may deliver more than once."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    select(tables.presses.c.text, tables.presses.c.alert).where(
                        tables.presses.c.callback_id == callback_id
                    )
                )
            ).first()
        return Answer(row.text, row.alert) if row is not None else None

    async def record(self, press: Press, answer: Answer, used: str | None) -> None:
        """Store the answer of a press, and mark the buttons with the short id ``used`` as used."""
        async with self._database.write() as connection:
            now = self._clock.now()
            row = {
                "callback_id": press.callback_id,
                "user_id": press.user_id,
                "text": answer.text,
                "alert": answer.alert,
                "pressed_at": now,
            }
            await upsert(connection, tables.presses, row)
            if used is not None:
                await _mark_used(connection, used, now)

    async def mark_used(self, short_id: str) -> None:
        """Mark the buttons with this short id as used."""
        async with self._database.write() as connection:
            await _mark_used(connection, short_id, self._clock.now())

    async def prune(self, presses_before: datetime, buttons_before: datetime) -> None:
        """Delete presses before ``presses_before``, and used buttons issued before ``buttons_before``."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.presses).where(tables.presses.c.pressed_at < presses_before)
            )
            await connection.execute(
                delete(tables.buttons).where(
                    tables.buttons.c.used_at.is_not(None), tables.buttons.c.made_at < buttons_before
                )
            )


async def _mark_used(connection: AsyncConnection, short_id: str, now: datetime) -> None:
    unused = (tables.buttons.c.short_id == short_id) & tables.buttons.c.used_at.is_(None)
    await connection.execute(update(tables.buttons).where(unused).values(used_at=now))
