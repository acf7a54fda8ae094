"""Imports the MCP libraries in one thread of their own, one after the other.

The import takes about a second and would block the event loop. Two threads that import parts of the same
library can each wait for the other, and Python then ends one of the imports with an error.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

_THREAD: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="imports")


async def imported[Module](load: Callable[[], Module]) -> Module:
    """Return what ``load`` imports, after all imports that were begun before."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, load)
