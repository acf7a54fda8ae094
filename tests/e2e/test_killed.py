"""The steward is killed somewhere in the story: one effect all the same, and an end to the incident."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from demo.waiting import seen
from e2e.rig import DEADLINE, Home
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    IncidentStatus,
    Outcome,
    RunStatus,
)
from lab.faults import Fault, FaultKind

type Timestamp = Callable[[Home], Awaitable[None]]

CHANGE = Fault(service="proxmox", kind=FaultKind.SLOW, method="PUT", times=1, seconds=0.4)
LOST = Fault(service="proxmox", kind=FaultKind.ANSWER_LOST, method="PUT", times=1)


async def before_the_alert(home: Home) -> None:
    """Nobody is there when Alertmanager calls."""


async def incident_open(home: Home) -> None:
    await home.incident_in(*(status for status in IncidentStatus))


async def asked(home: Home) -> None:
    await home.card(await home.asked())


async def decided(home: Home) -> None:
    request = await home.press()
    await seen(home.front_end.changes, lambda: is_approved(home, request), DEADLINE, "a decision")


async def change_on_its_way(home: Home) -> None:
    """Proxmox was called, and does it only after the caller is dead."""
    home.lab.faults.arm(CHANGE)
    await home.press()
    await seen(home.lab.faults.changes, lambda: not home.lab.faults.armed("proxmox"), DEADLINE, "the call")


async def changed(home: Home) -> None:
    """At the very instant of the change, before Proxmox has answered."""
    await kill_with_first_change(home)


async def changed_and_answer_lost(home: Home) -> None:
    home.lab.faults.arm(LOST)
    await kill_with_first_change(home)


async def verifying(home: Home) -> None:
    request = await home.press()

    def is_verifying() -> bool:
        run = home.front_end.incidents[request.incident_id].run
        return run is not None and run.status is not RunStatus.RUNNING

    await seen(home.front_end.changes, is_verifying, DEADLINE, "a run that is verified")


def some_time_after_the_press(seed: int) -> Timestamp:
    async def wait(home: Home) -> None:
        await home.press()
        await asyncio.sleep(random.Random(seed).uniform(0.0, 0.8))  # noqa: S311 - any moment will do

    wait.__name__ = f"some_time_after_the_press_{seed}"
    return wait


MOMENTS: tuple[Timestamp, ...] = (
    before_the_alert,
    incident_open,
    asked,
    decided,
    change_on_its_way,
    changed,
    changed_and_answer_lost,
    verifying,
    *(some_time_after_the_press(seed) for seed in range(3)),
)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
async def test_one_effect_and_an_end(home: Home, moment: Timestamp) -> None:
    await play_until(home, moment)
    await home.restart()
    if not home.lab.telegram.forum.presses:
        await home.press()
    incident = await home.incident_in(IncidentStatus.RESOLVED)

    effects = home.lab.world.effects
    assert [(one.service, one.body.get("memory")) for one in effects] == [("proxmox", 3072)]
    assert home.memory() == 3072
    assert incident.run is not None
    assert incident.run.verdict is not None
    assert incident.run.verdict.outcome is Outcome.FIXED
    assert len(home.front_end.incidents) == 1
    assert [one.fixed for one in home.front_end.statistics.values()] == [1]
    await card_is_resolved(home)
    status, output = await home.steward.run_command("audit", "verify")
    assert status == 0, output


async def play_until(home: Home, moment: Timestamp) -> None:
    if moment is before_the_alert:
        await home.steward.kill()
    await home.lab.start_story(climb_seconds=0.3)
    await home.lab.wait_for_pressure()
    await moment(home)
    await home.steward.kill()


async def kill_with_first_change(home: Home) -> None:
    world = home.lab.world
    unsubscribe = world.changes.subscribe(lambda: home.steward.child.strike() if world.effects else None)
    try:
        await home.press()
        await seen(world.changes, lambda: world.effects, DEADLINE, "a change")
    finally:
        unsubscribe()


async def card_is_resolved(home: Home) -> None:
    forum = home.lab.telegram.forum

    def is_said() -> bool:
        return any("✅ Resolved" in one.text and not one.buttons for one in forum.messages)

    await seen(forum.changes, is_said, DEADLINE, "a card that says it is resolved")


def is_approved(home: Home, request: ApprovalRequest) -> bool:
    return home.front_end.approvals[request.id].status is ApprovalStatus.APPROVED
