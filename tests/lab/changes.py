"""Notifies listeners of changes, and waits for conditions."""

import asyncio
from collections.abc import Callable
from contextlib import suppress


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

        It is checked within every change too, so that a state that the next change replaces at once is found.
        Changes that only depend on time are detected within `poll_seconds` (None: never).
        Raises TimeoutError after `timeout` seconds, and what `condition` raises.
        """
        changed, found = asyncio.Event(), list[T]()

        def check() -> None:
            changed.set()
            # In the middle of a change it may ask for what is not there yet; it is checked again after it.
            with suppress(Exception):
                if not found and (value := condition()):
                    found.append(value)

        unsubscribe = self.subscribe(check)
        try:
            async with asyncio.timeout(timeout):
                while not found and not (value := condition()):
                    await _changed(changed, poll_seconds)
                return found[0] if found else value
        finally:
            unsubscribe()


async def _changed(changed: asyncio.Event, poll_seconds: float | None) -> None:
    try:
        async with asyncio.timeout(poll_seconds):
            await changed.wait()
    except TimeoutError:
        return
    changed.clear()
