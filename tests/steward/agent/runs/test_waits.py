"""Waits for what an earlier step made: it arrives, fails, is late, or is taken back and waited for again."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, override

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import ApprovalRequest, Incident, Run, RunStatus, StepState
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import FrontEnd, Snapshot, TargetRef
from homelab_steward.contract.step_parts import PlannedWait
from rig.agent_rig import AgentRig, TaskEngine, open_rig
from rig.inventory import ToyInventory, box
from rig.toy import SERVICE, Toy
from steward.agent.plans.plan import Plan, highest_risk
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.asking import AskingRules
from steward.agent.requests.request_plan import in_sequence
from steward.agent.requests.request_writer import Asker, RequestWriter, Wanted
from steward.clock import SystemClock
from steward.errors import PreconditionFailed, ServiceUnreachable
from steward.inventory.ports import Seen
from steward.sdk.description import Action, AnyService, Call, Sensor, Undo

ARRIVED: Final = PlannedWait(
    name="the new limit", reading="revision", within=5, settle=0.01, made=True, failed="broken"
)
CALM: Final = PlannedWait(name="the box", reading="running", within=5, settle=0.01, equals=True)


async def _contains(toy: Toy, _call: Call, baseline: Mapping[str, Value], seen: str) -> bool:
    toy.check("contains")
    assert baseline["limit"] == 2048
    return "4096" in seen


async def _has_again(toy: Toy, _call: Call, _baseline: Mapping[str, Value], seen: str) -> bool:
    toy.check("contains")
    return "2048" in seen


def _deployed(action: Action[Toy]) -> Action[Toy]:
    undo = action.undo
    assert undo is not None
    return replace(action, contains=_contains, undo=replace(undo, contains=_has_again))


def service(action: Action[Toy] | None = None) -> AnyService:
    """Return the toy's service with readings of what is deployed."""
    texts = tuple(Sensor[Toy](key=key, name=key, value=lambda _: None) for key in ("revision", "broken"))
    kind = replace(SERVICE.resources[0], sensors=(*SERVICE.resources[0].sensors, *texts))
    first = action or _deployed(SERVICE.actions[0])
    return replace(SERVICE, resources=(kind,), actions=(first, *SERVICE.actions[1:]))


class Deploying(ToyInventory):
    """A toy whose boxes report what they have deployed, by default the limit, at each poll."""

    def __init__(self, toy: Toy) -> None:
        super().__init__(toy)
        self.follows = True
        self.service_row = service()
        self.extra = {"revision": "r2048", "broken": None}

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        if self.follows:
            self.extra["revision"] = f"r{self.toy.limit:g}"
        return await super().poll_now(instance_id)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[AgentRig, Deploying]]:
    inventory = Deploying(Toy())
    async with open_rig(folder, inventory=inventory) as rig:
        yield rig, inventory


async def planned(rig: AgentRig, *waits: PlannedWait, target: TargetRef | None = None) -> Plan:
    resolver = Resolver(rig.inventory)
    made = [await resolver.request(target or box(), "set_memory", {"memory": 4096})]
    made += [resolver.waiting(box("sonarr"), one) for one in waits]
    return in_sequence(made, ["memory", *("" for _ in waits)])


async def asked(rig: AgentRig, *waits: PlannedWait) -> ApprovalRequest:
    """Ask for a change and what is waited for after it, and approve it; the test executes by hand."""
    assert isinstance(rig.engine, TaskEngine)
    rig.engine.broken = True
    plan = await planned(rig, *(waits or (ARRIVED, CALM)))
    option = Option(
        number=1,
        kind=OptionKind.ACT,
        label="Change the limit",
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=1,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
    )
    wanted = Wanted(
        key="key", title="Change", target=box(), options=(option,), categories=("infrastructure",)
    )
    rules: AskingRules = rig.agent.plan_requests._writer._rules
    writer = RequestWriter(rig.store, rig.inventory, SystemClock(), rules)
    written = await writer.write(Asker("", "Steward", FrontEnd.HOME_ASSISTANT), wanted)
    return await rig.press(written.request)


async def executed(rig: AgentRig, request: ApprovalRequest) -> Run:
    """Carry a run out until it waits for nothing."""
    while isinstance(await rig.agent.execute(request.id), float):
        pass
    incident: Incident = await rig.incident()
    assert incident.run is not None
    return incident.run


async def test_what_was_made_arrives_where_it_is_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        inventory.follows = False
        request = await asked(rig)
        option = request.proposal.options[0]
        assert [(one.id, one.after, one.undone_without) for one in option.steps] == [
            ("memory", (), (1, 2)),
            ("", (0,), ()),
            ("", (0, 1), ()),
        ]
        assert await rig.agent.execute(request.id) == ARRIVED.settle
        assert [one.state for one in await rig.entries(request)] == [
            StepState.VERIFIED,
            StepState.STARTED,
            StepState.INTENDED,
        ]
        inventory.follows = True
        run = await executed(rig, request)
        assert (run.status, {one.state for one in run.steps}) == (RunStatus.VERIFYING, {StepState.VERIFIED})
        assert [one.detail for one in run.steps] == ["4096 MiB", "r4096", "yes"]
        assert rig.toy.done == ["set_memory 4096"]


