"""Stores the messages of a chat before they are sent, and which version Telegram shows.

Each row holds one message in its latest version. It waits while Telegram shows an older
version, so several changes of a message result in one edit. The message id is stored after
Telegram's answer: after a crash in between, the message is sent twice, but never lost.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import ColumnElement, and_, case, delete, false, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store.database import Database
from . import tables
from .chat import Buttons
from .drafts import Draft, Drafts, Kind, Priority
from .topics import Topic

_T: Final = tables.outbox.c
_REPLY: Final = tables.outbox.alias("reply")
_NEXT: Final = (
    _T.id,
    _T.kind,
    _T.topic,
    _T.text,
    _T.buttons,
    _T.version,
    _T.message_id,
    _REPLY.c.message_id.label("reply_message_id"),
)
_SHOWN: Final = (
    _T.key,
    _T.approval_id,
    _T.text,
    _T.buttons,
    _T.held,
    _T.waiting,
    _T.message_id,
    _T.failure,
    _T.is_open,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to send; with a ``message_id`` it is an edit."""

    id: int
    kind: Kind
    topic: Topic
    text: str
    buttons: Buttons
    version: int
    message_id: int | None
    reply_to: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A card of an incident, or its notice when ``approval_id`` is empty."""

    key: str
    approval_id: str
    text: str
    buttons: Buttons
    is_held: bool
    is_sent: bool
    is_dropped: bool
    is_open: bool


class Outbox:
    """Messages of one chat. ``changed`` is set when there may be something to send."""

    def __init__(self, database: Database, clock: Clock, chat_id: int) -> None:
        """Read and write the rows of ``chat_id`` only."""
        self._database = database
        self._clock = clock
        self._chat_id = chat_id
        self.changed = asyncio.Event()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Drafts]:
        """Yield drafts to write; all of them are stored in one transaction."""
        async with self._database.write() as connection:
            drafts = Drafts(connection, self._clock.now(), self._chat_id)
            yield drafts
        if drafts.has_changes:
            self.changed.set()

    async def put(self, draft: Draft, *, held: bool = False) -> None:
        """Add or change a message. ``held`` keeps a new one back until it is released."""
        async with self.writing() as drafts:
            await drafts.put(draft, held=held)

    async def put_once(self, drafts: Sequence[Draft]) -> bool:
        """Add these messages unless the key of the first exists; return whether they were added."""
        async with self.writing() as writing:
            return await writing.add_once(drafts)

    async def close(self, keys: Sequence[str]) -> None:
        """Mark these messages as final."""
        async with self.writing() as drafts:
            await drafts.close(keys)

    async def release(self, topic: Topic) -> bool:
        """Release the most urgent held card of the topic; return whether there was one."""
        async with self._database.write() as connection:
            found = await connection.scalar(
                select(_T.id).where(self._held(topic)).order_by(_T.priority, _T.id).limit(1)
            )
            if found is None:
                return False
            await connection.execute(update(tables.outbox).where(_T.id == found).values(held=False))
        self.changed.set()
        return True

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Return a context manager for a read transaction."""
        return self._database.read()

    async def shown(self, connection: AsyncConnection, incident_id: str) -> tuple[Shown, ...]:
        """Return the cards and the notice of an incident, oldest first."""
        rows = await connection.execute(
            select(*_SHOWN)
            .where(self._in_chat(), _T.incident_id == incident_id, _T.kind == Kind.CARD.value)
            .order_by(_T.id)
        )
        return tuple(
            Shown(
                key=row.key,
                approval_id=row.approval_id,
                text=row.text,
                buttons=_unpack(row.buttons),
                is_held=row.held,
                is_sent=row.message_id is not None,
                is_dropped=row.message_id is None and not row.waiting and not row.failure,
                is_open=row.is_open,
            )
            for row in rows
        )

    async def open_incidents(self) -> tuple[str, ...]:
        """Return the ids of incidents whose cards may still change."""
        async with self._database.read() as connection:
            rows = await connection.scalars(
                select(_T.incident_id)
                .where(self._in_chat(), _T.is_open == true(), _T.kind == Kind.CARD.value)
                .distinct()
            )
            return tuple(rows)

    async def held(self) -> dict[Topic, int]:
        """Return the number of held cards by topic."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(_T.topic, func.count())
                .where(self._in_chat(), _T.held == true(), _T.waiting == true())
                .group_by(_T.topic)
            )
            return {row.topic: row[1] for row in rows}

    async def unsent(self, topic: Topic) -> int:
        """Return the number of new messages of the topic that wait to be sent, without held ones."""
        async with self._database.read() as connection:
            count = await connection.scalar(
                select(func.count()).where(
                    self._in_chat(),
                    _T.topic == topic,
                    _T.waiting == true(),
                    _T.held == false(),
                    _T.message_id.is_(None),
                )
            )
        return count or 0

    async def open_digests(self) -> dict[Topic, str]:
        """Return the keys of the open summaries by topic."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(_T.topic, _T.key).where(
                    self._in_chat(), _T.kind == Kind.DIGEST.value, _T.is_open == true()
                )
            )
            return {row.topic: row[1] for row in rows}

    async def next(self, lowest: Priority | None) -> OutgoingMessage | None:
        """Return the next message to send, None when there is none.

        New messages are limited to priority ``lowest`` and above (None excludes them all),
        edits are not. Each failed attempt lowers the priority.
        """
        may_send = false() if lowest is None else _T.priority <= int(lowest)
        query = (
            select(*_NEXT)
            .outerjoin(_REPLY, and_(_REPLY.c.chat_id == _T.chat_id, _REPLY.c.key == _T.reply_to))
            .where(
                self._in_chat(),
                _T.waiting == true(),
                _T.held == false(),
                or_(_T.message_id.is_not(None), may_send),
            )
            .order_by(_T.priority + _T.attempts, case((_T.message_id.is_(None), 1), else_=0), _T.id)
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return OutgoingMessage(
            id=row.id,
            kind=Kind(row.kind),
            topic=row.topic,
            text=row.text,
            buttons=_unpack(row.buttons),
            version=row.version,
            message_id=row.message_id,
            reply_to=row.reply_message_id,
        )

    async def lines_after(self, first: OutgoingMessage, limit: int) -> list[tuple[int, str]]:
        """Return (id, text) of up to ``limit`` more lines for the same topic, oldest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(_T.id, _T.text)
                .where(
                    self._in_chat(),
                    _T.kind == Kind.LINE.value,
                    _T.topic == first.topic,
                    _T.waiting == true(),
                    _T.message_id.is_(None),
                    _T.id > first.id,
                )
                .order_by(_T.id)
                .limit(limit)
            )
            return [(row.id, row.text) for row in rows]

    async def done(self, ids: Sequence[int], version: int, message_id: int) -> None:
        """Mark these rows as sent: ``message_id`` shows ``version``."""
        await self._set(
            _T.id.in_(ids),
            message_id=message_id,
            sent_version=version,
            waiting=case((_T.version > version, true()), else_=false()),
            attempts=0,
        )

    async def failed(self, row_id: int) -> None:
        """Count a failed attempt."""
        await self._set(_T.id == row_id, attempts=_T.attempts + 1)

    async def refused(self, row_id: int, version: int, reason: str) -> None:
        """Mark this version as rejected by Telegram; a later version is sent."""
        await self._set((_T.id == row_id) & (_T.version == version), waiting=False, failure=reason)

    async def prune(self, before: datetime) -> None:
        """Delete final messages that have not changed since ``before``."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.outbox).where(
                    _T.is_open == false(), _T.waiting == false(), _T.changed_at < before
                )
            )

    def _in_chat(self) -> ColumnElement[bool]:
        return _T.chat_id == self._chat_id

    def _held(self, topic: Topic) -> ColumnElement[bool]:
        return and_(self._in_chat(), _T.topic == topic, _T.held == true(), _T.waiting == true())

    async def _set(self, where: ColumnElement[bool], **values: object) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(tables.outbox).where(where).values(**values))


def _unpack(text: str) -> Buttons:
    return tuple(tuple((label, data) for label, data in row) for row in orjson.loads(text))
