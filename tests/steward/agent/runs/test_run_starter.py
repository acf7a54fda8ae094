"""What was approved is begun, also when the gate could not."""

import asyncio
from pathlib import Path

from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus
from rig import records
from rig.agent_rig import opened_store
from rig.clocks import WatchedClock
from rig.inventory import NOW
from steward.agent.runs.run_starter import TICK, RunStarter
from steward.store import approvals, incidents, runs
from steward.store.store import Store


class Engine:
    """Begins, or fails to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.resumed: list[str] = []
        self.broken: set[str] = set()
        self.live: set[str] = set()

    async def start(self) -> None:
        """Start nothing."""

    async def close(self) -> None:
        """Close nothing."""

    def is_live(self, request_id: str) -> bool:
        return request_id in self.live

    async def resume(self, request_id: str) -> None:
        self.resumed.append(request_id)

    async def begin(self, request_id: str) -> None:
        if request_id in self.broken:
            message = "the engine is away"
            raise OSError(message)
        self.begun.append(request_id)


async def put(
    store: Store, number: int, status: IncidentStatus, approval: ApprovalStatus, *, run: bool
) -> None:
    name = f"r{number}"
    async with store.change() as unit:
        incident = records.incident(id=f"i{number}", number=number, status=status, approval_id=name)
        await incidents.save_incident(unit.connection, incident)
        await approvals.add(
            unit.connection, records.request(id=name, incident_id=incident.id, status=approval)
        )
        if run:
            await runs.add_run(unit.connection, records.run(id=name, incident_id=incident.id), {})


async def test_unfinished_runs_are_continued_and_missed_ones_started_later(tmp_path: Path) -> None:
    clock, engine = WatchedClock(NOW), Engine()
    async with opened_store(tmp_path, clock) as store:
        await put(store, 1, IncidentStatus.ACTING, ApprovalStatus.APPROVED, run=True)
        await put(store, 2, IncidentStatus.ACTING, ApprovalStatus.APPROVED, run=False)
        await put(store, 3, IncidentStatus.WAITING, ApprovalStatus.PENDING, run=False)
        await put(store, 4, IncidentStatus.RESOLVED, ApprovalStatus.APPROVED, run=True)
        async with store.change() as unit:
            odd = records.incident(id="i5", number=5, status=IncidentStatus.ACTING)
            await incidents.save_incident(unit.connection, odd)
        engine.broken = {"r1"}
        task = asyncio.create_task(RunStarter(store, clock, engine).run())
        await clock.until_asleep(TICK)
        assert engine.begun == ["r2"], "one that fails does not hold up the next"
        engine.broken, engine.live = set(), {"r2"}
        await put(store, 6, IncidentStatus.ACTING, ApprovalStatus.APPROVED, run=False)
        await clock.pass_by(TICK)
        await clock.until_asleep(TICK)
        assert (engine.begun, engine.resumed) == (["r2", "r6"], ["r1"]), "what runs is left alone"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_store_that_cannot_be_read_is_read_later(tmp_path: Path) -> None:
    clock, engine = WatchedClock(NOW), Engine()
    async with opened_store(tmp_path, clock) as store:
        await put(store, 1, IncidentStatus.ACTING, ApprovalStatus.APPROVED, run=True)
        read, store.read = store.read, None  # type: ignore[assignment, method-assign]
        task = asyncio.create_task(RunStarter(store, clock, engine).run())
        await clock.until_asleep(TICK)
        store.read = read  # type: ignore[method-assign]
        await clock.pass_by(TICK)
        await clock.until_asleep(TICK)
        assert engine.begun == ["r1"], "what the app left when it stopped is continued"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_run_whose_workflow_ended_before_it_is_resumed(tmp_path: Path) -> None:
    engine = Engine()
    async with opened_store(tmp_path) as store:
        await put(store, 1, IncidentStatus.ACTING, ApprovalStatus.APPROVED, run=True)
        starter = RunStarter(store, WatchedClock(NOW), engine)
        await starter.look()
        engine.live = {"r1"}
        await starter.look()
        engine.live = set()
        await starter.look()
        assert (engine.begun, engine.resumed) == (["r1", "r1"], [])
        await starter.look()
        assert (engine.begun, engine.resumed) == (["r1", "r1"], ["r1"])


async def test_a_resumed_run_has_time_to_begin_before_it_is_resumed_again(tmp_path: Path) -> None:
    engine = Engine()
    async with opened_store(tmp_path) as store:
        await put(store, 1, IncidentStatus.ACTING, ApprovalStatus.APPROVED, run=True)
        starter = RunStarter(store, WatchedClock(NOW), engine)
        found = []
        for _ in range(5):
            await starter.look()
            found.append((len(engine.begun), len(engine.resumed)))
        assert found == [(1, 0), (1, 1), (2, 1), (2, 2), (3, 2)]
