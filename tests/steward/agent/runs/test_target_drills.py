"""A drill on marked targets: approved once by an owner, each action undone, and nothing else touched."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.drill import DrillTargets, TargetDrill, TryState
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.fences import Fence
from homelab_steward.contract.incidents import ApprovalRequest, Verb
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd, Resource, Snapshot, Speaker
from rig.agent_rig import AgentRig, approve, decide_command, open_rig
from rig.clocks import HANGING
from rig.inventory import NOW, ToyInventory, speaker
from rig.toy import SERVICE, Toy
from steward.agent.levels import autonomy_state
from steward.agent.plans.drill_plans import arguments_of, differences, settings_of
from steward.agent.runs.target_drills import LONGEST
from steward.clock import ManualClock
from steward.sdk.description import Control

LINE: Final = Speaker(front_end=FrontEnd.COMMAND_LINE, user_id="owner")
ASK: Final = DrillTargets(speaker=LINE)
UNKNOWN: Final = "its arguments need a person"
ALL: Final = ["Set memory", "Set cpu"]
DRILLED: Final = replace(
    SERVICE,
    controls=(
        Control.number("memory", "Memory", "limit", action="set_memory", argument="memory", scope="box"),
        Control.number("cpu", "CPU", "cpu", action="set_cpu", argument="cores", scope="box"),
    ),
)
"""The toy with controls that show its memory and CPU; nothing shows its swap."""


class MarkedInventory(ToyInventory):
    """The toy's inventory, of which some boxes are marked. ``others`` is the limit of all others."""

    def __init__(self, toy: Toy, *marked: str) -> None:
        super().__init__(toy)
        self.service_row = DRILLED
        self.marked = marked
        self.others = 512.0

    async def poll_now(self, instance_id: str) -> Snapshot:
        snapshot = await super().poll_now(instance_id)
        boxes = tuple(self._marked(one) for one in snapshot.resources)
        self._snapshot = replace(snapshot, resources=boxes)
        return self._snapshot

    def _marked(self, box: Resource) -> Resource:
        if box.name in self.marked:
            return replace(box, for_drills=True)
        return replace(box, values={**box.values, "limit": self.others})


@asynccontextmanager
async def drilled(
    folder: Path, *marked: str, clock: ManualClock | None = None
) -> AsyncIterator[tuple[AgentRig, MarkedInventory]]:
    inventory = MarkedInventory(Toy(), *marked)
    async with open_rig(folder, inventory=inventory, clock=clock) as rig:
        yield rig, inventory


async def asked(rig: AgentRig) -> ApprovalRequest:
    return await rig.request_with((await rig.agent.target_drills.take(ASK)).approval_id)


async def ended(rig: AgentRig, request: ApprovalRequest) -> TargetDrill:
    """Return the drill at its end."""
    about = DrillTargets(speaker=LINE, approval_id=request.id)
    async with asyncio.timeout(HANGING):
        with rig.store.changes.watch(RowKind.INCIDENT, RowKind.APPROVAL, RowKind.SCHEDULED) as watch:
            while not (found := await rig.agent.target_drills.take(about)).ended_at:
                await watch.next()
            return found


async def proofs(rig: AgentRig, action: str = "toy.set_memory") -> tuple[int, int]:
    """Return how many undos of an action worked, and how many did not."""
    async with rig.store.read() as connection:
        found = await autonomy_state._undos(connection, [(action, "")])
    return found[action, ""].good, found[action, ""].bad


def tries(drill: TargetDrill) -> list[tuple[str, str, TryState]]:
    return [(one.target.name, one.title, one.state) for one in drill.tries]


