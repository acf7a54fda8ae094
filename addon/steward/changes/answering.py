"""Waits for a change after which what instances offer is read at once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.protocol import Event
from homelab_steward.contract.state import InstanceStatus

from ..store.changes import Lost, Watch
from .policy import FAILED


class Answering:
    """The instances that answer, as ``watch`` says of rows of instances, snapshots and changes."""

    def __init__(self, watch: Watch, offered: Callable[[str], object]) -> None:
        """``offered`` returns which versions an instance has by its last poll."""
        self._watch = watch
        self._offered = offered
        self._ok: set[str] = set()
        self._seen: dict[str, object] = {}

    async def next(self) -> None:
        """Return when an instance answers again or offers something else, or an update failed."""
        while not self._is_due(await self._watch.next()):
            pass

    def _is_due(self, event: Event | Lost) -> bool:
        if isinstance(event, Lost):
            return True
        if event.change is not None:
            return event.change.status in FAILED - {ChangeStatus.BLOCKED}
        return self._has_changed(event) if event.snapshot else self._answers(event)

    def _answers(self, event: Event) -> bool:
        is_ok = event.instance is not None and event.instance.status is InstanceStatus.OK
        was_ok = event.id in self._ok
        (self._ok.add if is_ok else self._ok.discard)(event.id)
        return is_ok and not was_ok

    def _has_changed(self, event: Event) -> bool:
        before, now = self._seen.get(event.id, ()), self._offered(event.id)
        self._seen[event.id] = now
        return now != before


async def either(first: Coroutine[Any, Any, object], second: Coroutine[Any, Any, object]) -> None:
    """Wait for the first of two to end, and cancel the other one."""
    tasks = [asyncio.create_task(first, eager_start=True), asyncio.create_task(second)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def relevant(watch: Watch) -> None:
    """Return when something changed that an update may wait for."""
    while not _matters(await watch.next()):
        pass


def _matters(event: Event | Lost) -> bool:
    if isinstance(event, Lost):
        return True
    if event.approval is not None:
        # Nothing can begin because a request waits, and a message about it is to be sent now.
        return event.approval.status is not ApprovalStatus.PENDING
    incident = event.incident
    return incident is None or incident.is_request or incident.status.is_closed
