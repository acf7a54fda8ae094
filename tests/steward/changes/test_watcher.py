"""The runs of updates are watched, taken back when they are worse, and survive a restart of the app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest

from homelab_steward.contract.changes import Change, ChangeSource, ChangeStatus, Distance, WayBack
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Outcome, Run, RunStatus, Verb
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import (
    Coverage,
    CoverageStatus,
    FrontEnd,
    InstanceStatus,
    Resource,
    Snapshot,
    TargetRef,
)
from rig import records
from rig.agent_rig import AgentRig, TaskEngine, decide_command, open_rig
from rig.clocks import WatchedClock
from rig.inventory import NOW, ToyInventory, box
from rig.toy import SERVICE, Toy
from steward.agent.agent import MakeWatch
from steward.agent.plans.back_plans import BackPlans
from steward.agent.plans.change_plans import ChangePlans
from steward.agent.plans.plan import highest_risk
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.request_plan import PlanStep
from steward.agent.requests.request_writer import MOST_VIA, Asker, RequestWriter, Wanted
from steward.agent.runs.journal import Journal
from steward.agent.runs.run_watch import RunWatch
from steward.agent.runs.undoing import Undone
from steward.changes.back_questions import BackQuestions
from steward.changes.baseline import Baseline
from steward.changes.learning import EVERY, Learning
from steward.changes.observations import Relation
from steward.changes.observer import Observer
from steward.changes.rows import result_text
from steward.changes.signs import OFF
from steward.changes.watcher import LONGEST_GAP, Watch, Watcher
from steward.clock import ManualClock
from steward.inventory.ports import Seen
from steward.sdk.description import BRINGS_DATA_BACK, IMAGE_ONLY, ResourceKind, Sensor
from steward.sdk.sensors import flag, memory_used, served
from steward.settings.changes import Changes
from steward.store import change_records, change_watches
from steward.store.target_keys import target_key
from steward.wiring.update_watch import watch_updates

MEMORY: Final = PlanStep(target=box(), action="set_memory", arguments={"memory": 4096})
SHORT: Final = 120.0
SHORTER: Final = {Distance.PATCH: SHORT}
"""For how many seconds updates are watched here."""

TASK: Final = Seen(checks={"rss": True})


def kind() -> ResourceKind[Toy, str]:
    sensors: tuple[Sensor[str], ...] = (
        flag("running", "Running", lambda _: None, "running"),
        memory_used(lambda _: None),
        served("clients", "Clients", lambda _: None),
    )
    return replace(SERVICE.resources[0], sensors=sensors, is_device=True)


def watched_inventory(toy: Toy) -> ToyInventory:
    inventory = ToyInventory(toy)
    inventory.service_row = replace(SERVICE, resources=(kind(),))
    inventory.extra = {"memory_used": 380, "clients": 36}
    inventory.seen_now = TASK
    return inventory


@dataclass
class Updated:
    """An update that was approved and applied, with a clock that only tests move."""

    rig: AgentRig
    clock: ManualClock
    request: ApprovalRequest

    async def look(self, seconds: float | None = None) -> float | None:
        """Read once, after the time of the last wait has passed."""
        if seconds is not None:
            self.clock.move(seconds)
        return await self.rig.agent.verify(self.request.id, 0)

    async def until_over(self, most: float = 4000) -> Run:
        """Watch until the run is over."""
        wait, passed = await self.look(), 0.0
        while wait is not None:
            passed += wait
            assert passed < most, "it is never over"
            wait = await self.look(wait)
        return await self.run()

    async def run(self) -> Run:
        run = next(one.run for one in await self.rig.incidents() if one.approval_id == self.request.id)
        assert run is not None
        return run

    async def stored(self) -> Watch:
        async with self.rig.store.read() as connection:
            body = await change_watches.watch(connection, self.request.id)
        assert body is not None
        return msgspec.json.decode(body, type=Watch)

    async def question(self) -> ApprovalRequest:
        """Return the question whether the data goes back too; there is only one."""
        (found,) = [one for one in await self.rig.incidents() if one.group_key.startswith("back:")]
        return await self.rig.request(found)


@asynccontextmanager
async def opened(
    folder: Path, clock: ManualClock, inventory: ToyInventory | None = None
) -> AsyncIterator[AgentRig]:
    inventory = inventory or watched_inventory(Toy())
    async with open_rig(folder, clock=clock, inventory=inventory) as rig:
        rig.agent.use_watch(watch_of(rig, clock))
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        yield rig


def watch_of(rig: AgentRig, clock: ManualClock) -> MakeWatch:
    def make(resolver: Resolver, journal: Journal, writer: RequestWriter) -> RunWatch:
        plans = BackPlans(rig.inventory, resolver, journal)
        questions = BackQuestions(rig.store, journal, writer, rig.inventory, plans, UTC, fresh=SHORT / 2)
        return Watcher(
            rig.store, Observer(rig.inventory, resolver, clock), questions, clock, lambda one: SHORTER[one]
        )

    return make


async def approve(rig: AgentRig, clock: ManualClock, change: Change | None = None) -> Updated:
    """Ask about an update, approve it, and apply it."""
    row = change or records.change(status=ChangeStatus.ASKED)
    async with rig.store.change() as unit:
        await change_records.save(unit.connection, row, target_key(row.target))
    plan = await ChangePlans(rig.store, Resolver(rig.inventory)).make(row.id, row.revision, (MEMORY,))
    option = Option(
        number=1,
        kind=OptionKind.ACT,
        label="Update",
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
    )
    wanted = Wanted(
        key="change:c1", title=row.title, target=box(), options=(option,), categories=("infrastructure",)
    )
    writer: RequestWriter = rig.agent.writer
    request = (await writer.write(Asker("", "", FrontEnd.PANEL), wanted)).request
    async with rig.store.change() as unit:
        asked = replace(row, approval_id=request.id)
        await change_records.save(unit.connection, asked, target_key(row.target))
    await rig.press(request)
    assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
    return Updated(rig, clock, request)


@asynccontextmanager
async def updated(folder: Path, change: Change | None = None) -> AsyncIterator[Updated]:
    clock = ManualClock(NOW)
    async with opened(folder, clock) as rig:
        yield await approve(rig, clock, change)


async def test_a_good_update_is_watched_for_as_long_as_its_versions_ask(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        begin = now.clock.now()
        run = await now.until_over()
        assert now.clock.now() - begin == timedelta(seconds=SHORT)
        assert run.status is RunStatus.SUCCEEDED
        assert run.verdict is not None
        assert run.verdict.outcome is Outcome.FIXED
        texts = [one.text for one in run.verdict.checks]
        assert "Memory used: 380 MiB (average was 380)" in texts
        assert "Checks without a problem: 1 of 1" in texts
        assert run.verdict.summary.startswith("It runs as before. Memory used: 380 MiB")
        await now.rig.agent.conclude(now.request.id)
        closed = next(one for one in await now.rig.incidents() if one.approval_id == now.request.id)
        assert closed.resolution == f"Update: {run.verdict.summary}"
        assert result_text(run) == run.verdict.summary


async def test_a_bad_update_is_taken_back_and_read_again(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        now.rig.toy.running = False
        run = await now.until_over()
        assert list(now.rig.toy.effects) == ["set_memory 4096", "undo set_memory 2048"]
        assert run.status is RunStatus.UNDONE
        assert run.verdict is not None
        assert run.verdict.outcome is Outcome.WORSE
        assert run.error == (
            "It is worse than before: radarr does not run. It was taken back, and is as before."
        )
        assert result_text(run) == run.error


async def test_what_is_watched_for_a_short_time_is_read_as_short_after_it_was_taken_back(
    tmp_path: Path,
) -> None:
    clock, inventory = ManualClock(NOW), watched_inventory(Toy())
    settings = Changes(watch_seconds=10, watch_poll_seconds=2)
    async with open_rig(tmp_path, clock=clock, inventory=inventory) as rig:
        watch_updates(rig.agent, rig.store, inventory, clock, "UTC", lambda _: {}, settings)
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        now = await approve(rig, clock)
        assert await now.look(2) == 2
        rig.toy.running = False
        begin = clock.now()
        run = await now.until_over()
        assert run.status is RunStatus.UNDONE
        assert clock.now() - begin <= timedelta(seconds=OFF + 10 + 4)


async def test_what_is_not_better_after_it_was_taken_back_is_said(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        now.rig.inventory.seen_now = Seen(problems=("RSS sync failed",), checks={"rss": False})
        run = await now.until_over()
        assert run.status is RunStatus.UNDONE
        assert run.error is not None
        assert run.error.endswith("It is still not as before: radarr: RSS sync failed.")


async def test_what_cannot_be_read_is_not_known_and_stays(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        now.rig.toy.down = True
        row = now.rig.inventory.instance_row
        now.rig.inventory.instance_row = replace(row, status=InstanceStatus.UNREACHABLE)
        run = await now.until_over()
        assert run.status is RunStatus.UNKNOWN
        assert list(now.rig.toy.effects) == ["set_memory 4096"]
        assert run.error == "Whether it is as before is not known: radarr could not be read."


async def test_a_failure_of_before_is_not_the_fault_of_the_update(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    inventory = watched_inventory(Toy())
    inventory.seen_now = Seen(problems=("RSS sync failed",), checks={"rss": False})
    async with opened(tmp_path, clock, inventory) as rig:
        run = await (await approve(rig, clock)).until_over()
        assert run.status is RunStatus.SUCCEEDED


async def test_the_watch_goes_on_after_a_restart_and_the_time_in_between_does_not_count(
    tmp_path: Path,
) -> None:
    clock, inventory = ManualClock(NOW), watched_inventory(Toy())
    async with opened(tmp_path, clock, inventory) as rig:
        first = await approve(rig, clock)
        assert await first.look(15) == 15
        before = await first.stored()
    clock.move(3600)
    async with opened(tmp_path, clock, inventory) as rig:
        now = Updated(rig, clock, first.request)
        assert await now.look() == 15
        after = await now.stored()
        assert after.baseline == before.baseline
        assert after.reads.count == before.reads.count + 1
        assert after.reads.last == before.reads.last + LONGEST_GAP
        inventory.extra["clients"] = 3
        run = await now.until_over()
        assert run.status is RunStatus.UNDONE
        assert "Clients fell from 36 to 3" in (run.error or "")


async def test_what_is_normal_is_kept_once_and_before_anything_is_done(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        kept = (await now.stored()).baseline
        now.rig.inventory.extra["memory_used"] = 9000
        assert await now.rig.agent.execute(now.request.id) is RunStatus.VERIFYING
        assert (await now.stored()).baseline == kept
        async with now.rig.store.change() as unit:
            await unit.connection.exec_driver_sql("DELETE FROM change_watches")
        await now.rig.agent.execute(now.request.id)
        run = await now.until_over()
        assert run.status is RunStatus.UNKNOWN
        assert "the update is not known any more" in (run.error or "")


@pytest.mark.parametrize(("option", "keeps"), [(1, False), (2, True)])
async def test_data_that_would_be_lost_is_asked_about(tmp_path: Path, option: int, *, keeps: bool) -> None:
    change = records.change(status=ChangeStatus.ASKED, way_back=WayBack.DATA)
    async with updated(tmp_path, change) as now:
        await leave_fresh(now)
        question = await now.question()
        assert "What was written since 12:00 is lost" in question.text
        assert [one.label for one in question.proposal.options] == [
            "Go back with the data",
            "Go back, keep the data",
        ]
        assert await now.look(15) == 15
        assert (await now.question()).id == question.id
        assert list(now.rig.toy.effects) == ["set_memory 4096"]
        await now.rig.press(question, option)
        run = await now.until_over()
        assert run.status is RunStatus.UNDONE
        (entry,) = await now.rig.entries(now.request)
        assert entry.baseline.get(IMAGE_ONLY, False) is keeps


async def test_data_that_goes_back_only_in_part_is_asked_about_too(tmp_path: Path) -> None:
    change = records.change(status=ChangeStatus.ASKED, way_back=WayBack.IMAGE)
    async with updated(tmp_path, change) as now:
        journal = Journal(now.rig.store, now.clock)
        await journal.note(now.request.id, 0, {BRINGS_DATA_BACK: True})
        await leave_fresh(now)
        assert "What was written since 12:00 is lost" in (await now.question()).text
        assert list(now.rig.toy.effects) == ["set_memory 4096"]


async def leave_fresh(now: Updated) -> None:
    """Let the update run well for longer than data may go back without asking, then fail."""
    passed = 0.0
    while passed <= SHORT / 2:
        assert await now.look(15) == 15
        passed += 15
    now.rig.toy.running = False
    for _ in range(5):
        assert await now.look(15) == 15


async def test_an_update_that_nobody_wants_to_take_back_stays(tmp_path: Path) -> None:
    change = records.change(status=ChangeStatus.ASKED, way_back=WayBack.DATA)
    async with updated(tmp_path, change) as now:
        await leave_fresh(now)
        await now.rig.agent.gate.decide(decide_command(await now.question(), Verb.REJECT))
        assert await now.look(15) is None
        run = await now.run()
        assert run.status is RunStatus.FAILED
        assert (run.error or "").endswith("Nobody wanted to take it back, so it stays as it is.")
        assert list(now.rig.toy.effects) == ["set_memory 4096"]


async def test_data_goes_back_without_a_question_while_it_is_fresh(tmp_path: Path) -> None:
    change = records.change(status=ChangeStatus.ASKED, way_back=WayBack.DATA)
    async with updated(tmp_path, change) as now:
        now.rig.toy.running = False
        assert (await now.until_over()).status is RunStatus.UNDONE
        assert len(await now.rig.incidents()) == 1


async def test_a_question_waits_while_too_many_others_do(tmp_path: Path) -> None:
    change = records.change(status=ChangeStatus.ASKED, way_back=WayBack.DATA)
    async with updated(tmp_path, change) as now:
        writer: RequestWriter = now.rig.agent.writer
        wanted = Wanted(key="", title="Other", target=box(), options=(), categories=("infrastructure",))
        others = [
            (await writer.write(Asker("", "", FrontEnd.PANEL), replace(wanted, key=f"other {one}"))).request
            for one in range(10)
        ]
        await leave_fresh(now)
        assert len(await now.rig.incidents()) == len(others) + 1 < MOST_VIA
        await now.rig.agent.gate.decide(decide_command(others[0], Verb.REJECT))
        assert await now.look(15) == 15
        assert (await now.question()).status is ApprovalStatus.PENDING


async def test_an_undo_that_takes_time_or_fails_is_waited_for_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with updated(tmp_path) as now:
        answers: list[Undone | float] = [7.0, Undone((), "the toy refuses")]

        async def undo(_: str) -> Undone | float:
            return answers.pop(0)

        monkeypatch.setattr(now.rig.agent._runs.executor, "undo", undo)
        now.rig.toy.running = False
        run = await now.until_over()
        assert answers == []
        assert run.status is RunStatus.FAILED
        assert "It could not be taken back. Not undone: the toy refuses." in (run.error or "")
        assert await now.look() is None


async def test_learning_keeps_what_is_normal_of_each_target_that_waits(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        for row in (records.change("a"), records.change("b"), records.change("c", status=ChangeStatus.DONE)):
            async with rig.store.change() as unit:
                await change_records.save(unit.connection, row, target_key(row.target))
        learning = Learning(rig.store, Observer(rig.inventory, Resolver(rig.inventory), clock), clock)
        for _ in range(3):
            await learning.learn()
            clock.move(900)
        async with rig.store.read() as connection:
            body = await change_watches.baseline(connection, target_key(box()))
        assert body is not None
        learned = msgspec.json.decode(body, type=Baseline)
        assert learned.count == 3
        assert learned.things[target_key(box())].numbers["memory_used"].values == [380.0] * 3
        assert learned.things[target_key(box("sonarr"))].relation is Relation.NEIGHBOUR
        assert learned.shown == ["log of radarr"]
        now = await approve(rig, clock)
        assert (await now.stored()).baseline.count == 4


async def test_with_too_many_targets_what_is_asked_about_is_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.changes.learning.MOST_TARGETS", 1)
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        asked = records.change("z", status=ChangeStatus.ASKED, target=box("sonarr"))
        for row in (records.change("a", status=ChangeStatus.HELD), asked):
            async with rig.store.change() as unit:
                await change_records.save(unit.connection, row, target_key(row.target))
        await Learning(rig.store, Observer(rig.inventory, Resolver(rig.inventory), clock), clock).learn()
        async with rig.store.read() as connection:
            assert await change_watches.baseline(connection, target_key(box("sonarr"))) is not None
            assert await change_watches.baseline(connection, target_key(box())) is None


async def test_learning_goes_on_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock of its own: stages of the agent sleep for the same time.
    clock = WatchedClock(NOW)
    async with opened(tmp_path, ManualClock(NOW)) as rig:
        learning = Learning(
            rig.store, Observer(rig.inventory, Resolver(rig.inventory), clock), clock, lambda: 0.5
        )
        learned: list[bool] = []

        async def learn() -> None:
            learned.append(True)
            raise OSError

        monkeypatch.setattr(learning, "learn", learn)
        learning.start()
        for _ in range(2):
            await clock.pass_by(EVERY)
            await clock.until_asleep(EVERY)
        await learning.close()
        assert len(learned) == 2


async def test_a_run_that_applies_no_update_is_verified_as_before(tmp_path: Path) -> None:
    async with opened(tmp_path, ManualClock(NOW)) as rig:
        request = await rig.ask()
        await rig.press(request)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert await rig.agent.verify(request.id, 0) is None
        run = (await rig.incident()).run
        assert run is not None
        assert run.status is RunStatus.SUCCEEDED


async def test_a_merged_pull_request_is_judged_by_what_it_deploys(tmp_path: Path) -> None:
    made = records.change(status=ChangeStatus.ASKED, source=ChangeSource.PULL_REQUEST)
    for watched, text in (
        ((box("sonarr"),), "sonarr does not run"),
        ((), "nothing was read of it before the update"),
    ):
        async with updated(tmp_path / str(len(watched)), replace(made, watched=watched)) as now:
            assert set((await now.stored()).baseline.things) >= {target_key(one) for one in watched}
            now.rig.toy.running = False
            run = await now.until_over()
            assert text in (run.error or "")


async def test_what_is_gone_is_only_missed_if_it_ran(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        observer = Observer(rig.inventory, Resolver(rig.inventory), clock)
        scope = observer.scope(box())

        async def works() -> bool | None:
            return (await observer.read(scope)).things[target_key(box())].works

        assert await works() is True
        del rig.inventory.boxes["box/radarr"]
        assert await works() is False
        rig.inventory.coverage = Coverage(status=CoverageStatus.PARTIAL)
        assert await works() is None
        rig.inventory.coverage = Coverage()
        rig.inventory.service_row = replace(SERVICE, resources=(replace(kind(), sensors=()),))
        assert await works() is None
        rig.inventory.known = False
        assert await works() is None


async def test_what_is_meant_to_be_off_is_not_missed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        observer = Observer(rig.inventory, Resolver(rig.inventory), clock)
        rig.inventory.said_off[box("sonarr").key] = "Olga stopped it"
        things = (await observer.read(observer.scope(box()))).things
        assert things[target_key(box("sonarr"))].works is None
        assert things[target_key(box())].works is True


async def test_the_app_in_the_target_is_read_and_polled_and_neighbours_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        app = TargetRef(instance_id="app1", kind="instance", id="app1", name="Radarr")
        other = TargetRef(instance_id="app2", kind="instance", id="app2", name="Sonarr")
        apps = {box().key: app, box("sonarr").key: other}
        monkeypatch.setattr(rig.inventory, "application", lambda one: apps.get(one.key))
        scope = Observer(rig.inventory, Resolver(rig.inventory), clock).scope(box())
        assert scope.things[target_key(app)] == (app, Relation.APPLICATION)
        assert scope.things[target_key(other)] == (other, Relation.NEIGHBOUR)
        assert scope.instances == {"toy1", "app1"}


async def test_old_rows_of_watches_are_dropped(tmp_path: Path) -> None:
    async with opened(tmp_path, ManualClock(NOW)) as rig:
        async with rig.store.change() as unit:
            for one in range(change_watches.MOST_WATCHES + 3):
                at = NOW + timedelta(seconds=one)
                await change_watches.save_watch(unit.connection, f"r{one}", b"{}", at)
        async with rig.store.read() as connection:
            assert await change_watches.watch(connection, "r2") is None
            assert await change_watches.watch(connection, "r3") == b"{}"


@pytest.mark.parametrize(
    ("status", "later", "is_blamed"),
    [
        (ChangeStatus.APPLYING, -60, False),
        (ChangeStatus.WATCHING, -60, False),
        (ChangeStatus.WENT_BACK, 1, False),
        (ChangeStatus.BLOCKED, 1, False),
        (ChangeStatus.BLOCKED, -60, True),
        (ChangeStatus.HELD, 1, True),
        (ChangeStatus.DONE, 1, True),
    ],
)
async def test_a_neighbour_with_an_update_of_its_own_says_nothing_about_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: ChangeStatus, later: int, is_blamed: object
) -> None:
    async with updated(tmp_path) as now:
        other = records.change("other", status=status, target=box("sonarr"), approval_id="another")
        async with now.rig.store.change() as unit:
            row = replace(other, updated_at=NOW + timedelta(seconds=later))
            await change_records.save(unit.connection, row, target_key(row.target))
        inventory, poll = now.rig.inventory, now.rig.inventory.poll_now

        async def broken(instance_id: str) -> Snapshot:
            read = await poll(instance_id)
            inventory._snapshot = replace(read, resources=tuple(map(stopped, read.resources)))
            return inventory._snapshot

        def stopped(one: Resource) -> Resource:
            return replace(one, values={**one.values, "running": False}) if one.name == "sonarr" else one

        monkeypatch.setattr(inventory, "poll_now", broken)
        run = await now.until_over()
        assert run.status is (RunStatus.UNDONE if is_blamed else RunStatus.SUCCEEDED)
        assert (target_key(box("sonarr")) in (await now.stored()).reads.things) == is_blamed


async def test_what_runs_in_a_neighbour_is_left_out_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        app = TargetRef(instance_id="app1", kind="instance", id="app1", name="Radarr")
        other = TargetRef(instance_id="app2", kind="instance", id="app2", name="Sonarr")
        apps = {box().key: app, box("sonarr").key: other}
        monkeypatch.setattr(rig.inventory, "application", lambda one: apps.get(one.key))
        observer = Observer(rig.inventory, Resolver(rig.inventory), clock)
        whole = observer.scope(box())
        left = observer.without(whole, (box("sonarr"), box()))
        assert whole.things.keys() - left.things.keys() == {target_key(box("sonarr")), target_key(other)}
