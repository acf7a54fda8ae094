"""Publishes stored rows to watchers, with bounded queues that never block the writer."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.base import Message
from homelab_steward.contract.protocol import Event, RowKind

from ..clock import Clock

REMEMBERED: Final = 2_000
QUEUED: Final = 1_000

type PublishedRow = tuple[RowKind, str, Message | None]
"""A row that is published after a commit: its kind, its id, and the row, None for a deleted one."""

type Companion = Callable[[AsyncConnection, Sequence[PublishedRow]], Awaitable[Callable[[], None] | None]]
"""Stores what belongs to rows in their transaction; returns what is called after the commit."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The watcher missed events because its queue was full: it must read the store again."""


class Watch:
    """The event queue of one watcher. After an overflow the next item is Lost."""

    def __init__(self, kinds: frozenset[RowKind]) -> None:
        """Watch rows of ``kinds``."""
        self._kinds = kinds
        self._queue: deque[Event] = deque()
        self._ready = asyncio.Event()
        self._lost = False

    def offer(self, event: Event) -> None:
        """Add an event to the queue; clear a full queue first."""
        if event.kind not in self._kinds:
            return
        if len(self._queue) >= QUEUED:
            self._queue.clear()
            self._lost = True
        self._queue.append(event)
        self._ready.set()

    async def next(self) -> Event | Lost:
        """Return the next event, or Lost after an overflow; later events follow."""
        while not self._queue and not self._lost:
            self._ready.clear()
            await self._ready.wait()
        if self._lost:
            self._lost = False
            self._queue.clear()
            return Lost()
        return self._queue.popleft()

    async def __aiter__(self) -> AsyncIterator[Event | Lost]:
        """Yield events without end."""
        while True:
            yield await self.next()


class Changes:
    """Numbers stored rows and publishes them to all watchers; keeps the latest events."""

    def __init__(self, clock: Clock) -> None:
        """Start a new stream; sequence numbers are valid in this stream only."""
        self._clock = clock
        self._watches: dict[Watch, None] = {}
        self.companions: list[Companion] = []
        self._recent: deque[Event] = deque(maxlen=REMEMBERED)
        self.stream: str = secrets.token_hex(8)
        self.sequence = 0

    def publish(self, kind: RowKind, row_id: str, row: Message | None) -> None:
        """Publish a changed row, or a deleted one (None). Call after the commit."""
        self.sequence += 1
        fields = {str(kind): row} if row is not None else {}
        event = Event(
            sequence=self.sequence,
            kind=kind,
            id=row_id,
            at=self._clock.now(),
            gone=row is None,
            **fields,  # type: ignore[arg-type]  # the field is named after the kind
        )
        self._recent.append(event)
        for watch in self._watches:
            watch.offer(event)

    @contextmanager
    def watch(self, *kinds: RowKind) -> Iterator[Watch]:
        """Yield a watch for rows of ``kinds``, or of all kinds when none is given.

        Watchers get events in the order in which they started, so the stages come before the
        front ends.
        """
        watch = Watch(frozenset(kinds or RowKind))
        self._watches[watch] = None
        try:
            yield watch
        finally:
            del self._watches[watch]

    @contextmanager
    def accompanied(self, companion: Companion) -> Iterator[None]:
        """Call a companion in every transaction that publishes rows, before its commit.

        What it raises undoes the transaction: it catches what is no error of the store.
        """
        self.companions.append(companion)
        try:
            yield
        finally:
            self.companions.remove(companion)

    def since(self, sequence: int) -> tuple[Event, ...] | None:
        """Return all events after ``sequence``, None when some of them are no longer available."""
        if sequence > self.sequence:
            return None
        if sequence == self.sequence:
            return ()
        if not self._recent or self._recent[0].sequence > sequence + 1:
            return None
        return tuple(one for one in self._recent if one.sequence > sequence)
