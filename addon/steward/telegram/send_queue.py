"""The messages that wait to be sent, and what came of sending them.

The message id is stored after Telegram's answer: after a crash in between, a message is sent
twice, but never lost. A card is looked for first, see ``attempts.py``.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
    true,
    union_all,
    update,
)

from ..clock import Clock
from ..store.database import Database
from . import tables
from .drafts import Kind, Priority, moving_key
from .message_forms import Buttons, Form
from .topic_names import Topic, incident_key

_T: Final = tables.outbox.c
_REPLY: Final = tables.outbox.alias("reply")
_FIRST_COLUMNS: Final = (
    _T.id,
    _T.kind,
    _T.topic,
    _T.own_topic,
    _T.incident_id,
    _T.priority,
    _T.text,
    _T.buttons,
    _T.version,
    _T.form,
    _T.is_silent,
    _T.file_name,
    _T.message_id,
    _T.attempt,
    _REPLY.c.id.label("reply_id"),
    _REPLY.c.message_id.label("reply_message_id"),
    _REPLY.c.thread_id.label("reply_thread_id"),
)
_SET_ATTEMPT: Final = update(tables.outbox).where(_T.id == bindparam("row")).values(attempt=bindparam("to"))
_NO_BUTTONS: Final = "[]"
_MOVED: Final = "The group became a supergroup after this message was sent"


def _first_of_lanes() -> Select[Any]:
    """Return the query of the message to send first in each lane."""
    lane = (_T.topic, case((_T.own_topic == true(), _T.incident_id), else_=""), _T.message_id.is_(None))
    place = func.row_number().over(partition_by=lane, order_by=(_T.priority, _T.id)).label("place")
    waits_for_other = and_(_REPLY.c.message_id.is_(None), _REPLY.c.waiting == true())
    inner = (
        select(*_FIRST_COLUMNS, place)
        .outerjoin(_REPLY, and_(_REPLY.c.chat_id == _T.chat_id, _REPLY.c.key == _T.reply_to))
        .where(
            _T.chat_id == bindparam("chat"),
            _T.waiting == true(),
            _T.held == false(),
            _T.id.not_in(bindparam("postponed", expanding=True)),
            or_(_REPLY.c.id.is_(None), not_(waits_for_other)),
        )
        .subquery()
    )
    return select(inner).where(inner.c.place == 1)


_FIRST: Final = _first_of_lanes()


class Lane(NamedTuple):
    """New messages or edits of one topic. A lane that has to wait holds up no other lane."""

    topic: Topic
    is_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to send; with a ``message_id`` it is an edit.

    ``topic`` is the one that it belongs to, ``standing`` the standing one, which may be the same.
    ``file_name`` is "" without a file. ``is_silent``: phones make no sound.
    ``reply_to`` is the id of the message to reply to, ``reply_thread`` its thread, and
    ``reply_row`` the id of its row. ``is_tried``: it may be in the chat already.
    """

    id: int
    kind: Kind
    topic: Topic
    standing: Topic
    priority: Priority
    text: str
    buttons: Buttons
    version: int
    form: Form
    is_silent: bool
    file_name: str
    message_id: int | None
    reply_to: int | None
    reply_thread: int | None
    reply_row: int | None
    is_tried: bool

    @property
    def is_own(self) -> bool:
        """Whether it belongs to the topic of its incident."""
        return self.topic != self.standing

    @property
    def lane(self) -> Lane:
        """The lane of the message."""
        return Lane(self.topic, self.message_id is not None)


