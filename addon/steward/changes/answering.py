"""Waits until an instance answers again: what it offers is then read at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from homelab_steward.contract.state import InstanceStatus

from ..store.changes import Lost, Watch


class Answering:
    """The instances that answer, as ``watch`` says of rows of instances."""

    def __init__(self, watch: Watch) -> None:
        """Nothing is known yet."""
        self._watch = watch
        self._ok: set[str] = set()

    async def next(self) -> None:
        """Return when an instance answers that did not before, or when rows were lost."""
        while True:
            event = await self._watch.next()
            if isinstance(event, Lost):
                return
            is_ok = event.instance is not None and event.instance.status is InstanceStatus.OK
            was_ok = event.id in self._ok
            (self._ok.add if is_ok else self._ok.discard)(event.id)
            if is_ok and not was_ok:
                return


async def either(first: Coroutine[Any, Any, object], second: Coroutine[Any, Any, object]) -> None:
    """Return when one of two ends; the other one is cancelled."""
    tasks = [asyncio.create_task(first, eager_start=True), asyncio.create_task(second)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
