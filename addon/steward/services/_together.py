"""Several calls at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """Yield a group whose tasks run side by side and have all ended when it is left.

    The first that fails ends the others and its error is raised as it is: unlike
    asyncio.gather nothing goes on unseen, unlike a bare group it is no group of errors.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as err:
        raise err.exceptions[0] from None