class SendQueue:
    """The messages of one chat that wait. ``changed`` is set when there may be something to send."""

    def __init__(self, database: Database, clock: Clock, chat_id: int) -> None:
        """Read and write the rows of ``chat_id`` only."""
        self._database = database
        self._clock = clock
        self._chat_id = chat_id
        self.changed = asyncio.Event()

    async def first_of_lanes(self, postponed: Collection[int]) -> tuple[OutgoingMessage, ...]:
        """Return the message to send first in each lane, without the ``postponed`` rows.

        A reply waits until the message it belongs to is sent.
        """
        async with self._database.read(quick=True) as connection:
            rows = await connection.execute(_FIRST, {"chat": self._chat_id, "postponed": list(postponed)})
            return tuple(_message(row) for row in rows)

    async def file(self, row_id: int) -> bytes:
        """Return the file of a message."""
        async with self._database.read() as connection:
            found: bytes | None = await connection.scalar(select(_T.file).where(_T.id == row_id))
        return found or b""

    async def lines_after(self, first: OutgoingMessage, limit: int) -> list[tuple[int, str]]:
        """Return (id, text) of up to ``limit`` more lines for the same topic, oldest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(_T.id, _T.text)
                .where(
                    self._in_chat(),
                    _T.kind == Kind.LINE.value,
                    _T.topic == first.standing,
                    _T.own_topic == false(),
                    _T.waiting == true(),
                    _T.message_id.is_(None),
                    _T.form == int(Form.FULL),
                    _T.id > first.id,
                )
                .order_by(_T.id)
                .limit(limit)
            )
            return [(row.id, row.text) for row in rows]

    async def sent(
        self, ids: Sequence[int], item: OutgoingMessage, message_id: int, thread_id: int | None
    ) -> None:
        """Mark these rows as sent with ``item``: ``message_id`` in the thread shows them.

        A row that was moved to another topic meanwhile is sent there: this message points to it.
        """
        place = {"message_id": message_id, "thread_id": thread_id, "attempt": ""}
        if not await self._placed(ids, place, self._shows(item), is_own=item.is_own):
            self.changed.set()

    async def _placed(
        self, ids: Sequence[int], place: Mapping[str, object], shows: Mapping[str, object], *, is_own: bool
    ) -> bool:
        """Store the place of the message of these rows, and what it shows; return whether they are shown.

        ``is_own``: it was sent to the topic of the incident. After a move to that topic the message shows
        the pointer to it, and the rows are sent there.
        """
        is_pointer = and_(self._in_chat(), _T.key == moving_key(ids[0]))
        async with self._database.write(quick=True) as connection:
            sent = update(tables.outbox).where(_T.id.in_(ids), _T.own_topic.is_(is_own))
            if (await connection.execute(sent.values(**place, **shows))).rowcount:
                return True
            await connection.execute(update(tables.outbox).where(_T.id.in_(ids)).values(attempt=""))
            await connection.execute(update(tables.outbox).where(is_pointer).values(**place, waiting=True))
        return False

    async def set_attempt(self, row_id: int, attempt: str) -> None:
        """Store how this message is being sent; "" when it was not."""
        async with self._database.write(quick=True) as connection:
            await connection.execute(_SET_ATTEMPT, {"row": row_id, "to": attempt})

    async def attempts(self) -> dict[int, str]:
        """Return the stored attempts whose message ids are not known, by row id."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(_T.id, _T.attempt).where(
                    self._in_chat(), _T.attempt != "", _T.message_id.is_(None), _T.waiting == true()
                )
            )
            return {row.id: row.attempt for row in rows}

    async def found(
        self, row_id: int, version: int, message_id: int, thread_id: int | None, *, is_own: bool
    ) -> None:
        """Note that this message shows ``version`` of an earlier attempt.

        ``is_own``: it was sent to the topic of the incident. A row that was moved there since is sent there.
        """
        place = {"message_id": message_id, "thread_id": thread_id, "attempt": ""}
        shows = {
            "sent_version": version,
            "waiting": case((_T.version > version, true()), else_=false()),
            "seen_at": self._clock.now(),
        }
        await self._placed([row_id], place, shows, is_own=is_own)
        self.changed.set()

    async def message_ids(self, after: int) -> frozenset[int]:
        """Return the known ids of messages and topics above ``after``."""
        async with self._database.read() as connection:
            return frozenset(await connection.scalars(self._known_ids(after)))

    async def newest_message(self) -> int:
        """Return the largest known id of a message or a topic, 0 without any."""
        async with self._database.read() as connection:
            return max(await connection.scalars(self._known_ids(0)), default=0)

    async def edited(self, item: OutgoingMessage) -> None:
        """Mark the message as up to date, unless it is to be sent again."""
        await self._set((_T.id == item.id) & (_T.message_id == item.message_id), **self._shows(item))

    async def reduce(self, item: OutgoingMessage, form: Form, reason: str) -> None:
        """Send this version in another form, because Telegram refused it for ``reason``."""
        same = (_T.id == item.id) & (_T.version == item.version)
        await self._set(same, form=int(form), failure=reason)
        self.changed.set()

    async def refused(self, item: OutgoingMessage, reason: str) -> bool:
        """Note that Telegram refuses this version in every form; return whether to try it again.

        A request that waits for an answer is tried again, any other message is not.
        """
        same = (_T.id == item.id) & (_T.version == item.version)
        is_waiting = and_(_T.is_open == true(), _T.buttons != _NO_BUTTONS)
        await self._set(same, waiting=case((is_waiting, true()), else_=false()), form=0, failure=reason)
        return bool(item.buttons)

    async def gone(self, row_id: int, reason: str) -> bool:
        """Note that a message is no longer in the chat; return whether it is sent again.

        It is sent again when its request waits for an answer.
        """
        is_waiting = and_(_T.id == row_id, _T.is_open == true(), _T.buttons != _NO_BUTTONS)
        async with self._database.write() as connection:
            found = await connection.execute(
                update(tables.outbox)
                .where(is_waiting)
                .values(message_id=None, sent_version=0, waiting=True, held=False, form=0)
            )
            if not found.rowcount:
                await connection.execute(
                    update(tables.outbox).where(_T.id == row_id).values(waiting=False, failure=reason)
                )
        self.changed.set()
        return bool(found.rowcount)

    async def detach(self, row_id: int) -> None:
        """Send this reply as a message of its own."""
        await self._set(_T.id == row_id, reply_to="")

    async def check_thread(self, thread_id: int) -> None:
        """Edit the cards of waiting requests in this thread, to find out whether they still exist."""
        await self._set(and_(self._is_shown_request(), _T.thread_id == thread_id), waiting=True)
        self.changed.set()

    async def check_seen_before(self, before: datetime) -> bool:
        """Edit the cards of waiting requests last seen before then; return whether there are any."""
        async with self._database.write() as connection:
            found = await connection.execute(
                update(tables.outbox)
                .where(self._is_shown_request(), _T.seen_at < before)
                .values(waiting=True)
            )
        return bool(found.rowcount)

    async def oldest_seen(self) -> datetime | None:
        """Return when the card of a waiting request was last seen that was not seen for the longest."""
        async with self._database.read(quick=True) as connection:
            query = select(_T.seen_at).where(self._is_shown_request()).order_by(_T.seen_at).limit(1)
            return await connection.scalar(query)

    async def start_over(self) -> None:
        """Forget all message ids: the chat is another one. Requests that wait are sent again."""
        is_waiting = and_(_T.is_open == true(), _T.buttons != _NO_BUTTONS)
        sent = and_(self._in_chat(), _T.message_id.is_not(None))
        async with self._database.write() as connection:
            again = {"message_id": None, "thread_id": None, "sent_version": 0, "waiting": True, "form": 0}
            await connection.execute(update(tables.outbox).where(self._in_chat()).values(attempt=""))
            await connection.execute(update(tables.outbox).where(sent, is_waiting).values(again))
            over = {
                "message_id": None,
                "thread_id": None,
                "waiting": False,
                "is_open": False,
                "failure": _MOVED,
            }
            await connection.execute(update(tables.outbox).where(sent, not_(is_waiting)).values(over))
        self.changed.set()

    async def refusals(self) -> tuple[str, ...]:
        """Return why Telegram refused the complete form of messages that may still change."""
        async with self._database.read() as connection:
            rows = await connection.scalars(
                select(_T.failure)
                .where(self._in_chat(), _T.is_open == true(), _T.failure != "", _T.buttons != _NO_BUTTONS)
                .order_by(_T.id)
            )
            return tuple(rows)

    def _known_ids(self, after: int) -> CompoundSelect[int]:
        queries = (
            select(column).where(table.c.chat_id == self._chat_id, column > after)
            for table, column in (
                (tables.outbox, _T.message_id),
                (tables.topics, tables.topics.c.thread_id),
                (tables.incident_topics, tables.incident_topics.c.thread_id),
            )
        )
        return union_all(*queries)

    def _in_chat(self) -> ColumnElement[bool]:
        return _T.chat_id == self._chat_id

    def _shows(self, item: OutgoingMessage) -> dict[str, object]:
        """Return the values of a row whose message shows the version of ``item``."""
        values: dict[str, object] = {
            "sent_version": item.version,
            "waiting": case((_T.version > item.version, true()), else_=false()),
            "seen_at": self._clock.now(),
        }
        return values | ({"failure": ""} if item.form is Form.FULL else {})

    def _is_shown_request(self) -> ColumnElement[bool]:
        """Whether a row is the card of a request that waits for an answer, and is sent."""
        return and_(
            self._in_chat(),
            _T.is_open == true(),
            _T.waiting == false(),
            _T.buttons != _NO_BUTTONS,
            _T.message_id.is_not(None),
        )

    async def _set(self, where: ColumnElement[bool], **values: object) -> None:
        async with self._database.write(quick=True) as connection:
            await connection.execute(update(tables.outbox).where(where).values(**values))


def _message(row: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        id=row.id,
        kind=Kind(row.kind),
        topic=incident_key(row.incident_id) if row.own_topic else row.topic,
        standing=row.topic,
        priority=Priority(row.priority),
        text=row.text,
        buttons=unpack(row.buttons),
        version=row.version,
        form=Form(row.form),
        is_silent=row.is_silent,
        file_name=row.file_name,
        message_id=row.message_id,
        reply_to=row.reply_message_id,
        reply_thread=row.reply_thread_id,
        reply_row=row.reply_id,
        is_tried=bool(row.attempt),
    )


def unpack(text: str) -> Buttons:
    """Return stored buttons."""
    return tuple(tuple((label, data) for label, data in row) for row in orjson.loads(text))
