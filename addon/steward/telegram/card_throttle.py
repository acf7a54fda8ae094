"""Limits new cards per minute and topic, and shows the number of held cards in a summary message."""

import asyncio
from collections import defaultdict
from typing import Final

from ..clock import Clock
from ..tasks import run_to_completion
from .cards import digest
from .drafts import Draft, Kind, Priority
from .outbox import Outbox
from .rate_limit import Window
from .topic_names import Topic

INTERVAL: Final = 5.0
"""Seconds between two checks of held cards, and so between two edits of a summary."""


class CardThrottle:
    """Admits new cards up to a limit per minute and topic; holds and counts the others."""

    def __init__(self, outbox: Outbox, clock: Clock, cards_per_minute: int) -> None:
        """Held cards of an earlier process are read by :meth:`run`."""
        self._outbox = outbox
        self._clock = clock
        self._limit = cards_per_minute
        self._admitted: defaultdict[Topic, Window] = defaultdict(Window)
        self._held: set[Topic] = set()
        self._digests: dict[Topic, str] = {}
        self._announced: dict[Topic, int] = {}
        self._held_changed = asyncio.Event()

    def admit(self, topic: Topic) -> bool:
        """Return whether a new card may be sent now. If not, store it held and call :meth:`note_held`."""
        now = self._clock.monotonic()
        if topic in self._held or self._admitted[topic].count(now) >= self._limit:
            return False
        self._admitted[topic].add(now)
        return True

    def note_held(self, topic: Topic) -> None:
        """Note that a held card of this topic is in the outbox."""
        self._held.add(topic)
        self._held_changed.set()

    async def run(self) -> None:
        """Release held cards within the limit and update the summaries, until cancelled."""
        self._held |= set(await self._outbox.held())
        self._digests |= await self._outbox.open_digests()
        self._held |= set(self._digests)
        while True:
            if not self._held:
                self._held_changed.clear()
                await self._held_changed.wait()
            for topic in tuple(self._held):
                await run_to_completion(self._release(topic), "telegram: step")
                await run_to_completion(self._update_notice(topic), "telegram: step")
            if self._held:
                await self._clock.sleep(INTERVAL)

    async def _release(self, topic: Topic) -> None:
        """Release cards up to the limit, less the messages that still wait to be sent."""
        now = self._clock.monotonic()
        room = self._limit - max(self._admitted[topic].count(now), await self._outbox.unsent(topic))
        for _ in range(room):
            if not await self._outbox.release(topic):
                return
            self._admitted[topic].add(now)

    async def _update_notice(self, topic: Topic) -> None:
        """Write the number of held cards to the topic's summary; close it when there are none."""
        count = (await self._outbox.held()).get(topic, 0)
        key = self._digests.get(topic)
        if count == 0:
            # Before the first await: a card held meanwhile adds the topic again.
            self._held.discard(topic)
            self._digests.pop(topic, None)
            self._announced.pop(topic, None)
            if key is not None:
                await self._put(topic, key, 0)
                await self._outbox.close([key])
        elif count != self._announced.get(topic):
            if key is None:
                key = f"digest:{topic}:{self._clock.now().isoformat()}"
                self._digests[topic] = key
            self._announced[topic] = count
            await self._put(topic, key, count)

    async def _put(self, topic: Topic, key: str, count: int) -> None:
        draft = Draft(key=key, kind=Kind.DIGEST, topic=topic, priority=Priority.DIGEST, text=digest(count))
        await self._outbox.put(draft)
