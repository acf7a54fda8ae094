"""The workflow engine: one workflow per id, taken up again, never given up."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import RunStatus
from rig.clocks import HANGING
from steward.agent.runs import workflow
from steward.agent.runs.dbos_engine import DbosEngine
from steward.errors import LeadershipLost
from steward.store.leader import Leader
from steward.store.leader_rules import Claim


class Script:
    """Stages that do what a test says and write down what was asked of them."""

    def __init__(self, status: RunStatus = RunStatus.VERIFYING, waits: tuple[float, ...] = ()) -> None:
        self.status = status
        self.waits = list(waits)
        self.done: list[str] = []
        self.reached = asyncio.Event()
        self.looked = asyncio.Event()
        self.concluded = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.failures = 0
        self.lost = ""
        self.pauses: list[float] = []

    async def execute(self, request_id: str) -> RunStatus | float:
        self.done.append("execute")
        self.reached.set()
        await self.go_on.wait()
        if request_id == self.lost:
            raise LeadershipLost
        if self.failures > 0:
            self.failures -= 1
            message = "the database is away"
            raise OSError(message)
        return self.pauses.pop(0) if self.pauses else self.status

    async def verify(self, request_id: str, attempt: int) -> float | None:
        self.done.append(f"verify {attempt}")
        self.looked.set()
        return self.waits.pop(0) if self.waits else None

    async def give_up(self, request_id: str, reason: str) -> None:
        self.done.append(f"give up: {reason}")

    async def conclude(self, request_id: str) -> None:
        self.done.append("conclude")
        self.concluded.set()


@asynccontextmanager
async def engine(folder: Path, stages: Script) -> AsyncIterator[DbosEngine]:
    made = DbosEngine(f"sqlite:///{folder / 'runs' / 'dbos.db'}", stages)
    await made.start()
    try:
        yield made
    finally:
        await made.close()


async def becomes(check: Callable[[], bool]) -> None:
    async with asyncio.timeout(HANGING):
        while not check():  # noqa: ASYNC110 - the engine notifies nobody
            await asyncio.sleep(0.01)


def is_pausing(folder: Path) -> bool:
    """Return whether a workflow has written down that it sleeps."""
    with closing(sqlite3.connect(folder / "runs" / "dbos.db")) as connection:
        query = "SELECT count(*) FROM operation_outputs WHERE function_name = 'DBOS.sleep'"
        return bool(connection.execute(query).fetchone()[0])


def failures_in(folder: Path) -> int:
    """Return how many steps are recorded as failed."""
    with closing(sqlite3.connect(folder / "runs" / "dbos.db")) as connection:
        query = "SELECT count(*) FROM operation_outputs WHERE error IS NOT NULL"
        return int(connection.execute(query).fetchone()[0])


async def within(event: asyncio.Event) -> None:
    async with asyncio.timeout(HANGING):
        await event.wait()


async def test_looks_until_it_is_judged_and_concludes(tmp_path: Path) -> None:
    stages = Script(waits=(0.01, 0.01))
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    assert stages.done == ["execute", "verify 0", "verify 1", "verify 2", "conclude"]


async def test_a_step_that_waits_is_carried_on_after_its_pause(tmp_path: Path) -> None:
    stages = Script()
    stages.pauses = [0.01, 1.0]
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    assert stages.done == ["execute"] * 3 + ["verify 0", "conclude"]


async def test_a_pause_goes_on_after_a_restart(tmp_path: Path) -> None:
    first, second = Script(), Script()
    first.pauses = [2.0]
    async with engine(tmp_path, first) as made:
        await made.begin("a")
        await becomes(lambda: is_pausing(tmp_path))
    async with engine(tmp_path, second):
        await within(second.concluded)
    assert first.done == ["execute"]
    assert second.done == ["execute", "verify 0", "conclude"]


async def test_what_was_refused_is_not_verified(tmp_path: Path) -> None:
    stages = Script(status=RunStatus.REFUSED)
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    assert stages.done == ["execute", "conclude"]


async def test_one_id_is_one_workflow_however_often_and_whenever_it_is_begun(tmp_path: Path) -> None:
    stages = Script()
    stages.go_on.clear()
    async with engine(tmp_path, stages) as made:
        await asyncio.gather(*(made.begin("a") for _ in range(5)))
        await within(stages.reached)
        await made.begin("a")
        stages.go_on.set()
        await within(stages.concluded)
        await made.begin("a")
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
    assert stages.done == ["execute", "verify 0", "conclude"]


async def test_a_workflow_that_ended_is_followed_by_another_one_of_the_same_request(tmp_path: Path) -> None:
    stages = Script()
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
        await becomes(lambda: not made.is_live("a"))
        stages.concluded.clear()
        await made.begin("a")
        assert not made.is_live("a"), "it is finished, and beginning it again does nothing"
        await made.resume("a")
        await within(stages.concluded)
    assert stages.done == ["execute", "verify 0", "conclude"] * 2


async def test_what_is_left_of_a_resumed_workflow_is_not_continued_after_a_restart(tmp_path: Path) -> None:
    first, second = Script(), Script(waits=(3_600.0,))
    first.go_on.clear()
    async with engine(tmp_path, first) as made:
        await made.begin("a")
        await within(first.reached)
        assert made.is_live("a")
        await made.resume("a")
        await becomes(lambda: len(first.done) == 2)
    async with engine(tmp_path, second):
        await within(second.looked)
        await asyncio.sleep(1.5)
    assert second.done == ["execute", "verify 0"], "one of the two is continued"


async def test_closing_stops_workflows_and_the_next_start_continues_them(tmp_path: Path) -> None:
    first, second = Script(), Script()
    first.go_on.clear()
    async with engine(tmp_path, first) as made:
        await made.begin("a")
        await within(first.reached)
    first.go_on.set()
    async with engine(tmp_path, second):
        await within(second.concluded)
    assert first.done == ["execute"], "nothing goes on after the engine is closed"
    assert second.done == ["execute", "verify 0", "conclude"]


async def test_steps_that_are_done_are_not_repeated_after_a_restart(tmp_path: Path) -> None:
    first, second = Script(waits=(3_600.0,)), Script()
    async with engine(tmp_path, first) as made:
        await made.begin("a")
        await within(first.looked)
    async with engine(tmp_path, second) as made:
        await made.begin("a")
        await made.begin("b")
        await within(second.concluded)
    assert first.done == ["execute", "verify 0"]
    assert second.done == ["execute", "verify 0", "conclude"], "all of b, nothing of a: it still waits"


async def test_what_a_former_leader_could_not_write_is_no_failure_of_the_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next leader continues the workflow as if this process had been killed."""
    monkeypatch.setattr(workflow, "LONGEST_WAIT", 0.001)
    first, second = Script(), Script()
    first.lost = "a"
    async with engine(tmp_path, first) as made:
        await made.begin("a")
        await within(first.reached)
        await made.begin("b")
        await within(first.concluded)
        assert first.done == ["execute", "execute", "verify 0", "conclude"], "all of b, and a is not repeated"
        await becomes(lambda: not made.is_live("b"))  # its last step is written down too
        assert failures_in(tmp_path) == 0
    async with engine(tmp_path, second):
        await within(second.concluded)
    assert second.done == ["execute", "verify 0", "conclude"]


