"""Stage: verifies a run by fresh readings, and undoes a run that made something worse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.incidents import CheckResult, Incident, Outcome, Run, RunStatus, Verdict
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import TargetRef

from ...clock import Clock
from ...runbooks.model import About, Recipe, Runbook
from ...store import incidents, runs
from ...store.store import Store
from ...texts import english, translate
from ..diagnosis.diagnoser import Diagnoser
from ..plans.drill_plans import is_drill
from ..plans.plan import reads_itself_back
from ..plans.resolver import Resolver
from .executor import Executor
from .journal import Journal
from .stops import Stops
from .verification import changed_at, excused, outcome, without_alerts

SUMMARY: Final = {
    Outcome.FIXED: english("It helped."),
    Outcome.NOT_FIXED: english("It was done, but it did not help."),
    Outcome.WORSE: english("It made things worse."),
}
STATUS: Final = {
    Outcome.FIXED: RunStatus.SUCCEEDED,
    Outcome.NOT_FIXED: RunStatus.FAILED,
    Outcome.UNKNOWN: RunStatus.UNKNOWN,
}
NOT_KNOWN: Final = english("It was done. Whether it helped is not known")
NOTHING_TO_READ: Final = english("nothing that it should change can be read")
RUNBOOK_CHANGED: Final = english("the runbook does not exist any more in the version that was approved")

SETTLE: Final = 5.0
WITHIN: Final = 120.0
"""Seconds between two reads, and for all of them, when a person asked for a single action."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """``recipe`` is None for a person's request, and when the approved runbook does not exist any more."""

    run: Run
    incident: Incident
    option: Option
    recipe: Recipe | None


WORSE: Final = english("It made things worse and was undone.")
WORSE_AND_STAYS: Final = english("It made things worse and could not be undone.")
TRIED: Final = english("Tried and undone, as a drill does.")
NOT_CLEAN: Final = english("The drill could not undo it.")


