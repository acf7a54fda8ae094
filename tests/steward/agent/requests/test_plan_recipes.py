"""Recipes of runbooks with several steps as parts of a plan: all of one, in its order, or none."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.commands import ActionRequested
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    IncidentStatus,
    RunStatus,
    StepState,
)
from homelab_steward.contract.step_parts import PlannedRecipe
from rig.agent_rig import AgentRig, TaskEngine, library, open_rig
from rig.inventory import ToyInventory, box, speaker
from rig.toy import Toy
from steward.agent.requests.plan_requests import RequestPlan
from steward.agent.requests.request_plan import MOST_STEPS, PlanStep, units
from steward.errors import PreconditionFailed
from steward.runbooks.model import Runbook

GROWS: Final = """---
id: grows
version: 1
title: Box is too small
match: {alerts: [BoxSmall], targets: [box]}
recipes:
  - id: all
    label: Give it more
    steps:
      - {action: toy.set_memory, arguments: {memory: 4096}}
      - wait_for: {name: Memory below 60 %, reading: share, below: 60, within: 0.05}
      - {action: toy.set_cpu, arguments: {cores: 4}}
    verify: [{name: It runs, reading: running, equals: true}]
    settle: 0.01
    within: 0.05
  - id: kick
    label: Restart it
    steps: [{action: toy.restart}]
    verify: [{name: It runs, reading: running, equals: true}]
  - id: other
    label: Change the other box too
    steps:
      - {action: toy.set_cpu, arguments: {cores: 4}}
      - {action: toy.set_cpu, target: {service: toy, name: sonarr}, arguments: {cores: 4}}
    verify: [{name: It runs, reading: running, equals: true}]
---
# Box is too small
"""

CAREFUL: Final = """---
id: careful
version: 1
title: Box is too small
match: {alerts: [BoxSmall], targets: [box]}
recipes:
  - id: careful
    label: Give it more while nobody streams
    not_while: [streaming]
    steps: [{action: toy.set_cpu, arguments: {cores: 4}}]
    verify: [{name: It runs, reading: running, equals: true}]
