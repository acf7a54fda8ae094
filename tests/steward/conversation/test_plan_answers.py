"""Requests for several targets in a conversation: one approval, and nothing without a person."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.commands import ActionRequested
from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.conversation_rig import ConversationRig, open_conversation
from rig.inventory import ITSELF, NODE, ToyInventory, box, speaker
from rig.toy import SERVICE, Toy
from steward.agent.requests.plan_requests import RequestPlan
from steward.clock import SystemClock
from steward.conversation.meanings import Goal, GoalRequest
from steward.conversation.plan_answers import PlanAnswers
from steward.conversation.readings import Readings
from steward.conversation.request_answers import RequestAnswers
from steward.inventory.ports import Seen
from steward.inventory.stacks import Stack


async def pending(rig: ConversationRig) -> ApprovalRequest:
    incident = await rig.rig.incident()
    return await rig.rig.request_with(incident.approval_id or "")


@pytest.mark.parametrize(
    "text", ["restart the radarr and sonarr box", "Restart every box", "Starte radarr und sonarr neu"]
)
async def test_several_targets_are_one_request_that_waits(tmp_path: Path, text: str) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        answer = await rig.ask(text, language="de" if "und" in text else "en")
        request = await pending(rig)
        (only,) = request.proposal.options
        assert {one.target for one in only.steps} == {box("radarr"), box("sonarr")}
        assert "radarr" in answer
        assert "sonarr" in answer
        assert rig.rig.toy.done == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Starte radarr und sonarr neu", "Neu starten: radarr und sonarr"),
        ("Starte die Box radarr neu", "Neu starten: radarr"),
    ],
)
async def test_what_waits_is_named_in_the_language_of_the_person(
    tmp_path: Path, text: str, label: str
) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert label in await rig.ask(text, language="de")
        request = await pending(rig)
        assert request.proposal.options[0].label.startswith("Restart: "), "that of the household"


async def test_custom_in_telegram_takes_the_same_way(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        await rig.ask("restart radarr and sonarr", front_end="telegram")
        request = await pending(rig)
        assert (request.requested_by, request.requested_via) == ("olga", "telegram")
        assert len(request.proposal.options[0].steps) == 2


async def test_a_guest_requests_nothing(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False) as rig:
        assert "I may not request that" in await rig.ask("restart radarr and sonarr", user="3")
        assert await rig.rig.incidents() == ()


async def test_what_is_excepted_is_neither_changed_nor_interrupted(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr", "sonarr", "lidarr"))
    inventory.running_in[box("sonarr").key] = box("radarr")
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        answer = await rig.ask("restart every box except sonarr")
        request = await pending(rig)
        assert [one.target for one in request.proposal.options[0].steps] == [box("lidarr")]
        assert "Left as it is: radarr and sonarr." in answer
        assert "None of these things is there" in await rig.ask("restart every box except lidarr and sonarr")


def stack(*members: str, instance: str = "toy1") -> Stack:
    return Stack(name="media", instance_id=instance, parent=None, members=tuple(map(box, members)))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("restart the media stack", "en", ["radarr", "sonarr"]),
        ("restart namespace media", "en", ["radarr", "sonarr"]),
        ("restart everything in the media stack", "en", ["radarr", "sonarr"]),
        ("restart every box in the media stack", "en", ["radarr", "sonarr"]),
        ("restart the media stack except sonarr", "en", ["radarr"]),
        ("Starte den Media-Stack neu", "de", ["radarr", "sonarr"]),
        ("Starte alles im Stack media neu", "de", ["radarr", "sonarr"]),
        ("Redémarre tout dans la stack media", "fr", ["radarr", "sonarr"]),
        ("Reinicia el stack media", "es", ["radarr", "sonarr"]),
        ("Herstart alles in de media stack", "nl", ["radarr", "sonarr"]),
    ],
)
async def test_a_stack_is_one_request_that_names_all_of_it(
    tmp_path: Path, text: str, language: str, expected: list[str]
) -> None:
    inventory = ToyInventory(Toy(), ("radarr", "sonarr", "lidarr"))
    inventory.stacks_now = (stack("radarr", "sonarr"),)
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        await rig.ask(text, language=language)
        request = await pending(rig)
        assert [one.target.name for one in request.proposal.options[0].steps] == expected
        assert rig.rig.toy.done == []


async def test_one_of_several_stacks_with_a_name_is_asked_about(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr", "sonarr"))
    inventory.stacks_now = (stack("radarr"), stack("sonarr", instance="other"))
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        answer = await rig.ask("restart the media stack")
        assert "stack media on Toy" in answer
        assert "stack media on other" in answer
        assert await rig.rig.incidents() == ()
        await rig.ask("stack media on Toy")
        request = await pending(rig)
        assert [one.target.name for one in request.proposal.options[0].steps] == ["radarr"]


async def test_what_is_wrong_in_a_stack_is_answered(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr", "sonarr"))
    inventory.stacks_now = (stack("radarr"),)
    async with open_conversation(tmp_path, model=False, inventory=inventory) as rig:
        answer = await rig.ask("What is wrong in the media stack?")
        assert answer == "media: no problem is known. There: radarr."
        inventory.seen_now = Seen(problems=("It is unhealthy",))
        assert "radarr" in (answer := await rig.ask("health check of the media stack"))
        assert "It is unhealthy" in answer
        inventory.stacks_now = ()
        assert "media" not in await rig.ask("What is wrong with radarr?")


class Port:
    """Takes plans; refuses them with an error if one is given."""

    def __init__(self, error: ContractError | None = None) -> None:
        self.asked: list[RequestPlan] = []
        self.error = error

    async def request(self, plan: RequestPlan) -> ActionRequested:
        self.asked.append(plan)
        if self.error is not None:
            raise self.error
        return ActionRequested(approval_id="a1", incident_id="i1", message="the plan", instead="")


class Labels:
    """Has no labels: the message of the answer is shown."""

    async def label(self, _approval_id: str | None, _language: str) -> str:
        return ""


async def toys(capability: str, *, reversible: bool = True) -> ToyInventory:
    """Return boxes whose only action has a capability."""
    inventory = ToyInventory(Toy())
    action = next(one for one in SERVICE.actions if one.key == "restart")
    undo = next(one.undo for one in SERVICE.actions if one.undo is not None) if reversible else None
    inventory.service_row = replace(SERVICE, actions=(replace(action, capability=capability, undo=undo),))
    await inventory.poll_now("toy1")
    return inventory


async def answered(
    inventory: ToyInventory, port: Port, goal: GoalRequest, *open_now: Incident
) -> tuple[str, Sequence[TargetRef]]:
    async def incidents() -> Sequence[Incident]:
        return open_now

    requests = RequestAnswers(None, Labels(), SystemClock())  # type: ignore[arg-type]
    answers = PlanAnswers(port.request, requests, Readings(inventory), incidents)
    text = await answers.create(goal, speaker(), "en")
    return text, [step.target for one in port.asked for step in one.steps]


async def test_what_is_down_and_not_meant_to_be_off_is_started() -> None:
    inventory = await toys("start")
    inventory.off = {box("radarr").key, box("sonarr").key, ITSELF.key}
    inventory.said_off[box("sonarr").key] = "it is meant to be off"
    port = Port()
    text, targets = await answered(inventory, port, GoalRequest(Goal.DOWN))
    assert targets == [box("radarr")]
    assert "the plan" in text
    assert port.asked[0].left_out == (f"I cannot start {ITSELF.name}.",)


async def test_what_a_runbook_offers_comes_before_a_start() -> None:
    inventory = await toys("start")
    inventory.off = {box("radarr").key, box("sonarr").key}
    match = RunbookMatch(runbook_id="toy-memory", version=1, title="Toy stopped", score=1, reason="alert")
    offered = records.option(steps=(records.step("toy.set_memory"),))
    proposal = replace(records.proposal(offered), matches=(match,))
    incident = replace(records.incident(), target=box(), proposal=proposal)
    port = Port()
    _, targets = await answered(inventory, port, GoalRequest(Goal.DOWN), incident)
    assert targets == [box("radarr"), box("sonarr")]
    assert [(one.action, one.runbook) for one in port.asked[0].steps] == [
        ("set_memory", "Toy stopped"),
        ("restart", ""),
    ]
    assert not port.asked[0].stays


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (None, [("radarr", "all"), ("sonarr", "")]),
        (box("radarr"), [("radarr", "all")]),
        (box("sonarr"), [("sonarr", "")]),
    ],
)
async def test_a_runbook_frees_space_in_several_steps_where_it_was_said(
    place: TargetRef | None, expected: list[tuple[str, str]]
) -> None:
    match = RunbookMatch(runbook_id="toy-memory", version=1, title="Toy is full", score=1, reason="alert")
    frees = (records.step("toy.set_memory"), records.step("toy.restart"))
    other = records.option(steps=(records.step("toy.set_memory"),))
    offered = replace(records.option(2, steps=frees), recipe="all")
    proposal = replace(records.proposal(other, offered), matches=(match,))
    incident = replace(records.incident(), target=box(), proposal=proposal)
    port = Port()
    await answered(await toys("free_space"), port, GoalRequest(Goal.FREE_SPACE, place), incident)
    assert [
        (one.target.name, one.recipe.recipe if one.recipe else "") for one in port.asked[0].steps
    ] == expected


@pytest.mark.parametrize(
    ("goal", "capability", "text"),
    [
        (Goal.DOWN, "start", "Nothing that I can start is down."),
        (Goal.FREE_SPACE, "restart", "I know no service there that can free space."),
        (Goal.POWER_CUT, "restart", "I know no machine that I can stop."),
    ],
)
async def test_nothing_to_do_is_said_and_nothing_is_requested(goal: Goal, capability: str, text: str) -> None:
    port = Port()
    found, targets = await answered(await toys(capability), port, GoalRequest(goal))
    assert found.startswith(text)
    assert (targets, port.asked) == ([], [])


@pytest.mark.parametrize("capability", ["free_space", "clean_up"])
@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (None, [box("radarr"), box("sonarr")]),
        (box("sonarr"), [box("sonarr")]),
        (NODE, [box("radarr"), box("sonarr")]),
        (ITSELF, [box("radarr"), box("sonarr")]),
        (TargetRef(instance_id="other", kind="instance", id="other", name="Other"), []),
    ],
)
async def test_space_is_freed_where_it_was_said(
    capability: str, place: TargetRef | None, expected: list[TargetRef]
) -> None:
    _, targets = await answered(await toys(capability), Port(), GoalRequest(Goal.FREE_SPACE, place))
    assert targets == expected


async def test_before_a_power_cut_what_cannot_be_started_again_is_left_alone() -> None:
    """A stream can be stopped, but it is no machine."""
    port = Port()
    found, targets = await answered(await toys("stop", reversible=False), port, GoalRequest(Goal.POWER_CUT))
    assert found.startswith("I know no machine that I can stop.")
    assert (targets, port.asked) == ([], [])


async def test_before_a_power_cut_what_runs_is_stopped_but_not_what_runs_in_it() -> None:
    inventory = await toys("stop")
    inventory.running_in[box("sonarr").key] = box("radarr")
    port = Port()
    _, targets = await answered(inventory, port, GoalRequest(Goal.POWER_CUT))
    assert targets == [box("radarr")]
    assert port.asked[0].stays, "what is off stays off"
    inventory.off = {box("radarr").key}
    _, targets = await answered(inventory, Port(), GoalRequest(Goal.POWER_CUT))
    assert targets == [box("sonarr")]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (ErrorCode.FORBIDDEN, "I may not request that on your behalf: no"),
        (ErrorCode.UNAVAILABLE, "I cannot request that: no"),
    ],
)
async def test_a_refused_plan_is_answered_with_the_reason(code: ErrorCode, text: str) -> None:
    port = Port(ContractError(code, "no"))
    found, _ = await answered(await toys("free_space"), port, GoalRequest(Goal.FREE_SPACE))
    assert found == text