class Verifier:
    """Decides by fresh readings whether a run helped; without a reading the result is unknown."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        resolver: Resolver,
        diagnoser: Diagnoser,
        executor: Executor,
        stops: Stops,
        library: Mapping[str, Runbook],
        clock: Clock,
    ) -> None:
        """Readings come from ``diagnoser``, undoing goes through ``executor``."""
        self._store = store
        self._journal = journal
        self._resolver = resolver
        self._diagnoser = diagnoser
        self._executor = executor
        self._stops = stops
        self._library = library
        self._clock = clock

    async def verify(self, run_id: str, attempt: int) -> float | None:
        """Read once; return seconds to wait before the next read, None when the run is over.

        A run is read until it helped, at most ``within / settle`` times.
        """
        facts = await self._facts(run_id)
        if facts is None or facts.run.status is not RunStatus.VERIFYING:
            return None
        if facts.run.verdict is not None:
            # The app stopped after the verdict was written, or an undo is waited for.
            return await self._act_on(run_id, facts.run.verdict, facts.incident)
        checks = await self._checks(facts)
        before = await self._journal.checks_before(run_id)
        result = outcome(before, checks)
        if result is Outcome.WORSE and facts.recipe is not None:
            checks = await self._excused(facts.incident, facts.option, facts.recipe, checks)
            result = outcome(before, checks)
        if result is not Outcome.FIXED and (wait := _next_read(facts, attempt, checks)):
            return wait
        verdict = Verdict(
            outcome=result, checks=checks, at=self._clock.now(), summary=_summary(result, checks, facts)
        )
        # Written before it is acted on: an undo that is interrupted is continued.
        await self._journal.record_verdict(run_id, verdict)
        return await self._act_on(run_id, verdict, facts.incident)

    async def _facts(self, run_id: str) -> _Facts | None:
        async with self._store.read() as connection:
            run = await runs.run(connection, run_id)
            incident = await incidents.incident(connection, run.incident_id) if run else None
        if run is None or incident is None or incident.proposal is None:
            return None
        option = incident.proposal.option(run.option)
        return _Facts(run, incident, option, self._recipe(option)) if option else None

    def _recipe(self, option: Option) -> Recipe | None:
        """Return the recipe that was approved, None when the runbook changed since."""
        runbook = self._library.get(option.runbook_id or "")
        if runbook is None or runbook.version != option.runbook_version:
            return None
        return runbook.recipe(option.recipe or "")

    async def _checks(self, facts: _Facts) -> tuple[CheckResult, ...]:
        if reads_itself_back(facts.option):
            return await self._executor.read_back(facts.run.id)
        if facts.recipe is None:
            return ()
        conditions = facts.recipe.verify
        if facts.incident.is_request:
            # Without a problem there is no alert that could end.
            conditions = without_alerts(conditions)
            if not conditions:
                return await self._executor.read_back(facts.run.id)
        targets = self._targets(facts.incident, facts.option, facts.recipe)
        since = changed_at(facts.run)
        return await self._diagnoser.check(facts.incident, conditions, targets=targets, since=since)

    async def _excused(
        self, incident: Incident, option: Option, recipe: Recipe, checks: tuple[CheckResult, ...]
    ) -> tuple[CheckResult, ...]:
        """Return the checks; those on a target that a person stopped in the meantime become unknown."""
        reasons: dict[About, str] = {}
        for about, target in self._targets(incident, option, recipe).items():
            reason = await self._stops.why(target, option.steps)
            if reason is not None:
                reasons[about] = reason
        return excused(recipe.verify, checks, reasons)

    def _targets(self, incident: Incident, option: Option, recipe: Recipe) -> dict[About, TargetRef]:
        """Return the targets of the conditions; targets of steps come from the approved plan.

        A repair may replace the incident's target, such as a pod, whose parents cannot be found any more.
        """
        planned: dict[About, TargetRef] = {
            step.of: done.target
            for step, done in zip(recipe.steps, option.steps, strict=False)
            if step.target is None and step.wait_for is None
        }
        found = {**self._resolver.targets(incident.target), **planned}
        return self._resolver.condition_targets(found, recipe.verify)

    async def _act_on(self, run_id: str, verdict: Verdict, incident: Incident) -> float | None:
        """End the run with the status of its verdict; a run that made something worse is undone first.

        Each run of a drill is undone, whatever its verdict. Returns the seconds after which to call again
        while no read shows the undo.
        """
        if is_drill(incident):
            return await self._undo(run_id, TRIED, NOT_CLEAN)
        if verdict.outcome is Outcome.WORSE:
            return await self._undo(run_id, WORSE, WORSE_AND_STAYS)
        summary = None if verdict.outcome is Outcome.FIXED else verdict.summary
        await self._journal.settle(run_id, STATUS[verdict.outcome], summary)
        return None

    async def _undo(self, run_id: str, text: str, failed: str) -> float | None:
        """Undo a run and end it with ``text``, or with ``failed`` and the reason."""
        undone = await self._executor.undo(run_id)
        if isinstance(undone, float):
            return undone
        if undone.failure is None:
            await self._journal.settle(run_id, RunStatus.UNDONE, translate(text))
        else:
            await self._journal.settle(run_id, RunStatus.FAILED, f"{translate(failed)} {undone.text}")
        return None


def _summary(result: Outcome, checks: tuple[CheckResult, ...], facts: _Facts) -> str:
    """Return the outcome as a text, with the error of the run when not every step was carried out."""
    text = _outcome_text(result, checks, facts)
    return f"{text} {facts.run.error}." if facts.run.error else text


def _outcome_text(result: Outcome, checks: tuple[CheckResult, ...], facts: _Facts) -> str:
    if result is not Outcome.UNKNOWN:
        return translate(SUMMARY[result])
    reasons = [f"{check.name} ({check.text})" for check in checks if check.ok is None]
    if not reasons:
        has_recipe = facts.recipe is not None or reads_itself_back(facts.option)
        reasons = [translate(NOTHING_TO_READ if has_recipe else RUNBOOK_CHANGED)]
    return f"{translate(NOT_KNOWN)}: {'; '.join(reasons)}."


def _next_read(facts: _Facts, attempt: int, checks: tuple[CheckResult, ...]) -> float | None:
    """Return seconds until the next read, None when the time is over or all results are final."""
    if checks and all(one.ok or one.is_final for one in checks):
        return None
    settle, within = SETTLE, WITHIN
    if facts.recipe is not None:
        settle, within = facts.recipe.settle, facts.recipe.within
    elif not reads_itself_back(facts.option):
        return None
    return settle if (attempt + 1) * settle < within else None
