"""Stage: reads everything back after a run, and takes back what made things worse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.incidents import (
    CheckResult,
    Incident,
    Option,
    Outcome,
    Run,
    RunStatus,
    Verdict,
)

from ..clock import Clock
from ..runbooks.model import Recipe, Runbook
from ..store import incidents, runs
from ..store.store import Store
from .diagnoser import Diagnoser
from .executor import Executor
from .journal import Journal
from .plan import is_person_request
from .resolver import Resolver
from .verification import evaluate_all, outcome

SUMMARY: Final = {
    Outcome.FIXED: "It helped.",
    Outcome.NOT_FIXED: "It was done, but it did not help.",
    Outcome.WORSE: "It made things worse.",
}
BLIND: Final = "It was done, but nothing could be read back: whether it helped is not known."


@dataclass(frozen=True, slots=True)
class _Facts:
    """``recipe`` is None for a wish, and when the approved runbook is not there any more."""

    run: Run
    incident: Incident
    option: Option
    recipe: Recipe | None


@dataclass(frozen=True, slots=True)
class _Look:
    """What was read back, and whether anything could be."""

    checks: tuple[CheckResult, ...]
    is_blind: bool = False


class Verifier:
    """Decides by reading back; a run that cannot be read back did not help."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        resolver: Resolver,
        diagnoser: Diagnoser,
        executor: Executor,
        library: Mapping[str, Runbook],
        clock: Clock,
    ) -> None:
        """Readings come from ``diagnoser``, undoing goes through ``executor``."""
        self._store = store
        self._journal = journal
        self._resolver = resolver
        self._diagnoser = diagnoser
        self._executor = executor
        self._library = library
        self._clock = clock

    async def verify(self, run_id: str, attempt: int) -> float | None:
        """Look once; return seconds to wait before the next look, None when judged.

        A recipe's ``within`` bounds the looks: ``within / settle`` of them.
        """
        facts = await self._facts(run_id)
        if facts is None or facts.run.status is not RunStatus.VERIFYING:
            return None
        if facts.run.verdict is not None:
            # A former life judged and was cut off before it acted on it.
            await self._act_on(run_id, facts.run.verdict)
            return None
        look = await self._look(facts)
        before = await self._journal.held_before(run_id)
        result = Outcome.NOT_FIXED if look.is_blind else outcome(before, look.checks)
        if result is not Outcome.FIXED and (wait := _next_look(facts.recipe, attempt)):
            return wait
        summary = BLIND if look.is_blind else SUMMARY[result]
        verdict = Verdict(outcome=result, checks=look.checks, at=self._clock.now(), summary=summary)
        # Written first, then acted on: an undo that is cut off is seen afterwards.
        await self._journal.record_verdict(run_id, verdict)
        await self._act_on(run_id, verdict)
        return None

    async def _facts(self, run_id: str) -> _Facts | None:
        async with self._store.read() as connection:
            run = await runs.run(connection, run_id)
            incident = await incidents.incident(connection, run.incident_id) if run else None
        if run is None or incident is None or incident.proposal is None:
            return None
        option = incident.proposal.option(run.option)
        return _Facts(run, incident, option, self._recipe(option)) if option else None

    def _recipe(self, option: Option) -> Recipe | None:
        """Return the recipe that was approved: the runbook may have changed since."""
        runbook = self._library.get(option.runbook_id or "")
        if runbook is None or runbook.version != option.runbook_version:
            return None
        return runbook.recipe(option.recipe or "")

    async def _look(self, facts: _Facts) -> _Look:
        if is_person_request(facts.option):
            # Its own read-back is all there is to check, and without it we were not here.
            read = (
                CheckResult(name=f"{step.title} ({step.target.name})", ok=True, text=step.detail)
                for step in facts.run.steps
            )
            return _Look(tuple(read))
        if facts.recipe is None:
            return _Look((), is_blind=True)
        targets = self._resolver.targets(facts.incident.target)
        readings = await self._diagnoser.fresh_readings(targets)
        is_blind = all(one is None for one in readings.values())
        return _Look(evaluate_all(facts.recipe.verify, readings), is_blind)

    async def _act_on(self, run_id: str, verdict: Verdict) -> None:
        """End the run as its verdict says; what made things worse is undone first."""
        if verdict.outcome is Outcome.FIXED:
            await self._journal.settle(run_id, RunStatus.SUCCEEDED)
        elif verdict.outcome is Outcome.NOT_FIXED:
            await self._journal.settle(run_id, RunStatus.FAILED, verdict.summary)
        elif await self._executor.undo(run_id):
            text = "It made things worse and was undone."
            await self._journal.settle(run_id, RunStatus.UNDONE, text)
        else:
            text = "It made things worse and could not be undone: please look."
            await self._journal.settle(run_id, RunStatus.FAILED, text)


def _next_look(recipe: Recipe | None, attempt: int) -> float | None:
    """Return seconds until the next look, None when the time for it is over."""
    if recipe is None or (attempt + 1) * recipe.settle >= recipe.within:
        return None
    return recipe.settle
