"""Notifies listeners of changes, and waits for conditions."""

import asyncio
from collections.abc import Callable


class Changes:
    """Notifies listeners when its owner changes."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change. Returns a function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def notify(self) -> None:
        """Call all listeners."""
        for listener in tuple(self._listeners):
            listener()

    async def wait_for[T](
        self, condition: Callable[[], T], timeout: float = 30.0, *, poll_seconds: float | None = 0.02
    ) -> T:
        """Return the first true value of `condition()`.

        Changes that only depend on time are detected within `poll_seconds` (None: never).
        Raises TimeoutError after `timeout` seconds.
        """
        changed = asyncio.Event()
        unsubscribe = self.subscribe(changed.set)
        try:
            async with asyncio.timeout(timeout):
                while not (value := condition()):
                    await _changed(changed, poll_seconds)
                return value
        finally:
            unsubscribe()


async def _changed(changed: asyncio.Event, poll_seconds: float | None) -> None:
    try:
        async with asyncio.timeout(poll_seconds):
            await changed.wait()
    except TimeoutError:
        return
    changed.clear()
