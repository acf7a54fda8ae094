"""Stores the topics of single incidents: what they should be called, and what Telegram shows."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, bindparam, delete, false, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..store.database import Database
from . import tables
from .topic_names import Topic, incident_key

_T: Final = tables.incident_topics.c
_ONE: Final = select(tables.incident_topics).where(
    _T.chat_id == bindparam("chat"), _T.incident_id == bindparam("incident")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTopic:
    """An incident's topic as it should be. ``standing`` gets its messages while it cannot be used."""

    incident_id: str
    standing: Topic
    name: str
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTopic:
    """An incident's topic; ``thread_id`` is None until it is created.

    Telegram shows ``shown_name`` and ``is_closed``. ``is_announced``: the standing topic refers to it.
    """

    wanted: WantedTopic
    thread_id: int | None
    shown_name: str
    is_closed: bool
    is_announced: bool

    @property
    def key(self) -> Topic:
        """The key of the topic."""
        return incident_key(self.wanted.incident_id)


class IncidentTopics:
    """The topics of incidents in one chat. ``changed`` is set when Telegram may show an old state."""

    def __init__(self, database: Database, clock: Clock, chat_id: int) -> None:
        """Read and write the rows of ``chat_id`` only."""
        self._database = database
        self._clock = clock
        self._chat_id = chat_id
        self.changed = asyncio.Event()

    async def save(
        self, connection: AsyncConnection, wanted: WantedTopic, *, is_announced: bool = False
    ) -> None:
        """Add a topic, or change what it should be. Set ``changed`` after the commit.

        ``is_announced``: a message of the standing topic refers to a new topic already.
        """
        values: dict[str, object] = {
            "standing": wanted.standing,
            "name": wanted.name,
            "is_over": wanted.is_over,
            "changed_at": self._clock.now(),
        }
        found = await connection.execute(
            update(tables.incident_topics).where(self._is(wanted.incident_id)).values(**values)
        )
        if not found.rowcount:
            key = {"chat_id": self._chat_id, "incident_id": wanted.incident_id}
            shown = {"shown_name": "", "is_closed": False, "is_announced": is_announced}
            await connection.execute(insert(tables.incident_topics).values(**key, **values, **shown))

    async def read(self, connection: AsyncConnection, incident_id: str) -> IncidentTopic | None:
        """Return the topic of an incident, None when it has none."""
        values = {"chat": self._chat_id, "incident": incident_id}
        found = (await connection.execute(_ONE, values)).first()
        return None if found is None else _topic(found)

    async def get(self, incident_id: str) -> IncidentTopic | None:
        """Return the topic of an incident, None when it has none."""
        async with self._database.read() as connection:
            return await self.read(connection, incident_id)

    async def in_thread(self, thread_id: int) -> IncidentTopic | None:
        """Return the topic with this thread, None when it is not an incident's."""
        async with self._database.read() as connection:
            query = select(tables.incident_topics).where(self._in_chat(), _T.thread_id == thread_id)
            found = (await connection.execute(query)).first()
        return None if found is None else _topic(found)

    async def outdated(self, postponed: Collection[str]) -> IncidentTopic | None:
        """Return a created topic that Telegram does not show as it should, without the ``postponed``."""
        is_outdated = or_(_T.shown_name != _T.name, _T.is_closed != _T.is_over, _T.is_announced == false())
        async with self._database.read() as connection:
            query = (
                select(tables.incident_topics)
                .where(
                    self._in_chat(),
                    _T.thread_id.is_not(None),
                    is_outdated,
                    _T.incident_id.not_in(postponed),
                )
                .order_by(_T.changed_at)
                .limit(1)
            )
            found = (await connection.execute(query)).first()
        return None if found is None else _topic(found)

    async def open_count(self) -> int:
        """Return the number of created topics whose incidents are not over."""
        async with self._database.read() as connection:
            query = select(func.count()).where(
                self._in_chat(), _T.thread_id.is_not(None), _T.is_over == false()
            )
            return await connection.scalar(query) or 0

    async def created(self, incident_id: str, thread_id: int, name: str) -> None:
        """Note that the topic exists, open and with this name."""
        await self._set(incident_id, thread_id=thread_id, shown_name=name, is_closed=False)
        self.changed.set()

    async def renamed(self, incident_id: str, name: str) -> None:
        """Note that Telegram shows this name."""
        await self._set(incident_id, shown_name=name)

    async def closed(self, incident_id: str, *, is_closed: bool) -> None:
        """Note that the topic is closed or open."""
        await self._set(incident_id, is_closed=is_closed)

    async def announced(self, incident_id: str) -> None:
        """Note that the standing topic refers to this one."""
        await self._set(incident_id, is_announced=True)

    async def gone(self, incident_id: str, thread_id: int) -> None:
        """Note that this thread does not exist any more; the next message creates the topic again."""
        async with self._database.write() as connection:
            await connection.execute(
                update(tables.incident_topics)
                .where(self._is(incident_id), _T.thread_id == thread_id)
                .values(thread_id=None, shown_name="", is_closed=False)
            )

    async def forget_threads(self, connection: AsyncConnection) -> None:
        """Forget all threads: the group has become another one."""
        await connection.execute(
            update(tables.incident_topics)
            .where(self._in_chat())
            .values(thread_id=None, shown_name="", is_closed=False, is_announced=True)
        )

    async def prune(self, before: datetime) -> None:
        """Delete the rows of topics that are over and have not changed since ``before``."""
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.incident_topics).where(_T.is_over == true(), _T.changed_at < before)
            )

    def _in_chat(self) -> ColumnElement[bool]:
        return _T.chat_id == self._chat_id

    def _is(self, incident_id: str) -> ColumnElement[bool]:
        return (_T.chat_id == self._chat_id) & (_T.incident_id == incident_id)

    async def _set(self, incident_id: str, **values: object) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                update(tables.incident_topics).where(self._is(incident_id)).values(**values)
            )


class DueIncidents:
    """Incidents that get a topic of their own at a later time."""

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self._clock = clock
        self._due: dict[str, datetime] = {}
        self._changed = asyncio.Event()

    def set(self, incident_id: str, at: datetime | None) -> None:
        """Let an incident be due at this time; None: never."""
        if at is None:
            self._due.pop(incident_id, None)
        elif self._due.get(incident_id) != at:
            self._due[incident_id] = at
            self._changed.set()

    async def next(self) -> str:
        """Return the next incident that is due, once; wait until there is one."""
        while True:
            self._changed.clear()
            first = min(self._due.items(), key=lambda one: one[1], default=None)
            if first is None:
                await self._changed.wait()
                continue
            seconds = (first[1] - self._clock.now()).total_seconds()
            if seconds <= 0:
                del self._due[first[0]]
                return first[0]
            await changed_within(self._changed, self._clock, seconds)


async def changed_within(changed: asyncio.Event, clock: Clock, seconds: float | None) -> None:
    """Wait until ``changed`` is set, at most ``seconds`` unless that is None."""
    waits: set[asyncio.Future[object]] = {asyncio.ensure_future(changed.wait())}
    if seconds is not None:
        waits.add(asyncio.ensure_future(clock.sleep(seconds)))
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()


def _topic(row: Row[Any]) -> IncidentTopic:
    wanted = WantedTopic(
        incident_id=row.incident_id, standing=row.standing, name=row.name, is_over=row.is_over
    )
    return IncidentTopic(
        wanted=wanted,
        thread_id=row.thread_id,
        shown_name=row.shown_name,
        is_closed=row.is_closed,
        is_announced=row.is_announced,
    )
