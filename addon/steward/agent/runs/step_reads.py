"""Reads for a step that was started: its probe, its verification, and its duration, with retries."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.step_parts import Difference

from ...clock import Clock
from ...errors import PreconditionFailed, ServiceUnreachable, StewardError, describe_error
from ...sdk.description import Action, Effect, Undo
from ...texts import translate
from ..plans.plan import ReadyStep
from ..plans.references import Work
from ..plans.resolver import Resolver
from .journal import Journal
from .progress import LONGEST_LOOKED_FOR, LONGEST_READ, RETRY_DELAYS, Look

log = structlog.get_logger(__name__)

type Baseline = Mapping[str, Value]


class StepReads:
    """Calls the reading functions of an action with the current baseline of the journal. Changes nothing."""

    def __init__(self, journal: Journal, resolver: Resolver, clock: Clock) -> None:
        """``clock`` is used to wait between two tries."""
        self._journal = journal
        self._resolver = resolver
        self._clock = clock

    async def takes(self, work: Work) -> float:
        """Return within how many seconds a step has its effect and result, 0 when its action does not say."""

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

    async def look(self, work: Work, looked_for: float) -> Look:
        """Return the result of one probe of a started step.

        Its ``within`` is ``looked_for`` seconds, or longer when the action may take longer.
        """

        async def read(ready: ReadyStep, baseline: Baseline) -> Look:
            action = ready.action
            effect = await action.probe(ready.client, ready.call, baseline)
            own = {Effect.UNKNOWABLE: 0.0, Effect.BEGUN: LONGEST_LOOKED_FOR}
            return Look(effect, action.deduplicated, own.get(effect, within))

        within = max(looked_for, await self.takes(work))
        try:
            return await self.read(work, read)
        except Exception as err:  # noqa: BLE001 - not known is a result, with its reason
            log.warning("probe failed", run=work.run_id, step=work.entry.position, reason=self.text(err))
            is_away, action = isinstance(err, ServiceUnreachable), self.action(work)
            is_deduplicated = action is not None and action.deduplicated
            return Look(Effect.UNKNOWN, is_deduplicated, within, is_away)

    async def with_advice(self, work: Work, detail: str) -> str:
        """Return ``detail`` with the action's advice what a person has to check, if it has one."""
        try:
            ready = self._resolver.begun(work.step)
        except StewardError:
            return detail
        if ready.action.in_doubt is None:
            return detail
        baseline = await self._journal.baseline(work.run_id, work.entry.position)
        advice = translate(ready.action.in_doubt(ready.call, baseline))
        return f"{detail.removesuffix('.')}. {self._resolver.clean(advice)}"

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
    """Return the changes that the undo of a step would make now, nothing when it is undone."""
    return await undo_of(ready).dry_run(ready.client, ready.call, baseline)
