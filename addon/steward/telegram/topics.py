"""Forum topics: which exist, which incident belongs to which, and their threads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from sqlalchemy import delete, select, update

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..store.database import Database
from ..store.upsert import upsert
from ..texts import translate
from . import tables
from .chat import Chat
from .errors import ChatRefused, TelegramFailure, TooFast, TopicUnusable, Unreachable
from .incident_threads import RETRY_AFTER, IncidentThreads, NotCreated
from .status import StatusBoard
from .topic_names import AHEAD, GENERAL, Topic, incident_id_of, incident_key

_T: Final = tables.topics.c

RETRY_WITHOUT_OTHERS: Final = 60.0
"""Seconds until an unusable topic is tried again while no topic of the group can be used."""

SHORT_PAUSE: Final = 60.0
"""Messages wait for a topic with a pause up to these seconds, and go elsewhere for a longer one."""

CREATION_RETRY: Final = 30.0
CREATION_SOURCE: Final = "creating topics"


@dataclass(frozen=True, slots=True)
class Block:
    """A topic that cannot be used until ``until`` (monotonic)."""

    until: float
    is_rate_limit: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A topic: a standing one, or that of an incident, which has a standing one too."""

    standing: Topic
    incident_id: str = ""

    @property
    def topic(self) -> Topic:
        """The key of the topic."""
        return incident_key(self.incident_id) if self.incident_id else self.standing


