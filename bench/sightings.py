"""Records when each step of an incident was first visible to clients, on one clock."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from demo.front_end import FrontEndClient
from homelab_steward.contract.incidents import IncidentStatus
from lab.lab import Lab

CLOSED = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)


class NotSeenError(Exception):
    """Something was not seen in time; the text says what."""


class Sightings:
    """`with Sightings(lab, front_end) as seen:` records when steps become visible.

    Times are `time.perf_counter()` seconds: when the client received an incident's status or a
    request, and when a push with buttons or a message with buttons reached the simulators. A
    notification has the id of its request as tag.
    """

    def __init__(self, lab: Lab, front_end: FrontEndClient) -> None:
        self.statuses: dict[tuple[str, IncidentStatus], float] = {}
        self.requests: dict[str, float] = {}
        self.notifications: dict[str, float] = {}
        self.cards: dict[int, float] = {}
        self._lab = lab
        self._front_end = front_end
        self._changed = asyncio.Event()
        self._unsubscribes: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        self._unsubscribes = [
            self._front_end.changes.subscribe(self._on_front_end),
            self._lab.phone.changes.subscribe(self._on_phone),
            self._lab.telegram.forum.changes.subscribe(self._on_forum),
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        for unsubscribe in self._unsubscribes:
            unsubscribe()

    def are_all_closed(self) -> bool:
        """Return whether every incident is closed and the phone shows no request."""
        are_closed = all(one.status in CLOSED for one in self._front_end.incidents.values())
        return are_closed and not any(one.actions for one in self._lab.phone.notifications)

    async def until[T](self, condition: Callable[[], T | None], seconds: float, what: str) -> T:
        """Return the first true value of ``look()``. Raises NotSeenError after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := condition()):
                    self._changed.clear()
                    await self._changed.wait()
                return found
        except TimeoutError as err:
            raise NotSeenError(f"{what} was not seen within {seconds:g} s") from err

    def _on_front_end(self) -> None:
        now = time.perf_counter()
        for incident in self._front_end.incidents.values():
            self.statuses.setdefault((incident.id, incident.status), now)
        for request_id in self._front_end.approvals:
            self.requests.setdefault(request_id, now)
        self._changed.set()

    def _on_phone(self) -> None:
        now = time.perf_counter()
        for notification in self._lab.phone.notifications:
            if notification.tag is not None and notification.actions:
                self.notifications.setdefault(notification.tag, now)
        self._changed.set()

    def _on_forum(self) -> None:
        now = time.perf_counter()
        for message in self._lab.telegram.forum.messages:
            if message.keyboard:
                self.cards.setdefault(message.message_id, now)
        self._changed.set()
