"""Fences: no door leads to a change of what is fenced, and only owners change them."""

import ast
import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

import steward
from homelab_steward.contract.base import Value
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.fences import AddFence, AnswerFenceOffers, Fence, FenceRole, RemoveFence
from homelab_steward.contract.incidents import RunStatus, StepState
from homelab_steward.contract.mode import MODE_ID, StewardMode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Origin, Speaker
from rig.agent_rig import open_rig, opened_store
from rig.clocks import WatchedClock
from rig.inventory import NOW, ToyInventory, ToyPeople, alert, box, speaker
from rig.toy import Toy
from steward.agent.decisions.fences import LONGEST_PART, MOST_FENCES, RETRY, Fences
from steward.agent.plans.change_plans import ChangePlans
from steward.agent.plans.resolver import Resolver
from steward.agent.requests.plan_requests import RequestPlan
from steward.agent.requests.request_plan import PlanStep
from steward.clock import ManualClock
from steward.errors import Fenced
from steward.sdk.description import ALSO_CHANGES, Action, Call, DryRun
from steward.store.mode import read_mode
from steward.store.store import Store

TEXT: Final = "radarr is fenced: nothing may change it"
RADARR: Final = (Fence(id="f", target="radarr"),)
CHANGE: Final = RequestAction(
    instance_id="toy1",
    action="set_memory",
    speaker=speaker(),
    target_id="box/radarr",
    arguments={"memory": 4096},
)
AUTOMATION = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as store:
        yield store


def fences(store: Store, inventory: ToyInventory | None = None) -> Fences:
    return Fences(store, inventory or ToyInventory(Toy()), ToyPeople(), ManualClock(NOW))


async def mode_of(store: Store) -> StewardMode:
    async with store.read() as connection:
        return await read_mode(connection)


async def events_of(store: Store) -> list[str]:
    async with store.read() as connection:
        rows = await connection.exec_driver_sql("SELECT event FROM audit ORDER BY position")
        return [row.event for row in rows]


# The doors: each is tried with a fence.


