"""Plans of updates are bound to their revision, and carried out by the executor like others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import ApprovalRequest, IncidentStatus, RunStatus, StepState, Verb
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.step_parts import PlannedWait
from rig import records
from rig.agent_rig import AgentRig, TaskEngine, decide_command, open_rig
from rig.inventory import box, speaker
from rig.toy import SERVICE, Toy
from steward.agent.plans.change_plans import ChangePlans, WaitStep, change_of
from steward.agent.plans.plan import Plan, highest_risk
from steward.agent.plans.resolver import LONGEST_DRY_RUN, Resolver
from steward.agent.requests.request_plan import PlanStep
from steward.agent.requests.request_writer import Asker, RequestWriter, Wanted
from steward.errors import PreconditionFailed, ServiceUnreachable
from steward.sdk.description import Call, DryRun
from steward.store import change_records
from steward.store.store import Unit
from steward.store.target_keys import target_key

MEMORY: Final = PlanStep(target=box(), action="set_memory", arguments={"memory": 4096})
CPU: Final = PlanStep(target=box(), action="set_cpu", arguments={"cores": 4})
BELOW: Final = PlannedWait(name="Memory below 60 %", reading="share", within=50, settle=0.01, below=60)


@asynccontextmanager
async def made(
    folder: Path, *steps: PlanStep | WaitStep
) -> AsyncIterator[tuple[AgentRig, ChangePlans, Plan]]:
    """Yield the plan of an update that is asked about."""
    async with open_rig(folder) as rig:
        await save(rig, records.change(status=ChangeStatus.ASKED))
        plans = ChangePlans(rig.store, Resolver(rig.inventory))
        yield rig, plans, await plans.make("c1", "5.1.1", steps or (MEMORY,))


async def save(rig: AgentRig, row: Change) -> None:
    async with rig.store.change() as unit:
        await change_records.save(unit.connection, row, target_key(row.target))


def option(plan: Plan, kind: OptionKind = OptionKind.ACT) -> Option:
    return Option(
        number=1,
        kind=kind,
        label="Update",
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
    )


async def asked(rig: AgentRig, *options: Option) -> ApprovalRequest:
    writer: RequestWriter = rig.agent.writer
    wanted = Wanted(
        key="change:c1", title="Radarr", target=box(), options=options, categories=("infrastructure",)
    )
    request = (await writer.write(Asker("", "the steward", FrontEnd.PANEL), wanted)).request
    async with rig.store.change() as unit:
        row = await change_records.change(unit.connection, "c1")
        if row is not None:
            row = replace(row, approval_id=request.id)
            await change_records.save(unit.connection, row, target_key(row.target))
    return request


async def test_a_plan_has_its_steps_in_order_and_names_its_update(tmp_path: Path) -> None:
    async with made(tmp_path, MEMORY, WaitStep(target=box(), wait=BELOW), CPU) as (rig, plans, plan):
        assert plan.runbook_id == "change:c1"
        assert [one.action for one in plan.steps] == ["toy.set_memory", "wait_for", "toy.set_cpu"]
        assert {change_of(one) for one in plan.steps} == {"c1"}
        assert len({one.id for one in plan.steps}) == 3
        request = await asked(rig, option(plan))
        assert (await plans.again(option(plan), request.id)).digest == plan.digest


async def test_another_revision_is_another_plan(tmp_path: Path) -> None:
    async with made(tmp_path) as (_, plans, plan):
        other = await plans.make("c1", "5.1.2", (MEMORY,))
        assert other.steps == plan.steps
        assert other.digest != plan.digest


@pytest.mark.parametrize(
    "row",
    [
        records.change(status=ChangeStatus.GONE),
        records.change(status=ChangeStatus.READY),
        records.change(status=ChangeStatus.ASKED, revision="5.1.2"),
        records.change("other", status=ChangeStatus.ASKED),
    ],
)
async def test_what_is_not_offered_any_more_is_not_carried_out(tmp_path: Path, row: Change) -> None:
    async with made(tmp_path) as (rig, plans, plan):
        async with rig.store.change() as unit:
            await change_records.remove(unit.connection, ["c1"])
        await save(rig, row)
        with pytest.raises(PreconditionFailed, match="not offered any more"):
            await plans.again(option(plan), "")
        request = await rig.press(await asked(rig, option(plan)))
        incident = await rig.until(lambda one: one.status.is_closed)
        assert incident.approval_id == request.id
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert list(rig.toy.effects) == []


async def test_an_earlier_approval_does_not_hold_once_people_are_asked_again(tmp_path: Path) -> None:
    async with made(tmp_path) as (rig, plans, plan):
        request = await asked(rig, option(plan))
        await save(rig, records.change(status=ChangeStatus.ASKED, approval_id="a newer request"))
        with pytest.raises(PreconditionFailed, match="asked about again since"):
            await plans.again(option(plan), request.id)
        await rig.press(request)
        incident = await rig.until(lambda one: one.status.is_closed)
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert list(rig.toy.effects) == []


async def test_an_approval_that_ends_while_its_run_begins_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with made(tmp_path) as (rig, _, plan):
        request = await asked(rig, option(plan))
        again = ChangePlans.again

        async def ended(plans: ChangePlans, chosen: Option, request_id: str) -> Plan:
            found = await again(plans, chosen, request_id)
            await save(rig, records.change(status=ChangeStatus.READY, approval_id=request_id))
            return found

        monkeypatch.setattr(ChangePlans, "again", ended)
        await rig.press(request)
        incident = await rig.until(lambda one: one.status.is_closed)
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert incident.run.error == "this version is not offered any more"
        assert list(rig.toy.effects) == []


async def test_an_update_waits_and_is_read_back(tmp_path: Path) -> None:
    async with made(tmp_path, MEMORY, WaitStep(target=box(), wait=BELOW), CPU) as (rig, _, plan):
        await rig.press(await asked(rig, option(plan)))
        incident = await rig.until(lambda one: one.status.is_closed)
        assert incident.status is IncidentStatus.RESOLVED
        assert incident.run is not None
        assert [one.state for one in incident.run.steps] == [StepState.VERIFIED] * 3
        assert list(rig.toy.effects) == ["set_memory 4096", "set_cpu 4"]


async def test_a_step_that_waits_needs_a_reading_that_exists(tmp_path: Path) -> None:
    async with made(tmp_path) as (_, plans, _plan):
        nothing = WaitStep(target=box(), wait=replace(BELOW, reading="nothing"))
        with pytest.raises(PreconditionFailed, match="no reading nothing"):
            await plans.make("c1", "5.1.1", (nothing,))


@pytest.mark.parametrize("kind", [OptionKind.DEFER, OptionKind.EACH])
async def test_what_defers_or_approves_several_has_a_run_without_steps(
    tmp_path: Path, kind: OptionKind
) -> None:
    async with made(tmp_path) as (rig, _, plan):
        await rig.press(await asked(rig, option(plan, kind)))
        incident = await rig.until(lambda one: one.status.is_closed)
        assert incident.status is IncidentStatus.RESOLVED
        assert incident.resolution == "Update."
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED
        assert incident.run.steps == ()
        assert list(rig.toy.effects) == []


@pytest.mark.parametrize(("kind", "is_refused"), [(OptionKind.DEFER, False), (OptionKind.EACH, True)])
async def test_a_pause_stops_what_approves_changes(
    tmp_path: Path, kind: OptionKind, *, is_refused: bool
) -> None:
    async with made(tmp_path) as (rig, _, plan):
        request = await asked(rig, option(plan, kind))
        assert isinstance(rig.engine, TaskEngine)
        await rig.agent.mode.set_pause(SetPause(speaker=speaker("1"), scope=PauseScope.EVERYTHING))
        command = decide_command(request, Verb.APPROVE, option=1)
        if is_refused:
            with pytest.raises(Exception, match="Not approved"):
                await rig.agent.gate.decide(command)
        else:
            await rig.agent.gate.decide(command)


async def test_what_belongs_to_a_request_is_written_with_it_or_not_at_all(tmp_path: Path) -> None:
    async with made(tmp_path) as (rig, _, plan):
        wanted = Wanted(
            key="change:c1", title="R", target=box(), options=(option(plan),), categories=("media",)
        )
        noted: list[str] = []

        async def note(_unit: Unit, request: ApprovalRequest) -> None:
            noted.append(request.id)

        async def refuse(_unit: Unit, _request: ApprovalRequest) -> None:
            raise PreconditionFailed("changed")

        steward = Asker("", "steward", None)
        with pytest.raises(PreconditionFailed, match="changed"):
            await rig.agent.writer.write(steward, wanted, refuse)
        assert await rig.incidents() == ()
        written = await rig.agent.writer.write(steward, wanted, note)
        assert written.request.requested_via is None
        again = await rig.agent.writer.write(steward, wanted, note)
        assert again.was_waiting
        assert noted == [written.request.id] * 2


async def test_why_no_plan_could_be_made_is_said_without_what_a_defect_contains(tmp_path: Path) -> None:
    async with made(tmp_path) as (_, plans, _plan):
        assert plans.reason(PreconditionFailed(t"the disk is full")) == "the disk is full"
        assert plans.reason(KeyError("token")) == "a defect (KeyError)"


@pytest.mark.parametrize("fails", [False, True])
async def test_a_dry_run_without_an_answer_ends_after_its_time(tmp_path: Path, *, fails: bool) -> None:
    async def hangs(_toy: Toy, _call: Call) -> DryRun:
        if fails:
            raise TimeoutError
        await asyncio.Event().wait()
        raise AssertionError

    hanging = [replace(one, dry_run=hangs) if one.key == "set_memory" else one for one in SERVICE.actions]
    async with made(tmp_path) as (rig, _, _plan):
        rig.inventory.service_row = replace(SERVICE, actions=tuple(hanging))
        longest = LONGEST_DRY_RUN if fails else 0
        plans = ChangePlans(rig.store, Resolver(rig.inventory, longest))
        with pytest.raises(ServiceUnreachable, match="radarr did not answer the dry run in time"):
            await plans.make("c1", "5.1.1", (MEMORY,))