async def test_a_former_leader_starts_no_workflow(tmp_path: Path) -> None:
    stages = Script()
    leader = Leader("me", Claim(epoch=1, unclean_age=None), None, 0.0)
    made = DbosEngine(f"sqlite:///{tmp_path / 'dbos.db'}", stages, leader=leader)
    await made.start()
    try:
        await made.begin("a")
        await within(stages.concluded)
        leader.lose()
        with pytest.raises(LeadershipLost):
            await made.begin("b")
        with pytest.raises(LeadershipLost):
            await made.resume("a")
    finally:
        await made.close()
    assert stages.done == ["execute", "verify 0", "conclude"]


async def test_a_step_that_breaks_is_tried_again_until_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "LONGEST_WAIT", 0.001)
    stages = Script()
    stages.failures = 3
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    assert stages.done == ["execute"] * 4 + ["verify 0", "conclude"]


async def test_what_stays_broken_is_given_up_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "LONGEST_WAIT", 0.001)
    monkeypatch.setattr(workflow, "TRIES", 3)
    stages = Script()
    stages.failures = 3
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    given_up = "give up: it cannot be continued: a defect (OSError)"
    assert stages.done == ["execute"] * 3 + [given_up, "conclude"]


async def test_the_loop_has_threads_after_the_engine_is_closed(tmp_path: Path) -> None:
    stages = Script()
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    assert await asyncio.to_thread(lambda: 1) == 1


async def test_begin_needs_a_started_engine(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not started"):
        await DbosEngine(f"sqlite:///{tmp_path / 'dbos.db'}", Script()).begin("a")


async def test_its_own_file_has_a_write_ahead_log(tmp_path: Path) -> None:
    async with engine(tmp_path, Script()):
        pass
    with closing(sqlite3.connect(tmp_path / "runs" / "dbos.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_workflow_of_another_generation_of_the_store_is_not_continued(tmp_path: Path) -> None:
    first, second, third = Script(), Script(), Script()
    first.go_on.clear()
    url = f"sqlite:///{tmp_path / 'dbos.db'}"
    for stages, generation in ((first, "one"), (second, "two"), (third, "one")):
        made = DbosEngine(url, stages, generation)
        await made.start()
        if stages is first:
            await made.begin("a")
            await within(first.reached)
        elif stages is third:
            await within(third.concluded)
        else:
            await asyncio.sleep(1.5)
        await made.close()
    assert second.done == []
    assert third.done == ["execute", "verify 0", "conclude"]


async def test_a_damaged_workflow_database_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "runs" / "dbos.db"
    file.parent.mkdir()
    file.write_text("this is not a database\n" * 1_000)
    stages = Script()
    async with engine(tmp_path, stages) as made:
        await made.begin("a")
        await within(stages.concluded)
    assert file.with_name("dbos.db.damaged").read_text().startswith("this is not")


async def test_a_workflow_database_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "dbos.db").mkdir()
    with pytest.raises(sqlite3.OperationalError):
        await DbosEngine(f"sqlite:///{tmp_path / 'dbos.db'}", Script()).start()