---
# Box is too small
"""

TITLE: Final = "Box is too small"
SWAP: Final = PlanStep(target=box("sonarr"), action="set_swap", arguments={"swap": 1024})


def recipe(name: str = "all", target: str = "radarr", version: int = 1) -> PlanStep:
    found = PlannedRecipe(
        runbook_id="careful" if name == "careful" else "grows",
        version=version,
        recipe=name,
        target=box(target),
    )
    return PlanStep(target=box(target), action="set_memory", runbook=TITLE, recipe=found)


def runbooks() -> dict[str, Runbook]:
    return library(GROWS, CAREFUL)


async def ask(rig: AgentRig, *steps: PlanStep) -> ActionRequested:
    return await rig.agent.plan_requests.request(RequestPlan(speaker=speaker(), steps=steps))


async def asked(rig: AgentRig, *steps: PlanStep) -> ApprovalRequest:
    return await rig.request_with((await ask(rig, *steps)).approval_id or "")


async def approved(rig: AgentRig, *steps: PlanStep, by_hand: bool = False) -> ApprovalRequest:
    """Ask and approve; ``by_hand``: the engine begins nothing, the test executes."""
    assert isinstance(rig.engine, TaskEngine)
    rig.engine.broken = by_hand
    return await rig.press(await asked(rig, *steps))


async def concluded(rig: AgentRig) -> Incident:
    return await rig.until(lambda one: one.status.is_closed)


def states(incident: Incident) -> list[StepState]:
    assert incident.run is not None
    return [one.state for one in incident.run.steps]


async def test_one_approval_names_all_steps_and_they_are_done_in_order(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        request = await asked(rig, SWAP, recipe())
        (only,) = request.proposal.options
        assert only.label == (
            f"Set swap: sonarr, Set memory ({TITLE}): radarr, and Set cpu ({TITLE}): radarr"
        )
        assert [one.action for one in only.steps] == [
            "toy.set_swap",
            "toy.set_memory",
            "wait_for",
            "toy.set_cpu",
        ]
        assert [one.after for one in only.steps] == [(), (), (1,), (1, 2)]
        assert [one.undone_without for one in only.steps] == [(), (2, 3), (), ()]
        assert [one.recipe for one in only.steps] == [None, *[recipe().recipe] * 3]
        assert rig.toy.done == [], "nothing is changed before the approval"
        await rig.press(request)
        incident = await concluded(rig)
        assert incident.status is IncidentStatus.RESOLVED
        assert states(incident) == [StepState.VERIFIED] * 4
        assert rig.toy.done == ["set_swap 1024", "set_memory 4096", "set_cpu 4"]
        assert await rig.leases() == []


async def test_a_step_that_fails_in_the_middle_ends_its_recipe_only(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        rig.toy.refused_change = "set_cpu"
        await approved(rig, recipe(), SWAP)
        incident = await concluded(rig)
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED
        assert states(incident) == [
            StepState.UNDONE,
            StepState.VERIFIED,
            StepState.FAILED,
            StepState.VERIFIED,
        ]
        assert "Done: Set swap (sonarr). Undone: Set memory (radarr)." in incident.resolution
        assert "Not done: Set cpu (radarr): the toy said no." in incident.resolution
        assert rig.toy.done == ["set_memory 4096", "set_swap 1024", "undo set_memory 2048"]


async def test_a_refused_precheck_of_a_step_undoes_what_was_done_for_it(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        checks: list[str] = []

        def passing(place: str) -> None:
            if place == "precheck":
                checks.append(place)
                if len(checks) == 2:
                    message = "not while a backup runs"
                    raise PreconditionFailed(message)

        rig.toy.passing = passing
        await approved(rig, recipe(), SWAP)
        incident = await concluded(rig)
        assert states(incident)[0] is StepState.UNDONE
        assert "Not done: Set cpu (radarr): not while a backup runs." in incident.resolution
        assert rig.toy.done == ["set_memory 4096", "set_swap 1024", "undo set_memory 2048"]


async def test_the_first_step_that_fails_keeps_the_others_of_its_recipe(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        rig.toy.refused_change = "set_memory"
        await approved(rig, recipe(), SWAP)
        incident = await concluded(rig)
        assert states(incident)[1:3] == [StepState.INTENDED, StepState.INTENDED]
        assert "Set cpu (radarr): it needs Set memory" in incident.resolution
        assert rig.toy.done == ["set_swap 1024"]


async def test_a_wait_that_is_not_fulfilled_undoes_its_recipe_only(tmp_path: Path) -> None:
    toy = Toy()
    async with open_rig(tmp_path, toy, runbooks=runbooks()) as rig:
        toy.slow = 1_000_000
        await approved(rig, recipe(), SWAP)
        incident = await concluded(rig)
        assert states(incident)[0] is StepState.UNDONE
        assert states(incident)[2] is StepState.INTENDED
        assert "Set cpu (radarr): it needs Wait up to" in incident.resolution
        assert rig.toy.done == ["set_memory 4096", "set_swap 1024", "undo set_memory 2048"]


async def test_a_dry_run_that_is_refused_leaves_all_of_the_recipe_out(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        dry_runs: list[str] = []

        def passing(place: str) -> None:
            if place == "dry_run":
                dry_runs.append(place)
                if len(dry_runs) == 2:
                    message = "a backup runs"
                    raise PreconditionFailed(message)

        rig.toy.passing = passing
        found = await ask(rig, recipe(), SWAP)
        request = await rig.request_with(found.approval_id or "")
        assert [one.action for one in request.proposal.options[0].steps] == ["toy.set_swap"]
        assert request.proposal.left_out == ("radarr: a backup runs.",)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (recipe("kick"), "Box is too small has a high risk and is approved alone"),
        (recipe("careful"), "Box is too small depends on something that is not known and is approved alone"),
        (recipe("gone"), "the runbook is not the one that the plan was made from"),
        (recipe(version=2), "the runbook is not the one that the plan was made from"),
    ],
)
async def test_what_has_to_be_approved_alone_is_in_no_plan(
    tmp_path: Path, wanted: PlanStep, reason: str
) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        found = await ask(rig, wanted, SWAP)
        assert found.instead == f"radarr: {reason}."
        with pytest.raises(ContractError, match=reason):
            await ask(rig, wanted)


async def test_a_runbook_that_is_gone_is_in_no_plan(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks={}) as rig:
        with pytest.raises(ContractError, match="the runbook is not the one"):
            await ask(rig, recipe())


async def test_two_parts_of_a_plan_never_change_the_same_target(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        found = await ask(rig, recipe("other"), SWAP)
        request = await rig.request_with(found.approval_id or "")
        assert [one.target for one in request.proposal.options[0].steps] == [box("radarr"), box("sonarr")]
        assert found.instead == "sonarr: only one action for each target."


async def test_all_steps_of_recipes_count(tmp_path: Path) -> None:
    names = [f"box{one}" for one in range(MOST_STEPS // 2 + 1)]
    async with open_rig(tmp_path, inventory=ToyInventory(Toy(), names), runbooks=runbooks()) as rig:
        with pytest.raises(ContractError, match=f"These are {MOST_STEPS + 2} changes"):
            await ask(rig, *(recipe(target=one) for one in names))


@pytest.mark.parametrize(
    "changed",
    [
        GROWS.replace("version: 1", "version: 2"),
        GROWS.replace("      - {action: toy.set_cpu, arguments: {cores: 4}}\n    verify", "    verify", 1),
        GROWS.replace("cores: 4", "cores: 8"),
    ],
)
async def test_a_runbook_that_changed_since_the_approval_changes_nothing(
    tmp_path: Path, changed: str
) -> None:
    known = runbooks()
    async with open_rig(tmp_path, runbooks=known) as rig:
        request = await approved(rig, recipe(), SWAP, by_hand=True)
        known |= library(changed)
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []
        refused = await rig.incident()
        assert refused.run is not None
        assert any(one in (refused.run.error or "") for one in ("the runbook is not", "something changed"))


async def test_a_home_that_changed_since_the_approval_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_streaming: list[bool] = [False]

    async def facts(_self: ToyInventory) -> dict[str, bool | None]:
        return {"streaming": is_streaming[0]}

    monkeypatch.setattr(ToyInventory, "home_facts", facts)
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        request = await approved(rig, recipe("careful"), by_hand=True)
        is_streaming[0] = True
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []


async def test_a_lab_that_changed_is_asked_about_again_with_the_whole_recipe(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        request = await asked(rig, recipe(), recipe("careful", "sonarr"), SWAP)
        rig.toy.limit = 3000
        await rig.press(request)
        refused = await concluded(rig)
        assert "something changed since" in refused.resolution
        again = await rig.until(lambda one: one.status is IncidentStatus.WAITING, number=2)
        asked_again = (await rig.request_with(again.approval_id or "")).proposal.options[0]
        before = request.proposal.options[0]
        assert [one.recipe for one in asked_again.steps] == [one.recipe for one in before.steps]
        assert [one.after for one in asked_again.steps] == [one.after for one in before.steps]
        assert asked_again.plan_hash != before.plan_hash


@pytest.mark.parametrize("call", ["precheck", "execute", "verify", "probe"])
@pytest.mark.parametrize("number", [1, 2])
async def test_an_execution_that_is_killed_continues_and_sends_nothing_twice(
    tmp_path: Path, call: str, number: int
) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        request = await approved(rig, recipe(), SWAP, by_hand=True)
        calls = [0]

        def passing(place: str) -> None:
            calls[0] += place == call
            if place == call and calls[0] == number:
                raise asyncio.CancelledError

        rig.toy.passing = passing
        found: RunStatus | float = 0.0
        for _ in range(100):
            try:
                found = await rig.agent.execute(request.id)
            except asyncio.CancelledError:
                continue
            if isinstance(found, RunStatus):
                break
        assert found in {RunStatus.VERIFYING, RunStatus.UNKNOWN}
        assert len(rig.toy.done) == len(set(rig.toy.done))


async def test_steps_of_one_recipe_belong_together(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=runbooks()) as rig:
        steps = (await asked(rig, recipe(), SWAP)).proposal.options[0].steps
        assert [len(one) for one in units(steps)] == [3, 1]
        other = replace(recipe().recipe, version=2)  # type: ignore[type-var]
        assert [len(one) for one in units([steps[0], replace(steps[1], recipe=other)])] == [1, 1]
        assert units(()) == []
