"""Steps that wait for a condition: each call reads it once, so no task or connection is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homelab_steward.contract.incidents import CheckResult, StepState
from homelab_steward.contract.step_parts import PlannedWait

from ...clock import Clock
from ...errors import PreconditionFailed, StewardError
from ...runbooks.model import Of, Readings
from ...sdk.description import Contains
from ...sdk.readings import NOT_REPORTED, Unknown
from ...texts import translate
from ..diagnosis.diagnoser import Diagnoser
from ..plans.plan import ReadyStep
from ..plans.references import Work
from ..plans.resolver import Resolver
from .journal import Journal
from .progress import Progress
from .verification import evaluate


@dataclass(frozen=True, slots=True)
class _Seen:
    """One result of a condition; ``is_final`` when it cannot become true any more."""

    result: CheckResult
    is_final: bool = False


class Waits:
    """Reads the condition of a wait once each time it is called."""

    def __init__(self, journal: Journal, diagnoser: Diagnoser, resolver: Resolver, clock: Clock) -> None:
        """Readings come from ``diagnoser``; each change of state is written to ``journal``."""
        self._journal = journal
        self._diagnoser = diagnoser
        self._resolver = resolver
        self._clock = clock

    async def carry_on(self, work: Work, wait: PlannedWait) -> Progress:
        """Read the condition; return when to read it again, or how the wait ended.

        The time runs from the start of the step, also while the app is off. An unknown reading
        does not end the wait before that.
        """
        entry = work.entry
        if entry.state is StepState.VERIFIED:
            return Progress()
        if entry.state is StepState.FAILED:
            return Progress(failure=entry.detail)
        if entry.state is StepState.EFFECT_UNKNOWN:
            return Progress(lost=entry.detail)
        begin = entry.changed_at
        if entry.state is StepState.INTENDED:
            await self._journal.start(work.run_id, entry.position)
            begin = self._clock.now()
        seen = await self._read(work, wait)
        if seen.result.ok:
            await self._journal.mark(work.run_id, entry.position, StepState.VERIFIED, seen.result.text)
            return Progress()
        left = 0.0 if seen.is_final else self._left(begin, wait.within)
        return Progress(wait=min(wait.settle, left)) if left > 0 else await self._end(work, wait, seen)

    async def after_undo(self, works: Sequence[Work]) -> float | str | None:
        """Read once whether the result of an undone step has arrived at the target that waited for the step.

        Returns the seconds after which to read again, or why it did not arrive; None when it did,
        and when no step waits for an undone step. The time runs from the undo.
        """
        try:
            waited = {one.step.target: works[maker[0]] for one in works if (maker := self._maker(one))}
        except StewardError as err:
            return self._resolver.clean(str(err))
        within = 0.0
        for work in works:
            wait, cause = work.step.wait, waited.get(work.step.target)
            if wait is None or cause is None or cause.entry.state is not StepState.UNDONE:
                continue
            within += wait.within
            seen = await self._read(work, wait, is_undone=True)
            if seen.result.ok:
                continue
            left = 0.0 if seen.is_final else self._left(cause.entry.changed_at, within)
            if left > 0:
                return min(wait.settle, left)
            return translate(t"{work.step.target.name}: {wait.name} is {seen.result.text} after the undo")
        return None

    def _left(self, begin: datetime, within: float) -> float:
        """Return the seconds that are left; a clock that was set back does not extend them."""
        return within - abs((self._clock.now() - begin).total_seconds())

    async def _end(self, work: Work, wait: PlannedWait, seen: _Seen) -> Progress:
        """Write how a wait ended whose condition did not become true in time."""
        result = seen.result
        waited = translate(t"waited {wait.within:g} s for {wait.name}: last seen")
        if result.ok is None:
            # An unknown result is no reason to undo the steps before.
            lost = translate(t"{waited} not known ({result.text})")
            await self._journal.mark(work.run_id, work.entry.position, StepState.EFFECT_UNKNOWN, lost)
            return Progress(lost=lost)
        failure = f"{waited} {result.text}"
        if seen.is_final or wait.late:
            text = result.text if seen.is_final else wait.late
            failure = ". ".join((text, *self._resolver.problems(work.step.target)))
        await self._journal.mark(work.run_id, work.entry.position, StepState.FAILED, failure)
        return Progress(failure=failure)

    async def _read(self, work: Work, wait: PlannedWait, *, is_undone: bool = False) -> _Seen:
        target = work.step.target
        readings = (await self._diagnoser.fresh_readings({Of.TARGET: target}))[Of.TARGET]
        if not wait.made:
            return _Seen(evaluate(wait, readings.get(wait.reading)))
        try:
            return await self._made(work, wait, readings, is_undone=is_undone)
        except StewardError as err:
            return _Seen(CheckResult(name=wait.name, ok=None, text=self._resolver.clean(str(err))))

    async def _made(self, work: Work, wait: PlannedWait, readings: Readings, *, is_undone: bool) -> _Seen:
        """Return whether a reading contains the result of the step before, or of the undo of that step."""
        maker = self._maker(work)
        if maker is None:
            raise PreconditionFailed(t"no step before it says what it made")
        position, ready = maker
        contains = _contains(ready, is_undone=is_undone)
        baseline = await self._journal.baseline(work.run_id, position)
        reading, failed = readings.get(wait.reading), readings.get(wait.failed)
        if isinstance(failed, str) and await contains(ready.client, ready.call, baseline, failed):
            text = wait.failure or translate(t"{wait.name} failed")
            return _Seen(CheckResult(name=wait.name, ok=False, text=text), is_final=True)
        if not isinstance(reading, str):
            reason = reading.reason if isinstance(reading, Unknown) else NOT_REPORTED
            return _Seen(CheckResult(name=wait.name, ok=None, text=reason))
        ok = await contains(ready.client, ready.call, baseline, reading)
        return _Seen(CheckResult(name=wait.name, ok=ok, text=reading))

    def _maker(self, work: Work) -> tuple[int, ReadyStep] | None:
        """Return the step whose result a wait is for, and its position. Raises as Resolver.begun does."""
        if work.step.wait is None or not work.step.wait.made:
            return None
        for position in reversed(range(len(work.before))):
            if work.before[position].has_effect:
                ready = self._resolver.begun(work.before[position])
                if ready.action.contains is not None:
                    return position, ready
        return None


def _contains(ready: ReadyStep, *, is_undone: bool) -> Contains[Any]:
    """Return the function that compares a reading with the result of a step. Raises PreconditionFailed."""
    found = ready.action.contains
    if is_undone:
        found = ready.action.undo.contains if ready.action.undo else None
    if found is None:
        raise PreconditionFailed(t"{ready.action.name} does not say what it made")
    return found
