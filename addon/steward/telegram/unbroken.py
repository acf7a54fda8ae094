"""Lets a step finish when its task is stopped in the middle of it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

GRACE: Final = 3.0
"""Seconds a step may still take after we were told to stop."""


async def unbroken[T](step: Coroutine[Any, Any, T]) -> T:
    """Return what ``step`` returns; a cancellation waits for its end, for a moment.

    So a message that is on its way is written down as sent, and no transaction is torn.
    """
    task = asyncio.create_task(step, name="telegram: step")
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=GRACE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
