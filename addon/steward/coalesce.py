"""One moment's readings: who asks a client the same thing again is given the answer that is there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any


class CoalescedReads:
    """The answers of one moment; when it is over nothing is shared any more."""

    def __init__(self) -> None:
        """Nobody has asked anything yet."""
        self._answers: dict[object, asyncio.Task[Any]] = {}
        self._is_over = False

    async def answer[Answer](
        self, question: object, ask: Callable[[], Coroutine[Any, Any, Answer]]
    ) -> Answer:
        """Return the answer to ``question``, asking once; what asking raises is everybody's."""
        if self._is_over:
            return await ask()
        task: asyncio.Task[Answer] | None = self._answers.get(question)
        if task is None:
            task = self._answers[question] = asyncio.create_task(ask())
        # Whoever loses patience goes alone.
        return await asyncio.shield(task)

    async def end(self) -> None:
        """Give up what nobody waits for any more."""
        self._is_over = True
        for task in self._answers.values():
            task.cancel()
        await asyncio.gather(*self._answers.values(), return_exceptions=True)


_now: ContextVar[CoalescedReads | None] = ContextVar("moment", default=None)


@asynccontextmanager
async def coalesced_reads() -> AsyncIterator[None]:
    """Within the block, and in the tasks begun there, ``coalesced`` reads are made once per client."""
    moment = CoalescedReads()
    token = _now.set(moment)
    try:
        yield
    finally:
        _now.reset(token)
        await moment.end()


def coalesced[Client, Answer](
    read: Callable[[Client], Coroutine[Any, Any, Answer]],
) -> Callable[[Client], Coroutine[Any, Any, Answer]]:
    """Mark a client's read that polls and tools both make: one is enough for one moment.

    Outside of a moment every call reads afresh.
    """

    @wraps(read)
    async def read_once(client: Client) -> Answer:
        moment = _now.get()
        if moment is None:
            return await read(client)
        return await moment.answer((client, read), partial(read, client))

    return read_once
