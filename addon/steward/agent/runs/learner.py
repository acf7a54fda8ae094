"""Stage: records how a run ended, counts it, and updates its incident."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from homelab_steward.contract.diagnosis import Diagnosis
from homelab_steward.contract.incidents import (
    AlertStatus,
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    StepState,
)
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import RunbookStatistics
from homelab_steward.contract.step_parts import PlannedStep

from ...clock import Clock
from ...inventory.ports import OUTAGE, Inventory
from ...runbooks.model import Look, Recipe, Runbook
from ...sdk.later_text import late_text
from ...store import approvals, audit, incidents, runs, witness_claims
from ...store.store import Store, Unit
from ...store.target_keys import target_key
from ...texts import translate
from ..content_hash import content_hash
from ..diagnosis.diagnoser import Diagnoser
from ..incidents.expectations import said_by
from ..incidents.incident_text import write_up
from ..levels.run_trials import RunTrials
from ..plans.plan import is_change, is_person_request
from ..requests.request_plan import is_plan
from .repair_proof import proves

MOST_ROUNDS: Final = 4
SILENCE: Final = "silence"
"""The capability of actions that silence an alert."""

WITHOUT_VERDICT: Final = {
    RunStatus.FAILED: Outcome.NOT_FIXED,
    RunStatus.UNDONE: Outcome.NOT_FIXED,
    RunStatus.UNKNOWN: Outcome.UNKNOWN,
}
"""The outcome of a run that ended before it was verified."""

FOLLOWED: Final = (OptionKind.DEFER, OptionKind.EACH)
"""The kinds of options that the stage of updates carries out."""

COUNTED: Final = (RunStatus.SUCCEEDED, *WITHOUT_VERDICT)


class Learner:
    """Concludes runs. Each run is counted once, even if it is concluded several times."""

    def __init__(
        self,
        store: Store,
        diagnoser: Diagnoser,
        inventory: Inventory,
        library: Mapping[str, Runbook],
        clock: Clock,
        trials: RunTrials,
    ) -> None:
        """``diagnoser`` reads the looks of an option INVESTIGATE.

        ``inventory`` stores expected states. ``trials`` stores the results of runs for autonomy.
        """
        self._store = store
        self._inventory = inventory
        self._diagnoser = diagnoser
        self._library = library
        self._clock = clock
        self._trials = trials

    async def conclude(self, run_id: str) -> None:
        """Record the result of a run and update its incident, once the run is over.

        A workflow that is older than a store from a backup may get here while another one works on the run.
        """
        async with self._store.read() as connection:
            run = await runs.run(connection, run_id)
            incident = await incidents.incident(connection, run.incident_id) if run else None
        if run is None or run.status.is_under_way or incident is None or incident.proposal is None:
            return
        option = incident.proposal.option(run.option)
        if option is None or incident.status is not IncidentStatus.ACTING:
            return
        looked = None
        if option.kind is OptionKind.INVESTIGATE:
            looked = await self._diagnoser.diagnose(incident, self._looks(option))
        async with self._store.change(durable=True) as unit:
            await self._conclude_in(unit, run, option, looked)

    def _looks(self, option: Option) -> tuple[Look, ...]:
        recipe = self._recipe(option)
        return recipe.looks if recipe else ()

    def _recipe(self, option: Option) -> Recipe | None:
        runbook = self._library.get(option.runbook_id or "")
        return runbook.recipe(option.recipe or "") if runbook else None

    async def _conclude_in(self, unit: Unit, run: Run, option: Option, looked: Diagnosis | None) -> None:
        incident = await incidents.incident(unit.connection, run.incident_id)
        if incident is None or incident.status is not IncidentStatus.ACTING:
            return
        if option.kind is OptionKind.ACT:
            await self._count(unit, run, option, is_request=incident.is_request)
        if proves(incident, run, option, self._recipe(option)):
            await witness_claims.settle(unit.connection, incident.id, self._clock.now(), was_real=True)
        _, firing = await incidents.count_in(unit.connection, incident.id)
        if option.kind is OptionKind.EXPECT_OFF and run.status is RunStatus.SUCCEEDED:
            incident = await self._expected_off(unit, incident, run, is_over=firing == 0)
        elif option.kind in FOLLOWED and run.status is RunStatus.SUCCEEDED:
            now = self._clock.now()
            incident = _resolved(replace(incident, run=run, updated_at=now), f"{run.label}.")
        else:
            is_over = bool(incident.alerts) and not incident.is_request and firing == 0
            incident = self._moved(incident, run, looked, is_over=is_over)
        late = late_text(await approvals.request(unit.connection, run.approval_id))
        if late:
            incident = replace(incident, resolution=f"{incident.resolution} {late}".strip())
        incident = replace(incident, write_up=write_up(incident))
        await incidents.save_incident(unit.connection, incident)
        body = {"incident": incident.id, "status": incident.status, "run": run.id}
        await audit.append(unit.connection, incident.updated_at, "incident.concluded", body)
        unit.publish(RowKind.INCIDENT, incident.id, incident)

    def _moved(self, incident: Incident, run: Run, looked: Diagnosis | None, *, is_over: bool) -> Incident:
        """Return the incident after the run.

        ``is_over``: no alert fires any more, so none can resolve the incident later.
        """
        now = self._clock.now()
        incident = replace(incident, run=run, diagnosis=looked or incident.diagnosis, updated_at=now)
        if run.status is RunStatus.SUCCEEDED and looked is None:
            return self._succeeded(incident, run, is_over=is_over)
        failure = "" if looked else f"{run.label}: {run.error or 'it did not help'}"
        if is_over:
            before = f"{failure.removesuffix('.')}. " if failure else ""
            return _resolved(incident, translate(t"{before}It went away by itself."))
        if looked is not None:
            return replace(incident, status=IncidentStatus.DIAGNOSED, round=incident.round + 1)
        if incident.is_request or not incident.alerts:
            # A request, not a problem: it ends here. Alerts that an update covered go on by themselves.
            return replace(incident, status=IncidentStatus.IGNORED, resolution=failure)
        if run.status is RunStatus.UNKNOWN:
            return replace(incident, status=IncidentStatus.UNSOLVED, resolution=failure)
        return _next_round(incident, failure)

    def _succeeded(self, incident: Incident, run: Run, *, is_over: bool) -> Incident:
        """Return the incident after a run that succeeded; a silence does not solve it."""
        option = incident.proposal.option(run.option) if incident.proposal else None
        how = f"{run.label}: {_success(run, option)}"
        if is_over or incident.is_request or not self._only_silences(incident, run):
            return _resolved(incident, how)
        how = translate(t"{how} The problem itself is not solved.")
        return replace(incident, status=IncidentStatus.UNSOLVED, resolution=how)

    def _only_silences(self, incident: Incident, run: Run) -> bool:
        """Return whether the steps of a run only silence alerts."""
        option = incident.proposal.option(run.option) if incident.proposal else None
        steps = option.steps if option else ()
        return bool(steps) and all(self._capability(step) == SILENCE for step in steps)

    def _capability(self, step: PlannedStep) -> str | None:
        service = self._inventory.service(step.target.instance_id)
        key = step.action.partition(".")[2]
        found = (one.capability for one in (service.actions if service else ()) if one.key == key)
        return next(found, None)

    async def _expected_off(self, unit: Unit, incident: Incident, run: Run, *, is_over: bool) -> Incident:
        """Write that the incident's target is meant to be off, which ends the incident.

        A target that runs again is not marked, so that its next outage is reported.
        """
        now, target = self._clock.now(), incident.target
        request = await approvals.request(unit.connection, run.approval_id)
        person = request.decision.person_name if request and request.decision else "A person"
        incident = replace(incident, run=run, updated_at=now)
        if target is None or not await self._inventory.expect_off(
            unit, target, said_by(person), only_off=True
        ):
            reason = translate(t"{run.label}: it is not off any more, so nothing was changed.")
            return _resolved(incident, reason) if is_over else _next_round(incident, reason)
        body = {"person": person, "instance": target.instance_id, "kind": target.kind, "target": target.id}
        await audit.append(unit.connection, now, "target.expected_off", {**body, "off": True})
        ended = [
            replace(alert, status=AlertStatus.RESOLVED, ends_at=now)
            for alert in await incidents.alerts_of(unit.connection, incident.id)
            if alert.status is AlertStatus.FIRING and OUTAGE in alert.labels
        ]
        await incidents.save_alerts(unit.connection, ended)
        changed = {alert.fingerprint: alert for alert in ended}
        shown = tuple(changed.get(alert.fingerprint, alert) for alert in incident.alerts)
        return _resolved(replace(incident, alerts=shown), f"{target.name}: {said_by(person)}.")

    async def _count(self, unit: Unit, run: Run, option: Option, *, is_request: bool) -> None:
        """Add the outcome to the recipe's statistics, once per run.

        Runs with a step that was refused before it was started are not counted, nor are runbooks that a
        person asked for without a problem, and plans for several targets.
        """
        if run.status not in COUNTED or option.runbook_id is None:
            return
        if is_request and (is_plan(option) or not is_person_request(option)):
            return
        entries = await runs.entries(unit.connection, run.id)
        if any(entry.state is StepState.FAILED and not entry.was_started for entry in entries):
            return
        outcome = await self._outcome(unit, run, option, option.runbook_id)
        if not await runs.add_outcome(unit.connection, outcome):
            return
        if not is_request:
            await self._trials.begin(unit, run, option, outcome)
        row = await runs.recipe_statistics(
            unit.connection, outcome.runbook_id, outcome.version, outcome.recipe
        ) or RunbookStatistics(
            runbook_id=outcome.runbook_id,
            version=outcome.version,
            recipe=outcome.recipe,
            title=self._title(option),
        )
        row = replace(counted(row, outcome.outcome), last_at=outcome.at)
        await runs.save_statistics(unit.connection, row)
        unit.publish(RowKind.STATISTICS, f"{row.runbook_id}@{row.version}/{row.recipe}", row)

    async def _outcome(self, unit: Unit, run: Run, option: Option, runbook_id: str) -> runs.RunOutcome:
        request = await approvals.request(unit.connection, run.approval_id)
        decision = request.decision if request else None
        incident = await incidents.incident(unit.connection, run.incident_id)
        first, now = option.steps[0], self._clock.now()
        about = incident.target if incident and incident.target else first.target
        service = first.action.partition(".")[0]
        version = option.runbook_version or 1
        return runs.RunOutcome(
            run_id=run.id,
            runbook_id=runbook_id,
            version=version,
            runbook_hash=content_hash(self._library.get(runbook_id), version),
            recipe=option.recipe or "",
            target=target_key(about),
            target_class=f"{service}.{first.target.kind}",
            decided_by=decision.person_id if decision else "",
            via=decision.via if decision else "",
            status=run.status,
            outcome=run.verdict.outcome if run.verdict else WITHOUT_VERDICT[run.status],
            started_at=run.started_at,
            finished_at=run.finished_at or now,
            at=now,
        )

    def _title(self, option: Option) -> str:
        runbook = self._library.get(option.runbook_id or "")
        return runbook.title if runbook else option.label


def _success(run: Run, option: Option | None) -> str:
    """Return the summary of a verdict for updates and for runs that ended early, else a fixed text."""
    is_partial = any(step.state is StepState.INTENDED for step in run.steps)
    if run.verdict is not None and (is_partial or (option is not None and is_change(option))):
        return run.verdict.summary
    return translate(t"done and checked.")


def _next_round(incident: Incident, result: str) -> Incident:
    """Return an incident that is opened for another proposal, or unsolved after MOST_ROUNDS rounds."""
    if incident.round >= MOST_ROUNDS:
        return replace(incident, status=IncidentStatus.UNSOLVED, resolution=result)
    return replace(incident, status=IncidentStatus.OPEN, round=incident.round + 1, resolution=result)


def _resolved(incident: Incident, how: str) -> Incident:
    return replace(incident, status=IncidentStatus.RESOLVED, resolved_at=incident.updated_at, resolution=how)


def counted(row: RunbookStatistics, result: Outcome) -> RunbookStatistics:
    """Return the statistics with one more outcome. Pure."""
    return replace(
        row,
        fixed=row.fixed + (result is Outcome.FIXED),
        not_fixed=row.not_fixed + (result is Outcome.NOT_FIXED),
        worse=row.worse + (result is Outcome.WORSE),
        unknown=row.unknown + (result is Outcome.UNKNOWN),
        last_outcome=result,
    )
