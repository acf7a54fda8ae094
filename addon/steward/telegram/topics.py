"""Forum topics: which exist, which incident belongs to which, and their threads."""

from enum import StrEnum
from typing import Final

from sqlalchemy import delete, select

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


class Topic(StrEnum):
    """A forum topic of the steward."""

    GENERAL = "general"
    CRITICAL = "critical_alerts"
    ARR = "arr_suite"
    INFRASTRUCTURE = "infrastructure"
    HOME_ASSISTANT = "home_assistant"
    REPORTS = "weekly_reports"
    RESOLVED = "resolved"


TITLES: Final = {
    Topic.GENERAL: "General",
    Topic.CRITICAL: "Critical Alerts",
    Topic.ARR: "Arr Suite",
    Topic.INFRASTRUCTURE: "Infrastructure",
    Topic.HOME_ASSISTANT: "Home Assistant",
    Topic.REPORTS: "Weekly Reports",
    Topic.RESOLVED: "Resolved",
}
_BY_CATEGORY: Final = {
    categories.MEDIA.key: Topic.ARR,
    categories.INFRASTRUCTURE.key: Topic.INFRASTRUCTURE,
    categories.MONITORING.key: Topic.INFRASTRUCTURE,
    categories.HOME_ASSISTANT.key: Topic.HOME_ASSISTANT,
}


def topic_of(category: str, severity: Severity) -> Topic:
    """Return the topic of an incident's card; a category without a topic of its own has GENERAL."""
    return Topic.CRITICAL if severity is Severity.CRITICAL else _BY_CATEGORY.get(category, Topic.GENERAL)


class TopicThreads:
    """Thread of each topic in one chat; missing topics are created and stored.

    GENERAL is the chat itself, so its thread is None. A crash after a topic is created and
    before it is stored leaves an empty duplicate, because bots cannot list topics.
    """

    def __init__(
        self, chat: Chat, chat_id: int, database: Database, clock: Clock, status: StatusBoard
    ) -> None:
        """Call :meth:`load` first."""
        self._chat = chat
        self._chat_id = chat_id
        self._database = database
        self._clock = clock
        self._status = status
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
            known = {topic.value for topic in Topic}
            self._threads = {Topic(name): thread for name, thread in rows if name in known}

    def missing(self) -> Topic | None:
        """Return a topic to create, None when there is none that can be created now."""
        return next((topic for topic in Topic if self._is_missing(topic)), None)

    def next_try(self) -> float:
        """Return the seconds until an unusable topic is tried again, 0 when there is none."""
        now = self._clock.monotonic()
        return min((at - now for at in self._unusable.values() if at > now), default=0.0)

    async def thread(self, topic: Topic) -> int | None:
        """Return the thread of the topic, created when missing; None is the chat itself."""
        if topic is Topic.GENERAL or self._is_unusable(topic):
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
                    tables.topics.c.chat_id == self._chat_id, tables.topics.c.topic == topic.value
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
        return topic is not Topic.GENERAL and topic not in self._threads and not self._is_unusable(topic)

    def _is_unusable(self, topic: Topic) -> bool:
        return self._unusable.get(topic, 0.0) > self._clock.monotonic()

    async def _create(self, topic: Topic) -> int:
        thread_id = await self._chat.create_topic(TITLES[topic])
        self._threads[topic] = thread_id
        self.mark_usable(topic)
        async with self._database.write() as connection:
            await upsert(
                connection,
                tables.topics,
                {
                    "chat_id": self._chat_id,
                    "topic": topic.value,
                    "thread_id": thread_id,
                    "created_at": self._clock.now(),
                },
            )
        return thread_id
