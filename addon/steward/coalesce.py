"""Identical reads within one block are made once and share their result."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any


class _Block:
    """The reads of one block; after its end nothing is shared any more."""

    def __init__(self) -> None:
        self._tasks: dict[object, asyncio.Task[Any]] = {}
        self._has_ended = False

    async def result[Result](self, key: object, read: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Return the result for ``key``, reading once; an exception is raised to every caller."""
        if self._has_ended:
            return await read()
        task: asyncio.Task[Result] | None = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(read())
        # A caller that is cancelled does not cancel the read of the others.
        return await asyncio.shield(task)

    async def end(self) -> None:
        """Cancel the reads that are still under way."""
        self._has_ended = True
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


_block: ContextVar[_Block | None] = ContextVar("coalescing", default=None)


@asynccontextmanager
async def coalesced_reads() -> AsyncIterator[None]:
    """Within the block, and in tasks started there, coalesced reads of one key are made once.

    A block within another one shares its reads.
    """
    if _block.get() is not None:
        yield
        return
    block = _Block()
    token = _block.set(block)
    try:
        yield
    finally:
        _block.reset(token)
        await block.end()


async def coalesced[Result](key: object, read: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Return what ``read`` returns; within a block, calls with an equal ``key`` share one read.

    Outside of a block every call reads.
    """
    block = _block.get()
    return await (read() if block is None else block.result(key, read))
