"""The disk is full for some seconds while a change is made: the run is continued without a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from demo.steward import Steward
from demo.waiting import becomes, seen
from e2e.rig import DEADLINE, E2eRig
from homelab_steward.contract.incidents import IncidentStatus
from lab.faults import Fault, FaultKind
from lab.lab import Lab
from rig.small_disk import SmallDisk, small_disk

SLOW = Fault(service="proxmox", kind=FaultKind.SLOW, method="PUT", times=1, seconds=1.0)
FULL_SECONDS = 8.0


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[SmallDisk]:
    async with small_disk(tmp_path / "steward" / "data", megabytes=24) as made:
        yield made


@pytest.fixture
async def rig(tmp_path: Path, disk: SmallDisk) -> AsyncIterator[E2eRig]:
    async with ClientSession() as session, Lab() as lab:
        made = E2eRig(session, lab, Steward(session, tmp_path / "steward"))
        try:
            await made.start()
            yield made
        finally:
            await made.close()
            print(made.steward.child.tail(60))  # noqa: T201 - shown when a test fails


async def test_a_change_made_while_the_disk_is_full_is_not_stranded(rig: E2eRig, disk: SmallDisk) -> None:
    await rig.lab.start_story(climb_seconds=0.3)
    await rig.lab.wait_for_pressure()
    rig.lab.faults.arm(SLOW)
    await rig.press()
    await seen(rig.lab.faults.changes, lambda: not rig.lab.faults.armed("proxmox"), DEADLINE, "the call")
    disk.fill()
    await seen(rig.lab.world.changes, lambda: rig.lab.world.effects, DEADLINE, "the change")

    async def is_not_ready() -> bool:
        return not await rig.steward.is_ready()

    await becomes(is_not_ready, DEADLINE, "a steward that says that it cannot store anything")
    await asyncio.sleep(FULL_SECONDS)
    disk.free()
    await becomes(rig.steward.is_ready, DEADLINE, "a steward that is ready again")
    await seen(
        rig.front_end.changes,
        lambda: any(one.status is IncidentStatus.RESOLVED for one in rig.front_end.incidents.values()),
        120.0,
        "a resolved incident",
    )
    assert [(one.service, one.body.get("memory")) for one in rig.lab.world.effects] == [("proxmox", 3072)]
    assert rig.memory() == 3072
    status, output = await rig.steward.run_command("audit", "verify")
    assert status == 0, output
