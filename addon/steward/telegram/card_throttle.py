"""Holds cards back when too many come at once, and says in one message how many wait."""

import asyncio
from typing import Final

from ..clock import Clock
from ..tasks import run_to_completion
from .cards import digest
from .drafts import Draft, Kind, Priority
from .outbox import Outbox
from .rate_limit import Window
from .topics import Topic

ROUND: Final = 5.0
"""Seconds between two looks at what is held: a summary is edited that often at most."""


class CardThrottle:
    """Admits new cards, so many a minute in each topic; the rest waits and is counted."""

    def __init__(self, outbox: Outbox, clock: Clock, cards_per_minute: int) -> None:
        """Nothing is held before :meth:`admit` says so, or a former life did."""
        self._outbox = outbox
        self._clock = clock
        self._most = cards_per_minute
        self._admitted = {topic: Window() for topic in Topic}
        self._held: set[Topic] = set()
        self._digests: dict[Topic, str] = {}
        self._announced: dict[Topic, int] = {}
        self._held_changed = asyncio.Event()

    def admit(self, topic: Topic) -> bool:
        """Return whether a new card may go out now. If not: put it held, then :meth:`note_held`."""
        now = self._clock.monotonic()
        if topic in self._held or self._admitted[topic].count(now) >= self._most:
            return False
        self._admitted[topic].add(now)
        return True

    def note_held(self, topic: Topic) -> None:
        """A card of this topic was put into the outbox held."""
        self._held.add(topic)
        self._held_changed.set()

    async def run(self) -> None:
        """Release held cards as there is room and keep the summaries true, until cancelled."""
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
                await self._clock.sleep(ROUND)

    async def _release(self, topic: Topic) -> None:
        """Let cards go while the minute has room and the chat keeps up."""
        now = self._clock.monotonic()
        room = self._most - max(self._admitted[topic].count(now), await self._outbox.unsent(topic))
        for _ in range(room):
            if not await self._outbox.release(topic):
                return
            self._admitted[topic].add(now)

    async def _update_notice(self, topic: Topic) -> None:
        """Make the topic's summary say how many wait; with none left it is closed."""
        count = (await self._outbox.held()).get(topic, 0)
        key = self._digests.get(topic)
        if count == 0:
            # Before anything is awaited: a card held meanwhile brings the topic back.
            self._held.discard(topic)
            self._digests.pop(topic, None)
            self._announced.pop(topic, None)
            if key is not None:
                await self._put(topic, key, 0)
                await self._outbox.close([key])
        elif count != self._announced.get(topic):
            if key is None:
                key = f"digest:{topic.value}:{self._clock.now().isoformat()}"
                self._digests[topic] = key
            self._announced[topic] = count
            await self._put(topic, key, count)

    async def _put(self, topic: Topic, key: str, count: int) -> None:
        draft = Draft(key=key, kind=Kind.DIGEST, topic=topic, priority=Priority.DIGEST, text=digest(count))
        await self._outbox.put(draft)
