"""Requests for several targets: one approval, each step once, and partial results."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.commands import ActionRequested, Decide
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    RunStatus,
    StepState,
    Verb,
)
from homelab_steward.contract.later import Later
from homelab_steward.contract.state import Authority, FrontEnd, Person, Role
from rig import records
from rig.agent_rig import AgentRig, TaskEngine, decide_command, open_rig
from rig.inventory import NOW, ToyInventory, ToyPeople, box, speaker
from rig.toy import Toy
from steward.agent.decisions.authorization import authorize
from steward.agent.requests.asking import who_is_asked
from steward.agent.requests.plan_requests import RequestPlan
from steward.agent.requests.request_plan import MOST_STEPS, STOP, PlanStep
from steward.clock import ManualClock
from steward.errors import ServiceRefused
from steward.inventory.ports import Around

CPU: Final = PlanStep(target=box("radarr"), action="set_cpu", arguments={"cores": 8})
MEMORY: Final = PlanStep(target=box("sonarr"), action="set_memory", arguments={"memory": 4096})
BOTH: Final = (CPU, MEMORY)
RESTART: Final = PlanStep(target=box("radarr"), action="restart")


async def ask(
    rig: AgentRig, *steps: PlanStep, user: str = "1", left_out: tuple[str, ...] = ()
) -> ActionRequested:
    asked = RequestPlan(speaker=speaker(user), steps=steps or BOTH, left_out=left_out)
    return await rig.agent.plan_requests.request(asked)


async def approved(rig: AgentRig, *steps: PlanStep, by_hand: bool = False) -> ApprovalRequest:
    """Ask and approve; ``by_hand``: the engine begins nothing, the test executes."""
    assert isinstance(rig.engine, TaskEngine)
    rig.engine.broken = by_hand
    request = await rig.request_with((await ask(rig, *steps)).approval_id or "")
    return await rig.press(request)


async def concluded(rig: AgentRig) -> Incident:
    return await rig.until(lambda one: one.status.is_closed)


def refuses(call: str, times: int) -> object:
    """Return what refuses the first calls of a kind."""
    left = [times]

    def passing(place: str) -> None:
        if place == call and left[0]:
            left[0] -= 1
            message = "the toy said no"
            raise ServiceRefused(message)

    return passing


async def test_one_approval_names_all_targets_and_all_are_changed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await ask(rig, left_out=("lidarr: it is off.",))
        request = await rig.request_with(asked.approval_id or "")
        (only,) = request.proposal.options
        assert [one.target for one in only.steps] == [box("radarr"), box("sonarr")]
        assert [one.after for one in only.steps] == [(), ()]
        assert all(name in request.title for name in ("radarr", "sonarr", "requested by Olga"))
        assert request.proposal.left_out == ("lidarr: it is off.",)
        assert asked.instead == "lidarr: it is off."
        assert rig.toy.done == [], "nothing is changed before the approval"
        assert (await ask(rig)).message == "This is waiting for an answer already."
        await rig.press(request)
        incident = await concluded(rig)
        assert incident.status is IncidentStatus.RESOLVED
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED
        assert [one.state for one in incident.run.steps] == [StepState.VERIFIED] * 2
        assert len(rig.toy.done) == 2
        assert await rig.leases() == []


async def test_a_step_that_fails_does_not_stop_independent_ones(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.toy.passing = refuses("execute", 1)  # type: ignore[assignment]
        await approved(rig)
        incident = await concluded(rig)
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED
        assert [one.state for one in incident.run.steps] == [StepState.FAILED, StepState.VERIFIED]
        assert "Done:" in incident.resolution
        assert "(sonarr)" in incident.resolution.partition("Not done:")[0]
        assert "(radarr): the toy said no" in incident.resolution.partition("Not done:")[2]
        assert len(rig.toy.done) == 1
        assert await rig.leases() == []


async def test_what_needs_a_failed_step_is_not_done(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.running_in[box("sonarr").key] = box("radarr")
        rig.toy.passing = refuses("execute", 1)  # type: ignore[assignment]
        await approved(rig)
        incident = await concluded(rig)
        assert incident.run is not None
        assert [one.state for one in incident.run.steps] == [StepState.FAILED, StepState.INTENDED]
        assert "it needs radarr" in incident.resolution
        assert rig.toy.done == []


INSIDE: Final = replace(MEMORY, capability=STOP)
OUTSIDE: Final = replace(CPU, capability=STOP)


def refused_at(rig: AgentRig, number: int, *inside: str) -> None:
    """Let a change be refused; some boxes run in the box radarr."""
    rig.inventory.running_in |= {box(one).key: box("radarr") for one in inside}
    calls = [0]

    def passing(place: str) -> None:
        calls[0] += place == "execute"
        if place == "execute" and calls[0] == number:
            message = "the toy said no"
            raise ServiceRefused(message)

    rig.toy.passing = passing


async def test_what_was_stopped_for_a_step_that_fails_is_undone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        refused_at(rig, 2, "sonarr")
        request = await approved(rig, OUTSIDE, INSIDE)
        assert [one.undone_without for one in request.proposal.options[0].steps] == [(1,), ()]
        incident = await concluded(rig)
        assert incident.run is not None
        assert incident.run.status is RunStatus.UNDONE
        assert [one.state for one in incident.run.steps] == [StepState.UNDONE, StepState.FAILED]
        assert "Undone: Set memory (sonarr)." in incident.resolution
        assert "Not done: Set cpu (radarr): the toy said no." in incident.resolution
        assert rig.toy.done == ["set_memory 4096", "undo set_memory 2048"]
        assert await rig.leases() == []


async def test_an_undo_that_fails_is_said_and_the_others_are_undone(tmp_path: Path) -> None:
    toy = Toy()
    boxes = ToyInventory(toy, ("radarr", "sonarr", "lidarr"))
    async with open_rig(tmp_path, toy, inventory=boxes) as rig:
        refused_at(rig, 3, "sonarr", "lidarr")
        fails, undos = rig.toy.passing, [0]

        def passing(place: str) -> None:
            undos[0] += place == "undo"
            if place == "undo" and undos[0] == 1:
                message = "the toy refuses to go back"
                raise ServiceRefused(message)
            fails(place)

        rig.toy.passing = passing
        swap = PlanStep(target=box("lidarr"), action="set_swap", capability=STOP, arguments={"swap": 1024})
        await approved(rig, OUTSIDE, INSIDE, swap)
        incident = await concluded(rig)
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED
        assert "Undone: Set memory (sonarr)." in incident.resolution
        assert "Not undone: Set swap (lidarr): the toy refuses to go back." in incident.resolution
        assert rig.toy.done == ["set_memory 4096", "set_swap 1024", "undo set_memory 2048"]


async def test_an_undo_continues_after_a_restart_and_nothing_else_is_done(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        refused_at(rig, 2, "sonarr")
        request = await approved(rig, OUTSIDE, INSIDE, by_hand=True)
        rig.toy.undo_answer_lost = True
        fails = rig.toy.passing

        def passing(place: str) -> None:
            if place == "undone":
                raise asyncio.CancelledError
            fails(place)

        rig.toy.passing = passing
        with pytest.raises(asyncio.CancelledError):
            await rig.agent.execute(request.id)
        rig.toy.passing = lambda _place: None
        assert await rig.agent.execute(request.id) is RunStatus.UNDONE
        assert rig.toy.done == ["set_memory 4096", "undo set_memory 2048"]


async def test_an_undo_that_is_not_seen_is_looked_for_and_then_not_claimed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        refused_at(rig, 2, "sonarr")
        request = await approved(rig, OUTSIDE, INSIDE, by_hand=True)
        rig.toy.undo_ignored = True
        waits = [found := await rig.agent.execute(request.id)]
        while isinstance(found, float):
            clock.move(found)
            waits.append(found := await rig.agent.execute(request.id))
        assert len(waits) > 1
        assert found is RunStatus.FAILED
        assert [one.state for one in await rig.entries(request)] == [StepState.VERIFIED, StepState.FAILED]
        assert rig.toy.done == ["set_memory 4096"]


async def test_what_is_to_stay_is_not_undone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        refused_at(rig, 2, "sonarr")
        plan = RequestPlan(speaker=speaker("1"), steps=(OUTSIDE, INSIDE), stays=True, text="Before 14:00.")
        request = await rig.request_with((await rig.agent.plan_requests.request(plan)).approval_id or "")
        assert request.text == "Before 14:00."
        await rig.press(request)
        incident = await concluded(rig)
        assert incident.run is not None
        assert [one.state for one in incident.run.steps] == [StepState.VERIFIED, StepState.FAILED]
        assert rig.toy.done == ["set_memory 4096"]


async def test_a_lab_that_changed_since_the_request_changes_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await ask(rig, RESTART, MEMORY)
        request = await rig.request_with(asked.approval_id or "")
        rig.toy.started = "11:00"
        await rig.press(request)
        incident = await concluded(rig)
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
        assert "something changed since" in incident.resolution
        assert rig.toy.done == []
        again = await rig.until(lambda one: one.status is IncidentStatus.WAITING, number=2)
        asked_again = await rig.request_with(again.approval_id or "")
        assert asked_again.text.startswith("Approve it again: ")
        assert (asked_again.requested_by, asked_again.requested_via) == ("olga", request.requested_via)
        assert asked_again.proposal.options[0].plan_hash != request.proposal.options[0].plan_hash
        await rig.agent.plan_requests.ask_again(request.id)
        assert len(await rig.incidents()) == 2, "asked once"
        await rig.press(asked_again)
        await rig.until(lambda one: one.status is IncidentStatus.RESOLVED, number=2)
        assert len(rig.toy.done) == 2


async def refused(rig: AgentRig) -> ApprovalRequest:
    """Return the request of a plan that was refused because something changed."""
    request = await approved(rig, RESTART, MEMORY, by_hand=True)
    rig.toy.started = "11:00"
    assert await rig.agent.execute(request.id) is RunStatus.REFUSED
    return request


@pytest.mark.parametrize("gone", [True, False])
async def test_nobody_is_asked_again_when_nothing_can_be_done_or_nothing_changed(
    tmp_path: Path,
    gone: bool,  # noqa: FBT001
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await refused(rig)
        if gone:
            rig.toy.down = True
        else:
            rig.toy.started = "10:00"
        await rig.agent.plan_requests.ask_again(request.id)
        await rig.agent.plan_requests.ask_again("unknown")
        assert len(await rig.incidents()) == 1


async def test_nobody_is_asked_again_about_a_plan_that_was_carried_out(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await approved(rig, RESTART, MEMORY, by_hand=True)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        rig.toy.started = "12:00"
        await rig.agent.plan_requests.ask_again(request.id)
        assert len(await rig.incidents()) == 1


@pytest.mark.parametrize(
    ("person_id", "known", "asks"),
    [("olga", True, True), ("olga", False, False), ("", True, True), ("vera", True, False)],
)
async def test_who_may_not_ask_any_more_does_not_ask_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    person_id: str,
    known: bool,  # noqa: FBT001
    asks: bool,  # noqa: FBT001
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await refused(rig)
        found = replace(request, requested_by=person_id)
        people = ToyPeople().list() if known else ()
        monkeypatch.setattr(ToyPeople, "list", lambda _self: people)
        asker = rig.agent.plan_requests._asker(found)
        assert (asker is not None) is asks


async def test_after_the_search_for_a_lost_effect_the_other_step_is_done(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await approved(rig, by_hand=True)
        rig.toy.request_lost = True
        found = await rig.agent.execute(request.id)
        rig.toy.request_lost = False
        assert isinstance(found, float)
        while isinstance(found, float):
            clock.move(found)
            found = await rig.agent.execute(request.id)
        assert found is RunStatus.UNKNOWN
        assert [one.state for one in await rig.entries(request)] == [
            StepState.EFFECT_UNKNOWN,
            StepState.VERIFIED,
        ]
        assert len(rig.toy.done) == 1, "what may have been done is not sent again"


@pytest.mark.parametrize("call", ["precheck", "execute", "verify", "probe"])
async def test_an_execution_that_is_killed_continues_and_sends_nothing_twice(
    tmp_path: Path, call: str
) -> None:
    async with open_rig(tmp_path) as rig:
        request = await approved(rig, by_hand=True)
        killed = [0]

        def passing(place: str) -> None:
            if place == call and not killed[0]:
                killed[0] += 1
                raise asyncio.CancelledError

        rig.toy.passing = passing
        try:
            await rig.agent.execute(request.id)
        except asyncio.CancelledError:
            assert killed == [1]
        found = await rig.agent.execute(request.id)
        assert isinstance(found, RunStatus | float)
        assert len(rig.toy.done) == len(set(rig.toy.done)) <= 2


async def test_steps_that_cannot_be_done_now_are_left_out_with_the_reason(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        many: dict[str, Value] = {"cores": 10**9}
        asked = await ask(rig, PlanStep(target=box("radarr"), action="set_cpu", arguments=many), MEMORY)
        request = await rig.request_with(asked.approval_id or "")
        assert [one.target for one in request.proposal.options[0].steps] == [box("sonarr")]
        assert asked.instead.startswith("radarr: ")
        assert request.proposal.left_out == (asked.instead,)
        assert (await rig.incident()).target == box("sonarr")


async def test_nothing_is_asked_when_no_step_can_be_done(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.toy.refusal = "the toy sleeps"
        with pytest.raises(ContractError, match=r"radarr: .*\. sonarr: ") as refused:
            await ask(rig)
        assert refused.value.code is ErrorCode.UNAVAILABLE
        assert await rig.incidents() == ()


async def test_too_many_steps_are_refused_with_the_number(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        steps = [PlanStep(target=box(f"box{one}"), action="restart") for one in range(MOST_STEPS + 1)]
        with pytest.raises(ContractError, match=f"{MOST_STEPS + 1} changes.*{MOST_STEPS}"):
            await ask(rig, *steps)


@pytest.mark.parametrize("user", ["3", "4"])
async def test_who_may_not_ask_for_one_action_may_not_ask_for_several(tmp_path: Path, user: str) -> None:
    async with open_rig(tmp_path) as rig:
        with pytest.raises(ContractError) as refused:
            await ask(rig, user=user)
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert [event for event, _ in await rig.audited()] == ["action.refused"]
        assert await rig.incidents() == ()


async def test_an_mcp_client_does_not_decide_about_a_plan(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.request_with((await ask(rig)).approval_id or "")
        command = decide_command(request, Verb.APPROVE)
        by_mcp = type(command)(
            approval_id=request.id,
            verb=Verb.APPROVE,
            speaker=speaker("1", FrontEnd.MCP),
            option=1,
            plan_hash=command.plan_hash,
        )
        with pytest.raises(ContractError) as refused:
            await rig.agent.gate.decide(by_mcp)
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert rig.toy.done == []


@pytest.mark.parametrize(
    ("authority", "is_allowed"),
    [
        ({}, True),
        ({"network": Authority.NOTHING}, False),
        ({"network": Authority.LOW}, False),
        ({"media": Authority.LOW}, False),
        ({"storage": Authority.NOTHING}, True),
    ],
)
def test_who_approves_may_decide_in_the_categories_of_all_targets(
    authority: dict[str, Authority],
    is_allowed: bool,  # noqa: FBT001
) -> None:
    person = Person(id="olga", name="Olga", role=Role.OWNER, authority=authority)
    request = replace(records.request(records.option()), category="media", also_in=("network",))
    command = Decide(
        approval_id=request.id, verb=Verb.APPROVE, speaker=speaker(front_end=FrontEnd.PANEL), option=1
    )
    assert (authorize(person, request, command, request.created_at) is None) is is_allowed
    assert bool(who_is_asked([person], request, request.created_at)) is is_allowed


async def test_the_request_has_the_categories_of_all_targets(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        found = {box("radarr"): "media", box("sonarr"): "network"}
        rig.inventory.around = lambda target: Around(parents=(), category=found[target])  # type: ignore[method-assign]
        request = await rig.request_with((await ask(rig)).approval_id or "")
        assert (request.category, request.also_in) == ("media", ("network",))


async def test_a_plan_for_later_is_scheduled_once(tmp_path: Path) -> None:
    def plan(ahead: timedelta) -> RequestPlan:
        later = Later(at=NOW + ahead, until=NOW + ahead + timedelta(hours=1))
        return RequestPlan(speaker=speaker("1"), steps=BOTH, later=later)

    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        asked = await rig.agent.plan_requests.request(plan(timedelta(hours=2)))
        request = await rig.request_with(asked.approval_id or "")
        assert request.later == plan(timedelta(hours=2)).later
        assert request.text.startswith("Scheduled: ")
        assert (await rig.press(request)).status is ApprovalStatus.SCHEDULED
        again = await rig.agent.plan_requests.request(plan(timedelta(hours=2)))
        assert (again.approval_id, again.message) == (request.id, "This is scheduled already.")
        other = await rig.agent.plan_requests.request(plan(timedelta(hours=3)))
        assert other.approval_id != request.id
        with pytest.raises(ContractError) as refused:
            await rig.agent.plan_requests.request(plan(timedelta(days=31)))
        assert refused.value.code is ErrorCode.INVALID_ARGUMENT
