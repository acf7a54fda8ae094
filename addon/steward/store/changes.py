"""Who must hear of a stored row: a bounded fan-out that never blocks the writer."""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Message
from homelab_steward.contract.protocol import Event, RowKind

from ..clock import Clock

REMEMBERED: Final = 2_000
QUEUED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Lost:
    """The watcher was too slow and missed rows: it must read the store again."""


class Watch:
    """One watcher's queue. When it overflows, the watcher is told once that it lost rows."""

    def __init__(self, kinds: frozenset[RowKind]) -> None:
        """Watch rows of ``kinds``."""
        self._kinds = kinds
        self._queue: deque[Event] = deque()
        self._ready = asyncio.Event()
        self._lost = False

    def offer(self, event: Event) -> None:
        """Take an event, or note that it was lost."""
        if event.kind not in self._kinds:
            return
        if len(self._queue) >= QUEUED:
            self._queue.clear()
            self._lost = True
        self._queue.append(event)
        self._ready.set()

    async def next(self) -> Event | Lost:
        """Return the next event, or Lost (then read the store, later events follow)."""
        while not self._queue and not self._lost:
            self._ready.clear()
            await self._ready.wait()
        if self._lost:
            self._lost = False
            self._queue.clear()
            return Lost()
        return self._queue.popleft()

    async def __aiter__(self) -> AsyncIterator[Event | Lost]:
        """Yield events for ever."""
        while True:
            yield await self.next()


class Changes:
    """Numbers every stored row and hands it to all watchers; remembers the last ones."""

    def __init__(self, clock: Clock) -> None:
        """Begin a new stream: sequence numbers mean nothing in another one."""
        self._clock = clock
        self._watches: dict[Watch, None] = {}
        self._recent: deque[Event] = deque(maxlen=REMEMBERED)
        self.stream: str = secrets.token_hex(8)
        self.sequence = 0

    def publish(self, kind: RowKind, row_id: str, row: Message | None) -> None:
        """Tell that a row is now ``row`` (None: it is gone). Call after the commit."""
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
        """Yield a watch over ``kinds`` (none given: all), attached from now on.

        Who watches longer is told first: the stages before the faces that show what they do.
        """
        watch = Watch(frozenset(kinds or RowKind))
        self._watches[watch] = None
        try:
            yield watch
        finally:
            del self._watches[watch]

    def since(self, sequence: int) -> tuple[Event, ...] | None:
        """Return all events after ``sequence``, None when some are forgotten."""
        if sequence > self.sequence:
            return None
        if sequence == self.sequence:
            return ()
        if not self._recent or self._recent[0].sequence > sequence + 1:
            return None
        return tuple(one for one in self._recent if one.sequence > sequence)
