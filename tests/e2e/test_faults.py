"""A service fails during the story."""

import pytest

from demo.waiting import seen
from e2e.rig import DEADLINE, SPEAKER, E2eRig
from homelab_steward.contract.incidents import IncidentStatus
from lab.faults import Fault, FaultKind


async def test_telegram_is_unreachable_until_the_end(rig: E2eRig) -> None:
    """Home Assistant decides; Telegram shows the decision after it is back."""
    forum = rig.lab.telegram.forum
    rig.lab.faults.arm(Fault(service="telegram", kind=FaultKind.REFUSED))
    await rig.lab.start_story(climb_seconds=0.3)
    request = await rig.asked()
    await rig.front_end.approve(request, 1, SPEAKER)
    await rig.incident_in(IncidentStatus.RESOLVED)
    assert len(rig.lab.world.effects) == 1
    assert not any(f"incident {request.incident_number}" in one.text for one in forum.messages)

    rig.lab.faults.clear("telegram")

    def is_reported() -> bool:
        return any("decided by Alex via Home Assistant" in one.text for one in forum.messages)

    await seen(forum.changes, is_reported, DEADLINE, "the decision in Telegram")
    assert not any(one.buttons for one in forum.messages)


async def test_a_lost_response_of_proxmox(rig: E2eRig) -> None:
    """The change was made; it is found by reading, not repeated."""
    rig.lab.faults.arm(Fault(service="proxmox", kind=FaultKind.ANSWER_LOST, method="PUT", times=1))
    await rig.lab.start_story(climb_seconds=0.3)
    await rig.press()
    await rig.incident_in(IncidentStatus.RESOLVED)
    assert len(rig.lab.world.effects) == 1
    assert rig.memory() == 3072


@pytest.mark.parametrize("service", ["prometheus", "radarr"])
async def test_an_unreachable_service_does_not_affect_the_others(rig: E2eRig, service: str) -> None:
    """The request is sent with the options that do not need the service."""
    rig.lab.faults.arm(Fault(service=service, kind=FaultKind.REFUSED))
    await rig.lab.start_story(climb_seconds=0.3)
    request = await rig.asked()
    labels = [option.label for option in request.proposal.options]
    assert labels[0].startswith("Increase memory")
    await rig.press()
    await seen(rig.lab.world.changes, lambda: rig.memory() == 3072, DEADLINE, "more memory")
