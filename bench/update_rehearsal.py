"""Plays an update through the real gate, executor, watcher and store, with the readings of a lab."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Final, override

import msgspec

from bench.update_lab import UPDATED_AT, Lab, sample_times
from homelab_steward.contract.changes import Change, ChangeStatus, Distance, WayBack
from homelab_steward.contract.incidents import ApprovalRequest, RunStatus
from homelab_steward.contract.proposals import BACK, Option, OptionKind
from homelab_steward.contract.state import FrontEnd, TargetRef
from rig import records
from rig.agent_rig import AgentRig, TaskEngine, open_rig
from rig.copies import CopyInventory
from rig.inventory import NODE, box
from steward.agent.plans.back_plans import BackPlans
from steward.agent.plans.change_plans import ChangePlans
from steward.agent.plans.plan import highest_risk
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.request_plan import PlanStep
from steward.agent.requests.request_writer import Asker, RequestWriter, Wanted
from steward.agent.runs.journal import Journal
from steward.agent.runs.run_watch import RunWatch
from steward.changes.back_questions import BackQuestions
from steward.changes.baseline import learn_all
from steward.changes.observations import Sample
from steward.changes.observer import Observer, Scope
from steward.changes.watcher import Watcher
from steward.clock import ManualClock
from steward.sdk.kits import NAME
from steward.store import change_records, change_watches
from steward.store.target_keys import target_key

WENT_BACK: Final = {WayBack.DATA: "undo set_memory 2048", WayBack.SNAPSHOT: f"back {NODE.name}"}
"""What the toy notes when the update is undone, and when its node goes back to the copy."""

COPY: Final = PlanStep(
    target=NODE, action=f"copy_{NODE.kind}", arguments={NAME: "steward-c1"}, preserves=True
)
UPDATE: Final = PlanStep(target=box(), action="set_memory", arguments={"memory": 4096})
MOST_LOOKS: Final = 500
BEFORE_IT: Final = 10.0
"""Seconds before the update at which it is approved."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How the run of an update ended. ``is_back``: the old number is there again."""

    status: RunStatus
    is_back: bool


class IdleEngine(TaskEngine):
    """Starts no workflow: the stages are called here."""

    @override
    async def begin(self, request_id: str) -> None:
        self.begun.append(request_id)


class LabObserver(Observer):
    """Reads the lab. Once the update was taken back, the lab is as before it."""

    def __init__(self, rig: AgentRig, resolver: Resolver, clock: ManualClock, lab: Lab) -> None:
        super().__init__(rig.inventory, resolver, clock)
        self._rig = rig
        self._time = clock
        self._lab = lab

    @override
    async def read(self, scope: Scope) -> Sample:
        now = self._time.now()
        at = (now - UPDATED_AT).total_seconds()
        if set(WENT_BACK.values()).intersection(self._rig.toy.effects):
            # The same time of another day, on which nothing was updated.
            return msgspec.structs.replace(self._lab.at(-7200 + at % 3600), at=now)
        return self._lab.at(at)

    @override
    def scope(self, target: TargetRef, watched: Iterable[TargetRef] = ()) -> Scope:
        return Scope(target, {})


async def rehearse(lab: Lab, distance: Distance, folder: Path, way_back: WayBack = WayBack.DATA) -> Rehearsal:
    """Approve the update, and watch until its run is over; a person lets the data go back when asked.

    With the way back SNAPSHOT the machine is copied before, and goes back to the copy.
    """
    clock = ManualClock(UPDATED_AT - timedelta(seconds=BEFORE_IT))
    inventory = CopyInventory(clock) if way_back is WayBack.SNAPSHOT else None
    async with open_rig(folder, clock=clock, engine=IdleEngine, inventory=inventory) as rig:
        _watch_lab(rig, clock, lab)
        row = records.change(status=ChangeStatus.ASKED, way_back=way_back, distance=distance)
        async with rig.store.change() as unit:
            key = target_key(row.target)
            await change_records.save(unit.connection, row, key)
            learned = msgspec.json.encode(learn_all(lab.at(at) for at in sample_times(lab)))
            await change_watches.save_baseline(unit.connection, key, learned, clock.now())
        request = await _approve(rig, row)
        clock.move(BEFORE_IT)
        for _ in range(MOST_LOOKS):
            wait = await rig.agent.verify(request, 0)
            if wait is None:
                break
            await _answer(rig)
            clock.move(wait)
        run = next(one.run for one in await rig.incidents() if one.approval_id == request)
        assert run is not None
        is_undone = run.status is RunStatus.UNDONE and WENT_BACK[way_back] in rig.toy.effects
        return Rehearsal(run.status, is_undone and rig.toy.limit == 2048)  # noqa: PLR2004


def _watch_lab(rig: AgentRig, clock: ManualClock, lab: Lab) -> None:
    def make(resolver: Resolver, journal: Journal, writer: RequestWriter) -> RunWatch:
        plans = BackPlans(rig.inventory, resolver, journal)
        questions = BackQuestions(rig.store, journal, writer, rig.inventory, plans, UTC)
        return Watcher(rig.store, LabObserver(rig, resolver, clock, lab), questions, clock)

    rig.agent.use_watch(make)


async def _approve(rig: AgentRig, row: Change) -> str:
    """Ask about the update, approve it, and apply it; return the request's id."""
    steps = (COPY, UPDATE) if row.way_back is WayBack.SNAPSHOT else (UPDATE,)
    plan = await ChangePlans(rig.store, Resolver(rig.inventory)).make("c1", "5.1.1", steps)
    option = Option(
        number=1,
        kind=OptionKind.ACT,
        label="Update",
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
    )
    places = ("infrastructure",)
    wanted = Wanted(key="change:c1", title="Update", target=box(), options=(option,), categories=places)
    request = (await rig.agent.writer.write(Asker("", "", FrontEnd.PANEL), wanted)).request
    async with rig.store.change() as unit:
        asked = replace(row, approval_id=request.id)
        await change_records.save(unit.connection, asked, target_key(row.target))
    await rig.press(request)
    status = await rig.agent.execute(request.id)
    assert status is RunStatus.VERIFYING, status
    return request.id


async def _answer(rig: AgentRig) -> None:
    """Let the data go back too when that is asked."""
    for one in await rig.incidents():
        if one.group_key.startswith(BACK) and one.run is None:
            request = await rig.request(one)
            if request.decision is None:
                await rig.press(replace(request))
                await _bring_back(rig, request)


async def _bring_back(rig: AgentRig, request: ApprovalRequest) -> None:
    """Carry out the plan of an answer, if it has one: that brings back the copy."""
    if request.proposal.options[0].steps:
        await rig.agent.execute(request.id)
        await rig.agent.verify(request.id, 0)