async def test_what_is_late_is_taken_back_with_its_own_text(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        inventory.follows = False
        inventory.seen_now = Seen(problems=("It is out of sync",))
        late = replace(ARRIVED, within=0, late="Changed, but not deployed for 10 minutes")
        run = await executed(rig, await asked(rig, late, CALM))
        assert run.status is RunStatus.UNDONE
        assert rig.toy.done == ["set_memory 4096", "undo set_memory 2048"]
        assert run.error == (
            "Changed, but not deployed for 10 minutes. It is out of sync. Undone: Set memory (radarr)."
        )


async def test_what_failed_there_is_not_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        inventory.follows = False
        inventory.extra["broken"] = "r4096"
        inventory.seen_now = Seen(problems=("A hook failed",))
        long = replace(ARRIVED, within=1e6)
        request = await asked(rig, long)
        run = await executed(rig, request)
        assert run.error == "the new limit failed. A hook failed. Undone: Set memory (radarr)."
        assert run.status is RunStatus.UNDONE


async def test_an_older_failure_is_not_that_of_the_change(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        inventory.extra["broken"] = "r1024"
        assert (await executed(rig, await asked(rig))).status is RunStatus.VERIFYING


@pytest.mark.parametrize("blind", ["reading", "comparison", "action"])
async def test_what_cannot_be_read_takes_nothing_back(tmp_path: Path, blind: str) -> None:
    async with opened(tmp_path) as (rig, inventory):
        request = await asked(rig, replace(ARRIVED, within=0))
        if blind == "reading":
            inventory.unknown["revision"] = "the service restarts"
        elif blind == "action":
            inventory.service_row = service(SERVICE.actions[0])
        else:

            def lost(place: str) -> None:
                if place == "contains":
                    raise ServiceUnreachable("the forge is away")

            rig.toy.passing = lost
        run = await executed(rig, request)
        assert (run.status, run.steps[1].state) == (RunStatus.UNKNOWN, StepState.EFFECT_UNKNOWN)
        assert rig.toy.done == ["set_memory 4096"]
        reasons = {
            "reading": "the service restarts",
            "comparison": "the forge is away",
            "action": "no step before it says what it made",
        }
        assert reasons[blind] in (run.error or "")


async def test_a_reading_without_a_value_is_not_known(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        inventory.follows = False
        inventory.extra["revision"] = None
        run = await executed(rig, await asked(rig, CALM, replace(ARRIVED, within=0)))
        assert run.status is RunStatus.UNKNOWN


async def test_the_undo_is_waited_for_and_survives_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        rig.toy.breaks = True
        request = await asked(rig, ARRIVED, replace(CALM, within=0.05))
        while await rig.agent.execute(request.id) != RunStatus.RUNNING and len(rig.toy.done) < 2:
            inventory.follows = (await rig.entries(request))[1].state is not StepState.VERIFIED
        found = await rig.agent.execute(request.id)
        assert found == ARRIVED.settle, "the undo is done, and not deployed so far"
        assert (await rig.entries(request))[0].state is StepState.UNDONE
        record = (await rig.incident()).run
        assert record is not None
        assert record.status is RunStatus.RUNNING
        inventory.follows = True
        run = await executed(rig, request)
        assert run.status is RunStatus.UNDONE
        assert rig.toy.done == ["set_memory 4096", "undo set_memory 2048"]


async def test_an_undo_that_does_not_arrive_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        request = await asked(rig, replace(ARRIVED, within=0.02), replace(CALM, within=0))
        inventory.follows = False
        inventory.extra["revision"] = "r4096"
        rig.toy.breaks = True
        run = await executed(rig, request)
        assert run.status is RunStatus.FAILED
        assert "sonarr: the new limit is r4096 after the undo" in (run.error or "")


async def test_an_undo_that_cannot_be_compared_is_not_known(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        action = SERVICE.actions[0]
        assert isinstance(action.undo, Undo)
        inventory.service_row = service(replace(action, contains=_contains))
        rig.toy.breaks = True
        run = await executed(rig, await asked(rig, ARRIVED, replace(CALM, within=0)))
        assert "does not say what it made after the undo" in (run.error or "")


async def test_an_undo_whose_service_is_gone_is_not_known(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, inventory):
        rig.toy.breaks = True
        request = await asked(rig, ARRIVED, replace(CALM, within=0))

        def disconnect(place: str) -> None:
            inventory.connected = place != "undo_dry_run" or len(rig.toy.done) < 2

        rig.toy.passing = disconnect
        run = await executed(rig, request)
        assert "There is no instance toy1" in (run.error or "")


async def test_only_a_reading_that_exists_can_be_waited_for(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, _):
        with pytest.raises(PreconditionFailed, match="sonarr has no reading missing"):
            await planned(rig, replace(CALM, reading="missing"))


async def test_a_plan_with_waits_is_not_asked_about_again_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, _):
        request = await asked(rig)
        rig.toy.limit = 3000
        run = await executed(rig, request)
        assert run.status is RunStatus.REFUSED
        await rig.agent.plan_requests.ask_again(request.id)
        assert len(await rig.incidents()) == 1


async def test_the_approval_covers_what_is_waited_for_and_not_its_texts(tmp_path: Path) -> None:
    async with opened(tmp_path) as (rig, _):
        one = await planned(rig, ARRIVED)
        same = await planned(rig, replace(ARRIVED, name="other", late="other"))
        other = await planned(rig, replace(ARRIVED, failed=""))
        assert one.digest == same.digest != other.digest
