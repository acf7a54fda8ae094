"""Creates the topics of incidents, within limits: what gets none goes to the standing topic."""

from typing import Final

import structlog

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..texts import translate
from .chat import Chat
from .errors import ChatRefused, TelegramFailure, TooFast, TopicUnusable, Unreachable
from .incident_topics import IncidentTopic, IncidentTopics
from .rate_limit import Window
from .status import StatusBoard

log = structlog.get_logger(__name__)

SOURCE: Final = "topics of incidents"
MOST_OPEN: Final = 50
"""Topics of incidents that are open at the same time."""

RETRY_AFTER: Final = 600.0
"""Seconds until a refused creation is tried again: the bot may have got the right to it."""

SHORT: Final = 60.0
"""Only a pause longer than these seconds is a problem that people see."""


class NotCreated(TelegramFailure):
    """The topic does not exist and could not be created; the reason is in the status."""


class IncidentThreads:
    """The threads of incidents' own topics."""

    def __init__(
        self, rows: IncidentTopics, chat: Chat, clock: Clock, status: StatusBoard, per_minute: int
    ) -> None:
        """Create at most ``per_minute`` topics."""
        self.rows = rows
        self._chat = chat
        self._clock = clock
        self._status = status
        self._per_minute = per_minute
        self._created = Window()
        self._not_before = 0.0

    async def thread(self, incident_id: str) -> int:
        """Return the thread of an incident's topic, created when missing. Raises NotCreated."""
        topic = await self._wanted(incident_id)
        return topic.thread_id if topic.thread_id is not None else await self._create(topic)

    async def replaced(self, incident_id: str, thread_id: int) -> int:
        """Return a new thread of a topic whose thread ``thread_id`` does not exist. Raises NotCreated."""
        topic = await self._wanted(incident_id)
        if topic.thread_id is not None and topic.thread_id != thread_id:
            return topic.thread_id
        return await self._create(topic)

    def retry(self) -> None:
        """Try to create topics again: the rights of the bot have changed."""
        self._not_before = 0.0
        self._status.clear(SOURCE)

    async def _wanted(self, incident_id: str) -> IncidentTopic:
        topic = await self.rows.get(incident_id)
        if topic is None or (topic.wanted.is_over and topic.thread_id is None):
            raise NotCreated("The incident has no topic of its own")
        return topic

    async def _create(self, topic: IncidentTopic) -> int:
        now = self._clock.monotonic()
        is_limited = now < self._not_before or self._created.count(now) >= self._per_minute
        if is_limited or await self.rows.open_count() >= MOST_OPEN:
            raise NotCreated("No topic can be created now")
        self._created.add(now)
        name = topic.wanted.name
        try:
            thread_id = await self._chat.create_topic(name)
        except TooFast as err:
            self._pause(err.seconds, str(err), is_refused=False)
            raise NotCreated(str(err)) from err
        except TopicUnusable as err:
            self._pause(RETRY_AFTER, str(err), is_refused=True)
            raise NotCreated(str(err)) from err
        except (Unreachable, ChatRefused) as err:
            raise NotCreated(str(err)) from err
        self._status.clear(SOURCE)
        await self.rows.created(topic.wanted.incident_id, thread_id, name)
        return thread_id

    def _pause(self, seconds: float, reason: str, *, is_refused: bool) -> None:
        """Create no topic for ``seconds``, and say so if that is long."""
        self._not_before = self._clock.monotonic() + seconds
        if not is_refused and seconds <= SHORT:
            return
        text = translate(
            "Incidents get no topics of their own until {time}. {reason}",
            time=self._status.time_in(seconds),
            reason=reason,
        )
        if is_refused:
            advice = translate("Turn on topics in the group, and let the bot manage topics.")
            text = f"{text}. {advice}"
        self._status.note(SOURCE, FrontEndState.DEGRADED, text, seconds=seconds)
