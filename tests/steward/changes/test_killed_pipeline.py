"""The stage of updates ends at every commit and is started again: nothing is lost, nothing happens twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import IncidentStatus
from rig.agent_rig import TaskEngine
from rig.changes_rig import ToySource, changes_rig, found
from rig.inventory import NOW, ToyInventory, box
from rig.toy import Toy
from steward.agent.requests.request_plan import PlanStep
from steward.changes.found import Found
from steward.clock import ManualClock
from steward.store.changes import Changes
from steward.store.database import Database
from steward.store.store import Store, Unit

COMMITS: Final = 5
"""Commits of the scenario."""


class Ended(Exception):
    """The process ended here."""


class EndingStore(Store):
    """Ends just before a commit. Nothing is stored from then on."""

    def __init__(self, database: Database, changes: Changes) -> None:
        super().__init__(database, changes)
        self.left: int | None = None
        self.reached = False

    @asynccontextmanager
    async def change(self, *, durable: bool = False, quick: bool = False) -> AsyncIterator[Unit]:
        if self.reached:
            raise Ended
        async with super().change(durable=durable, quick=quick) as unit:
            yield unit
            if self.left is not None:
                self.left -= 1
                self.reached = self.left <= 0
            if self.reached:
                raise Ended


def offers() -> tuple[Found, Found]:
    cpu = PlanStep(target=box("sonarr"), action="set_cpu", arguments={"cores": 4})
    return found(), found("sonarr", steps=(cpu,))


@pytest.mark.parametrize("commit", range(1, COMMITS + 2))
async def test_every_commit_can_be_the_last(tmp_path: Path, commit: int) -> None:
    clock, inventory = ManualClock(NOW), ToyInventory(Toy())
    source = ToySource()
    source.offer(*offers())
    async with changes_rig(
        tmp_path, sources=[source], clock=clock, inventory=inventory, store=EndingStore
    ) as rig:
        store = rig.agent.store
        assert isinstance(store, EndingStore)
        assert isinstance(rig.agent.engine, TaskEngine)
        # Only the commits of this stage and of the gate are counted.
        await rig.agent.stand_still()
        # Runs are of the executor, whose own tests kill it: here the stage is ended.
        rig.agent.engine.broken = True
        store.left = commit
        with suppress(Ended):
            await rig.look()
            for request in await rig.pending():
                await rig.agent.press(request)
            await rig.look()
        assert store.reached is (commit <= COMMITS)
    async with changes_rig(tmp_path, sources=[source], clock=clock, inventory=inventory) as rig:
        await rig.look()
        for request in await rig.pending():
            await rig.agent.press(request)
        for _ in range(2):
            await rig.look()
            await rig.agent.agent._run_starter.look()
        rows = [await rig.ended(name) for name in ("radarr", "sonarr")]
        assert {one.status for one in rows} == {ChangeStatus.DONE}
        assert sorted(inventory.toy.effects) == ["set_cpu 4", "set_memory 4096"]
        assert await rig.pending() == ()
        incidents = await rig.agent.incidents()
        assert {one.status for one in incidents} == {IncidentStatus.RESOLVED}
        assert len(incidents) == 3
        assert (await rig.agent.audit()).broken_at is None
