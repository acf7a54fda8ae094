"""Brings about one step and takes it back: the only place that calls what changes the world."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from homelab_steward.contract.incidents import CheckResult, PlannedStep, StepState

from ..clock import Clock
from ..description import Effect
from ..errors import (
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
    in_words,
)
from ..store import runs
from .journal import Journal
from .resolver import ReadyStep, Resolver

log = structlog.get_logger(__name__)

RETRY_DELAYS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between looks at a service that does not answer: it may be restarting."""

LONGEST_EFFECT: Final = 900.0
LONGEST_LOOK: Final = 300.0
"""Seconds after which a service's code is given up: nothing may hold a lease for ever."""

NOTHING_HAPPENED: Final = (
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
"""Errors after which it is certain that the service changed nothing."""

UNSEEN: Final = "it was sent, but whether it happened cannot be seen: please look"


@dataclass(frozen=True, slots=True)
class Work:
    """One step of a run: as it was approved, and as the journal has it."""

    run_id: str
    step: PlannedStep
    entry: runs.Entry


class Effects:
    """Does steps at most once. Whatever a service's code raises becomes an answer here."""

    def __init__(
        self, journal: Journal, resolver: Resolver, clock: Clock, retry_delays: Sequence[float] = RETRY_DELAYS
    ) -> None:
        """Everything is written ahead to ``journal``."""
        self._journal = journal
        self._resolver = resolver
        self._clock = clock
        self._retry_delays = retry_delays

    async def bring_about(self, work: Work) -> str | None:
        """Bring a step to its end, whatever state it is in.

        Return why it failed in words for people, None when it was read back and holds.
        """
        state = work.entry.state
        if state is StepState.VERIFIED:
            return None
        if state is StepState.FAILED:
            return work.entry.detail
        failure = None
        if state in (StepState.STARTED, StepState.EFFECT_UNKNOWN):
            # A former life was cut off here: look before anything else.
            failure = await self._find_out(work)
        elif state is StepState.INTENDED:
            failure = await self._do(work)
        return failure or await self._read_back(work)

    async def take_back(self, work: Work) -> bool:
        """Undo a step that took effect; return whether it is as before now."""
        begun_now = await self._journal.begin_undo(work.run_id, work.entry.position)
        try:
            detail = await (self._undo(work) if begun_now else self._finish_undo(work))
        except Exception:
            log.warning("could not undo", run=work.run_id, step=work.entry.position, exc_info=True)
            return False
        if detail is None:
            return False
        await self._mark(work, StepState.UNDONE, detail)
        return True

    async def _do(self, work: Work) -> str | None:
        """Do a step for the first time, written ahead."""
        if not await self._journal.lease(work.run_id, work.step):
            return await self._fail(work, f"another run is at work on {work.step.target.name}")
        try:
            ready = self._resolver.ready(work.step)
            async with asyncio.timeout(LONGEST_LOOK):
                await ready.action.precheck(ready.client, ready.call, work.entry.baseline)
        except Exception as err:  # noqa: BLE001 - nothing was sent; the reason is told
            return await self._fail(work, in_words(err))
        if not await self._journal.start(work.run_id, work.entry.position):
            return await self._find_out(work)
        try:
            async with asyncio.timeout(LONGEST_EFFECT):
                detail = await ready.action.execute(ready.client, ready.call, work.entry.baseline)
        except NOTHING_HAPPENED as err:
            return await self._fail(work, str(err))
        except Exception as err:
            # Whatever went wrong, the change may have been made.
            log.warning("effect unknown", run=work.run_id, step=work.entry.position, exc_info=True)
            await self._mark(work, StepState.EFFECT_UNKNOWN, in_words(err))
            return await self._find_out(work)
        await self._mark(work, StepState.EFFECT_KNOWN, detail)
        return None

    async def _find_out(self, work: Work) -> str | None:
        """Look whether a started step took effect; never do it blindly again."""
        effect, is_idempotent = await self._probe(work)
        if effect is Effect.DONE:
            await self._mark(work, StepState.EFFECT_KNOWN, "found done when looked at afterwards")
            return None
        if effect is Effect.UNKNOWN:
            await self._mark(work, StepState.EFFECT_UNKNOWN, UNSEEN)
            return UNSEEN
        if work.entry.state is StepState.STARTED and is_idempotent:
            # After a crash nothing of ours is under way any more, and doing this twice
            # would be the same as doing it once. It is tried once more, not for ever.
            await self._mark(work, StepState.INTENDED, "")
            return await self._do(replace(work, entry=replace(work.entry, state=StepState.INTENDED)))
        return await self._fail(work, "it was sent, but it did not happen")

    async def _probe(self, work: Work) -> tuple[Effect, bool]:
        """Return what became of a started step, and whether it may be done twice."""

        async def look(ready: ReadyStep) -> tuple[Effect, bool]:
            effect = await ready.action.probe(ready.client, ready.call, work.entry.baseline)
            return effect, ready.action.idempotent

        try:
            return await self._with_retries(work, look)
        except Exception as err:  # noqa: BLE001 - not to know is an answer, and is told
            log.warning("probe failed", run=work.run_id, step=work.entry.position, reason=in_words(err))
            return Effect.UNKNOWN, False

    async def _read_back(self, work: Work) -> str | None:
        """Read back what the step was to reach: no claim without it."""

        async def look(ready: ReadyStep) -> CheckResult:
            return await ready.action.verify(ready.client, ready.call, work.entry.baseline)

        try:
            result = await self._with_retries(work, look)
        except Exception as err:  # noqa: BLE001 - not to know is an answer, and is told
            return f"it was done, but could not be read back: {in_words(err)}"
        if not result.ok:
            return f"it was sent, but {result.name} is {result.text}"
        await self._mark(work, StepState.VERIFIED, result.text)
        return None

    async def _with_retries[Seen](self, work: Work, look: Callable[[ReadyStep], Awaitable[Seen]]) -> Seen:
        """Return what a look at the service found, waiting while it does not answer.

        Raises whatever the last look raises.
        """
        for wait in self._retry_delays:
            try:
                return await self._look(work, look)
            except ServiceUnreachable:
                await self._clock.sleep(wait)
        return await self._look(work, look)

    async def _look[Seen](self, work: Work, look: Callable[[ReadyStep], Awaitable[Seen]]) -> Seen:
        async with asyncio.timeout(LONGEST_LOOK):
            return await look(self._resolver.begun(work.step))

    async def _undo(self, work: Work) -> str | None:
        """Bring the baseline back; return the service's word for it, None when there is no way."""
        ready = self._resolver.begun(work.step)
        if ready.action.undo is None:
            return None
        async with asyncio.timeout(LONGEST_EFFECT):
            return await ready.action.undo(ready.client, ready.call, work.entry.baseline)

    async def _finish_undo(self, work: Work) -> str | None:
        """Go on with an undo that was cut off: look first, as with any change."""
        effect, _ = await self._probe(work)
        if effect is Effect.NOT_DONE:
            return "found undone when looked at afterwards"
        return await self._undo(work) if effect is Effect.DONE else None

    async def _fail(self, work: Work, failure: str) -> str:
        await self._mark(work, StepState.FAILED, failure)
        return failure

    async def _mark(self, work: Work, state: StepState, detail: str) -> None:
        await self._journal.mark(work.run_id, work.entry.position, state, detail)
