"""The standing topics: which there are, what goes where, and their threads, made once."""

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
"""Seconds after which a refused topic is tried again: somebody may have given the right."""

CONCERN: Final = "topics"


class Topic(StrEnum):
    """A standing topic."""

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
    """The thread of each topic in one chat, created when missing and then remembered.

    Every forum has a General of its own: its thread is None. A crash between the creation
    of a topic and its being written down leaves an empty twin in the chat: bots cannot list
    topics.
    """

    def __init__(
        self, chat: Chat, chat_id: int, database: Database, clock: Clock, status: StatusBoard
    ) -> None:
        """Nothing is known before :meth:`load`."""
        self._chat = chat
        self._chat_id = chat_id
        self._database = database
        self._clock = clock
        self._status = status
        self._threads: dict[Topic, int] = {}
        self._refused: dict[Topic, float] = {}

    async def load(self) -> None:
        """Read what a former life created."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(tables.topics.c.topic, tables.topics.c.thread_id).where(
                    tables.topics.c.chat_id == self._chat_id
                )
            )
            known = {topic.value for topic in Topic}
            self._threads = {Topic(name): thread for name, thread in rows if name in known}

    def missing(self) -> Topic | None:
        """Return a topic that is still to be created and may be, None when all are well."""
        return next((topic for topic in Topic if self._is_wanted(topic)), None)

    def next_try(self) -> float:
        """Return the seconds until a refused topic is tried again, 0 when none was refused."""
        now = self._clock.monotonic()
        return min((at - now for at in self._refused.values() if at > now), default=0.0)

    async def thread(self, topic: Topic) -> int | None:
        """Return the topic's thread, creating it first when needed; None is the chat itself."""
        if topic is Topic.GENERAL or self._is_refused(topic):
            return None
        if topic in self._threads:
            return self._threads[topic]
        try:
            return await self._create(topic)
        except TopicUnusable as err:
            self.give_up(topic, str(err))
            return None

    async def forget(self, topic: Topic) -> None:
        """Note that somebody deleted the topic; the next :meth:`thread` creates it anew."""
        self._threads.pop(topic, None)
        async with self._database.write() as connection:
            await connection.execute(
                delete(tables.topics).where(
                    tables.topics.c.chat_id == self._chat_id, tables.topics.c.topic == topic.value
                )
            )

    def give_up(self, topic: Topic, reason: str) -> None:
        """Use the chat itself in place of the topic for some minutes."""
        self._refused[topic] = self._clock.monotonic() + RETRY_AFTER
        advice = "Messages go to the chat itself: turn its topics on and let the bot manage them"
        self._status.note(CONCERN, FrontEndState.DEGRADED, f"{advice}. {reason}")

    def worked(self, topic: Topic) -> None:
        """Note that the topic can be used; with all of them so, the status is well again."""
        if self._refused.pop(topic, None) is not None and not self._refused:
            self._status.clear(CONCERN)

    def _is_wanted(self, topic: Topic) -> bool:
        return topic is not Topic.GENERAL and topic not in self._threads and not self._is_refused(topic)

    def _is_refused(self, topic: Topic) -> bool:
        return self._refused.get(topic, 0.0) > self._clock.monotonic()

    async def _create(self, topic: Topic) -> int:
        thread_id = await self._chat.create_topic(TITLES[topic])
        self._threads[topic] = thread_id
        self.worked(topic)
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
