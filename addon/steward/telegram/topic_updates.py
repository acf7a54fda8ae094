"""Renames, closes and reopens the topics of incidents."""

import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..tasks import run_to_completion
from ..texts import translate
from .chat import Chat
from .current_chat import CurrentChat
from .drafts import Draft, Kind, Priority
from .errors import Migrated, TelegramFailure, TooFast, TopicGone, Unreachable
from .incident_threads import RETRY_AFTER
from .incident_topics import IncidentTopic, IncidentTopics, changed_within
from .markup import filled, literal, prose
from .outbox import Outbox
from .rate_limit import RateLimit, retry_delay
from .status import StatusBoard
from .topic_names import topic_link
from .topics import SHORT_PAUSE

log = structlog.get_logger(__name__)

SOURCE: Final = "names of topics"
RENAME_PAUSE: Final = 20.0
"""Seconds between two names of a topic, because Telegram writes each change into the topic."""

_NAME: Final = 128


class TopicUpdates:
    """Brings the topics of incidents up to date, one call at a time."""

    def __init__(
        self,
        rows: IncidentTopics,
        outbox: Outbox,
        chat: Chat,
        current: CurrentChat,
        rate_limit: RateLimit,
        clock: Clock,
        status: StatusBoard,
        migrate: Callable[[int, int], Awaitable[None]],
    ) -> None:
        """Call :meth:`run` to start. ``migrate`` follows the group to its new id."""
        self._migrate = migrate
        self._rows = rows
        self._outbox = outbox
        self._chat = chat
        self._current = current
        self._rate_limit = rate_limit
        self._clock = clock
        self._status = status
        self._postponed: dict[str, float] = {}
        self._failures = 0

    async def run(self) -> None:
        """Update topics until cancelled. Failures are retried."""
        while True:
            self._rows.changed.clear()
            now = self._clock.monotonic()
            self._postponed = {one: until for one, until in self._postponed.items() if until > now}
            topic = await self._rows.outdated(self._postponed.keys())
            if topic is None or topic.thread_id is None:
                next_due = min((until - now for until in self._postponed.values()), default=None)
                await changed_within(self._rows.changed, self._clock, next_due)
                continue
            await self._clock.sleep(self._rate_limit.wait(now))
            await run_to_completion(self._update(topic, topic.thread_id), "telegram: step")

    def retry_now(self) -> None:
        """Try everything again: the rights of the bot in the chat have changed."""
        self._postponed.clear()
        self._rows.changed.set()

    async def _update(self, topic: IncidentTopic, thread_id: int) -> None:
        try:
            await self._change(topic, thread_id)
        except TopicGone as err:
            # The next message of the incident creates it again, if there is one.
            log.info("telegram topic deleted", incident=topic.wanted.incident_id, reason=str(err))
            await self._rows.gone(topic.wanted.incident_id, thread_id)
        except Migrated as err:
            await self._migrate(err.former_id, err.chat_id)
        except TelegramFailure as err:
            self._failed(topic, err)
        else:
            self._failures = 0
            self._status.clear(SOURCE)

    async def _change(self, topic: IncidentTopic, thread_id: int) -> None:
        """Make the first change that is missing."""
        wanted = topic.wanted
        if not topic.is_announced:
            await self._outbox.put_once([_announcement(topic, self._current.id, thread_id)])
            await self._rows.announced(wanted.incident_id)
            return
        self._rate_limit.note(self._clock.monotonic(), send=False)
        if topic.is_closed and not wanted.is_over:
            await self._chat.set_topic_closed(thread_id, is_closed=False)
            await self._rows.closed(wanted.incident_id, is_closed=False)
        elif topic.shown_name != wanted.name:
            await self._chat.rename_topic(thread_id, wanted.name)
            await self._rows.renamed(wanted.incident_id, wanted.name)
            if not wanted.is_over:
                self._postpone(topic, RENAME_PAUSE)
        else:
            await self._chat.set_topic_closed(thread_id, is_closed=True)
            await self._rows.closed(wanted.incident_id, is_closed=True)

    def _failed(self, topic: IncidentTopic, err: TelegramFailure) -> None:
        """Try it again later; what Telegram refuses holds up no other topic."""
        seconds = RETRY_AFTER
        if isinstance(err, TooFast):
            seconds = err.seconds
        elif isinstance(err, Unreachable):
            self._failures += 1
            seconds = retry_delay(self._failures, random.random())  # noqa: S311 - jitter
        self._postpone(topic, seconds)
        if seconds > SHORT_PAUSE:
            text = translate(
                "The topics of incidents cannot be renamed or closed. Let the bot manage topics. {reason}",
                reason=err,
            )
            self._status.note(SOURCE, FrontEndState.DEGRADED, text, seconds=seconds)

    def _postpone(self, topic: IncidentTopic, seconds: float) -> None:
        self._postponed[topic.wanted.incident_id] = self._clock.monotonic() + seconds


def _announcement(topic: IncidentTopic, chat_id: int, thread_id: int) -> Draft:
    """Return the line in the standing topic that refers to the incident's own one."""
    template = translate("{name} has a topic of its own.", name="{name}")
    text = filled(template, name=prose(topic.shown_name, _NAME))
    return Draft(
        key=f"own_topic:{topic.wanted.incident_id}",
        kind=Kind.LINE,
        topic=topic.wanted.standing,
        priority=Priority.LINE,
        text=(text + literal(f" {topic_link(chat_id, thread_id)}".rstrip())).html,
        incident_id=topic.wanted.incident_id,
        is_silent=True,
    )
