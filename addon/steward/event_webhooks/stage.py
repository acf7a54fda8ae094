"""Runs the webhooks of the settings beside each other: a slow one does not delay the others."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from homelab_steward.contract.protocol import RowKind

from ..store.changes import Changes
from .events import Backlog
from .sender import EventSender

KINDS: Final = (RowKind.INCIDENT, RowKind.APPROVAL, RowKind.CHANGE, RowKind.MODE, RowKind.LEVEL)
"""Each event is committed with a row of these kinds, which is published after it."""


class EventWebhooks:
    """All webhooks, each with a task of its own."""

    def __init__(self, senders: Sequence[EventSender], changes: Changes) -> None:
        """``changes`` tells when something happened."""
        self._senders = tuple(senders)
        self._changes = changes
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Send what happened while the app was off, then what happens."""
        self._tasks = [
            asyncio.create_task(one.run(), name=f"event webhook {one.id}") for one in self._senders
        ]
        self._tasks.append(asyncio.create_task(self._listen(), name="event webhooks listen"))

    async def close(self) -> None:
        """Stop; the next start sends the rest."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def waiting(self) -> Mapping[str, Backlog]:
        """Return what waits for each webhook, by its id."""
        return {one.id: await one.waiting() for one in self._senders}

    async def _listen(self) -> None:
        with self._changes.watch(*KINDS) as watch:
            async for _ in watch:
                for one in self._senders:
                    one.wake()
