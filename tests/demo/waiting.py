"""Waits until something is as it should be, and says what was waited for when it never is."""

import asyncio
from collections.abc import Awaitable, Callable

from lab.changes import Changes

LOOK_SECONDS = 0.05


class Expected(AssertionError):
    """Something is not as it should be; the text says what."""


def expect(is_so: object, otherwise: str) -> None:
    """Raise `Expected` with the text unless it is so."""
    if not is_so:
        raise Expected(otherwise)


async def seen[T](changes: Changes, condition: Callable[[], T | None], timeout: float, what: str) -> T:
    """Wait until `condition()` is true and return what it gave; raises `Expected` naming `what`."""
    try:
        found = await changes.wait_for(condition, timeout)
    except TimeoutError as err:
        raise Expected(f"{what} was not seen within {timeout:g} s") from err
    if found is None:
        raise Expected(what)
    return found


async def becomes[T](look: Callable[[], Awaitable[T]], timeout: float, what: str) -> T:
    """Ask again until `look()` gives something true; raises `Expected` naming `what`."""
    try:
        async with asyncio.timeout(timeout):
            while True:
                if found := await look():
                    return found
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as err:
        raise Expected(f"{what} did not come about within {timeout:g} s") from err
