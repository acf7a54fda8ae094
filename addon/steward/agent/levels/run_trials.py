"""Labels runs of recipes: bad ones at once, good ones after a relapse window in which the target was read."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from homelab_steward.contract.incidents import Alert, Incident, Outcome, Run, RunStatus, StepState
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.state import FrontEnd

from ...autonomy.trials import RELAPSE_WINDOW, Label, NoLabel, Watch, circumstance, label_of
from ...clock import Clock
from ...inventory.ports import Inventory
from ...runbooks.model import Runbook
from ...store import approvals, audit, incidents, runs
from ...store import autonomy as stored
from ...store.autonomy import StoredTrial
from ...store.runs import Entry, RunOutcome
from ...store.store import Store, Unit
from ...store.target_keys import target_key
from ...texts import Texts, said_in, spoken
from ..runs.outcomes import OUTCOME_TEXTS
from ..runs.undoing import TOOK_EFFECT
from .autonomy_cells import cell_of, nature_of
from .autonomy_notices import tell
from .ladder import Ladder
from .trial_watch import is_back, is_known, observed, watched

NOTED: Final = timedelta(minutes=10)
"""The longest time between two writes of when the target of a trial was last read."""

TAKEN_BACK: Final = (RunStatus.FAILED, RunStatus.UNDONE)
"""The status of a run with a failed step, after the steps before it were undone or could not be undone."""


class RunTrials:
    """Stores one trial for each run of a recipe for a problem."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        library: Mapping[str, Runbook],
        clock: Clock,
        zone: str,
        ladder: Ladder,
    ) -> None:
        """``zone`` is the time zone of the people, ``ladder`` lowers levels after bad labels."""
        self._store = store
        self._inventory = inventory
        self._library = library
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._ladder = ladder
        self._targets: frozenset[str] = frozenset()

    async def begin(self, unit: Unit, run: Run, option: Option, outcome: RunOutcome) -> None:
        """Store the trial of a run that was just concluded, in the transaction that counts it."""
        cell = cell_of(option)
        incident = await incidents.existing(unit.connection, run.incident_id)
        if cell is None or incident.target is None:
            return
        others = await stored.count_open_problems(unit.connection, incident.id)
        around = circumstance(run.started_at.astimezone(self._zone), incident.severity, others)
        before = await runs.checks_before(unit.connection, run.id)
        at = outcome.finished_at
        trial = StoredTrial(
            run_id=run.id,
            runbook_id=cell.runbook_id,
            version=cell.version,
            runbook_hash=outcome.runbook_hash,
            recipe=cell.recipe,
            target_class=cell.target_class,
            target=target_key(incident.target),
            plan_hash=run.plan_hash,
            alerts=tuple(sorted({one.name for one in incident.alerts})),
            is_automatic=outcome.via == FrontEnd.STEWARD,
            hour_part=around.hour_part.value,
            severity=around.severity.value,
            others_open=around.others_open,
            started_at=run.started_at,
            at=at,
            due_at=at + self._window(cell.runbook_id, cell.recipe),
            seen_at=at,
            looked_at=at,
            watch=Watch.COVERED.value,
            was_readable=any(ok is not None for ok in before.values()),
            nature=nature_of(option, self._inventory),
        )
        await stored.add_trial(unit.connection, trial)
        if trial.is_automatic:
            await self._tell(unit, run, incident.target.name, outcome.outcome)
        self._targets |= {trial.target}
        undone = undo_results(run, await runs.entries(unit.connection, run.id))
        await self._note_undos(unit, run, undone)
        known = observed(trial, outcome.outcome, is_back=False, undo_failed=not all(undone.values()))
        await self._label(unit, trial, label_of(known, self._clock.now()))

    async def look(self) -> None:
        """Label trials whose problem is back, or whose relapse window is over."""
        async with self._store.read(quick=True) as connection:
            trials = await stored.open_trials(connection)
        self._targets = frozenset(one.target for one in trials)
        if not trials:
            return
        async with self._store.read() as connection:
            found = await incidents.received_since(connection, min(one.at for one in trials))
        for trial in trials:
            await self._judge(trial, found)

    def concerns(self, incident: Incident | None) -> bool:
        """Return whether a changed incident may say something about an open trial."""
        if incident is None or not self._targets:
            return False
        return incident.target is None or target_key(incident.target) in self._targets

    async def _judge(self, trial: StoredTrial, alerts: Sequence[Alert]) -> None:
        now = self._clock.now()
        seen = watched(trial, now, readable=is_known(self._inventory, trial.target))
        known = observed(seen, Outcome.FIXED, is_back=is_back(trial, alerts))
        label = label_of(known, now)
        is_noted = abs(now - trial.looked_at) >= NOTED or seen.watch != trial.watch
        if isinstance(label, NoLabel) and not is_noted:
            return
        async with self._store.change(durable=True) as unit:
            await stored.note_watched(unit.connection, seen)
            await self._label(unit, seen, label)

    async def _label(self, unit: Unit, trial: StoredTrial, label: Label | NoLabel) -> None:
        """Store the label of a trial that has none yet."""
        now = self._clock.now()
        if isinstance(label, NoLabel):
            return
        if not await stored.label_trial(unit.connection, trial.run_id, label.value, now):
            return
        body = {"run": trial.run_id, "label": label.value}
        await audit.append(unit.connection, now, "trial.labelled", body)
        await self._ladder.labelled(unit, replace(trial, label=label.value, labelled_at=now))

    async def _note_undos(self, unit: Unit, run: Run, undone: Mapping[int, bool]) -> None:
        """Count the undos of a run that worked or failed as evidence about the actions."""
        for position, worked in undone.items():
            step = run.steps[position]
            proof = f"{run.id}:{position}"
            await self._ladder.note_undo(unit, proof, step.action, step.target, worked=worked)

    async def _tell(self, unit: Unit, run: Run, name: str, outcome: Outcome) -> None:
        """Send people the result of a run that was not announced; an announced request shows it."""
        request = await approvals.request(unit.connection, run.approval_id)
        if request is None or request.acts_at is not None:
            return

        def say(texts: Texts) -> str:
            label, result = said_in(run.label, texts), texts(OUTCOME_TEXTS[outcome])
            return texts(t"{name}: {label}. The steward did it without asking, and {result}.")

        await tell(unit, (spoken(say),), self._clock.now())

    def _window(self, runbook_id: str, recipe_id: str) -> timedelta:
        runbook = self._library.get(runbook_id)
        recipe = runbook.recipe(recipe_id) if runbook else None
        return timedelta(hours=recipe.relapse) if recipe else RELAPSE_WINDOW


def undo_results(run: Run, entries: Sequence[Entry]) -> dict[int, bool]:
    """Return whether the undo of a step worked, by position; steps that need no undo are left out. Pure.

    After the verdict WORSE all steps that took effect have to be undone, after a failed step all steps that
    were done before it.
    """
    tried: Container[StepState] = ()
    if run.verdict is not None and run.verdict.outcome is Outcome.WORSE:
        tried = TOOK_EFFECT
    elif run.verdict is None and run.status in TAKEN_BACK:
        tried = (StepState.VERIFIED,)
    found: dict[int, bool] = {}
    for entry in entries:
        if entry.state is StepState.UNDONE:
            found[entry.position] = True
        elif entry.undoing_at is not None or entry.state in tried:
            found[entry.position] = False
    return {one: worked for one, worked in found.items() if run.steps[one].has_effect}
