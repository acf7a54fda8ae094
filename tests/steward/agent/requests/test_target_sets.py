"""An empty or partial set of targets is refused at the gate, and never carried out by the steward."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import Coverage, CoverageStatus
from homelab_steward.contract.step_parts import PlannedWait
from rig import records
from rig.agent_rig import open_rig
from rig.earned import announced, earned
from rig.inventory import ITSELF, ToyInventory, box
from rig.toy import Toy
from steward.agent.requests.target_sets import TargetSets

WAIT = PlannedWait(name="It runs", reading="running", within=5.0, settle=1.0, equals=True)
NOTHING = "no target fits any more, so nothing would be changed"


def on(*names: str, kind: OptionKind = OptionKind.ACT) -> Option:
    """Return an option with a step on each box."""
    steps = tuple(records.step(target=box(name)) for name in names)
    return records.option(kind=kind, steps=steps)


ONLY_WAITS = replace(on(), steps=(replace(records.step(), wait=WAIT),))


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (on("radarr", "sonarr"), None),
        (on("gone"), "gone does not exist any more"),
        (on("gone", "gone"), "gone does not exist any more"),
        (on("radarr", "gone"), "1 of 2 targets do not exist any more: gone"),
        (on("a", "radarr", "b"), "2 of 3 targets do not exist any more: a and b"),
        (on(), NOTHING),
        (ONLY_WAITS, NOTHING),
        (on("gone", kind=OptionKind.EACH), "gone does not exist any more"),
        # A level is no target, and how to go back is planned later.
        (on(kind=OptionKind.EACH), None),
        # What changes nothing needs no target.
        (on("gone", kind=OptionKind.INVESTIGATE), None),
        (on(kind=OptionKind.DEFER), None),
    ],
)
async def test_an_option_needs_all_its_targets(option: Option, reason: str | None) -> None:
    inventory = ToyInventory(Toy())
    await inventory.poll_now("toy1")
    assert TargetSets(inventory).why_incomplete(option) == reason


async def test_what_was_not_read_is_not_gone() -> None:
    inventory = ToyInventory(Toy())
    sets, elsewhere = TargetSets(inventory), replace(box("radarr"), instance_id="toy2")
    assert sets.why_incomplete(on("radarr", "gone")) is None, "nothing was polled yet"
    inventory.coverage = Coverage(status=CoverageStatus.PARTIAL)
    await inventory.poll_now("toy1")
    assert sets.why_incomplete(on("radarr", "gone")) is None, "not everything was read"
    of_no_instance = replace(on(), steps=(records.step(target=elsewhere),))
    assert sets.why_incomplete(of_no_instance) == "radarr does not exist any more"
    of_instance = replace(on(), steps=(records.step(target=ITSELF),))
    assert sets.why_incomplete(of_instance) is None


async def test_an_approval_of_what_is_gone_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        rig.inventory.boxes.pop("box/radarr")
        with pytest.raises(ContractError) as refused:
            await rig.press(request)
        assert refused.value.code is ErrorCode.PLAN_CHANGED
        assert refused.value.message == "Not approved: radarr does not exist any more."
        assert (await rig.request_with(request.id)).status is ApprovalStatus.PENDING
        assert rig.toy.done == []


async def test_the_steward_does_nothing_alone_to_what_is_gone(tmp_path: Path) -> None:
    async with earned(tmp_path) as (rig, clock):
        request = await announced(rig)
        rig.inventory.boxes.pop("box/radarr")
        alone = rig.agent._autonomy.announced._alone
        async with rig.store.change(durable=True) as unit:
            assert await alone.approve(unit, request) == "Not approved: radarr does not exist any more."
        assert clock.now() < (request.acts_at or clock.now())
        assert rig.toy.done == []
