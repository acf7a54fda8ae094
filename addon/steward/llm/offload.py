"""Looks through long texts in a thread: they would hold up everything else."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

SHORT: Final = 2_000
"""Characters that are looked through faster than a thread is started: a few milliseconds' worth."""


async def offload[**Given, Result](
    texts: Iterable[str], work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result:
    """Return what ``work`` returns; in a thread when ``texts``, which it looks through, are long."""
    if sum(map(len, texts)) <= SHORT:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
