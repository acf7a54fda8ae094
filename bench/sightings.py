"""When each step of an incident was first seen from outside, on one clock."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from demo.front_end import FrontEndClient
from homelab_steward.contract.incidents import IncidentStatus
from lab.lab import Lab

OVER = (IncidentStatus.RESOLVED, IncidentStatus.IGNORED)


class NotSeenError(Exception):
    """Something did not come about in time; the text says what."""


class Sightings:
    """`with Sightings(lab, face) as seen:` notes when things become visible.

    Moments are `time.perf_counter()` seconds: when the face was told of an incident's status
    or of a request, and when a push with buttons or a message with buttons reached the
    simulators. A notification bears the id of the request it asks for.
    """

    def __init__(self, lab: Lab, front_end: FrontEndClient) -> None:
        self.statuses: dict[tuple[str, IncidentStatus], float] = {}
        self.requests: dict[str, float] = {}
        self.notifications: dict[str, float] = {}
        self.cards: dict[int, float] = {}
        self._lab = lab
        self._front_end = front_end
        self._changed = asyncio.Event()
        self._ends: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        self._ends = [
            self._front_end.changes.subscribe(self._look_at_front_end),
            self._lab.phone.changes.subscribe(self._look_at_phone),
            self._lab.telegram.forum.changes.subscribe(self._look_at_forum),
        ]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        for end in self._ends:
            end()

    def is_calm(self) -> bool:
        """Whether every incident is over and nothing waits on the phone."""
        is_over = all(one.status in OVER for one in self._front_end.incidents.values())
        return is_over and not any(one.actions for one in self._lab.phone.notifications)

    async def until[T](self, look: Callable[[], T | None], seconds: float, what: str) -> T:
        """Return what ``look()`` gives as soon as it gives something true; raises `NotSeenError`."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := look()):
                    self._changed.clear()
                    await self._changed.wait()
                return found
        except TimeoutError as err:
            raise NotSeenError(f"{what} was not seen within {seconds:g} s") from err

    def _look_at_front_end(self) -> None:
        now = time.perf_counter()
        for incident in self._front_end.incidents.values():
            self.statuses.setdefault((incident.id, incident.status), now)
        for request_id in self._front_end.approvals:
            self.requests.setdefault(request_id, now)
        self._changed.set()

    def _look_at_phone(self) -> None:
        now = time.perf_counter()
        for shown in self._lab.phone.notifications:
            if shown.tag is not None and shown.actions:
                self.notifications.setdefault(shown.tag, now)
        self._changed.set()

    def _look_at_forum(self) -> None:
        now = time.perf_counter()
        for message in self._lab.telegram.forum.messages:
            if message.keyboard:
                self.cards.setdefault(message.message_id, now)
        self._changed.set()
