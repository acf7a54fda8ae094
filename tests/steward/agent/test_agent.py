"""The agent as a whole: reads the inventory first, logs when a part stops, closes cleanly."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import override

import pytest
from structlog.testing import capture_logs

from homelab_steward.contract.incidents import IncidentStatus
from homelab_steward.contract.state import Instance, Snapshot
from rig.agent_rig import open_rig
from rig.inventory import ToyInventory, alert, box
from rig.toy import Toy
from steward.agent import agent as module
from steward.inventory.ports import Completeness
from steward.sdk.description import AnyService


class Starting(ToyInventory):
    """An instance whose first poll takes until ``polled`` is set; it counts the early questions."""

    def __init__(self, toy: Toy) -> None:
        super().__init__(toy)
        self.polled = asyncio.Event()
        self.early = 0

    @override
    def service(self, instance_id: str) -> AnyService | None:
        self.early += not self.polled.is_set()
        return super().service(instance_id)

    @override
    async def first_polls(self) -> None:
        await self.polled.wait()
        await super().first_polls()


class Slow(ToyInventory):
    """An instance that never answers, beside one that does."""

    @override
    def instances(self) -> tuple[Instance, ...]:
        return (self.instance_row, replace(self.instance_row, id="slow1"))

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        if instance_id == "slow1":
            await asyncio.Event().wait()
        return await super().poll_now(instance_id)


async def test_it_knows_what_there_is_before_it_takes_anything_up(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    assert inventory.snapshot("toy1") is None
    async with open_rig(tmp_path, inventory=inventory) as rig:
        assert inventory.snapshot("toy1") is not None
        await rig.fire()
        assert (await rig.incident()).target == box()


async def test_an_instance_that_does_not_answer_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_POLL", 0.05)
    async with open_rig(tmp_path, inventory=Slow(Toy())) as rig:
        await rig.fire()
        assert (await rig.incident()).target == box()


async def test_work_waits_for_the_first_polls_and_the_start_does_not(tmp_path: Path) -> None:
    toy = Toy()
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        await rig.stand_still()
        await rig.fire(alert("Left", name="sonarr"))
    inventory = Starting(toy)
    async with open_rig(tmp_path, inventory=inventory, is_read=False) as rig:
        await rig.press(request)
        await rig.agent.reports.take("am", (alert("Reported", name="lidarr"),), Completeness.PARTIAL)
        for _ in range(20):
            assert [one.number for one in await rig.incidents()] == [2, 1]
        assert (await rig.incident(2)).status is IncidentStatus.OPEN
        assert (inventory.early, toy.done) == (0, [])
        inventory.polled.set()
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]
        await rig.status(IncidentStatus.WAITING, 2)
        await rig.status(IncidentStatus.WAITING, 3)


async def test_one_that_refuses_is_no_reason_not_to_start(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(down=True)) as rig:
        rig.toy.down = False
        await rig.inventory.poll_now("toy1")
        await rig.ask(alert())
        assert (await rig.incident()).status is IncidentStatus.WAITING


async def test_what_is_known_already_is_not_read_again(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    await inventory.poll_now("toy1")
    polls: list[str] = []
    inventory.toy.passing = polls.append
    async with open_rig(tmp_path, inventory=inventory):
        assert polls == []


async def test_a_stage_that_stops_is_logged(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:

        async def stop() -> None:
            raise ZeroDivisionError

        with capture_logs() as logs:
            rig.agent._run("broken", stop())
            await asyncio.wait(rig.agent._tasks[-1:])
            await asyncio.sleep(0)
        assert [(one["event"], one["stage"], one["log_level"]) for one in logs] == [
            ("stage stopped", "broken", "critical")
        ]
        del rig.agent._tasks[-1]


async def test_closed_in_the_middle_of_everything_it_goes_on_next_time(tmp_path: Path) -> None:
    toy = Toy()
    async with open_rig(tmp_path, toy) as rig:
        await rig.fire(*(alert(f"A{number}", name="radarr") for number in range(5)), alert())
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.request(await rig.status(IncidentStatus.WAITING))
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        assert toy.done == ["set_memory 3072"]