async def test_a_fenced_option_is_not_offered_and_the_reason_is_shown(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences((Fence(id="f", target="radarr", actions=("set_memory",)),))
        request = await rig.ask()
        assert [one.recipe for one in request.proposal.options] == ["restart", "investigate"]
        reason = "Increase memory: radarr is fenced: this may not be done to it."
        assert request.proposal.left_out == (reason,)


async def test_reading_is_never_fenced(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences(RADARR)
        request = await rig.ask()
        (option,) = request.proposal.options
        assert option.recipe == "investigate"
        await rig.press(request)
        await rig.asked_again()


async def test_an_approval_of_what_was_fenced_since_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        rig.inventory.use_fences(RADARR)
        with pytest.raises(ContractError, match=TEXT) as caught:
            await rig.press(request)
        assert caught.value.code is ErrorCode.FORBIDDEN
        assert "approval.refused" in [event for event, _ in await rig.audited()]
        await rig.press(request, 3)
        assert rig.toy.done == []


async def test_what_was_fenced_since_the_approval_is_not_begun(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        rig.inventory.use_fences(RADARR)
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        incident = await rig.until(lambda one: one.run is not None)
        assert incident.run is not None
        assert TEXT in (incident.run.error or "")
        assert rig.toy.done == []


async def test_what_is_fenced_between_two_steps_is_neither_continued_nor_undone(tmp_path: Path) -> None:
    toy = Toy(hold=asyncio.Event())
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert("ToyThree")))
        await toy.holding.wait()
        rig.inventory.use_fences(RADARR)
        assert toy.hold is not None
        toy.hold.set()
        incident = await rig.until(lambda one: one.run is not None and one.run.finished_at is not None)
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED
        states = [one.state for one in incident.run.steps]
        assert states == [StepState.VERIFIED, StepState.FAILED, StepState.INTENDED]
        error = incident.run.error or ""
        assert error.count(TEXT) == 2, error
        assert "Not undone" in error
        assert len(toy.done) == 1
        assert await rig.leases() == []


async def test_what_is_fenced_just_before_it_is_sent_is_not_sent(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()

        async def precheck(_toy: Toy, _call: Call, _baseline: Mapping[str, Value]) -> None:
            rig.inventory.use_fences(RADARR)

        def late(action: Action[Any]) -> Action[Any]:
            return replace(action, precheck=precheck) if action.key == "set_memory" else action

        service = rig.inventory.service_row
        rig.inventory.service_row = replace(service, actions=tuple(map(late, service.actions)))
        await rig.press(request)
        incident = await rig.until(lambda one: one.run is not None and one.run.finished_at is not None)
        assert incident.run is not None
        assert [one.state for one in incident.run.steps] == [StepState.FAILED]
        assert rig.toy.done == []


async def test_what_made_it_worse_is_not_undone_when_it_was_fenced_meanwhile(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        done = list(rig.toy.done)
        rig.inventory.use_fences(RADARR)
        undone = await rig.agent._runs.executor.undo(request.id)
        assert not isinstance(undone, float)
        assert undone.steps == ()
        assert TEXT in (undone.failure or "")
        assert list(rig.toy.done) == done


@pytest.mark.parametrize("only_dry_run", [False, True])
async def test_a_person_cannot_request_it(tmp_path: Path, only_dry_run: bool) -> None:  # noqa: FBT001
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences(RADARR)
        with pytest.raises(ContractError, match=TEXT) as caught:
            await rig.agent.requests.request(replace(CHANGE, only_dry_run=only_dry_run))
        assert caught.value.code is ErrorCode.UNAVAILABLE


@pytest.mark.parametrize(
    "front_end", [FrontEnd.MCP, FrontEnd.HOME_ASSISTANT, FrontEnd.ASSIST, FrontEnd.PANEL]
)
async def test_no_front_end_leads_around_a_fence(tmp_path: Path, front_end: FrontEnd) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences(RADARR)
        with pytest.raises(ContractError, match=TEXT):
            await rig.agent.requests.request(replace(CHANGE, speaker=speaker("1", front_end)))


async def test_a_plan_leaves_out_what_is_fenced(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences(RADARR)
        steps = tuple(
            PlanStep(target=box(name), action="set_memory", arguments={"memory": 4096})
            for name in ("radarr", "sonarr")
        )
        asked = await rig.agent.plan_requests.request(RequestPlan(speaker=speaker(), steps=steps))
        assert asked.instead == f"radarr: {TEXT}."
        with pytest.raises(ContractError, match=TEXT):
            await rig.agent.plan_requests.request(RequestPlan(speaker=speaker(), steps=steps[:1]))


async def test_an_update_and_the_copy_before_it_are_not_planned(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences(RADARR)
        plans = ChangePlans(rig.store, Resolver(rig.inventory))
        update = PlanStep(target=box("sonarr"), action="set_memory", arguments={"memory": 4096})
        copy = replace(update, target=box(), preserves=True)
        for steps in ([copy], [copy, update], [replace(update, target=box())]):
            with pytest.raises(Fenced, match=TEXT):
                await plans.make("c1", "5.1.1", steps)
        await plans.make("c1", "5.1.1", [update])


async def test_what_an_action_also_changes_is_fenced_too(tmp_path: Path) -> None:
    async def dry_run(_toy: Toy, _call: Call) -> DryRun:
        return DryRun(differences=(), baseline={ALSO_CHANGES: "box/sonarr,box/lidarr"})

    async with open_rig(tmp_path) as rig:
        own = rig.inventory.service_row
        actions = [replace(one, dry_run=dry_run) if one.key == "set_memory" else one for one in own.actions]
        rig.inventory.service_row = replace(own, actions=tuple(actions))
        plans = ChangePlans(rig.store, Resolver(rig.inventory))
        update = PlanStep(target=box(), action="set_memory", arguments={"memory": 4096})
        rig.inventory.use_fences((Fence(id="f", target="sonarr"),))
        with pytest.raises(Fenced, match="sonarr is fenced: nothing may change it"):
            await plans.make("c1", "5.1.1", [update])
        rig.inventory.use_fences((Fence(id="f", target="prowlarr"),))
        await plans.make("c1", "5.1.1", [update])


async def test_a_fence_on_a_host_keeps_what_runs_in_it_only_if_it_says_so(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        node = Fence(id="f", kind="node", target="node1")
        rig.inventory.use_fences((replace(node, with_guests=True),))
        with pytest.raises(ContractError, match="node1 is fenced with what is in it"):
            await rig.agent.requests.request(CHANGE)
        rig.inventory.use_fences((node,))
        await rig.agent.requests.request(CHANGE)


def test_only_one_module_sends_changes_and_checks_the_fences_before() -> None:
    """What calls ``execute`` of an action checks the fences in the statement before, with nothing awaited."""
    root = Path(steward.__file__).parent
    senders = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if "services" not in path.parts and "kits" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if _sends(node)
    }
    assert senders == {"agent/runs/effects.py"}
    bodies = [
        node.body
        for node in ast.walk(ast.parse((root / "agent/runs/effects.py").read_text()))
        if isinstance(node, ast.AsyncWith)
    ]
    sending = [body for body in bodies if any(_sends(node) for one in body for node in ast.walk(one))]
    assert len(sending) == 2
    for before, send in sending:
        assert ast.unparse(before) == "self._require_open(work)"
        assert any(_sends(node) for node in ast.walk(send))


def _sends(node: ast.AST) -> bool:
    """Return whether it calls what an action changes: ``execute`` with a client."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr != "execute":
        return False
    return any("client" in ast.unparse(one) for one in node.args)


# Who changes them, and that they hold.


async def test_a_fence_of_an_owner_holds_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.agent.fences.add(AddFence(speaker=speaker(), fence=RADARR[0]))
        with pytest.raises(ContractError, match=TEXT):
            await rig.agent.requests.request(CHANGE)
    async with open_rig(tmp_path) as rig:
        with pytest.raises(ContractError, match=TEXT):
            await rig.agent.requests.request(CHANGE)
        (fence,) = rig.inventory.fences
        await rig.agent.fences.remove(RemoveFence(speaker=speaker(), id=fence.id))
        await rig.agent.requests.request(CHANGE)


async def test_a_change_of_the_fences_is_published_and_audited(store: Store) -> None:
    with store.changes.watch(RowKind.MODE) as watch:
        mode = await fences(store).add(
            AddFence(speaker=speaker(), fence=Fence(id="mine", target=" ta\u202enk ", reason="x" * 500))
        )
        event: Any = await watch.next()
    assert (event.id, event.mode) == (MODE_ID, mode)
    (fence,) = mode.fences
    assert (fence.target, fence.origin) == ("tank", Origin.FRONT_END)
    assert fence.id != "mine"
    assert len(fence.reason) <= LONGEST_PART
    assert mode == await mode_of(store)
    mode = await fences(store).remove(RemoveFence(speaker=speaker(), id=fence.id))
    assert mode.fences == ()
    assert await events_of(store) == ["fence.added", "fence.removed"]


@pytest.mark.parametrize(
    "said_by",
    [
        speaker("2"),
        speaker("3"),
        speaker("99"),
        speaker("1", FrontEnd.MCP),
        speaker("1", FrontEnd.ASSIST),
        AUTOMATION,
    ],
)
async def test_only_owners_change_fences(store: Store, said_by: Speaker) -> None:
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(inventory.service_row, essential=FenceRole.STORAGE)
    book = fences(store, inventory)
    mode = await book.add(AddFence(speaker=speaker(), fence=Fence(id="", target="other")))
    for change in (
        book.add(AddFence(speaker=said_by, fence=RADARR[0])),
        book.remove(RemoveFence(speaker=said_by, id=mode.fences[0].id)),
        book.answer(AnswerFenceOffers(speaker=said_by, instance_ids=("toy1",))),
    ):
        with pytest.raises(ContractError) as caught:
            await change
        assert caught.value.code is ErrorCode.FORBIDDEN
    assert await mode_of(store) == mode
    assert inventory.fences == mode.fences
    expected = {"fence.added", "fence.added_refused", "fence.removed_refused", "fence.answered_refused"}
    assert set(await events_of(store)) == expected


async def test_a_fence_of_the_settings_file_is_changed_only_there(store: Store) -> None:
    book = fences(store)
    of_file = Fence(id="file-0", target="tank", origin=Origin.FILE)
    await book.start([of_file])
    with pytest.raises(ContractError, match="settings file") as caught:
        await book.remove(RemoveFence(speaker=speaker(), id="file-0"))
    assert caught.value.code is ErrorCode.INVALID_ARGUMENT
    with pytest.raises(ContractError) as caught:
        await book.remove(RemoveFence(speaker=speaker(), id="none"))
    assert caught.value.code is ErrorCode.NOT_FOUND
    await book.add(AddFence(speaker=speaker(), fence=replace(of_file, target="pool")))
    inventory = ToyInventory(Toy())
    await fences(store, inventory).start([])
    assert [(one.target, one.origin) for one in inventory.fences] == [("pool", Origin.FRONT_END)]
    sequence = store.changes.sequence
    await fences(store, inventory).start([])
    assert store.changes.sequence == sequence


async def test_a_fence_says_what_it_is_about_and_there_are_not_too_many(store: Store) -> None:
    book = fences(store)
    with pytest.raises(ContractError) as caught:
        await book.add(AddFence(speaker=speaker(), fence=Fence(id="", reason="everything")))
    assert caught.value.code is ErrorCode.INVALID_ARGUMENT
    await book.start(
        [Fence(id=f"file-{one}", target=f"t{one}", origin=Origin.FILE) for one in range(MOST_FENCES)]
    )
    with pytest.raises(ContractError) as caught:
        await book.add(AddFence(speaker=speaker(), fence=RADARR[0]))
    assert caught.value.code is ErrorCode.TOO_MANY


async def test_people_are_asked_once_about_a_nas_and_no_fence_is_set_without_them(store: Store) -> None:
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(inventory.service_row, essential=FenceRole.STORAGE)
    book = fences(store, inventory)
    await book.start([])
    await book.look()
    mode = await mode_of(store)
    assert [one.instance_id for one in mode.fence_offers] == ["toy1"]
    assert inventory.fences == ()
    sequence = store.changes.sequence
    await book.look()
    assert store.changes.sequence == sequence
    mode = await book.answer(AnswerFenceOffers(speaker=speaker(), instance_ids=("toy1", "unknown")))
    (fence,) = mode.fences
    assert fence.instance == "toy1"
    assert mode.fence_offers == ()
    assert inventory.fences == mode.fences
    mode = await book.remove(RemoveFence(speaker=speaker(), id=fence.id))
    assert mode.fence_offers == ()


async def test_the_offered_kind_is_fenced_and_nothing_else_of_the_controller(store: Store) -> None:
    inventory = ToyInventory(Toy())
    inventory.service_row = replace(inventory.service_row, essential=FenceRole.FIREWALL, essential_kind="box")
    await inventory.poll_now("toy1")
    book = fences(store, inventory)
    await book.start([])
    await book.look()
    mode = await book.answer(AnswerFenceOffers(speaker=speaker(), instance_ids=("toy1",)))
    assert [(one.instance, one.kind) for one in mode.fences] == [("toy1", "box")]
    assert mode.fence_offers == ()


async def test_a_fence_that_fits_nothing_is_shown_as_a_problem_and_kept(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        mode = await rig.agent.fences.add(AddFence(speaker=speaker(), fence=Fence(id="", target="lidarr")))
        assert mode.fences[0].problem == "Nothing that is known fits this fence."
        rig.inventory.boxes["box/lidarr"] = box("lidarr")
        await rig.inventory.poll_now("toy1")
        with rig.store.changes.watch(RowKind.MODE) as watch:
            rig.store.changes.publish(RowKind.SNAPSHOT, "toy1", rig.inventory.snapshot("toy1"))
            event: Any = await watch.next()
        assert event.mode.fences[0].problem == ""
        assert [one.target for one in rig.inventory.fences] == ["lidarr"]


async def test_the_stage_goes_on_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_store(tmp_path) as store:
        inventory = ToyInventory(Toy())
        clock = WatchedClock(NOW)
        book = Fences(store, inventory, ToyPeople(), clock)
        await book.start([])
        inventory.service_row = replace(inventory.service_row, essential=FenceRole.STORAGE)
        real = inventory.instances

        def broken() -> Any:
            monkeypatch.setattr(inventory, "instances", real)
            raise ValueError

        monkeypatch.setattr(inventory, "instances", broken)
        with store.changes.watch(RowKind.MODE) as watch:
            task = asyncio.create_task(book.run())
            await clock.until_asleep(RETRY)
            clock.move(RETRY)
            event: Any = await watch.next()
        assert [one.instance_id for one in event.mode.fence_offers] == ["toy1"]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
