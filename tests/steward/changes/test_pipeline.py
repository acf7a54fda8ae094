"""Updates go from found to applied through the real gate and executor, or stop safely on the way."""

from datetime import timedelta
from pathlib import Path

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import OptionKind
from rig.changes_rig import changes_rig, found
from rig.inventory import NOW, box
from rig.toy import Toy
from steward.agent.request_plan import PlanStep
from steward.settings.changes import Changes


async def test_an_update_is_held_asked_about_approved_applied_and_done(tmp_path: Path) -> None:
    async with changes_rig(tmp_path, Changes()) as rig:
        rig.sources[0].offer(found())
        await rig.look()
        row = await rig.row()
        assert row.status is ChangeStatus.HELD
        assert row.until == NOW + timedelta(days=3)
        assert "Held until" in row.reason
        assert await rig.pending() == ()
        rig.later(days=3)
        await rig.look()
        assert (await rig.row()).status is ChangeStatus.ASKED
        (request,) = await rig.pending()
        assert request.title == "radarr 5.1.0 → 5.1.1"
        assert request.requested_by == ""
        assert [one.kind for one in request.proposal.options] == [OptionKind.ACT, OptionKind.DEFER]
        assert "Safe: 3 fixes, no breaking change." in request.text
        assert "It can be taken back with its data." in request.text
        await rig.agent.press(request)
        row = await rig.ended()
        assert row.status is ChangeStatus.DONE
        assert "It helped." in row.result
        assert list(rig.agent.toy.effects) == ["set_memory 4096"]
        await rig.look()
        assert await rig.pending() == ()
        assert list(rig.agent.toy.effects) == ["set_memory 4096"]


async def test_what_is_taken_back_is_blocked_and_can_be_offered_again(tmp_path: Path) -> None:
    steps = (
        PlanStep(target=box(), action="set_memory", arguments={"memory": 4096}),
        PlanStep(target=box(), action="set_cpu", arguments={"cores": 4}),
    )
    async with changes_rig(tmp_path, toy=Toy()) as rig:
        rig.sources[0].offer(found(steps=steps))
        await rig.look()
