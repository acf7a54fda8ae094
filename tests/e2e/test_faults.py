"""A service is away or answers badly in the middle of the story."""

import pytest

from demo.waiting import seen
from e2e.rig import DEADLINE, SPEAKER, Home
from homelab_steward.contract.incidents import IncidentStatus
from lab.faults import Fault, FaultKind


async def test_telegram_down_all_along(home: Home) -> None:
    """Home Assistant decides; Telegram hears of it when it is back."""
    forum = home.lab.telegram.forum
    home.lab.faults.arm(Fault(service="telegram", kind=FaultKind.REFUSED))
    await home.lab.start_story(climb_seconds=0.3)
    request = await home.asked()
    await home.front_end.approve(request, 1, SPEAKER)
    await home.incident_in(IncidentStatus.RESOLVED)
    assert len(home.lab.world.effects) == 1
    assert not any(f"incident {request.incident_number}" in one.text for one in forum.messages)

    home.lab.faults.clear("telegram")

    def is_reported() -> bool:
        return any("decided by Alex via Home Assistant" in one.text for one in forum.messages)

    await seen(forum.changes, is_reported, DEADLINE, "what Telegram missed")
    assert not any(one.buttons for one in forum.messages)


async def test_answer_of_proxmox_lost(home: Home) -> None:
    """The change was made; it is found by reading, not by trying again."""
    home.lab.faults.arm(Fault(service="proxmox", kind=FaultKind.ANSWER_LOST, method="PUT", times=1))
    await home.lab.start_story(climb_seconds=0.3)
    await home.press()
    await home.incident_in(IncidentStatus.RESOLVED)
    assert len(home.lab.world.effects) == 1
    assert home.memory() == 3072


@pytest.mark.parametrize("service", ["prometheus", "radarr"])
async def test_a_dead_service_costs_the_others_nothing(home: Home, service: str) -> None:
    """The question comes all the same, with what can be done without it."""
    home.lab.faults.arm(Fault(service=service, kind=FaultKind.REFUSED))
    await home.lab.start_story(climb_seconds=0.3)
    request = await home.asked()
    labels = [option.label for option in request.proposal.options]
    assert labels[0].startswith("Increase memory")
    await home.press()
    await seen(home.lab.world.changes, lambda: home.memory() == 3072, DEADLINE, "more memory")
