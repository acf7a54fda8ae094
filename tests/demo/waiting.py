"""Waits for conditions, with an error that names the condition."""

import asyncio
from collections.abc import Awaitable, Callable

from lab.changes import Changes

POLL_SECONDS = 0.05


class Expected(AssertionError):
    """An expectation failed; the text says which."""


def expect(condition: object, message: str) -> None:
    """Raise Expected with the text unless the condition is true."""
    if not condition:
        raise Expected(message)


async def seen[T](changes: Changes, condition: Callable[[], T | None], timeout: float, what: str) -> T:
    """Return the first true value of `condition()`. Raises Expected with `what`."""
    try:
        found = await changes.wait_for(condition, timeout)
    except TimeoutError as err:
        raise Expected(f"{what} was not seen within {timeout:g} s") from err
    if found is None:
        raise Expected(what)
    return found


async def becomes[T](look: Callable[[], Awaitable[T]], timeout: float, what: str) -> T:
    """Poll `look()` and return its first true value. Raises Expected with `what`."""
    try:
        async with asyncio.timeout(timeout):
            while True:
                if found := await look():
                    return found
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError as err:
        raise Expected(f"{what} did not happen within {timeout:g} s") from err
