"""Updates whose data is copied before: the copy comes first, and goes back only when somebody says so."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import pytest

from homelab_steward.contract.changes import ChangeStatus, WayBack
from homelab_steward.contract.incidents import ApprovalRequest, Outcome, RunStatus, StepState, Verb, Verdict
from homelab_steward.contract.proposals import OptionKind
from rig.agent_rig import TaskEngine, decide_command
from rig.changes_rig import ChangesRig, ToySource, changes_rig, found
from rig.copies import DISK, CopyInventory
from rig.inventory import NODE, NOW, box
from steward.agent.plans.back_plans import BackPlans
from steward.agent.plans.plan import Plan
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.request_plan import PlanStep
from steward.agent.runs.journal import COPY
from steward.changes.back_questions import BackQuestions
from steward.changes.found import Found
from steward.clock import ManualClock
from steward.errors import PreconditionFailed
from steward.sdk.description import DataPlace
from steward.store import approvals, runs

from .test_killed_pipeline import Ended, EndingStore

FOLDER: Final = DataPlace(path="/mnt/tank/apps/radarr", why="/mnt/tank/apps/radarr is a bind mount")
COMMITS: Final = 10
REMOVING: Final = 3
"""Commits of an update with a copy, and of the removal of the copy."""

IMAGE_ONLY: Final = "Image only: /mnt/tank/apps/radarr is a bind mount"


def bound(name: str = "radarr", **changes: Any) -> Found:
    """Return an update that copies no data itself."""
    more: dict[str, Any] = {"way_back": WayBack.IMAGE, "way_back_text": IMAGE_ONLY, "places": (FOLDER,)}
    return found(name, **(more | changes))


@asynccontextmanager
async def opened(
    folder: Path, inventory: CopyInventory, clock: ManualClock, *offers: Found, **more: Any
) -> AsyncIterator[ChangesRig]:
    source = ToySource()
    source.offer(*offers)
    async with changes_rig(folder, sources=[source], clock=clock, inventory=inventory, **more) as rig:
        await inventory.poll_now("toy1")
        yield rig


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


async def applied(rig: ChangesRig, name: str = "radarr") -> ChangeStatus:
    await rig.look()
    await rig.agent.press(await rig.request(name))
    return (await rig.ended(name)).status


async def states(rig: ChangesRig, name: str = "radarr") -> list[StepState]:
    async with rig.agent.store.read() as connection:
        entries = await runs.entries(connection, (await rig.row(name)).approval_id or "")
    return [one.state for one in entries]


def copies(inventory: CopyInventory) -> list[str]:
    return [target for target, _ in inventory.copies.copies]


async def test_the_copy_is_a_step_before_the_update_and_is_removed_after_its_days(
    tmp_path: Path, clock: ManualClock
) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        await rig.look()
        row, request = await rig.row(), await rig.request()
        name = f"steward-{row.id[:8]}"
        option = request.proposal.options[0]
        assert [(one.action, one.target, one.preserves) for one in option.steps] == [
            ("toy.copy_node", NODE, True),
            ("toy.set_memory", box(), False),
        ]
        assert [(one.field, one.after) for one in option.steps[0].differences] == [("Copy", name)]
        assert row.way_back is WayBack.SNAPSHOT
        assert row.way_back_text in request.text
        assert "everything in node1 goes back" in row.way_back_text
        assert await applied(rig) is ChangeStatus.DONE
        assert list(inventory.toy.effects) == [f"copy node1 {name}", "set_memory 4096"]
        await rig.stage.keeper.look()
        assert (await rig.row()).kept == "Kept until November 27: Copy_node (node1)."
        rig.later(days=6)
        await rig.stage.keeper.look()
        assert copies(inventory) == [NODE.id]
        rig.later(days=1, minutes=1)
        await rig.stage.keeper.look()
        assert copies(inventory) == []
        assert (await rig.row()).kept == ""
        assert await states(rig) == [StepState.UNDONE, StepState.VERIFIED]
        assert await rig.agent.leases() == []
        assert (await rig.agent.audit()).broken_at is None


async def test_a_copy_that_cannot_be_made_is_said_and_not_planned(tmp_path: Path, clock: ManualClock) -> None:
    inventory = CopyInventory(clock)
    inventory.copies.no_copies = "one of its disks has no snapshots"
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        await rig.look()
        row = await rig.row()
        assert row.way_back is WayBack.IMAGE
        assert row.way_back_text == (
            f"{IMAGE_ONLY}. No copy of the rest is possible: node1: one of its disks has no snapshots."
        )
        assert [one.action for one in (await rig.request()).proposal.options[0].steps] == ["toy.set_memory"]


async def test_the_machine_of_home_assistant_is_never_copied_to_go_back(
    tmp_path: Path, clock: ManualClock
) -> None:
    inventory = CopyInventory(clock)
    inventory.interrupted = "Home Assistant runs in it"
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        await rig.look()
        assert "node1 is not rolled back. Home Assistant runs in it" in (await rig.row()).way_back_text
        assert len((await rig.request()).proposal.options[0].steps) == 1


async def test_an_update_that_copies_its_data_itself_needs_no_other_copy(
    tmp_path: Path, clock: ManualClock
) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound(way_back=WayBack.DATA, places=())) as rig:
        await rig.look()
        assert len((await rig.request()).proposal.options[0].steps) == 1


async def test_without_the_copy_nothing_is_changed(tmp_path: Path, clock: ManualClock) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        await rig.look()
        inventory.copies.full = True
        await rig.agent.press(request := await rig.request())
        row = await rig.ended()
        assert row.status is ChangeStatus.HELD
        assert "the storage is full" in row.reason
        assert list(inventory.toy.effects) == []
        run = (await rig.agent.incident()).run
        assert run is not None
        assert run.id == request.id
        assert run.status is RunStatus.REFUSED


async def test_the_copy_of_an_update_that_fails_stays_for_its_days(
    tmp_path: Path, clock: ManualClock
) -> None:
    inventory = CopyInventory(clock)
    inventory.toy.refused_change = "set_memory"
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        assert await applied(rig) is ChangeStatus.FAILED
        assert copies(inventory) == [NODE.id]
        rig.later(hours=2)
        await rig.stage.keeper.look()
        assert copies(inventory) == [NODE.id]
        rig.later(days=7)
        await rig.stage.keeper.look()
        assert copies(inventory) == []


async def test_a_copy_that_cannot_be_removed_is_listed_and_tried_again(
    tmp_path: Path, clock: ManualClock
) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        assert await applied(rig) is ChangeStatus.DONE
        rig.later(days=8)
        inventory.toy.undo_refused = True
        await rig.stage.keeper.look()
        kept = (await rig.row()).kept
        assert kept.startswith("Kept: Copy_node (node1). It could not be removed:")
        assert "the copy is busy" in kept
        inventory.toy.undo_refused = False
        await rig.stage.keeper.look()
        assert copies(inventory) == [NODE.id]
        rig.later(hours=1)
        await rig.stage.keeper.look()
        assert copies(inventory) == []
        assert (await rig.row()).kept == ""


async def test_a_name_that_is_taken_gets_a_number(tmp_path: Path, clock: ManualClock) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        await rig.look()
        name = f"steward-{(await rig.row()).id[:8]}"
    inventory.copies.copies[NODE.id, name] = {}
    async with opened(tmp_path, inventory, clock, bound("sonarr")) as rig:
        await rig.look()
        (other,) = [one for one in await rig.rows() if one.target.name == "sonarr"]
        inventory.copies.copies[NODE.id, f"steward-{other.id[:8]}"] = {}
        assert await applied(rig, "sonarr") is ChangeStatus.HELD  # the plan is not the approved one any more
        rig.later(hours=1, minutes=1)
        assert await applied(rig, "sonarr") is ChangeStatus.DONE
        assert (NODE.id, f"steward-{other.id[:8]}-2") in inventory.copies.copies


async def test_the_second_update_on_a_machine_waits_for_the_first(tmp_path: Path, clock: ManualClock) -> None:
    inventory = CopyInventory(clock)
    cpu = PlanStep(target=box("sonarr"), action="set_cpu", arguments={"cores": 4})
    async with opened(tmp_path, inventory, clock, bound(), bound("sonarr", steps=(cpu,))) as rig:
        assert isinstance(rig.agent.engine, TaskEngine)
        rig.agent.engine.broken = True
        await rig.look()
        (request,) = await rig.pending()
        assert request.proposal.options[0].kind is OptionKind.EACH
        await rig.agent.press(request)
        await rig.stage.pipeline.follow()
        first, second = await rig.row("radarr"), await rig.row("sonarr")
        execute = rig.agent.agent.execute
        assert await execute(first.approval_id or "") is RunStatus.VERIFYING
        assert any(one.startswith(COPY) for one in await rig.agent.leases())
        wait = await execute(second.approval_id or "")
        assert isinstance(wait, float)
        assert len(copies(inventory)) == 1
        await rig.agent.agent._runs.journal.settle(first.approval_id or "", RunStatus.SUCCEEDED)
        assert await execute(second.approval_id or "") is RunStatus.VERIFYING
        assert [one.partition(" ")[0] for one in inventory.toy.effects] == [
            "copy",
            "set_memory",
            "copy",
            "set_cpu",
        ]


class Back:
    """An update that is worse and was copied before, and the question whether its data goes back."""

    def __init__(self, rig: ChangesRig, inventory: CopyInventory) -> None:
        self.rig = rig
        self.inventory = inventory
        agent = rig.agent.agent
        self._plans = BackPlans(inventory, Resolver(inventory), agent._runs.journal)
        self._questions = BackQuestions(
            rig.agent.store, agent._runs.journal, agent.writer, inventory, self._plans, UTC
        )

    async def plan(self) -> Plan:
        """Return the plan that brings back the data."""
        row = await self.rig.row()
        async with self.rig.agent.store.read() as connection:
            request = await approvals.request(connection, row.approval_id or "")
        assert request is not None
        return await self._plans.make(request.id, request.proposal.options[0], row.target)

    async def ask(self, watched: float = 60.0) -> float | str | None:
        row = await self.rig.row()
        async with self.rig.agent.store.read() as connection:
            run = await runs.run(connection, row.approval_id or "")
            request = await approvals.request(connection, row.approval_id or "")
        assert run is not None
        assert request is not None
        verdict = Verdict(outcome=Outcome.WORSE, checks=(), at=NOW, summary="It does not run.")
        return await self._questions.ask(run, row, request.proposal.options[0], verdict, watched)

    async def question(self) -> ApprovalRequest:
        (found,) = [one for one in await self.rig.agent.incidents() if one.group_key.startswith("back:")]
        return await self.rig.agent.request(found)

    async def finish(self) -> None:
        """Carry out the answer."""
        request = await self.question()
        await self.rig.agent.agent.execute(request.id)
        while await self.rig.agent.agent.verify(request.id, 0) is not None:
            pass

    async def undo(self) -> Any:
        return await self.rig.agent.agent._runs.executor.undo((await self.rig.row()).approval_id or "")


@asynccontextmanager
async def gone_worse(
    folder: Path, clock: ManualClock, *, has_disk: bool = False, has_volumes: bool = False, by_hand: str = ""
) -> AsyncIterator[Back]:
    inventory = CopyInventory(clock, has_disk=has_disk, has_volumes=has_volumes)
    inventory.copies.by_hand = by_hand
    async with opened(folder, inventory, clock, bound()) as rig:
        assert isinstance(rig.agent.engine, TaskEngine)
        rig.agent.engine.broken = True
        await rig.look()
        await rig.agent.press(await rig.request())
        await rig.stage.pipeline.follow()
        assert await rig.agent.agent.execute((await rig.row()).approval_id or "") is RunStatus.VERIFYING
        inventory.toy.effects = []
        yield Back(rig, inventory)


async def test_a_machine_goes_back_only_after_somebody_said_so(tmp_path: Path, clock: ManualClock) -> None:
    async with gone_worse(tmp_path, clock, has_disk=False) as back:
        # Also within the time in which an update goes back with its own copies without a question.
        assert isinstance(await back.ask(watched=15), float)
        request = await back.question()
        assert "Everything in node1 since 12:00 is lost, also that of sonarr." in request.text
        assert [one.action for one in request.proposal.options[0].steps] == ["toy.back_node"]
        assert list(back.inventory.toy.effects) == []
        await back.rig.agent.press(request)
        assert isinstance(await back.ask(), float)
        await back.finish()
        assert await back.ask() is None
        undone = await back.undo()
        assert undone.failure is None
        assert list(back.inventory.toy.effects) == ["back node1"]  # the update was undone with it
        assert copies(back.inventory) == [NODE.id]


async def test_what_writes_to_a_disk_is_stopped_before_it_is_rolled_back(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with gone_worse(tmp_path, clock, has_disk=True) as back:
        await back.ask()
        request = await back.question()
        assert "Everything that was written to tank/apps since 12:00 is lost." in request.text
        assert [one.action for one in request.proposal.options[0].steps] == ["toy.stop", "toy.back_disk"]
        await back.rig.agent.press(request)
        await back.finish()
        # The container is leased by the run of the update: what brings back its data belongs to it.
        assert list(back.inventory.toy.effects) == ["stop radarr", "back tank/apps"]
        assert await back.ask() is None
        assert copies(back.inventory) == [DISK.id]


async def test_volumes_go_back_by_one_step_which_stops_what_uses_them(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with gone_worse(tmp_path, clock, has_volumes=True) as back:
        row = await back.rig.row()
        assert row.way_back is WayBack.SNAPSHOT
        assert row.way_back_text == (
            "Can be taken back with the data in its volume claims: snapshots of radarr. You are asked before."
        )
        await back.ask()
        request = await back.question()
        assert "Everything that was written to radarr since 12:00 is lost." in request.text
        assert [one.action for one in request.proposal.options[0].steps] == ["toy.back_box"]
        await back.rig.agent.press(request)
        await back.finish()
        assert await back.ask() is None
        assert (await back.undo()).failure is None
        assert list(back.inventory.toy.effects) == ["back radarr"]


async def test_volumes_that_no_action_brings_back_are_not_promised(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with gone_worse(tmp_path, clock, has_volumes=True, by_hand="Flux deploys it.") as back:
        row = await back.rig.row()
        assert row.way_back is WayBack.IMAGE
        assert row.way_back_text == (
            f"{IMAGE_ONLY}. Snapshots of the volumes of radarr are made first. "
            "A person restores them. Flux deploys it."
        )
        assert copies(back.inventory) == [box().id]
        with pytest.raises(PreconditionFailed, match="there is no copy"):
            await back.plan()


async def test_a_rollback_that_is_refused_leaves_everything_as_it_is(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with gone_worse(tmp_path, clock, has_disk=True) as back:
        await back.ask()
        await back.rig.agent.press(await back.question())
        back.inventory.toy.refused_change = "back"
        await back.finish()
        assert list(back.inventory.toy.effects) == ["stop radarr", "start radarr"]
        said = await back.ask()
        assert isinstance(said, str)
        assert said.startswith("It was not rolled back:")


async def test_only_the_image_goes_back_when_that_is_wanted_or_nothing_else_is_possible(
    tmp_path: Path, clock: ManualClock
) -> None:
    async with gone_worse(tmp_path, clock, has_disk=False) as back:
        back.inventory.copies.copies.clear()
        await back.ask()
        request = await back.question()
        assert "The data cannot be rolled back now: there is no copy" in request.text
        (option,) = request.proposal.options
        await back.rig.agent.press(request, option=option.number)
        assert await back.ask() is None
        await back.undo()
        assert list(back.inventory.toy.effects) == ["undo set_memory 2048"]


async def test_a_copy_that_was_removed_cannot_be_brought_back(tmp_path: Path, clock: ManualClock) -> None:
    async with gone_worse(tmp_path, clock, has_disk=False) as back:
        await back.rig.agent.agent.drop_copies((await back.rig.row()).approval_id or "")
        await back.ask()
        assert "there is no copy of it any more" in (await back.question()).text


async def test_what_nobody_wants_to_go_back_stays(tmp_path: Path, clock: ManualClock) -> None:
    async with gone_worse(tmp_path, clock, has_disk=False) as back:
        await back.ask()
        request = await back.question()
        await back.rig.agent.agent.gate.decide(decide_command(request, Verb.REJECT))
        assert await back.ask() == "Nobody wanted to take it back, so it stays as it is."
        assert list(back.inventory.toy.effects) == []


async def execute(rig: ChangesRig, clock: ManualClock, request_id: str) -> RunStatus:
    """Carry out an update, with the time that it waits for."""
    while isinstance(status := await rig.agent.agent.execute(request_id), float):
        clock.move(status)
    return status


@pytest.mark.parametrize("commit", range(1, COMMITS + 2))
async def test_every_commit_of_an_update_with_a_copy_can_be_the_last(
    tmp_path: Path, clock: ManualClock, commit: int
) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound(), store=EndingStore) as rig:
        store, engine = rig.agent.store, rig.agent.engine
        assert isinstance(store, EndingStore)
        assert isinstance(engine, TaskEngine)
        await rig.agent.stand_still()
        engine.broken = True
        await rig.look()
        request_id = (await rig.agent.press(await rig.request())).id
        store.left = commit
        with suppress(Ended):
            await rig.agent.agent.execute(request_id)
        assert store.reached is (commit <= COMMITS)
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        status = await execute(rig, clock, request_id)
        done = [one.partition(" ")[0] for one in inventory.toy.effects]
        # Nothing happens twice, and there is no update without a copy.
        assert done in ([], ["copy"], ["copy", "set_memory"])
        assert (done[-1:] == ["set_memory"]) is (status is RunStatus.VERIFYING)
        await rig.agent.agent._runs.journal.settle(request_id, RunStatus.SUCCEEDED)
        async with rig.agent.store.read() as connection:
            assert bool(await runs.with_copies(connection)) or not copies(inventory)
        rig.later(days=8)
        await rig.stage.keeper.look()
        assert copies(inventory) == []
        assert await rig.agent.leases() == []


@pytest.mark.parametrize("commit", range(1, REMOVING + 2))
async def test_every_commit_of_a_removal_can_be_the_last(
    tmp_path: Path, clock: ManualClock, commit: int
) -> None:
    inventory = CopyInventory(clock)
    async with opened(tmp_path, inventory, clock, bound(), store=EndingStore) as rig:
        store = rig.agent.store
        assert isinstance(store, EndingStore)
        assert await applied(rig) is ChangeStatus.DONE
        await rig.agent.stand_still()
        await rig.stage.keeper.look()
        rig.later(days=8)
        store.left = commit
        with suppress(Ended):
            await rig.stage.keeper.look()
        assert store.reached is (commit <= REMOVING)
    async with opened(tmp_path, inventory, clock, bound()) as rig:
        await rig.stage.keeper.look()
        assert copies(inventory) == []
        assert (await rig.row()).kept == ""
        assert await states(rig) == [StepState.UNDONE, StepState.VERIFIED]
        assert [one.partition(" ")[0] for one in inventory.toy.effects] == ["copy", "set_memory", "drop"]
