"""Runs work on long texts in a thread, so that it does not block the event loop."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

SHORT: Final = 2_000
"""Texts of at most this many characters are processed directly, in a few milliseconds."""


async def offload[**Given, Result](
    texts: Iterable[str], work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """Return the result of ``work``; run it in a thread if ``texts``, which it reads, are long."""
    if sum(map(len, texts)) <= SHORT:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
