"""The steward is killed during the story: there is exactly one effect, and the incident is resolved."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from demo.waiting import seen
from e2e.rig import DEADLINE, E2eRig
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    IncidentStatus,
    Outcome,
    RunStatus,
)
from lab.faults import Fault, FaultKind

type KillTime = Callable[[E2eRig], Awaitable[None]]

CHANGE = Fault(service="proxmox", kind=FaultKind.SLOW, method="PUT", times=1, seconds=0.4)
LOST = Fault(service="proxmox", kind=FaultKind.ANSWER_LOST, method="PUT", times=1)


async def before_the_alert(rig: E2eRig) -> None:
    """The steward is killed before Alertmanager sends the alert."""


async def incident_open(rig: E2eRig) -> None:
    await rig.incident_in(*(status for status in IncidentStatus))


async def asked(rig: E2eRig) -> None:
    await rig.card(await rig.asked())


async def decided(rig: E2eRig) -> None:
    request = await rig.press()
    await seen(rig.front_end.changes, lambda: is_approved(rig, request), DEADLINE, "a decision")


async def change_in_progress(rig: E2eRig) -> None:
    """Proxmox received the call, and makes the change after the steward is killed."""
    rig.lab.faults.arm(CHANGE)
    await rig.press()
    await seen(rig.lab.faults.changes, lambda: not rig.lab.faults.armed("proxmox"), DEADLINE, "the call")


async def changed(rig: E2eRig) -> None:
    """The steward is killed at the change, before Proxmox responds."""
    await kill_with_first_change(rig)


async def changed_and_answer_lost(rig: E2eRig) -> None:
    rig.lab.faults.arm(LOST)
    await kill_with_first_change(rig)


async def verifying(rig: E2eRig) -> None:
    request = await rig.press()

    def is_verifying() -> bool:
        run = rig.front_end.incidents[request.incident_id].run
        return run is not None and run.status is not RunStatus.RUNNING

    await seen(rig.front_end.changes, is_verifying, DEADLINE, "a run that is verified")


def some_time_after_the_press(seed: int) -> KillTime:
    async def wait(rig: E2eRig) -> None:
        await rig.press()
        await asyncio.sleep(random.Random(seed).uniform(0.0, 0.8))  # noqa: S311 - not for cryptography

    wait.__name__ = f"some_time_after_the_press_{seed}"
    return wait


KILL_TIMES: tuple[KillTime, ...] = (
    before_the_alert,
    incident_open,
    asked,
    decided,
    change_in_progress,
    changed,
    changed_and_answer_lost,
    verifying,
    *(some_time_after_the_press(seed) for seed in range(3)),
)


@pytest.mark.parametrize("kill_time", KILL_TIMES, ids=lambda kill_time: kill_time.__name__)
async def test_one_change_and_a_resolved_incident(rig: E2eRig, kill_time: KillTime) -> None:
    await play_until(rig, kill_time)
    await rig.restart()
    if not rig.lab.telegram.forum.presses:
        await rig.press()
    incident = await rig.incident_in(IncidentStatus.RESOLVED)

    effects = rig.lab.world.effects
    assert [(one.service, one.body.get("memory")) for one in effects] == [("proxmox", 3072)]
    assert rig.memory() == 3072
    assert incident.run is not None
    assert incident.run.verdict is not None
    assert incident.run.verdict.outcome is Outcome.FIXED
    assert len(rig.front_end.incidents) == 1
    assert [one.fixed for one in rig.front_end.statistics.values()] == [1]
    await card_is_resolved(rig)
    status, output = await rig.steward.run_command("audit", "verify")
    assert status == 0, output


async def play_until(rig: E2eRig, kill_time: KillTime) -> None:
    if kill_time is before_the_alert:
        await rig.steward.kill()
    await rig.lab.start_story(climb_seconds=0.3)
    await rig.lab.wait_for_pressure()
    await kill_time(rig)
    await rig.steward.kill()


async def kill_with_first_change(rig: E2eRig) -> None:
    world = rig.lab.world
    unsubscribe = world.changes.subscribe(lambda: rig.steward.child.kill_group() if world.effects else None)
    try:
        await rig.press()
        await seen(world.changes, lambda: world.effects, DEADLINE, "a change")
    finally:
        unsubscribe()


async def card_is_resolved(rig: E2eRig) -> None:
    forum = rig.lab.telegram.forum

    def is_resolved() -> bool:
        return any("✅ Resolved" in one.text and not one.buttons for one in forum.messages)

    await seen(forum.changes, is_resolved, DEADLINE, "a card that says it is resolved")


def is_approved(rig: E2eRig, request: ApprovalRequest) -> bool:
    return rig.front_end.approvals[request.id].status is ApprovalStatus.APPROVED
