"""Notifies listeners of changes, and waits for conditions."""

import asyncio
from collections.abc import Callable
from functools import partial


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

        It is checked within every change, so that a state that the next change replaces at once is found too.
        Changes that only depend on time are detected within `poll_seconds` (None: never).
        Raises TimeoutError after `timeout` seconds, and what `condition` raises.
        """
        found: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        check = partial(_check, found, condition)
        unsubscribe = self.subscribe(check)
        try:
            async with asyncio.timeout(timeout):
                check()
                while not found.done():
                    await asyncio.wait((found,), timeout=poll_seconds)
                    check()
                return found.result()
        finally:
            unsubscribe()


def _check[T](found: asyncio.Future[T], condition: Callable[[], T]) -> None:
    if found.done():
        return
    try:
        value = condition()
    except Exception as err:  # noqa: BLE001 - it is raised where the condition is waited for
        found.set_exception(err)
    else:
        if value:
            found.set_result(value)
