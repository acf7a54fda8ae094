"""Several calls at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Yield a task group whose tasks have all ended when the block is left.

    The first task that fails cancels the others and its exception is raised as it is:
    unlike asyncio.gather nothing runs on, unlike a bare group it is not an exception group.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as err:
        raise err.exceptions[0] from None
