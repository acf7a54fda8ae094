"""Carries out one step and undoes it. No other module calls code that changes a service."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from homelab_steward.contract.incidents import CheckResult, StepState
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...errors import (
    Fenced,
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
    TemporaryFailure,
)
from ...sdk.description import Effect
from ...texts import english, translate
from ..decisions.pausing import Paused
from ..plans.plan import ReadyStep, also_changed
from ..plans.references import References, Work
from ..plans.resolver import Resolver
from .journal import Journal
from .progress import (
    DONE,
    LONGEST_EFFECT,
    LONGEST_LOOKED_FOR,
    LONGEST_READ,
    LOOKED_FOR,
    Look,
    Progress,
    next_look,
    next_read,
)
from .step_reads import Baseline, StepReads, undo_changes, undo_of

log = structlog.get_logger(__name__)

NOTHING_CHANGED: Final = (
    PreconditionFailed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
"""Errors after which it is certain that the service changed nothing."""

BUSY: Final = 30.0
"""Seconds until a copy of data is tried again while another update has the lease of that data."""

PASSING: Final = (ServiceUnreachable, TemporaryFailure)
"""Those of NOTHING_CHANGED that are temporary."""

NOT_SEEN: Final = english("it was sent, but whether it happened is not known")
INTERRUPTED: Final = english("the app stopped while it was sent, and whether it happened is not known")
NOT_DONE: Final = english("it was sent, but it did not happen")


class Effects:
    """Carries out each step at most once. Every exception of a service's code becomes a result.

    A request without an answer may still take effect. Each call looks for the effect once, until
    the time for that is over; the journal has when the search began, also after a restart.
    """

    def __init__(
        self,
        journal: Journal,
        resolver: Resolver,
        clock: Clock,
        looked_for: float = LOOKED_FOR,
    ) -> None:
        """Each change of state is written to ``journal`` first. ``looked_for`` is in seconds."""
        self._journal = journal
        self._resolver = resolver
        self._references = References(journal, resolver)
        self._reads = StepReads(journal, resolver, clock)
        self._clock = clock
        self._looked_for = looked_for
        self._undoing: dict[tuple[str, int], datetime] = {}
        self._cut_off: set[tuple[str, int]] = set()
        self._away: dict[tuple[str, int, bool], datetime] = {}

    async def carry_out(self, work: Work) -> Progress:
        """Carry out a step from any state, and return how far it came.

        When its result is not known the journal keeps EFFECT_KNOWN.
        """
        state, begun = work.entry.state, DONE
        if state is StepState.VERIFIED:
            return DONE
        if state is StepState.FAILED:
            return Progress(failure=work.entry.detail)
        if state in (StepState.STARTED, StepState.EFFECT_UNKNOWN):
            begun = await self._find_out(work, may_carry_on=True)
        elif state is StepState.INTENDED:
            begun, work = await self._begin(work)
        if begun != DONE:
            return begun
        result = await self._verified(work)
        if result.ok is None and (wait := await self._until_result(work)) is not None:
            return Progress(wait=wait)
        await self._note_result(work, result)
        if result.ok is None:
            return Progress(unknown=result.text)
        return (
            DONE
            if result.ok
            else Progress(failure=translate(t"it was sent, but {result.name} is {result.text}"))
        )

    async def read_back(self, work: Work) -> CheckResult:
        """Return the result of the action's own verification, and write it to the journal.

        ``ok`` is None when it is not known, also when it cannot be read.
        """
        result = await self._verified(work)
        await self._note_result(work, result)
        return result

    async def _verified(self, work: Work) -> CheckResult:
        async def read(ready: ReadyStep, baseline: Baseline) -> CheckResult:
            return await ready.action.verify(ready.client, ready.call, baseline)

        try:
            return await self._reads.with_retries(work, read)
        except Exception as err:  # noqa: BLE001 - not known is a result, with its reason
            return CheckResult(name=work.step.title, ok=None, text=self._reads.text(err))

    async def _note_result(self, work: Work, result: CheckResult) -> None:
        if result.ok:
            await self._mark(work, StepState.VERIFIED, result.text)
        elif result.ok is None:
            detail = translate(t"it was done, but the result is not known: {result.text}")
            detail = await self._reads.with_advice(work, detail)
            await self._mark(work, StepState.EFFECT_KNOWN, detail)

    async def _until_result(self, work: Work) -> float | None:
        """Return the seconds until an unknown result is read again, None when the time for it is over."""
        elapsed = (self._clock.now() - work.entry.changed_at).total_seconds()
        return next_read(elapsed, await self._reads.takes(work))

    async def undo(self, work: Work) -> Progress:
        """Undo a step that took effect. The undo is sent at most once, and a read shows that it is done.

        The dry run of the undo is read first: the step may be undone already, and later changes of others
        must stay. A deduplicated undo is sent again when the app stopped while it was sent.
        """
        begun = work.entry.undoing_at
        if begun is not None and (wait := await self._until_arrived(work)) is not None:
            return Progress(wait=wait)
        # After a power failure the app may be up before the service.
        is_away = begun is not None and self._reads.action(work) is None
        if is_away and (wait := self._until_back(work, is_undo=True)) is not None:
            return Progress(wait=wait)
        if begun is None or self._was_interrupted(work):
            sent = await self._undo_now(work)
            if sent is not None:
                return sent
            begun = self._undoing.setdefault((work.run_id, work.entry.position), self._clock.now())
        return await self._undone(work, begun)

    async def _undo_now(self, work: Work) -> Progress | None:
        """Send the undo unless it is undone already; return None when it was sent."""
        try:
            if not await self._reads.with_retries(work, undo_changes):
                await self._mark(work, StepState.UNDONE, translate(t"a read found it undone already"))
                return DONE
            await self._send_undo(work)
        except Exception as err:
            is_away = isinstance(err, ServiceUnreachable)
            if is_away and (wait := self._until_back(work, is_undo=True)) is not None:
                return Progress(wait=wait)
            log.warning("undo failed", run=work.run_id, step=work.entry.position, exc_info=True)
            return Progress(failure=self._reads.text(err))
        return None

    def _was_interrupted(self, work: Work) -> bool:
        """Return whether an undo was interrupted, by an error or a restart, and may be sent again."""
        action = self._reads.action(work)
        undo = action.undo if action else None
        key = (work.run_id, work.entry.position)
        is_over = key not in self._undoing or key in self._cut_off
        return undo is not None and undo.deduplicated and is_over

    async def _begin(self, work: Work) -> tuple[Progress, Work]:
        """Fill in the outputs of earlier steps, then carry out the step.

        Returns its progress, and the work with its arguments.
        """
        try:
            async with asyncio.timeout(LONGEST_READ):
                work = await self._references.fill_in(work)
        except Exception as err:  # noqa: BLE001 - nothing was sent; people get the reason
            return await self._fail(work, self._reads.text(err)), work
        return await self._do(work), work

    async def _do(self, work: Work) -> Progress:
        """Carry out a step for the first time, after it was written to the journal as started."""
        if not await self._journal.lease(work.run_id, work.step):
            return await self._busy(work)
        try:
            ready = await self._checked(work, self._resolver.ready)
        except Exception as err:  # noqa: BLE001 - nothing was sent; people get the reason
            return await self._fail(work, self._reads.text(err))
        begun = await self._start(work)
        if begun is not None:
            return begun
        try:
            detail = await self._execute(work, ready)
        except NOTHING_CHANGED as err:
            return await self._fail(work, self._reads.text(err), is_temporary=isinstance(err, PASSING))
        except Exception as err:
            # The change may have been made in spite of the error.
            log.warning("effect unknown", run=work.run_id, step=work.entry.position, exc_info=True)
            return await self._find_out(
                await self._lost(work, f"{translate(NOT_SEEN)}: {self._reads.text(err)}")
            )
        await self._mark(work, StepState.EFFECT_KNOWN, detail)
        return DONE

    async def _busy(self, work: Work) -> Progress:
        """Return the progress while another run has the lease: a copy of data waits, another step fails."""
        if work.step.preserves:
            return Progress(wait=BUSY)
        return await self._fail(work, translate(t"another run is changing {work.step.target.name}"))

    async def _start(self, work: Work) -> Progress | None:
        """Write that a step is started; return its progress when it must not be sent, None when it must."""
        try:
            is_first = await self._journal.start(work.run_id, work.entry.position)
        except Paused as err:
            return await self._fail(work, self._reads.text(err))
        return None if is_first else await self._find_out(work)

    async def _find_out(self, work: Work, *, may_carry_on: bool = False) -> Progress:
        """Look once for the effect of a started step, which is never repeated without a probe.

        With ``may_carry_on`` a step that is partly done and not under way is sent again.
        """
        if (wait := await self._until_arrived(work)) is not None:
            return Progress(wait=wait)
        look = await self._reads.look(work, self._looked_for)
        if look.effect is Effect.DONE:
            await self._mark(work, StepState.EFFECT_KNOWN, translate(t"a later read found it done"))
            return DONE
        if look.effect is Effect.NOT_DONE:
            return await self._fail(work, translate(NOT_DONE))
        again = await self._once_more(work, look, may_carry_on=may_carry_on) if look.is_deduplicated else None
        if again is not None:
            return again
        if work.entry.state is not StepState.EFFECT_UNKNOWN:
            work = await self._lost(work, translate(INTERRUPTED))
        elapsed = (self._clock.now() - work.entry.changed_at).total_seconds()
        wait = next_look(elapsed, look.within)
        return Progress(lost=work.entry.detail) if wait is None else Progress(wait=wait)

    async def _once_more(self, work: Work, look: Look, *, may_carry_on: bool) -> Progress | None:
        """Send an interrupted step again; return None when it must not be sent again."""
        if look.effect is Effect.BEGUN and may_carry_on:
            return await self._send_again(work)
        if work.entry.state is not StepState.STARTED:
            return None
        if look.effect is Effect.NOT_SEEN:
            return await self._send_again(work)
        # After a power failure the app may be up before the service.
        wait = self._until_back(work) if look.is_away else None
        return None if wait is None else Progress(wait=wait)

    async def _until_arrived(self, work: Work) -> float | None:
        """Return seconds until every request of an earlier leader has arrived, None when all have.

        A process that was only suspended may have sent one, and the action may take its longest time.
        """
        since = self._journal.in_doubt_for(work.entry)
        if since is None:
            return None
        left = max(self._looked_for, await self._reads.takes(work)) - since
        return left if left > 0 else None

    async def _send_again(self, work: Work) -> Progress:
        """Send a deduplicated step once more, after a crash or to complete it.

        A refusal may be caused by the first request, so the effect is looked for then, and also while
        the steward is paused.
        """
        try:
            await self._journal.require_unpaused(work.run_id)
            # Half-way its target may be absent, so it need not be in the last readings.
            detail = await self._execute(work, await self._checked(work, self._resolver.begun))
        except Exception as err:
            if isinstance(err, ServiceUnreachable) and (wait := self._until_back(work)) is not None:
                return Progress(wait=wait)
            log.warning("effect unknown", run=work.run_id, step=work.entry.position, exc_info=True)
            # The time for the search began when the effect first became unknown.
            if work.entry.state is not StepState.EFFECT_UNKNOWN:
                work = await self._lost(work, f"{translate(NOT_SEEN)}: {self._reads.text(err)}")
            return await self._find_out(work)
        await self._mark(work, StepState.EFFECT_KNOWN, detail)
        return DONE

    def _until_back(self, work: Work, *, is_undo: bool = False) -> float | None:
        """Return the seconds until an unreachable service is tried again, None when its time is over."""
        since = self._away.setdefault((work.run_id, work.entry.position, is_undo), self._clock.now())
        return next_look((self._clock.now() - since).total_seconds(), self._looked_for)

    async def _checked(self, work: Work, resolve: Callable[[PlannedStep], ReadyStep]) -> ReadyStep:
        """Return the resolved step after its precheck. Raises when it must not be carried out now."""
        ready = self._noting(work, resolve(work.step))
        async with asyncio.timeout(LONGEST_READ):
            await ready.action.precheck(ready.client, ready.call, work.entry.baseline)
        return ready

    async def _execute(self, work: Work, ready: ReadyStep) -> str:
        async with asyncio.timeout(LONGEST_EFFECT), self._journal.sending():
            self._require_open(work)
            return await ready.action.execute(ready.client, ready.call, work.entry.baseline)

    async def _send_undo(self, work: Work) -> None:
        """Send the undo of a step. Raises when it changed nothing; a lost answer is no error."""
        ready = self._noting(work, self._resolver.begun(work.step))
        undo = undo_of(ready)
        baseline = await self._journal.baseline(work.run_id, work.entry.position)
        await self._journal.begin_undo(work.run_id, work.entry.position)
        self._cut_off.discard((work.run_id, work.entry.position))
        try:
            async with asyncio.timeout(LONGEST_EFFECT), self._journal.sending():
                self._require_open(work)
                await undo.execute(ready.client, ready.call, baseline)
        except NOTHING_CHANGED:
            await self._journal.end_undo(work.run_id, work.entry.position)
            raise
        except Exception:
            log.warning("effect of undo unknown", run=work.run_id, step=work.entry.position, exc_info=True)
            self._cut_off.add((work.run_id, work.entry.position))

    async def _undone(self, work: Work, begun: datetime) -> Progress:
        """Read once whether an undo that was sent is done."""
        try:
            left = await self._reads.read(work, undo_changes)
        except PreconditionFailed as err:
            return Progress(failure=self._reads.text(err))
        except Exception as err:  # noqa: BLE001 - not known is a result, with its reason
            seen = translate(t"whether it is undone is not known: {self._reads.text(err)}")
        else:
            if not left:
                await self._mark(work, StepState.UNDONE, translate(t"a read shows that it is undone"))
                return DONE
            seen = ", ".join(translate(t"{one.field} is still {one.before}") for one in left)
        within = max(self._looked_for, await self._reads.takes(work))
        # An interrupted undo that can be sent again has more time.
        within = LONGEST_LOOKED_FOR if self._was_interrupted(work) else within
        wait = next_look((self._clock.now() - begun).total_seconds(), within)
        return (
            Progress(failure=translate(t"the undo was sent, but {seen}"))
            if wait is None
            else Progress(wait=wait)
        )

    def _require_open(self, work: Work) -> None:
        """Raise Fenced when a fence was set since the step was planned. Nothing may be awaited after it."""
        for target in (work.step.target, *also_changed(work.step.target, work.entry.baseline)):
            reason = self._resolver.fenced(replace(work.step, target=target))
            if reason is not None:
                raise Fenced(reason)

    def _noting(self, work: Work, ready: ReadyStep) -> ReadyStep:
        """Return the step with a call that writes its notes to the journal."""
        note = partial(self._journal.note, work.run_id, work.entry.position)
        return replace(ready, call=replace(ready.call, note=note))

    async def _fail(self, work: Work, failure: str, *, is_temporary: bool = False) -> Progress:
        await self._journal.mark(
            work.run_id, work.entry.position, StepState.FAILED, failure, is_temporary=is_temporary
        )
        return Progress(failure=failure)

    async def _lost(self, work: Work, detail: str) -> Work:
        """Write that it is not known whether a step happened; return the work in its new state."""
        detail = await self._reads.with_advice(work, detail)
        await self._mark(work, StepState.EFFECT_UNKNOWN, detail)
        entry = replace(
            work.entry, state=StepState.EFFECT_UNKNOWN, changed_at=self._clock.now(), detail=detail
        )
        return replace(work, entry=entry)

    async def _mark(self, work: Work, state: StepState, detail: str) -> None:
        await self._journal.mark(work.run_id, work.entry.position, state, detail)
