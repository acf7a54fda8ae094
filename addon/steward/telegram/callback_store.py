"""The buttons we gave out and the presses we answered, kept across restarts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import ApprovalRequest

from ..clock import Clock
from ..store.database import Database
from ..store.upsert import upsert
from . import tables
from .chat import Press


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person who pressed is told. An alert must be tapped away."""

    text: str
    alert: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The buttons of one card: what they decide, and the plans that were shown with them."""

    short_id: str
    approval_id: str
    plans: dict[int, str]
    is_used: bool


class CallbackStore:
    """Buttons and presses of one chat."""

    def __init__(self, database: Database, clock: Clock, chat_id: int) -> None:
        """Everything is in the tables."""
        self._database = database
        self._clock = clock
        self._chat_id = chat_id

    async def given(self, connection: AsyncConnection, approval_ids: Collection[str]) -> dict[str, str]:
        """Return the short ids of the buttons of these requests, as far as they have any."""
        mine = (tables.buttons.c.chat_id == self._chat_id) & tables.buttons.c.approval_id.in_(approval_ids)
        rows = await connection.execute(
            select(tables.buttons.c.approval_id, tables.buttons.c.short_id).where(mine)
        )
        return {row.approval_id: row.short_id for row in rows}

    async def give(self, connection: AsyncConnection, short_id: str, request: ApprovalRequest) -> None:
        """Write down the first buttons of a request, with the plans that are shown with them.

        Raises IntegrityError when it has some already: what was shown first is what counts.
        """
        plans = {str(one.number): one.plan_hash for one in request.proposal.options}
        await connection.execute(
            insert(tables.buttons).values(
                short_id=short_id,
                chat_id=self._chat_id,
                approval_id=request.id,
                plans=orjson.dumps(plans).decode(),
                made_at=self._clock.now(),
            )
        )

    async def find(self, short_id: str) -> Given | None:
        """Return the buttons with this short id, None when there are none (any more)."""
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
        return Given(
            short_id=short_id, approval_id=row.approval_id, plans=plans, is_used=row.used_at is not None
        )

    async def answered(self, callback_id: str) -> Answer | None:
        """Return what this very press was answered before: Telegram delivers twice at times."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    select(tables.presses.c.text, tables.presses.c.alert).where(
                        tables.presses.c.callback_id == callback_id
                    )
                )
            ).first()
        return Answer(row.text, row.alert) if row is not None else None

    async def remember(self, press: Press, answer: Answer, used: str | None) -> None:
        """Write down the answer of a press and, if it settled the matter, that the buttons are used."""
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
                await connection.execute(
                    update(tables.buttons)
                    .where(tables.buttons.c.short_id == used, tables.buttons.c.used_at.is_(None))
                    .values(used_at=now)
                )

    async def prune(self, presses_before: datetime, buttons_before: datetime) -> None:
        """Forget presses that are no longer delivered twice, and buttons long out of use."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.presses).where(tables.presses.c.pressed_at < presses_before)
            )
            await connection.execute(
                delete(tables.buttons).where(
                    tables.buttons.c.used_at.is_not(None), tables.buttons.c.made_at < buttons_before
                )
            )
