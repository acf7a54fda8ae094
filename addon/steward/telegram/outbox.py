"""Stores the messages of a chat before they are sent, and which version Telegram shows.

Each row holds one message in its latest version. It waits while Telegram shows an older
version, so several changes of a message result in one edit.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .drafts import Draft, Drafts, Kind
from .message_forms import Buttons
from .send_queue import SendQueue, unpack
from .topic_names import Topic

_T: Final = tables.outbox.c
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
_CARDS: Final = (
    select(*_SHOWN)
    .where(
        _T.chat_id == bindparam("chat"),
        _T.incident_id == bindparam("incident"),
        _T.kind == Kind.CARD.value,
    )
    .order_by(_T.id)
)


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


@dataclass(frozen=True, slots=True)
class MessageSubject:
    """The incident that a sent message is about, and its request; "" when there is none.

    ``is_answer``: the message answers a question.
    """

    incident_id: str
    approval_id: str
    is_answer: bool = False


class Outbox(SendQueue):
    """All messages of one chat, in their latest version."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Drafts]:
        """Yield drafts to write; all of them are stored in one transaction."""
        async with self._database.write(quick=True) as connection:
            drafts = self.drafts(connection)
            yield drafts
        if drafts.has_changes:
            self.changed.set()

    def drafts(self, connection: AsyncConnection) -> Drafts:
        """Return drafts to write on a connection; after the commit ``changed`` is to be set."""
        return Drafts(connection, self._clock.now(), self._chat_id)

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
        return self._database.read(quick=True)

    async def shown(self, connection: AsyncConnection, incident_id: str) -> tuple[Shown, ...]:
        """Return the cards and the notice of an incident, oldest first."""
        rows = await connection.execute(_CARDS, {"chat": self._chat_id, "incident": incident_id})
        return tuple(
            Shown(
                key=row.key,
                approval_id=row.approval_id,
                text=row.text,
                buttons=unpack(row.buttons),
                is_held=row.held,
                is_sent=row.message_id is not None,
                is_dropped=row.message_id is None and not row.waiting and not row.failure,
                is_open=row.is_open,
            )
            for row in rows
        )

    async def subject(self, message_id: int) -> MessageSubject | None:
        """Return what a sent message is about, None when it is no answer and not about an incident."""
        async with self._database.read() as connection:
            found = (
                await connection.execute(
                    select(_T.incident_id, _T.approval_id, _T.kind).where(
                        self._in_chat(),
                        _T.message_id == message_id,
                        or_(
                            _T.kind == Kind.ANSWER.value,
                            and_(
                                _T.kind.in_((Kind.CARD.value, Kind.REPLY.value)),
                                _T.incident_id != "",
                            ),
                        ),
                    )
                )
            ).first()
        if found is None:
            return None
        is_answer = found.kind == Kind.ANSWER.value
        return MessageSubject(found.incident_id, found.approval_id, is_answer)

    async def is_copy(self, message_id: int, approval_id: str) -> bool:
        """Return whether a message is a copy of the card of a request, which another message shows."""
        async with self._database.read() as connection:
            is_known = await connection.scalar(
                select(_T.id).where(self._in_chat(), _T.message_id == message_id)
            )
            shown = await connection.scalar(
                select(_T.message_id).where(
                    self._in_chat(), _T.approval_id == approval_id, _T.kind == Kind.CARD.value
                )
            )
        return is_known is None and shown is not None

    async def end_answers(self, end: Callable[[str], str]) -> None:
        """Add a text in the language of the question to answers that are not complete, and close them."""
        async with self._database.write() as connection:
            mine = and_(self._in_chat(), _T.kind == Kind.ANSWER.value, _T.is_open == true())
            for row in (await connection.execute(select(_T.id, _T.key, _T.text).where(mine))).all():
                _, language, _ = row.key.split(":", 2)
                values = {"text": row.text + end(language), "version": _T.version + 1, "waiting": True}
                await connection.execute(
                    update(tables.outbox).where(_T.id == row.id).values(**values, is_open=False)
                )
        self.changed.set()

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

    async def prune(self, before: datetime) -> None:
        """Delete final messages that have not changed since ``before``."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.outbox).where(
                    _T.is_open == false(), _T.waiting == false(), _T.changed_at < before
                )
            )

    def _held(self, topic: Topic) -> ColumnElement[bool]:
        return and_(self._in_chat(), _T.topic == topic, _T.held == true(), _T.waiting == true())
