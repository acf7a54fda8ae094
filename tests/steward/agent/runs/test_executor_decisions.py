"""What the executor carries out, refuses and settles; plans and effects are given."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    CheckResult,
    Incident,
    Run,
    RunStatus,
    StepState,
)
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedStep, PlannedWait
from rig import records
from rig.agent_rig import RUNBOOK, library, opened_store
from rig.inventory import NOW, box
from steward.agent.plans.plan import PERSON_REQUEST, Plan
from steward.agent.plans.references import Work
from steward.agent.runs import executor
from steward.agent.runs.executor import LONGEST_DELAY, Executor, RunRefused
from steward.agent.runs.journal import Intent, Journal
from steward.agent.runs.progress import DONE, Progress
from steward.agent.runs.undoing import LEFT_AS_IT_IS, Undone
from steward.agent.runs.verification import evaluate_all
from steward.clock import ManualClock
from steward.errors import PreconditionFailed
from steward.runbooks.model import Condition, Of, Recipe, Runbook
from steward.store import approvals, incidents
from steward.store.store import Store

RUN = "request"
STEPS = (records.step(), records.step("toy.restart", box("sonarr")))
PLAN = Plan("toy-memory", 1, "grow", STEPS, ({"a": 1}, {"b": 2}))
OPTION = records.option(1, plan_hash=PLAN.digest, steps=STEPS)
APPROVED = records.request(OPTION, status=ApprovalStatus.APPROVED, decision=records.decision())
TITLE = "Set memory: radarr"
DRIFTED = "the plan is not the one you approved: something changed since"


def asking(**changes: Any) -> ApprovalRequest:
    """Return the approved request with a changed option."""
    option = replace(OPTION, **changes)
    return replace(APPROVED, proposal=replace(APPROVED.proposal, options=(option,)))


@dataclass
class World:
    """The resolver, the diagnoser and the effects. ``error`` is what planning raises."""

    store: Store
    plan_now: Plan = PLAN
    error: Exception | None = None
    failures: list[str | None] = field(default_factory=list)
    results: list[CheckResult] = field(default_factory=list)
    done: list[tuple[str, int]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    is_slow: bool = False
    unknown: str | None = None
    lost: str | None = None
    undo_seconds: float | None = None
    seconds: float | None = None
    after: float | str | None = None

    @property
    def journal(self) -> Journal:
        return Journal(self.store, self.clock)

    def targets(self, target: TargetRef | None) -> dict[Of, TargetRef]:
        assert target == box()
        return {Of.TARGET: box()}

    async def plan(self, runbook: Runbook, recipe: Recipe, targets: Mapping[Of, TargetRef]) -> Plan:
        assert targets == {Of.TARGET: box()}
        return self._planned(("plan", runbook.id, recipe.id))

    async def request(self, target: TargetRef, key: str, arguments: Mapping[str, Value]) -> Plan:
        return self._planned(("request", target, key, arguments))

    def _planned(self, what: tuple[Any, ...]) -> Plan:
        self.asked.append(what)
        if self.error is not None:
            raise self.error
        return self.plan_now

    async def check(self, incident: Incident, conditions: Sequence[Condition]) -> tuple[CheckResult, ...]:
        self.asked.append(("conditions", len(conditions)))
        assert incident.target == box()
        return evaluate_all(conditions, {Of.TARGET: {"share": 95.0, "running": True}})

    async def take(self, what: str, work: Work) -> str | None:
        """Return the next failure. What succeeds is marked in the journal, as by the real one."""
        assert work.run_id == RUN
        self.done.append((what, work.entry.position))
        failure = self.failures.pop(0) if self.failures else None
        states = {"carry out": StepState.VERIFIED, "undo": StepState.UNDONE}
        if failure is None and self.unknown is None and self.lost is None and what in states:
            if what == "carry out":
                await self.journal.start(RUN, work.entry.position)
            await self.journal.mark(RUN, work.entry.position, states[what], f"detail {work.entry.position}")
        return failure

    async def carry_out(self, work: Work) -> Progress:
        if self.is_slow:
            await asyncio.sleep(0)
        if work.entry.state is StepState.VERIFIED:
            return DONE
        failure = await self.take("carry out", work)
        return Progress(failure=failure, unknown=self.unknown, lost=self.lost)

    async def carry_on(self, work: Work, wait: PlannedWait) -> Progress:
        assert work.step.wait == wait
        await self.take("wait", work)
        return Progress(wait=self.seconds)

    async def after_undo(self, works: Sequence[Work]) -> float | str | None:
        assert [one.entry.position for one in works] == list(range(len(works)))
        return self.after

    async def undo(self, work: Work) -> Progress:
        if self.undo_seconds is not None:
            return Progress(wait=self.undo_seconds)
        return Progress(failure=await self.take("undo", work))

    async def read_back(self, work: Work) -> CheckResult:
        await self.take("read back", work)
        return self.results.pop(0)

    async def run(self) -> Run:
        record = await self.journal.read(RUN)
        assert record is not None
        return record.run

    async def mark(self, *states: StepState) -> None:
        for position, state in enumerate(states):
            await self.journal.mark(RUN, position, state, f"detail {position}")


@asynccontextmanager
async def opened(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: ApprovalRequest = APPROVED,
    runbooks: Mapping[str, Runbook] | None = None,
    budget: int = 10,
) -> AsyncIterator[tuple[World, Executor]]:
    async with opened_store(folder) as store:
        async with store.change() as unit:
            incident = records.incident(records.stored_alert(), target=box(), approval_id=RUN)
            await incidents.save_incident(unit.connection, incident)
            pending = replace(request, status=ApprovalStatus.PENDING, decision=None)
            await approvals.add(unit.connection, pending)
            if request.decision is not None:
                status, decision = request.status, request.decision
                option = request.proposal.option(decision.option or 0)
                plan_hash = option.plan_hash if option else None
                await approvals.decide(unit.connection, RUN, status, decision, plan_hash)
        world = World(store)
        monkeypatch.setattr(executor, "Effects", lambda *_: world)
        monkeypatch.setattr(executor, "Waits", lambda *_: world)
        known = library(RUNBOOK) if runbooks is None else runbooks
        yield world, Executor(store, world.journal, world, world, known, budget, world.clock)  # type: ignore[arg-type]


async def intend(world: World, request: ApprovalRequest = APPROVED) -> None:
    """Write the intentions of the run, as before a crash."""
    async with world.store.read() as connection:
        incident = await incidents.existing(connection, "incident")
    option = request.proposal.options[0]
    intent = Intent(request=request, incident=incident, option=option, baselines=[{}] * len(option.steps))
    await world.journal.intend(intent, 10)


async def test_an_approved_plan_is_carried_out_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        assert await run.execute(RUN) is RunStatus.VERIFYING
        assert world.done == [("carry out", 0), ("carry out", 1)]
        assert world.asked == [("conditions", 2), ("plan", "toy-memory", "grow")]
        assert (await world.run()).status is RunStatus.VERIFYING
        assert (await world.run()).label == OPTION.label
        assert await world.journal.baseline(RUN, 1) == {"b": 2}
        assert await world.journal.checks_before(RUN) == {"Memory below 85 %": False, "It runs": True}
        assert await run.execute(RUN) is RunStatus.VERIFYING
        assert len(world.done) == 2, "what is done is not done again"


async def test_two_executions_of_one_run_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        world.is_slow = True
        both = await asyncio.gather(run.execute(RUN), run.execute(RUN))
        assert list(both) == [RunStatus.VERIFYING, RunStatus.VERIFYING]
        assert world.done == [("carry out", 0), ("carry out", 1)]


async def test_a_step_that_is_refused_before_it_starts_refuses_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        world.failures = ["not now"]
        assert await run.execute(RUN) is RunStatus.REFUSED
        assert world.done == [("carry out", 0)]
        found = await world.run()
        assert (found.status, found.error) == (RunStatus.REFUSED, "not now")


FIRST, SECOND = f"{TITLE} (radarr)", f"{TITLE} (sonarr)"


async def test_a_step_that_failed_after_its_start_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        await intend(world)
        await world.journal.start(RUN, 0)
        world.failures = ["refused"]
        assert await run.execute(RUN) is RunStatus.FAILED
        assert world.done == [("carry out", 0)], "there is nothing to undo"
        found = await world.run()
        assert (found.status, found.error) == (RunStatus.FAILED, f"{FIRST}: refused")


async def test_a_failure_undoes_the_steps_before_it_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        world.failures, world.undo_seconds = [None, "refused."], 2.0
        assert await run.execute(RUN) == 2.0
        found = await world.run()
        assert (found.status, found.error) == (RunStatus.RUNNING, f"{SECOND}: refused.")
        world.undo_seconds = None
        assert await run.execute(RUN) is RunStatus.UNDONE
        assert world.done == [("carry out", 0), ("carry out", 1), ("undo", 0)]
        assert (await world.run()).error == f"{SECOND}: refused. Undone: {FIRST}."


async def test_a_failure_whose_undo_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        world.failures = [None, "refused", "it is locked"]
        assert await run.execute(RUN) is RunStatus.FAILED
        assert (await world.run()).error == f"{SECOND}: refused. Not undone: {FIRST}: it is locked."


@pytest.mark.parametrize(
    ("steps", "is_first_done", "error"),
    [
        (STEPS[:1], False, "lost"),
        (STEPS, False, f"{FIRST}: lost"),
        (STEPS, True, f"{SECOND}: lost. Done before it, and not undone: {FIRST}"),
    ],
)
async def test_an_effect_that_is_not_known_ends_the_run_as_unknown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: tuple[PlannedStep, ...],
    error: str,
    *,
    is_first_done: bool,
) -> None:
    plan = replace(PLAN, steps=steps, baselines=PLAN.baselines[: len(steps)])
    request = asking(steps=steps, plan_hash=plan.digest)
    async with opened(tmp_path, monkeypatch, request) as (world, run):
        world.plan_now, world.lost = plan, "lost"
        if is_first_done:
            await intend(world, request)
            await world.journal.start(RUN, 0)
            await world.journal.mark(RUN, 0, StepState.VERIFIED)
        assert await run.execute(RUN) is RunStatus.UNKNOWN
        found = await world.run()
        assert (found.status, found.error) == (RunStatus.UNKNOWN, error)
        assert [what for what, _ in world.done] == ["carry out"], "nothing is undone"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (replace(APPROVED, status=ApprovalStatus.PENDING, decision=None), "the request is not approved"),
        (
            replace(APPROVED, status=ApprovalStatus.IGNORED, decision=records.decision(option=None)),
            "the request is not approved",
        ),
    ],
)
async def test_a_request_that_is_not_approved_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_: ApprovalRequest, reason: str
) -> None:
    async with opened(tmp_path, monkeypatch, request_) as (world, run):
        assert await run.execute(RUN) is RunStatus.REFUSED
        assert await world.journal.read(RUN) is None
        with pytest.raises(RunRefused) as refused:
            await run.read_back(RUN)
        assert str(refused.value) == reason
        with pytest.raises(RunRefused, match=r"^there is no such request$"):
            await run.read_back("unknown")
        assert world.done == []


async def test_an_option_that_does_not_exist_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = replace(APPROVED, status=ApprovalStatus.APPROVED, decision=records.decision())
    async with opened(tmp_path, monkeypatch, unknown) as (_, run):

        async def without_options(*_: Any) -> ApprovalRequest:
            return replace(unknown, decision=records.decision(option=None))

        monkeypatch.setattr(approvals, "request", without_options)
        with pytest.raises(RunRefused, match=r"^the approved option does not exist$"):
            await run.read_back(RUN)


@pytest.mark.parametrize("is_restart", [False, True])
@pytest.mark.parametrize(
    ("late", "error", "plan", "reason"),
    [
        (LONGEST_DELAY, None, PLAN, None),
        (
            LONGEST_DELAY + timedelta(microseconds=1),
            None,
            PLAN,
            "it was approved too long ago and not started since",
        ),
        (timedelta(0), None, replace(PLAN, steps=STEPS[:1]), DRIFTED),
        (timedelta(0), PreconditionFailed("not now"), PLAN, "not now"),
        (timedelta(0), ValueError("any"), PLAN, "the plan cannot be made now: a defect (ValueError)"),
    ],
)
async def test_a_plan_that_does_not_hold_any_more_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    late: timedelta,
    error: Exception | None,
    plan: Plan,
    reason: str | None,
    *,
    is_restart: bool,
) -> None:
    assert timedelta(hours=1) == LONGEST_DELAY
    async with opened(tmp_path, monkeypatch) as (world, run):
        if is_restart:
            await intend(world)
        world.clock.jump(late.total_seconds())
        world.error, world.plan_now = error, plan
        expected = RunStatus.VERIFYING if reason is None else RunStatus.REFUSED
        assert await run.execute(RUN) is expected
        found = await world.run()
        assert (found.status, found.error) == (expected, reason)
        assert world.done == ([] if reason else [("carry out", 0), ("carry out", 1)])


async def test_a_plan_without_targets_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = replace(PLAN, steps=(), baselines=())
    async with opened(tmp_path, monkeypatch, asking(steps=(), plan_hash=empty.digest)) as (world, run):
        world.plan_now = empty
        assert await run.execute(RUN) is RunStatus.REFUSED
        found = await world.run()
        assert found.error == "no target fits any more, so nothing would be changed"
        assert world.done == []


async def test_a_run_that_was_started_goes_on_without_a_new_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        await intend(world)
        await world.journal.start(RUN, 0)
        world.plan_now = replace(PLAN, steps=())
        assert await run.execute(RUN) is RunStatus.VERIFYING
        assert world.asked == []
        assert world.done == [("carry out", 0), ("carry out", 1)]


async def test_a_budget_that_is_used_up_refuses_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch, budget=1) as (world, run):
        assert await run.execute(RUN) is RunStatus.REFUSED
        assert (await world.run()).error == "the limit of 1 changes an hour is reached"


@pytest.mark.parametrize(
    ("changes", "is_known"),
    [({}, False), ({"recipe": "other"}, True), ({"recipe": None}, True), ({"runbook_id": None}, True)],
)
async def test_a_runbook_or_recipe_that_is_gone_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], *, is_known: bool
) -> None:
    runbooks: dict[str, Runbook] | None = None if is_known else {}
    async with opened(tmp_path, monkeypatch, asking(**changes), runbooks) as (world, run):
        assert await run.execute(RUN) is RunStatus.REFUSED
        assert (await world.run()).error == "the runbook does not exist any more"
        assert await world.journal.checks_before(RUN) == {}


async def test_a_request_of_a_person_is_planned_from_its_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, monkeypatch, asking(runbook_id=f"{PERSON_REQUEST}1")) as (world, run):
        assert await run.execute(RUN) is RunStatus.VERIFYING
        assert world.asked == [("conditions", 0), ("request", box(), "set_memory", {"memory": 3072})]


WAIT = replace(STEPS[1], wait=PlannedWait(name="It runs", reading="running", within=60.0, settle=5.0))
WITH_WAIT = replace(PLAN, steps=(STEPS[0], WAIT))


@pytest.mark.parametrize(("seconds", "status"), [(5.0, 5.0), (0.0, 0.0), (None, RunStatus.VERIFYING)])
async def test_a_step_that_waits_is_called_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float | None, status: RunStatus | float
) -> None:
    waiting = asking(steps=WITH_WAIT.steps, plan_hash=WITH_WAIT.digest)
    async with opened(tmp_path, monkeypatch, waiting) as (world, run):
        world.plan_now, world.seconds = WITH_WAIT, seconds
        assert await run.execute(RUN) == status
        assert world.done == [("carry out", 0), ("wait", 1)]
        expected = RunStatus.VERIFYING if seconds is None else RunStatus.RUNNING
        assert (await world.run()).status is expected
        await world.mark(StepState.VERIFIED, StepState.VERIFIED)
        world.done.clear()
        assert await run.undo(RUN) == Undone((FIRST,))
        assert world.done == [("undo", 0)], "a step that only waits has no effect"


@pytest.mark.parametrize(
    ("steps", "done", "error"),
    [
        (
            STEPS,
            [("carry out", 0)],
            f"{TITLE} (radarr): the result is not known, so the following steps were not carried out",
        ),
        (STEPS[:1], [("carry out", 0)], None),
    ],
)
async def test_a_result_that_is_not_known_stops_the_following_steps(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: tuple[PlannedStep, ...],
    done: list[tuple[str, int]],
    error: str | None,
) -> None:
    plan = replace(PLAN, steps=steps, baselines=PLAN.baselines[: len(steps)])
    async with opened(tmp_path, monkeypatch, asking(steps=steps, plan_hash=plan.digest)) as (world, run):
        world.plan_now, world.unknown = plan, "no answer"
        assert await run.execute(RUN) is RunStatus.VERIFYING
        found = await world.run()
        assert (found.status, found.error, world.done) == (RunStatus.VERIFYING, error, done)


async def test_investigating_changes_nothing_and_is_not_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asking(kind=OptionKind.INVESTIGATE, steps=())
    async with opened(tmp_path, monkeypatch, request) as (world, run):
        world.error = PreconditionFailed("not now")
        assert await run.execute(RUN) is RunStatus.SUCCEEDED
        assert (await world.run()).status is RunStatus.SUCCEEDED
        assert (world.asked, world.done) == ([], [])


async def test_reading_back_names_each_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        await intend(world)
        await world.mark(StepState.VERIFIED, StepState.EFFECT_KNOWN)
        world.results = [CheckResult(name="memory", ok=None, text="no answer")]
        assert await run.read_back(RUN) == (
            CheckResult(name=f"{TITLE} (radarr)", ok=True, text="detail 0"),
            CheckResult(name=f"{TITLE} (sonarr)", ok=None, text="no answer"),
        )
        assert world.done == [("read back", 1)]


@pytest.mark.parametrize(
    ("states", "failures", "done", "result"),
    [
        ((StepState.VERIFIED, StepState.EFFECT_KNOWN), [], [1, 0], Undone((SECOND, FIRST))),
        ((StepState.VERIFIED, StepState.FAILED), [], [0], Undone((FIRST,))),
        ((StepState.EFFECT_KNOWN, StepState.UNDONE), [], [0], Undone((SECOND, FIRST))),
        ((StepState.INTENDED, StepState.STARTED), [], [], Undone(())),
        (
            (StepState.VERIFIED, StepState.VERIFIED),
            ["refused"],
            [1],
            Undone((), f"{SECOND}: refused; {FIRST}: {LEFT_AS_IT_IS}"),
        ),
        ((StepState.VERIFIED, StepState.VERIFIED), [None, "no"], [1, 0], Undone((SECOND,), f"{FIRST}: no")),
    ],
)
async def test_steps_that_took_effect_are_undone_last_first_up_to_a_failure(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    states: tuple[StepState, StepState],
    failures: list[str | None],
    done: list[int],
    result: Undone,
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        await intend(world)
        await world.mark(*states)
        world.failures = list(failures)
        assert await run.undo(RUN) == result
        assert world.done == [("undo", position) for position in done]


async def test_a_step_that_cannot_be_undone_is_named_and_the_others_are_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = asking(steps=(STEPS[0], replace(STEPS[1], reversible=False)))
    async with opened(tmp_path, monkeypatch, request) as (world, run):
        await intend(world, request)
        await world.mark(StepState.VERIFIED, StepState.VERIFIED)
        assert await run.undo(RUN) == Undone((FIRST,), f"{SECOND}: it cannot be undone")


@pytest.mark.parametrize(
    ("undone", "text"),
    [
        (Undone(("b", "a")), "Undone: b, a."),
        (Undone(("b",), "a: no"), "Undone: b. Not undone: a: no."),
        (Undone((), "a: no"), "Not undone: a: no."),
    ],
)
def test_what_is_undone_is_said(undone: Undone, text: str) -> None:
    assert undone.text == text


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (StepState.INTENDED, RunStatus.FAILED),
        (StepState.STARTED, RunStatus.UNKNOWN),
        (StepState.EFFECT_UNKNOWN, RunStatus.UNKNOWN),
        (StepState.VERIFIED, RunStatus.FAILED),
    ],
)
async def test_giving_up_while_a_step_is_in_doubt_ends_as_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: StepState, status: RunStatus
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        await intend(world)
        await world.mark(state)
        await run.give_up(RUN, "it failed too often")
        assert (await world.run()).status is status


@pytest.mark.parametrize("is_begun", [False, True])
async def test_giving_up_ends_the_run_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_begun: bool
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        if is_begun:
            await intend(world)
        await run.give_up(RUN, "it failed too often")
        found = await world.run()
        assert found.status is (RunStatus.FAILED if is_begun else RunStatus.REFUSED)
        assert found.error == "it failed too often"
        assert (found.incident_id, found.label, found.finished_at) == ("incident", OPTION.label, NOW)
        assert world.done == []


@pytest.mark.parametrize("is_begun", [False, True])
async def test_a_run_with_an_incomplete_journal_ends_as_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_begun: bool
) -> None:
    async with opened(tmp_path, monkeypatch) as (world, run):
        if is_begun:
            await intend(world)
        await run.forget(RUN, "a backup was restored")
        found = await world.run()
        assert (found.status, found.error) == (RunStatus.UNKNOWN, "a backup was restored")
        assert world.done == []
