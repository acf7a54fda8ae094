"""Task groups that raise plain errors, work that is repeated, and steps that a cancellation does not end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

import structlog

from .clock import Clock

log = structlog.get_logger(__name__)

GRACE: Final = 3.0
"""Seconds that a step may take to finish after its caller was cancelled."""


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """Yield a task group; all its tasks have ended when the block is left.

    The first task that fails cancels the others. Its error is raised as it is, not as a
    group of errors.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as err:
        raise err.exceptions[0] from None


async def repeat(
    work: Callable[[], Awaitable[object]],
    seconds: float,
    clock: Clock,
    failure: str,
    *,
    at_once: bool = False,
) -> None:
    """Call ``work`` every ``seconds`` until cancelled; ``at_once``: without a wait before the first call.

    An error of a call is logged as ``failure``; the next call is made at its time.
    """
    if not at_once:
        await clock.sleep(seconds)
    while True:
        try:
            await work()
        except Exception:
            log.exception(failure)
        await clock.sleep(seconds)


async def run_to_completion[T](step: Coroutine[Any, Any, T], name: str) -> T:
    """Return what ``step`` returns. A cancellation waits up to GRACE seconds for the step to finish.

    A message that is being sent is then recorded as sent, and no transaction is cut off.
    """
    # Eager: what need not wait is done without a turn of the event loop.
    task = asyncio.create_task(step, name=name, eager_start=True)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=GRACE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
