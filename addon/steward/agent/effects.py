"""Carries out one step and undoes it: the only place that calls what changes a service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult, Difference, StepState

from ..clock import Clock
from ..errors import (
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
    describe_error,
)
from ..sdk.description import Effect, Undo
from .journal import Journal
from .references import References, Work
from .resolver import ReadyStep, Resolver

log = structlog.get_logger(__name__)

RETRY_DELAYS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between reads of a service that does not answer: it may be restarting."""

LONGEST_EFFECT: Final = 900.0
LONGEST_READ: Final = 300.0
"""Seconds after which a call of a service's code is cancelled: a lease must not be held forever."""

NOTHING_CHANGED: Final = (
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
"""Errors after which it is certain that the service changed nothing."""

NOT_SEEN: Final = "it was sent, but whether it happened is not known"
NOT_DONE: Final = "it was sent, but it did not happen"

type Baseline = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a step came: it is done, unless one of these is set.

    ``failure`` is why it failed. ``unknown`` is why its result is not known. ``wait`` is the
    number of seconds until it is to be carried on.
    """

    failure: str | None = None
    unknown: str | None = None
    wait: float | None = None


class Effects:
    """Carries out each step at most once. Every exception of a service's code becomes a result."""

    def __init__(
        self, journal: Journal, resolver: Resolver, clock: Clock, retry_delays: Sequence[float] = RETRY_DELAYS
    ) -> None:
        """Each change of state is written to ``journal`` first."""
        self._journal = journal
        self._resolver = resolver
        self._references = References(journal, resolver)
        self._clock = clock
        self._retry_delays = retry_delays

    async def carry_out(self, work: Work) -> Progress:
        """Carry out a step, whatever state it is in.

        When its result is not known the journal keeps EFFECT_KNOWN.
        """
        state = work.entry.state
        if state is StepState.VERIFIED:
            return Progress()
        if state is StepState.FAILED:
            return Progress(failure=work.entry.detail)
        failure = None
        if state in (StepState.STARTED, StepState.EFFECT_UNKNOWN):
            # The process ended here: probe before anything else.
            failure = await self._find_out(work)
        elif state is StepState.INTENDED:
            failure, work = await self._begin(work)
        if failure is not None:
            return Progress(failure=failure)
        result = await self.read_back(work)
        if result.ok is None:
            return Progress(unknown=result.text)
        return (
            Progress() if result.ok else Progress(failure=f"it was sent, but {result.name} is {result.text}")
        )

    async def read_back(self, work: Work) -> CheckResult:
        """Return what the action reads of its goal, and write it to the journal.

        ``ok`` is None when it is not known, also when it cannot be read.
        """

        async def read(ready: ReadyStep, baseline: Baseline) -> CheckResult:
            return await ready.action.verify(ready.client, ready.call, baseline)

        try:
            result = await self._with_retries(work, read)
        except Exception as err:  # noqa: BLE001 - not known is a result, with its reason
            result = CheckResult(name=work.step.title, ok=None, text=self._text(err))
        if result.ok:
            await self._mark(work, StepState.VERIFIED, result.text)
        elif result.ok is None:
            detail = f"it was done, but the result is not known: {result.text}"
            await self._mark(work, StepState.EFFECT_KNOWN, detail)
        return result

    async def undo(self, work: Work) -> str | None:
        """Undo a step that took effect. Returns why it is not undone, None when it is."""
        await self._journal.begin_undo(work.run_id, work.entry.position)
        try:
            detail = await self._undo(work)
        except Exception as err:
            log.warning("undo failed", run=work.run_id, step=work.entry.position, exc_info=True)
            return self._text(err)
        await self._mark(work, StepState.UNDONE, detail)
        return None

    async def _begin(self, work: Work) -> tuple[str | None, Work]:
        """Fill in what the step takes from earlier steps, then carry it out.

        Returns why it failed, and the work with its arguments.
        """
        try:
            async with asyncio.timeout(LONGEST_READ):
                work = await self._references.fill_in(work)
        except Exception as err:  # noqa: BLE001 - nothing was sent; people get the reason
            return await self._fail(work, self._text(err)), work
        return await self._do(work), work

    async def _do(self, work: Work) -> str | None:
        """Carry out a step for the first time; the journal has it as started before that."""
        if not await self._journal.lease(work.run_id, work.step):
            return await self._fail(work, f"another run is changing {work.step.target.name}")
        baseline = work.entry.baseline
        try:
            ready = self._noting(work, self._resolver.ready(work.step))
            async with asyncio.timeout(LONGEST_READ):
                await ready.action.precheck(ready.client, ready.call, baseline)
        except Exception as err:  # noqa: BLE001 - nothing was sent; people get the reason
            return await self._fail(work, self._text(err))
        if not await self._journal.start(work.run_id, work.entry.position):
            return await self._find_out(work)
        try:
            async with asyncio.timeout(LONGEST_EFFECT):
                detail = await ready.action.execute(ready.client, ready.call, baseline)
        except NOTHING_CHANGED as err:
            return await self._fail(work, self._text(err))
        except Exception as err:
            # The change may have been made, whatever went wrong.
            log.warning("effect unknown", run=work.run_id, step=work.entry.position, exc_info=True)
            reason = self._text(err)
            await self._mark(work, StepState.EFFECT_UNKNOWN, reason)
            return await self._find_out(work, reason)
        await self._mark(work, StepState.EFFECT_KNOWN, detail)
        return None

    async def _find_out(self, work: Work, reason: str = "") -> str | None:
        """Probe whether a started step took effect; it is never repeated blindly.

        ``reason`` is the service's own text of why its answer was lost.
        """
        effect, is_idempotent = await self._probe(work)
        if effect is Effect.DONE:
            await self._mark(work, StepState.EFFECT_KNOWN, "a later read found it done")
            return None
        if effect is Effect.UNKNOWN:
            failure = _because(NOT_SEEN, reason)
            await self._mark(work, StepState.EFFECT_UNKNOWN, failure)
            return failure
        if work.entry.state is StepState.STARTED and is_idempotent:
            # After a crash no request of ours is under way, and doing it twice is the same
            # as doing it once. It is tried once more, not forever.
            await self._mark(work, StepState.INTENDED, "")
            return await self._do(replace(work, entry=replace(work.entry, state=StepState.INTENDED)))
        return await self._fail(work, _because(NOT_DONE, reason))

    async def _probe(self, work: Work) -> tuple[Effect, bool]:
        """Return what a started step did, and whether its action is idempotent."""

        async def read(ready: ReadyStep, baseline: Baseline) -> tuple[Effect, bool]:
            effect = await ready.action.probe(ready.client, ready.call, baseline)
            return effect, ready.action.idempotent

        try:
            return await self._with_retries(work, read)
        except Exception as err:  # noqa: BLE001 - not known is a result, with its reason
            log.warning("probe failed", run=work.run_id, step=work.entry.position, reason=self._text(err))
            return Effect.UNKNOWN, False

    async def _undo(self, work: Work) -> str:
        """Undo a step and read it back. Raises when it is not undone; the text says why.

        Its dry run is read first: after a crash it may be undone already, and what somebody
        else changed since must stay.
        """
        if not await self._differences(work):
            return "a read found it undone already"
        ready = self._noting(work, self._resolver.begun(work.step))
        baseline = await self._journal.baseline(work.run_id, work.entry.position)
        reason = ""
        try:
            async with asyncio.timeout(LONGEST_EFFECT):
                detail = await _undo_of(ready).execute(ready.client, ready.call, baseline)
        except NOTHING_CHANGED:
            raise
        except Exception as err:
            log.warning("effect of undo unknown", run=work.run_id, step=work.entry.position, exc_info=True)
            detail, reason = "a later read found it undone", self._text(err)
        left = await self._differences(work)
        if left:
            changes = ", ".join(f"{one.field} is still {one.before}" for one in left)
            raise ServiceRefused(_because(f"it was sent, but {changes}", reason))
        return detail

    async def _differences(self, work: Work) -> tuple[Difference, ...]:
        """Return what undoing a step would change now; nothing when it is undone."""

        async def read(ready: ReadyStep, baseline: Baseline) -> tuple[Difference, ...]:
            return await _undo_of(ready).dry_run(ready.client, ready.call, baseline)

        return await self._with_retries(work, read)

    async def _with_retries[Result](
        self, work: Work, read: Callable[[ReadyStep, Baseline], Awaitable[Result]]
    ) -> Result:
        """Return what ``read`` returns, trying again while the service does not answer.

        Raises what the last try raises.
        """
        for wait in self._retry_delays:
            try:
                return await self._read(work, read)
            except ServiceUnreachable:
                await self._clock.sleep(wait)
        return await self._read(work, read)

    async def _read[Result](
        self, work: Work, read: Callable[[ReadyStep, Baseline], Awaitable[Result]]
    ) -> Result:
        # The journal's baseline: the action may have added a handle while it was carried out.
        baseline = await self._journal.baseline(work.run_id, work.entry.position)
        async with asyncio.timeout(LONGEST_READ):
            return await read(self._resolver.begun(work.step), baseline)

    def _noting(self, work: Work, ready: ReadyStep) -> ReadyStep:
        """Return the step with a call whose notes go to the journal."""
        note = partial(self._journal.note, work.run_id, work.entry.position)
        return replace(ready, call=replace(ready.call, note=note))

    def _text(self, error: BaseException) -> str:
        """Return an error as a text for people, without configured secrets."""
        return self._resolver.clean(describe_error(error))

    async def _fail(self, work: Work, failure: str) -> str:
        await self._mark(work, StepState.FAILED, failure)
        return failure

    async def _mark(self, work: Work, state: StepState, detail: str) -> None:
        await self._journal.mark(work.run_id, work.entry.position, state, detail)


def _undo_of(ready: ReadyStep) -> Undo[Any]:
    if ready.action.undo is None:
        raise PreconditionFailed(f"{ready.action.name} cannot be undone")
    return ready.action.undo


def _because(text: str, reason: str) -> str:
    return f"{text}: {reason}" if reason else text
