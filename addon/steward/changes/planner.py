"""Plans what is asked about: several updates at the same time, each with dry runs of its services."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from homelab_steward.contract.changes import Change
from homelab_steward.contract.later import Later
from homelab_steward.contract.maintenance import Occurrence
from homelab_steward.contract.state import TargetRef

from ..agent.plans.change_plans import ChangePlans, revisions
from ..clock import Clock
from ..errors import StewardError
from .candidates import Candidates
from .cards import Bundle
from .finding import Finder
from .found import Found
from .policy import Act, Step

PLANNED_AGAIN: Final = timedelta(minutes=10)
"""After this time the plan of an update is tried again that could not be made."""


class Windows(Protocol):
    """The maintenance windows."""

    def next_of(self, target: TargetRef) -> Occurrence | None:
        """Return the time span of the maintenance of a target that begins first."""


class Planner:
    """Makes the plans of updates, and remembers those that could not be made."""

    def __init__(self, plans: ChangePlans, finder: Finder, windows: Windows, clock: Clock) -> None:
        """``plans`` ask the services, each for a limited time."""
        self._plans = plans
        self._finder = finder
        self._windows = windows
        self._clock = clock
        self._refused: dict[str, tuple[datetime, str]] = {}

    def refusal(self, together: Sequence[Change]) -> str:
        """Return why the plan of updates could not be made a short time ago, "" when it can be tried."""
        at, reason = self._refused.get(together[0].id, (None, ""))
        is_recent = at is not None and timedelta(0) <= self._clock.now() - at < PLANNED_AGAIN
        return reason if is_recent else ""

    def forget(self) -> None:
        """Forget what is not offered any more."""
        self._refused = {key: one for key, one in self._refused.items() if key in self._finder.found}

    async def attempts(
        self, chosen: Sequence[Sequence[Change]], candidates: Candidates
    ) -> list[Bundle | Step]:
        """Return for each the bundle with its plan, or why it waits. All are planned at the same time."""
        return [*await asyncio.gather(*(self._attempt(one, candidates) for one in chosen))]

    async def bundle(self, together: Sequence[Change], candidates: Candidates) -> Bundle:
        """Return updates of one run with their plan. Raises StewardError when it cannot be made."""
        found = [candidates.found[one.id] for one in together]
        steps = [step for one in found for step in one.steps]
        return Bundle(
            changes=tuple(together),
            plan=await self._plans.make(together[0].id, revisions(together), steps),
            later=self._later(found),
            order=candidates.order(together[0]),
            wave=candidates.wave(together[0]),
            watched=self._finder.watched,
            made_of=tuple(steps),
        )

    async def _attempt(self, together: Sequence[Change], candidates: Candidates) -> Bundle | Step:
        try:
            bundle = await self.bundle(together, candidates)
        except Exception as err:  # noqa: BLE001 - one that cannot be planned keeps no other from being asked
            reason = self._plans.reason(err)
            self._refused[together[0].id] = (self._clock.now(), reason)
            return Step(Act.WAIT, reason)
        self._refused.pop(together[0].id, None)
        return bundle

    def _later(self, found: Sequence[Found]) -> Later | None:
        """Return the maintenance that updates wait for after their approval, None for none.

        Raises StewardError when there is none that they could wait for.
        """
        for one in found:
            group = self._finder.group(one)
            if group is not None and group.only_in_maintenance:
                span = self._windows.next_of(one.target)
                if span is None:
                    raise StewardError(t"There is no maintenance window for {one.target.name}.")
                return Later(at=span.starts_at, until=span.ends_at)
        return None