async def test_an_owner_approves_the_whole_drill_and_each_action_is_undone(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        request = await asked(rig)
        (option,) = request.proposal.options
        assert [one.title for one in option.steps] == ALL
        assert request.owner_only
        assert option.risk == "high"
        assert [one for one in request.proposal.left_out if UNKNOWN in one] == [
            f"radarr, Set swap: {UNKNOWN}"
        ]
        await rig.press(request)
        drill = await ended(rig, request)
        assert tries(drill) == [("radarr", one, TryState.UNDONE) for one in ALL]
        assert drill.differences == ()
        assert (rig.toy.limit, rig.toy.numbers["cpu"]) == (2048, 2)
        assert len(rig.toy.done) == 4
        assert await proofs(rig) == await proofs(rig, "toy.set_cpu") == (1, 0)
        assert await rig.leases() == []
        assert "drill.targets_ended" in [event for event, _ in await rig.audited()]
        assert (await rig.audit()).broken_at is None


async def test_nothing_is_tried_on_what_is_not_marked(tmp_path: Path) -> None:
    async with drilled(tmp_path) as (rig, _inventory):
        with pytest.raises(ContractError, match="homelab-steward-drill") as refused:
            await rig.agent.target_drills.take(ASK)
        assert refused.value.code is ErrorCode.UNAVAILABLE
        assert await rig.incidents() == ()


async def test_only_the_command_line_begins_one(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        for via in set(FrontEnd) - {FrontEnd.COMMAND_LINE}:
            with pytest.raises(ContractError) as refused:
                await rig.agent.target_drills.take(DrillTargets(speaker=speaker(front_end=via)))
            assert refused.value.code is ErrorCode.FORBIDDEN
        with pytest.raises(ContractError) as refused:
            await rig.agent.target_drills.take(DrillTargets(speaker=LINE, approval_id="another"))
        assert refused.value.code is ErrorCode.NOT_FOUND


async def test_a_member_cannot_approve_it_and_one_that_is_asked_for_again_is_the_same(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        request = await asked(rig)
        assert (await asked(rig)).id == request.id
        with pytest.raises(ContractError):
            await rig.agent.gate.decide(approve(request, user="2"))
        assert rig.toy.done == []


async def test_what_an_owner_rejects_is_not_tried(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        request = await asked(rig)
        await rig.stand_still()
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        drill = await _carried_on(rig, request)
        assert {one.state for one in drill.tries} == {TryState.NOT_TRIED}
        assert rig.toy.done == []
        assert (await asked(rig)).id != request.id


def _refuses(toy: Toy) -> None:
    toy.undo_refused = True


def _ignores(toy: Toy) -> None:
    toy.undo_ignored = True


@pytest.mark.parametrize("break_it", [_refuses, _ignores])
async def test_an_undo_that_fails_is_reported_and_counts_against_the_action(
    tmp_path: Path, break_it: Callable[[Toy], None]
) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        break_it(rig.toy)
        request = await asked(rig)
        await rig.press(request)
        drill = await ended(rig, request)
        assert [one.state for one in drill.tries] == [TryState.FAILED] * 2
        assert all(one.reason for one in drill.tries)
        assert any("limit was 2048" in one for one in drill.differences)
        assert await proofs(rig) == (0, 1)


async def test_what_an_undo_did_not_do_is_undone_a_second_time_at_the_end(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        rig.toy.undo_refused = True

        def heal(place: str) -> None:
            # The second action is being tried: from now on undos work again.
            rig.toy.undo_refused = rig.toy.undo_refused and rig.toy.numbers["cpu"] == 2

        rig.toy.passing = heal
        request = await asked(rig)
        await rig.press(request)
        drill = await ended(rig, request)
        assert [one.state for one in drill.tries] == [TryState.FAILED, TryState.UNDONE]
        assert rig.toy.limit == 2048
        assert drill.differences == ()
        assert await proofs(rig) == (0, 1)


async def test_what_else_changed_in_the_inventory_is_reported(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, inventory):
        request = await asked(rig)

        def touch(place: str) -> None:
            if place == "execute":
                inventory.others = 1024.0

        rig.toy.passing = touch
        await rig.press(request)
        drill = await ended(rig, request)
        assert drill.differences == ("toy1:box:box/sonarr: limit was 512.0 and is 1024.0",)


async def test_a_fence_holds_in_a_drill(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr", "sonarr") as (rig, inventory):
        inventory.fences = (Fence(id="f", instance="toy1", target="sonarr"),)
        request = await asked(rig)
        assert {one.target.name for one in request.proposal.options[0].steps} == {"radarr"}
        assert any(one.startswith("sonarr, Set memory:") for one in request.proposal.left_out)


async def test_a_pause_stops_a_drill(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        request = await asked(rig)
        await rig.stand_still()
        await rig.press(request)
        await rig.agent.mode.set_pause(SetPause(speaker=speaker(), scope=PauseScope.EVERYTHING))
        drill = await _carried_on(rig, request)
        assert {one.state for one in drill.tries} == {TryState.NOT_TRIED}
        assert all("paused" in one.reason for one in drill.tries)
        assert rig.toy.done == []
        assert await proofs(rig) == (0, 0)


async def _carried_on(rig: AgentRig, request: ApprovalRequest) -> TargetDrill:
    """Carry a drill on by hand to its end."""
    about = DrillTargets(speaker=LINE, approval_id=request.id)
    async with asyncio.timeout(HANGING):
        with rig.store.changes.watch(RowKind.INCIDENT) as watch:
            while not (found := await rig.agent.target_drills.take(about)).ended_at:
                if not await rig.agent.target_drills.look():
                    if (await rig.agent.target_drills.take(about)).ended_at:
                        continue
                    await watch.next()
            return found


def _unmark(rig: AgentRig, inventory: MarkedInventory, clock: ManualClock) -> None:
    inventory.marked = ()


def _changes_risk(rig: AgentRig, inventory: MarkedInventory, clock: ManualClock) -> None:
    actions = tuple(
        replace(one, risk=Risk.HIGH) if one.key.startswith("set_") else one for one in DRILLED.actions
    )
    inventory.service_row = replace(DRILLED, actions=actions)


def _refuse(rig: AgentRig, inventory: MarkedInventory, clock: ManualClock) -> None:
    rig.toy.refusal = "it is being backed up"


def _wait(rig: AgentRig, inventory: MarkedInventory, clock: ManualClock) -> None:
    clock.move(LONGEST.total_seconds() + 1)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (_unmark, "the target is not marked any more"),
        (_changes_risk, "it is not what was approved any more"),
        (_refuse, "it is being backed up"),
        (_wait, "the approval is too old"),
    ],
)
async def test_what_does_not_hold_any_more_is_not_tried(
    tmp_path: Path, happens: Callable[[AgentRig, MarkedInventory, ManualClock], None], reason: str
) -> None:
    clock = ManualClock(NOW)
    async with drilled(tmp_path, "radarr", clock=clock) as (rig, inventory):
        request = await asked(rig)
        await rig.stand_still()
        await rig.press(request)
        happens(rig, inventory, clock)
        drill = await _carried_on(rig, request)
        assert [(one.state, one.reason) for one in drill.tries] == [(TryState.NOT_TRIED, reason)] * 2
        assert rig.toy.done == []


async def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    inventory = MarkedInventory(Toy(), "radarr")
    async with open_rig(tmp_path, inventory=inventory) as rig:
        request = await asked(rig)
        await rig.stand_still()
        await rig.press(request)
    async with open_rig(tmp_path, inventory=inventory) as rig:
        drill = await ended(rig, request)
        assert [one.state for one in drill.tries] == [TryState.UNDONE] * 2


async def test_a_service_that_cannot_be_read_afterwards_is_a_difference(tmp_path: Path) -> None:
    async with drilled(tmp_path, "radarr") as (rig, _inventory):
        request = await asked(rig)
        await rig.stand_still()
        await rig.press(request)
        rig.toy.refusal = "not now"
        await rig.agent.target_drills.look()
        rig.toy.down = True
        drill = await _carried_on(rig, request)
        assert any(one.endswith("it is gone") for one in drill.differences)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"limit": 2048}, {"memory": 2304}),
        ({"limit": 4}, {"memory": 5}),
        ({"limit": 0}, "it is not known what it is now"),
        ({"limit": None}, "it is not known what it is now"),
        ({"limit": True}, "it is not known what it is now"),
        ({}, "it is not known what it is now"),
    ],
)
def test_a_number_is_changed_by_an_eighth(values: dict[str, Value], expected: object) -> None:
    action = next(one for one in DRILLED.actions if one.key == "set_memory")
    assert arguments_of(DRILLED, action, _box(values)) == expected


@pytest.mark.parametrize(
    ("least", "most", "expected"),
    [
        (None, 2304, {"memory": 2304}),
        (1792, 2303, {"memory": 1792}),
        (1793, 2303, "no other value is allowed"),
        (2304, None, {"memory": 2304}),
    ],
)
def test_a_number_stays_within_what_is_allowed(
    least: float | None, most: float | None, expected: object
) -> None:
    action = next(one for one in DRILLED.actions if one.key == "set_memory")
    (argument,) = action.arguments
    limited = replace(action, arguments=(replace(argument, minimum=least, maximum=most),))
    assert arguments_of(DRILLED, limited, _box({"limit": 2048})) == expected


def test_an_action_without_arguments_needs_none() -> None:
    action = next(one for one in DRILLED.actions if one.key == "restart")
    assert arguments_of(DRILLED, action, _box({})) == {}


def test_settings_are_those_that_a_control_shows_of_the_marked_kinds() -> None:
    snapshot = Snapshot(
        instance_id="toy1",
        taken_at=NOW,
        resources=(_box({"limit": 1, "share": 2}), replace(_box({}), kind="node", for_drills=False)),
    )
    assert settings_of(DRILLED, snapshot) == {"toy1:box:box/radarr": {"limit": 1}}


def test_differences_name_what_is_gone_new_and_changed() -> None:
    before: dict[str, dict[str, Value]] = {"a": {"x": 1}, "b": {"x": 1}}
    after: dict[str, dict[str, Value]] = {"b": {"x": 2}, "c": {"x": 1}}
    assert differences(before, after) == (
        "a: it is gone",
        "c: it was not there before",
        "b: x was 1 and is 2",
    )


def _box(values: dict[str, Value]) -> Resource:
    return Resource(kind="box", id="box/radarr", name="radarr", values=values, for_drills=True)
