"""The command that runs the app."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..errors import LeadershipLost, StewardError
from ..heap import limit_heap
from ..settings.model import Settings
from ..settings.reader import keep_secrets
from .command import FAILURE, SUCCESS, Command, settings_argument, with_settings


async def _run(_options: argparse.Namespace, settings: Settings) -> int:
    """Run until SIGINT or SIGTERM, or until another replica takes over."""
    limit_heap()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    app: App | None = None
    try:
        with _without_collection():
            from ..app import App  # a slow import that the parser does not need

            app = App(keep_secrets(settings))
        # A standby waits here for any time.
        if not await _ended_before(app.lead(), stop):
            return SUCCESS
        with _without_collection():
            await app.start()
        if await _ended_before(app.lost(), stop):
            print("Another process of the steward has taken over: this one stops.", file=sys.stderr)
            return FAILURE
    except StewardError as err:
        print(f"The steward cannot start: {err}", file=sys.stderr)
        return FAILURE
    finally:
        if app is not None:
            with suppress(LeadershipLost):
                await app.close()
    return SUCCESS


async def _ended_before(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> bool:
    """Return whether ``work`` ended before ``stop`` was set; then it is cancelled. Raises what it raises."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
            return True
        return False
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Collect no garbage in the block, and never visit what was made in it.

    Nearly everything that the start makes stays: looking through it takes a sixth of the start,
    and would block the event loop at each full collection.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


COMMAND = Command(add_arguments=settings_argument, work=with_settings(_run))
