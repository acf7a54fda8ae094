"""What the clients of both programs offer."""

from abc import abstractmethod
from typing import Final

from ...errors import EffectUnknown
from ...sdk.client import Authentication, Rest
from ...sdk.description import Access, Call, Gaps
from ...sdk.kits import Job, Paused
from .models import FilterState

SLOW: Final = 180.0
"""Seconds for an update of the lists: it is answered when all are loaded."""


class FilterClient[S: FilterState](Rest):
    """One program. ``late`` waits longer for its answers."""

    def __init__(self, access: Access, base: str, auth: Authentication, state: type[S]) -> None:
        super().__init__(access, base=base, auth=auth)
        self.late = Rest(access, base=base, auth=auth, timeout=SLOW)
        self._state = state

    @abstractmethod
    async def read_paused(self) -> Paused:
        """Return whether it filters. Raises NotKnown."""

    @abstractmethod
    async def pause(self, seconds: float) -> object:
        """Turn filtering off for some seconds."""

    @abstractmethod
    async def resume(self) -> object:
        """Turn filtering on."""

    @abstractmethod
    async def updated(self) -> float:
        """Return when a list was updated last (Unix time), 0 when none ever was."""

    @abstractmethod
    async def refresh(self) -> object:
        """Update all lists; it ends when that is done."""

    async def poll(self, gaps: Gaps) -> S:
        """Return the state. Raises ServiceError."""
        return await self._state.poll(self, gaps)

    async def update_lists(self, _: Call) -> str:
        """Update the lists and return the handle. Raises EffectUnknown when no list is newer."""
        before = await self.updated()
        await self.refresh()
        after = await self.updated()
        if after == before:
            raise EffectUnknown(t"The update was requested, and no list is newer")
        return f"{after:.3f}"

    async def last_update(self, _: Call) -> Job:
        """Return the last update of a list."""
        at = await self.updated()
        return Job(handle=f"{at:.3f}", is_running=False, ok=True, text="updated", order=at)
