"""Reads of a step that was begun: what they return, and for how long they are tried again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.step_parts import Difference

from ...clock import Clock
from ...errors import PreconditionFailed, ServiceUnreachable, StewardError, describe_error
from ...sdk.description import Action, Undo
from ..plans.plan import ReadyStep
from ..plans.references import Work
from ..plans.resolver import Resolver
from .journal import Journal
from .progress import LONGEST_LOOKED_FOR, LONGEST_READ, RETRY_DELAYS

log = structlog.get_logger(__name__)

type Baseline = Mapping[str, Value]


class StepReads:
    """Calls what an action reads, with the baseline that the journal has now. Nothing is changed."""

    def __init__(self, journal: Journal, resolver: Resolver, clock: Clock) -> None:
        """Between two tries ``clock`` is waited for."""
        self._journal = journal
        self._resolver = resolver
        self._clock = clock

    async def takes(self, work: Work) -> float:
        """Return within how many seconds a step has its effect and its result, 0 when that is not said."""

        async def read(ready: ReadyStep, baseline: Baseline) -> float:
            action = ready.action
            return await action.latest(ready.client, ready.call, baseline) if action.latest else 0.0

        try:
            return min(await self.read(work, read), LONGEST_LOOKED_FOR)
        except Exception as err:  # noqa: BLE001 - it is looked for as long as any other effect
            log.warning(
                "duration not known", run=work.run_id, step=work.entry.position, reason=self.text(err)
            )
            return 0.0

    def action(self, work: Work) -> Action[Any] | None:
        """Return the action of a step that was started, None while there is no client."""
        try:
            return self._resolver.begun(work.step).action
        except StewardError:
            return None

    async def with_retries[Result](
        self, work: Work, read: Callable[[ReadyStep, Baseline], Awaitable[Result]]
    ) -> Result:
        """Return what ``read`` returns, trying again while the service does not answer.

        Raises what the last try raises.
        """
        for wait in RETRY_DELAYS:
            try:
                return await self.read(work, read)
            except ServiceUnreachable:
                await self._clock.sleep(wait)
        return await self.read(work, read)

    async def read[Result](
        self, work: Work, read: Callable[[ReadyStep, Baseline], Awaitable[Result]]
    ) -> Result:
        """Return what ``read`` returns. Raises what it raises, and TimeoutError."""
        # The journal's baseline: the action may have added a handle while it was carried out.
        baseline = await self._journal.baseline(work.run_id, work.entry.position)
        async with asyncio.timeout(LONGEST_READ):
            return await read(self._resolver.begun(work.step), baseline)

    def text(self, error: BaseException) -> str:
        """Return an error as a text for people, without configured secrets."""
        return self._resolver.clean(describe_error(error))


def undo_of(ready: ReadyStep) -> Undo[Any]:
    """Return how a step is undone. Raises PreconditionFailed when it cannot be."""
    if ready.action.undo is None:
        raise PreconditionFailed(t"{ready.action.name} cannot be undone")
    return ready.action.undo


async def undo_changes(ready: ReadyStep, baseline: Baseline) -> tuple[Difference, ...]:
    """Return what undoing a step would change now; nothing when it is undone."""
    return await undo_of(ready).dry_run(ready.client, ready.call, baseline)
