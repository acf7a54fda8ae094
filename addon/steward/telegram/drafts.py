"""Writes messages to the outbox within one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .message_forms import Buttons
from .topic_names import Topic

_T: Final = tables.outbox.c

_ADD: Final = insert(tables.outbox)


class Kind(StrEnum):
    """Kind of message."""

    CARD = "card"
    DIGEST = "digest"
    REPLY = "reply"
    ANSWER = "answer"
    """The answer to a question, which grows until it is complete."""
    LINE = "line"


class Priority(IntEnum):
    """Order in which new messages are sent; up to ``REPLY`` they are urgent."""

    DIGEST = 0
    CRITICAL = 1
    REPLY = 2
    CARD = 3
    LINE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as the chat should show it. ``key`` identifies it permanently.

    With ``own_topic`` it belongs to the topic of its incident; ``topic`` is the standing one. With
    a ``file`` the text is its caption, and the message is never changed.
    """

    key: str
    kind: Kind
    topic: Topic
    priority: Priority
    text: str
    buttons: Buttons = ()
    incident_id: str = ""
    approval_id: str = ""
    reply_to: str = ""
    own_topic: bool = False
    is_silent: bool = False
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


class Drafts:
    """Writes messages on one connection. ``has_changes`` is true when there may be something to send."""

    def __init__(self, connection: AsyncConnection, now: datetime, chat_id: int) -> None:
        """Write on ``connection``, with ``now`` as the time of change."""
        self.connection = connection
        self.has_changes = False
        self._now = now
        self._chat_id = chat_id

    async def put(self, draft: Draft, *, held: bool = False, only_if_sent: bool = False) -> None:
        """Add the message, or change it when its key exists; see :meth:`add` and :meth:`change`."""
        row = (
            await self.connection.execute(select(_T.text, _T.buttons).where(self._has_key(draft.key)))
        ).first()
        if row is None:
            await self.add(draft, held=held)
        elif (row.text, row.buttons) != (draft.text, pack(draft.buttons)):
            await self.change(draft, only_if_sent=only_if_sent)

    async def add(self, draft: Draft, *, held: bool = False, is_open: bool = True) -> None:
        """Add a new message. ``held`` keeps it back until it is released.

        Raises IntegrityError when the key exists.
        """
        await self.connection.execute(
            _ADD,
            {
                "chat_id": self._chat_id,
                "key": draft.key,
                "kind": draft.kind.value,
                "topic": draft.topic,
                "own_topic": draft.own_topic,
                "incident_id": draft.incident_id,
                "approval_id": draft.approval_id,
                "priority": int(draft.priority),
                "text": draft.text,
                "buttons": pack(draft.buttons),
                "reply_to": draft.reply_to,
                "version": 1,
                "sent_version": 0,
                "attempt": "",
                "waiting": True,
                "held": held,
                "is_open": is_open,
                "form": 0,
                "failure": "",
                "is_silent": draft.is_silent,
                "file_name": draft.file_name,
                "file": draft.file or None,
                "changed_at": self._now,
            },
        )
        self.has_changes = True

    async def change(self, draft: Draft, *, only_if_sent: bool = False) -> None:
        """Change the message with this key.

        ``only_if_sent`` edits a message that was sent or is being sent, and drops it otherwise.
        """
        values: dict[str, object] = {
            "text": draft.text,
            "buttons": pack(draft.buttons),
            "version": _T.version + 1,
            "waiting": True,
            "form": 0,
            "failure": "",
            "changed_at": self._now,
        }
        if only_if_sent:
            # A message that is being sent waits again once its id is stored.
            values |= {"waiting": or_(_T.message_id.is_not(None), _T.attempt != ""), "held": False}
        await self.connection.execute(update(tables.outbox).where(self._has_key(draft.key)).values(values))
        self.has_changes = True

    async def add_once(self, drafts: Sequence[Draft]) -> bool:
        """Add these messages unless the key of the first exists; return whether they were added."""
        if await self.connection.scalar(select(_T.id).where(self._has_key(drafts[0].key))):
            return False
        for draft in drafts:
            await self.add(draft, is_open=False)
        return True

    async def move(self, key: str, pointer: str) -> None:
        """Let a message belong to the topic of its incident.

        One that was sent is sent there again, without a sound, and the old message becomes the text
        ``pointer``.
        """
        row = (await self.connection.execute(select(tables.outbox).where(self._has_key(key)))).one()
        values: dict[str, object] = {"own_topic": True, "is_silent": row.message_id is not None}
        await self._point(row, pointer)
        if row.message_id is not None:
            values |= {"message_id": None, "thread_id": None, "sent_version": 0, "waiting": True, "form": 0}
        await self.connection.execute(update(tables.outbox).where(self._has_key(key)).values(values))
        self.has_changes = True

    async def _point(self, row: Row[Any], pointer: str) -> None:
        """Add an edit of the message of this row.

        The message may be under way and have no id yet: then the edit waits for :meth:`SendQueue.sent`.
        """
        is_sent = row.message_id is not None
        old = {
            **row._asdict(),
            "key": f"moved:{row.message_id}" if is_sent else moving_key(row.id),
            "kind": Kind.LINE.value,
            "priority": int(Priority.LINE),
            "text": pointer,
            "buttons": pack(()),
            "file_name": "",
            "file": None,
            "reply_to": "",
            "version": 2,
            "sent_version": 1,
            "attempt": "",
            "waiting": is_sent,
            "is_open": False,
            "changed_at": self._now,
        }
        del old["id"]
        await self.connection.execute(insert(tables.outbox).values(old))

    async def close(self, keys: Sequence[str]) -> None:
        """Mark these messages as final."""
        if not keys:
            return
        mine = (_T.chat_id == self._chat_id) & _T.key.in_(keys)
        await self.connection.execute(update(tables.outbox).where(mine).values(is_open=False))

    def _has_key(self, key: str) -> ColumnElement[bool]:
        return (_T.chat_id == self._chat_id) & (_T.key == key)


def moving_key(row_id: int) -> str:
    """Return the key of the edit of a message that was moved before its id was known."""
    return f"moving:{row_id}"


def pack(buttons: Buttons) -> str:
    """Return buttons as stored JSON."""
    return orjson.dumps(buttons).decode()
