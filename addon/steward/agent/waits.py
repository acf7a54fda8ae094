"""Waits until a condition is true; nothing is held while it waits."""

from homelab_steward.contract.incidents import CheckResult, StepState
from homelab_steward.contract.step_parts import PlannedStep, PlannedWait

from ..clock import Clock
from ..runbooks.model import Of
from ..texts import translate
from .diagnoser import Diagnoser
from .effects import Progress
from .journal import Journal
from .references import Work
from .verification import evaluate


class Waits:
    """Reads the condition of a wait once each time it is called."""

    def __init__(self, journal: Journal, diagnoser: Diagnoser, clock: Clock) -> None:
        """Readings come from ``diagnoser``; each change of state is written to ``journal``."""
        self._journal = journal
        self._diagnoser = diagnoser
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
        result = await self._read(work.step, wait)
        if result.ok:
            await self._journal.mark(work.run_id, entry.position, StepState.VERIFIED, result.text)
            return Progress()
        # A clock that was set back must not make the wait longer without end.
        left = wait.within - abs((self._clock.now() - begin).total_seconds())
        return Progress(wait=min(wait.settle, left)) if left > 0 else await self._end(work, wait, result)

    async def _end(self, work: Work, wait: PlannedWait, result: CheckResult) -> Progress:
        """Write how a wait ended whose condition did not become true in time."""
        waited = translate(t"waited {wait.within:g} s for {wait.name}: last seen")
        if result.ok is None:
            # What is not known is no reason to undo what was done before.
            lost = translate(t"{waited} not known ({result.text})")
            await self._journal.mark(work.run_id, work.entry.position, StepState.EFFECT_UNKNOWN, lost)
            return Progress(lost=lost)
        failure = f"{waited} {result.text}"
        await self._journal.mark(work.run_id, work.entry.position, StepState.FAILED, failure)
        return Progress(failure=failure)

    async def _read(self, step: PlannedStep, wait: PlannedWait) -> CheckResult:
        readings = await self._diagnoser.fresh_readings({Of.TARGET: step.target})
        return evaluate(wait, readings[Of.TARGET].get(wait.reading))
