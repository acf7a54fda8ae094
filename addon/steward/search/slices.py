"""Adds many documents to an index without holding the event loop."""

import asyncio
import time
from collections.abc import Iterable
from typing import Final

from .index import Document, Index, prepare

SLICE: Final = 0.008
"""Seconds after which other work may run; one document of the largest size takes about as long."""


async def put_all(index: Index, documents: Iterable[Document]) -> None:
    """Add the documents one after another; each is found as soon as it was added."""
    end = time.perf_counter() + SLICE
    for one in documents:
        index.put(prepare(one))
        if time.perf_counter() >= end:
            await asyncio.sleep(0)
            end = time.perf_counter() + SLICE
