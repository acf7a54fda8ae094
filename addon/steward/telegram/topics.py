"""Forum topics: which exist, which incident belongs to which, and their threads."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import delete, select

from homelab_steward.contract.catalogue import Category
from homelab_steward.contract.incidents import Severity

from ..clock import Clock
from ..sdk import categories
from ..store.database import Database
from ..store.upsert import upsert
from . import tables
from .chat import Chat
from .errors import TopicUnusable
from .status import FrontEndState, StatusBoard

RETRY_AFTER: Final = 600.0
"""Seconds until an unusable topic is tried again: the bot may have got the right to it."""

SOURCE: Final = "topics"


type Topic = str
"""The key of a forum topic: a category's key, or one of those below."""

GENERAL: Final = categories.GENERAL.key
"""The chat itself; what has no topic of its own goes there."""

CRITICAL: Final = "critical_alerts"
REPORTS: Final = "weekly_reports"
RESOLVED: Final = "resolved"


def titles_of(found: Iterable[Category]) -> dict[Topic, str]:
    """Return the title of each topic: one per category, and those for every category."""
    own = {one.key: one.name for one in found}
    fixed = {CRITICAL: "Critical Alerts", REPORTS: "Weekly Reports", RESOLVED: "Resolved"}
    return {GENERAL: categories.GENERAL.name, CRITICAL: fixed[CRITICAL], **own, **fixed}


def topic_of(category: str, severity: Severity) -> Topic:
    """Return the topic of an incident's card: its category's, or CRITICAL."""
    return CRITICAL if severity is Severity.CRITICAL else category


class TopicThreads:
    """Thread of each topic in one chat; missing topics are created and stored.

    GENERAL is the chat itself, so its thread is None. A crash after a topic is created and
    before it is stored leaves an empty duplicate, because bots cannot list topics.
    """

    def __init__(
        self,
        chat: Chat,
        chat_id: int,
        database: Database,
        clock: Clock,
        status: StatusBoard,
        titles: Mapping[Topic, str],
    ) -> None:
        """Call :meth:`load` first. A topic without a title in ``titles`` is the chat itself."""
        self._chat = chat
        self._chat_id = chat_id
        self._database = database
        self._clock = clock
        self._status = status
        self._titles = titles
        self._threads: dict[Topic, int] = {}
        self._unusable: dict[Topic, float] = {}

    async def load(self) -> None:
        """Read the stored threads."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(tables.topics.c.topic, tables.topics.c.thread_id).where(
                    tables.topics.c.chat_id == self._chat_id
                )
            )
            self._threads = {topic: thread for topic, thread in rows if topic in self._titles}

    def missing(self) -> Topic | None:
        """Return a topic to create, None when there is none that can be created now."""
        return next((topic for topic in self._titles if self._is_missing(topic)), None)

    def next_try(self) -> float:
        """Return the seconds until an unusable topic is tried again, 0 when there is none."""
        now = self._clock.monotonic()
        return min((at - now for at in self._unusable.values() if at > now), default=0.0)

    async def thread(self, topic: Topic) -> int | None:
        """Return the thread of the topic, created when missing; None is the chat itself."""
        if topic == GENERAL or topic not in self._titles or self._is_unusable(topic):
            return None
        if topic in self._threads:
            return self._threads[topic]
        try:
            return await self._create(topic)
        except TopicUnusable as err:
            self.mark_unusable(topic, str(err))
            return None

    async def forget(self, topic: Topic) -> None:
        """Delete the stored thread of a deleted topic; the next :meth:`thread` creates it again."""
        self._threads.pop(topic, None)
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.topics).where(
                    tables.topics.c.chat_id == self._chat_id, tables.topics.c.topic == topic
                )
            )

    def mark_unusable(self, topic: Topic, reason: str) -> None:
        """Use the chat itself instead of the topic for ``RETRY_AFTER`` seconds."""
        self._unusable[topic] = self._clock.monotonic() + RETRY_AFTER
        advice = "Messages go to the chat itself. Turn on topics and let the bot manage them"
        self._status.note(SOURCE, FrontEndState.DEGRADED, f"{advice}. {reason}")

    def mark_usable(self, topic: Topic) -> None:
        """Mark the topic as usable; clear the problem when all topics are."""
        if self._unusable.pop(topic, None) is not None and not self._unusable:
            self._status.clear(SOURCE)

    def _is_missing(self, topic: Topic) -> bool:
        return topic != GENERAL and topic not in self._threads and not self._is_unusable(topic)

    def _is_unusable(self, topic: Topic) -> bool:
        return self._unusable.get(topic, 0.0) > self._clock.monotonic()

    async def _create(self, topic: Topic) -> int:
        thread_id = await self._chat.create_topic(self._titles[topic])
        self._threads[topic] = thread_id
        self.mark_usable(topic)
        async with self._database.write() as connection:
            await upsert(
                connection,
                tables.topics,
                {
                    "chat_id": self._chat_id,
                    "topic": topic,
                    "thread_id": thread_id,
                    "created_at": self._clock.now(),
                },
            )
        return thread_id
