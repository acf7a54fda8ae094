"""What a runbook can be requested for: only what it is for, and what offers its steps."""

from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.runbook_runs import RunbookTargets, RunbookTargetsQuery
from rig.agent_rig import RUNBOOK, AgentRig, open_rig
from rig.inventory import NODE, ToyInventory, box
from rig.toy import Toy
from steward.inventory.stacks import Stack

FRONT = "---\nid: toy-one\nversion: 1\ntitle: Toy one\n"
ACT = "recipes: [{id: a, label: A, steps: [%s], verify: [{name: N, reading: running, equals: true}]}]\n---\n"
READ = "recipes: [{id: a, label: A, kind: investigate, looks: [%s]}]\n---\n"


async def of(rig: AgentRig, runbook_id: str = "toy-one") -> RunbookTargets:
    return await rig.agent.runbook_targets.list(RunbookTargetsQuery(runbook_id=runbook_id))


@pytest.mark.parametrize(
    ("match", "names"),
    [
        ("match: {targets: [box]}", ["radarr", "sonarr"]),
        ("match: {}", ["radarr", "sonarr"]),
        ("match: {targets: [instance]}", []),
        ("match: {services: [other]}", []),
    ],
)
async def test_only_what_the_runbook_is_for_and_what_offers_its_step(
    tmp_path: Path, match: str, names: list[str]
) -> None:
    content = f"{FRONT}{match}\n{ACT % '{action: toy.restart}'}"
    inventory = ToyInventory(Toy(), ("radarr", "sonarr"))
    async with open_rig(tmp_path, inventory=inventory, runbooks=(content,)) as rig:
        found = await of(rig)
        assert [one.name for one in found.targets] == names
        assert (found.only_reads, found.is_for_all) == (False, False)
        assert ("No step of Toy one applies" in found.reason) == (not names)


@pytest.mark.parametrize(
    ("step", "is_offered"),
    [
        ("{capability: restart}", True),
        ("{capability: restart, of: storage}", False),
        ("{action: toy.restart, target: {service: toy, name: nothing-like-it}}", False),
        ("{action: toy.restart}, {wait_for: {name: W, reading: running, equals: true, within: 60}}", True),
    ],
)
async def test_a_step_whose_target_is_not_there_is_not_offered(
    tmp_path: Path, step: str, *, is_offered: bool
) -> None:
    content = f"{FRONT}match: {{targets: [box]}}\n{ACT % step}"
    async with open_rig(tmp_path, runbooks=(content,)) as rig:
        assert bool((await of(rig)).targets) == is_offered


@pytest.mark.parametrize(
    ("look", "is_offered"), [("tool: toy.status", True), ("capability: logs, of: host", False)]
)
async def test_a_runbook_that_only_reads_is_offered_where_it_can_read(
    tmp_path: Path, look: str, *, is_offered: bool
) -> None:
    content = f"{FRONT}match: {{targets: [box]}}\n{READ % f'{{{look}}}'}"
    async with open_rig(tmp_path, runbooks=(content,)) as rig:
        found = await of(rig)
        assert found.only_reads
        assert bool(found.targets) == is_offered


async def test_each_stack_is_one_target_with_its_own_name(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr", "sonarr"))
    members = (NODE, box("radarr"), box("sonarr"))
    inventory.stacks_now = (
        Stack(name="media", instance_id="toy1", parent=None, members=members),
        Stack(name="nodes", instance_id="toy1", parent=None, members=(NODE,)),
    )
    content = f"{FRONT}match: {{targets: [box, node]}}\neach: stack\n"
    content += "recipes: [{id: a, label: A, steps: [{capability: restart}]}]\n---\n"
    async with open_rig(tmp_path, inventory=inventory, runbooks=(content,)) as rig:
        found = await of(rig)
        assert [(one.name, one.target) for one in found.targets] == [("media", box("radarr"))]


async def test_a_runbook_for_each_instance_needs_no_target(tmp_path: Path) -> None:
    content = f"{FRONT}match: {{}}\neach: instance\n{READ % '{tool: toy.status}'}"
    async with open_rig(tmp_path, runbooks=(content,)) as rig:
        found = await of(rig)
        assert found.is_for_all
        assert found.only_reads
        assert [one.name for one in found.targets] == ["Toy"]


async def test_an_unknown_runbook_is_said_to_be_unknown(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(RUNBOOK,)) as rig:
        with pytest.raises(ContractError) as refused:
            await of(rig, "unknown")
        assert refused.value.code is ErrorCode.NOT_FOUND