class NoTopicOpen(TelegramFailure):
    """No topic of the chat can be used for the next ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(translate("No topic of the group accepts messages"))
        self.seconds = seconds


class TopicThreads:
    """Thread of each topic in one chat; missing topics are created and stored.

    GENERAL is the chat itself, so its thread is None. A topic that cannot be used is blocked
    for a time, alone, and its messages go to GENERAL or to another topic meanwhile. A crash
    after a topic is created and before it is stored leaves an empty duplicate, because bots
    cannot list topics.
    """

    def __init__(
        self,
        chat: Chat,
        chat_id: int,
        database: Database,
        clock: Clock,
        status: StatusBoard,
        titles: Mapping[Topic, str],
        own: IncidentThreads,
    ) -> None:
        """Call :meth:`load` first. A topic without a title in ``titles`` is the chat itself.

        ``own`` are the topics of incidents.
        """
        self._chat = chat
        self._chat_id = chat_id
        self._database = database
        self._clock = clock
        self._status = status
        self._titles = titles
        self._own = own
        self._threads: dict[Topic, int] = {}
        self._names: dict[Topic, str] = {}
        self._blocks: dict[Topic, Block] = {}
        self._creation_from = 0.0
        self._next_creation: dict[Topic, float] = {}

    async def load(self) -> None:
        """Read the stored threads."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(tables.topics).where(_T.chat_id == self._chat_id))).all()
        mine = [row for row in rows if row.topic in self._titles]
        self._threads = {row.topic: row.thread_id for row in mine}
        self._names = {row.topic: row.name for row in mine}

    def misnamed(self) -> tuple[tuple[Topic, int], ...]:
        """Return the topics that have another name than their title, and their threads."""
        return tuple(
            (topic, thread_id)
            for topic, thread_id in self._threads.items()
            if self._names.get(topic) != self._titles[topic]
        )

    async def renamed(self, topic: Topic, thread_id: int, name: str) -> None:
        """Note the name of a topic, unless it has another thread now."""
        if self._threads.get(topic) != thread_id:
            return
        self._names[topic] = name
        async with self._database.write() as connection:
            mine = (_T.chat_id == self._chat_id) & (_T.topic == topic) & (_T.thread_id == thread_id)
            await connection.execute(update(tables.topics).where(mine).values(name=name))

    def missing(self, now: float) -> Topic | None:
        """Return a topic to create ahead of its messages at ``now`` (monotonic), None when there is none."""
        return next((one for one in self._ahead() if self._creatable_at(one) <= now), None)

    def next_try(self, now: float) -> float:
        """Return the seconds until the next topic may be created ahead, 0 when there is none.

        ``now`` is the one of :meth:`missing`: a topic that becomes due between two readings of the
        clock would be in neither answer.
        """
        times = (self._creatable_at(topic) - now for topic in self._ahead())
        return min((one for one in times if 0 < one < inf), default=0.0)

    def postpone(self, topic: Topic) -> None:
        """Do not create this topic ahead of its messages for ``CREATION_RETRY`` seconds."""
        self._next_creation[topic] = self._clock.monotonic() + CREATION_RETRY

    def destinations(self, topic: Topic, standing: Topic) -> Iterator[Topic]:
        """Yield the topics that messages of ``topic`` may go to now, the best first.

        ``standing`` is the topic itself, or the standing one of an incident's. Raises TooFast when
        the next one has to wait only briefly, and NoTopicOpen when all of them have been yielded.
        """
        best = [one for one in (topic, standing) if one in self._titles or incident_id_of(one) is not None]
        known = dict.fromkeys((*best, GENERAL, *(one for one in self._titles if one in self._threads)))
        for one in known:
            seconds, block = self._blocked_for(one), self._blocks.get(one)
            if seconds <= 0:
                yield one
            elif block is not None and block.is_rate_limit and seconds <= SHORT_PAUSE:
                raise TooFast(seconds)
        # Without an open topic, the refused ones are tried more often: somebody may open one.
        for one in known:
            if self._may_retry(one):
                yield one
        waits = [self._blocked_for(one) for one in known]
        raise NoTopicOpen(min([RETRY_WITHOUT_OTHERS, *(one for one in waits if one > 0)]))

    async def place_of(self, thread_id: int | None) -> Place:
        """Return the topic with this thread, GENERAL for an unknown one."""
        for topic, one in self._threads.items():
            if one == thread_id:
                return Place(topic)
        own = None if thread_id is None else await self._own.rows.in_thread(thread_id)
        return Place(GENERAL) if own is None else Place(own.wanted.standing, own.wanted.incident_id)

    async def thread(self, topic: Topic) -> int | None:
        """Return the thread of the topic, created when missing; None is the chat itself.

        Raises NotCreated.
        """
        if topic == GENERAL:
            return None
        incident_id = incident_id_of(topic)
        if incident_id is not None:
            return await self._own.thread(incident_id)
        return self._threads[topic] if topic in self._threads else await self._created(topic)

    async def replaced(self, topic: Topic, thread_id: int | None) -> int | None:
        """Return a new thread of a topic whose thread ``thread_id`` does not exist.

        The old one stays stored until then, because turning topics off hides all of them.
        Raises NotCreated.
        """
        incident_id = incident_id_of(topic)
        if incident_id is not None and thread_id is not None:
            return await self._own.replaced(incident_id, thread_id)
        if topic == GENERAL or self._threads.get(topic) != thread_id:
            return await self.thread(topic)
        return await self._created(topic)

    async def forget_all(self) -> None:
        """Delete all threads: the group has become another one."""
        self._threads.clear()
        self._names.clear()
        async with self._database.write() as connection:
            await connection.execute(delete(tables.topics).where(_T.chat_id == self._chat_id))
            await self._own.rows.forget_threads(connection)
        self.unblock_all()

    def block(self, topic: Topic, reason: str) -> None:
        """Use other topics for ``RETRY_AFTER`` seconds."""
        self._block(topic, RETRY_AFTER, is_rate_limit=False)
        text = translate(
            "Messages of {topic} go elsewhere because Telegram refuses it. Open the topic, turn on topics in "
            "the group, and let the bot manage topics. {reason}",
            topic=self.title(topic),
            reason=reason,
        )
        # Nothing may be sent to an incident's topic again, so its problem ends by itself.
        seconds = RETRY_AFTER if incident_id_of(topic) is not None else None
        self._status.note(_source(topic), FrontEndState.DEGRADED, text, seconds=seconds)

    def pause(self, topic: Topic, seconds: float) -> None:
        """Wait ``seconds`` before the next message to the topic, as Telegram requires."""
        self._block(topic, seconds, is_rate_limit=True)
        if seconds > SHORT_PAUSE:
            text = translate(
                "Telegram accepts no message in {topic} until {time}",
                topic=self.title(topic),
                time=self._status.time_in(seconds),
            )
            self._status.note(_source(topic), FrontEndState.DEGRADED, text, seconds=seconds)

    def unblock(self, topic: Topic) -> None:
        """Note that the topic accepted a message."""
        self._blocks.pop(topic, None)
        self._status.clear(_source(topic))

    def unblock_all(self) -> None:
        """Try all topics again: the rights of the bot have changed."""
        self._creation_from = 0.0
        self._next_creation.clear()
        self._status.clear(CREATION_SOURCE)
        self._own.retry()
        for topic in tuple(self._blocks):
            self.unblock(topic)

    def _block(self, topic: Topic, seconds: float, *, is_rate_limit: bool) -> None:
        self._blocks[topic] = Block(self._clock.monotonic() + seconds, is_rate_limit)

    def _blocked_for(self, topic: Topic) -> float:
        """Return the seconds until the topic may be used; a missing one also waits for its creation."""
        block = self._blocks.get(topic)
        until = max(0.0 if block is None else block.until, self._creation_wait(topic))
        return until - self._clock.monotonic()

    def _creation_wait(self, topic: Topic) -> float:
        """Return the monotonic time from which the topic may be created, 0 when it exists."""
        is_there = topic == GENERAL or topic in self._threads or incident_id_of(topic) is not None
        return 0.0 if is_there else self._creation_from

    def title(self, topic: Topic) -> str:
        """Return what the status calls a topic."""
        if incident_id_of(topic) is not None:
            return translate("the topic of an incident")
        return translate("the topic {name}", name=self._titles.get(topic, topic))

    def _ahead(self) -> Iterator[Topic]:
        return (topic for topic in self._titles if topic in AHEAD)

    def _may_retry(self, topic: Topic) -> bool:
        """Return whether a refused topic may be tried again before its block is over."""
        block, now = self._blocks.get(topic), self._clock.monotonic()
        if block is None or block.is_rate_limit or self._creation_wait(topic) > now:
            return False
        return now >= block.until - RETRY_AFTER + RETRY_WITHOUT_OTHERS

    def _creatable_at(self, topic: Topic) -> float:
        """Return the monotonic time from which a missing topic may be created, inf for others."""
        if topic == GENERAL or topic in self._threads:
            return inf
        block = self._blocks.get(topic)
        blocked_until = 0.0 if block is None else block.until
        return max(blocked_until, self._creation_from, self._next_creation.get(topic, 0.0))

    async def _created(self, topic: Topic) -> int:
        try:
            thread_id = await self._create(topic)
        except TooFast as err:
            self._creation_from = self._clock.monotonic() + err.seconds
            text = translate(
                "Telegram creates no topics until {time}. Messages of missing topics go elsewhere",
                time=self._status.time_in(err.seconds),
            )
            self._status.note(CREATION_SOURCE, FrontEndState.DEGRADED, text, seconds=err.seconds)
            raise NotCreated(str(err)) from err
        except TopicUnusable as err:
            self.block(topic, str(err))
            raise NotCreated(str(err)) from err
        except (Unreachable, ChatRefused) as err:
            raise NotCreated(str(err)) from err
        return thread_id

    async def _create(self, topic: Topic) -> int:
        name = self._titles[topic]
        thread_id = await self._chat.create_topic(name)
        self._threads[topic] = thread_id
        self._names[topic] = name
        self.unblock(topic)
        self._status.clear(CREATION_SOURCE)
        async with self._database.write() as connection:
            await upsert(
                connection,
                tables.topics,
                {
                    "chat_id": self._chat_id,
                    "topic": topic,
                    "thread_id": thread_id,
                    "name": name,
                    "created_at": self._clock.now(),
                },
            )
        return thread_id


def _source(topic: Topic) -> str:
    return f"topic {topic}"
