"""What is wanted of one chat, written together in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

import orjson
from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .chat import Buttons
from .topics import Topic

_T: Final = tables.outbox.c


class Kind(StrEnum):
    """What a message is to us."""

    CARD = "card"
    DIGEST = "digest"
    REPLY = "reply"
    LINE = "line"


class Priority(IntEnum):
    """What goes first; up to ``REPLY`` is urgent."""

    DIGEST = 0
    CRITICAL = 1
    REPLY = 2
    CARD = 3
    LINE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it should stand in the chat. ``key`` names it for ever."""

    key: str
    kind: Kind
    topic: Topic
    priority: Priority
    text: str
    buttons: Buttons = ()
    incident_id: str = ""
    approval_id: str = ""
    reply_to: str = ""


class Drafts:
    """Writes what one transaction wants. ``is_news`` tells whether there may be something to send."""

    def __init__(self, connection: AsyncConnection, now: datetime, chat_id: int) -> None:
        """Nothing is written yet."""
        self.connection = connection
        self.is_news = False
        self._now = now
        self._chat_id = chat_id

    async def put(self, draft: Draft, *, held: bool = False, only_if_sent: bool = False) -> None:
        """Want the message to be so, whether there is one by this key or not; see the other two."""
        row = (
            await self.connection.execute(select(_T.text, _T.buttons).where(self._named(draft.key)))
        ).first()
        if row is None:
            await self.add(draft, held=held)
        elif (row.text, row.buttons) != (draft.text, pack(draft.buttons)):
            await self.change(draft, only_if_sent=only_if_sent)

    async def add(self, draft: Draft, *, held: bool = False, is_open: bool = True) -> None:
        """Want a new message. ``held`` keeps it back until it is released.

        Raises IntegrityError when there is one by this key.
        """
        await self.connection.execute(
            insert(tables.outbox).values(
                chat_id=self._chat_id,
                key=draft.key,
                kind=draft.kind.value,
                topic=draft.topic.value,
                incident_id=draft.incident_id,
                approval_id=draft.approval_id,
                priority=int(draft.priority),
                text=draft.text,
                buttons=pack(draft.buttons),
                reply_to=draft.reply_to,
                version=1,
                sent_version=0,
                waiting=True,
                held=held,
                is_open=is_open,
                attempts=0,
                failure="",
                changed_at=self._now,
            )
        )
        self.is_news = True

    async def change(self, draft: Draft, *, only_if_sent: bool = False) -> None:
        """Want the message of this key to say something else.

        ``only_if_sent`` edits what stands in the chat (or is on its way there), and drops
        what does not.
        """
        values: dict[str, object] = {
            "text": draft.text,
            "buttons": pack(draft.buttons),
            "version": _T.version + 1,
            "waiting": True,
            "changed_at": self._now,
        }
        if only_if_sent:
            # One on its way right now waits again as soon as its id is written down.
            values |= {"waiting": _T.message_id.is_not(None), "held": False}
        await self.connection.execute(update(tables.outbox).where(self._named(draft.key)).values(values))
        self.is_news = True

    async def add_once(self, drafts: Sequence[Draft]) -> bool:
        """Want these messages unless the first of them was wanted before; return whether."""
        if await self.connection.scalar(select(_T.id).where(self._named(drafts[0].key))):
            return False
        for draft in drafts:
            await self.add(draft, is_open=False)
        return True

    async def close(self, keys: Sequence[str]) -> None:
        """Note that these messages will not change any more."""
        if not keys:
            return
        mine = (_T.chat_id == self._chat_id) & _T.key.in_(keys)
        await self.connection.execute(update(tables.outbox).where(mine).values(is_open=False))

    def _named(self, key: str) -> ColumnElement[bool]:
        return (_T.chat_id == self._chat_id) & (_T.key == key)


def pack(buttons: Buttons) -> str:
    """Return buttons as they are stored."""
    return orjson.dumps(buttons).decode()
