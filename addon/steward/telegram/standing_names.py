"""Renames the standing topics when the language of the household changes.

At the first start the language is known only when Home Assistant connects, and the topics exist by then.
"""

from collections.abc import Iterable
from typing import Final

import structlog

from homelab_steward.contract.catalogue import Category

from ..clock import Clock
from ..tasks import run_to_completion
from .chat import Chat
from .errors import MessageGone, TelegramFailure, TooFast, TopicGone, Unreachable
from .notes import places_of
from .rate_limit import RateLimit
from .status import StatusBoard
from .topic_names import Topic, titles_of
from .topics import TopicThreads

log = structlog.get_logger(__name__)

PAUSE: Final = 5.0
"""Seconds between two looks at the language."""

RETRY: Final = 600.0
"""Seconds until a name that Telegram refused is tried again: the bot may have got the right to it."""


class StandingNames:
    """Keeps the titles of the standing topics, and their names in Telegram, in the household's language."""

    def __init__(
        self,
        titles: dict[Topic, str],
        categories: Iterable[Category],
        topics: TopicThreads,
        chat: Chat,
        rate_limit: RateLimit,
        clock: Clock,
        status: StatusBoard,
    ) -> None:
        """``titles`` are changed in place."""
        self._titles = titles
        self._categories = tuple(categories)
        self._topics = topics
        self._chat = chat
        self._rate_limit = rate_limit
        self._clock = clock
        self._status = status

    async def run(self) -> None:
        """Look for another language until cancelled."""
        while True:
            self._update_titles()
            pause = PAUSE
            for topic, thread_id in self._topics.misnamed():
                await self._clock.sleep(self._rate_limit.wait(self._clock.monotonic()))
                try:
                    await run_to_completion(self._rename(topic, thread_id), "telegram: step")
                except TelegramFailure as err:
                    log.info("telegram topic not renamed", topic=topic, reason=str(err))
                    pause = _pause_after(err)
                    break
            await self._clock.sleep(pause)

    def _update_titles(self) -> None:
        titles = titles_of(self._categories)
        if titles != self._titles:
            self._titles.update(titles)
            self._status.set_places(places_of(titles))

    async def _rename(self, topic: Topic, thread_id: int) -> None:
        title = self._titles[topic]
        self._rate_limit.note(self._clock.monotonic(), send=False)
        try:
            await self._chat.rename_topic(thread_id, title)
        except TopicGone, MessageGone:
            # It gets its name when its next message creates it again.
            log.info("telegram topic deleted", topic=topic)
        await self._topics.renamed(topic, thread_id, title)


def _pause_after(err: TelegramFailure) -> float:
    if isinstance(err, TooFast):
        return err.seconds
    return PAUSE if isinstance(err, Unreachable) else RETRY
