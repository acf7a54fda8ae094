"""Requests and tools of clients: nothing is done before somebody approves it."""

import asyncio
import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk, SettingKind
from homelab_steward.contract.commands import ActionRequested, ReadTool, RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import IncidentStatus, Verb
from homelab_steward.contract.state import FrontEnd
from homelab_steward.contract.step_parts import Difference
from rig import records
from rig.agent_rig import LIMITS, AgentRig, decide_command, open_rig
from rig.inventory import ITSELF, NOW, ToyInventory, box, speaker
from rig.toy import SERVICE, VIEWER, Toy
from steward.agent.requests import requests as module
from steward.agent.requests.request_writer import MOST_OF_PERSON, MOST_VIA, VOICE, Asker, check_room
from steward.clock import ManualClock
from steward.errors import PreconditionFailed, ServiceUnreachable
from steward.sdk.categories import INFRASTRUCTURE
from steward.sdk.description import Action, Answer, Call, DryRun
from steward.sdk.readings import NotKnown
from steward.store import incidents


def action_request(
    action: str = "set_cpu",
    user: str = "1",
    target_id: str | None = "box/radarr",
    instance_id: str = "toy1",
    **arguments: Value,
) -> RequestAction:
    given = arguments or ({"cores": 8} if action == "set_cpu" else {})
    return RequestAction(
        instance_id=instance_id,
        action=action,
        speaker=speaker(user),
        target_id=target_id,
        arguments=given,
    )


async def ask(rig: AgentRig, asked: RequestAction) -> ActionRequested:
    return await rig.agent.requests.request(asked)


async def test_a_request_waits_at_the_gate(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        asked = await ask(rig, action_request())
        incident = await rig.incident()
        request = await rig.request_with(asked.approval_id or "")
        assert asked.incident_id == incident.id
        assert asked.message == ""
        assert (incident.status, incident.alerts, incident.target) == (IncidentStatus.WAITING, (), box())
        assert incident.alert_count == 0
        assert incident.approval_id == request.id
        assert incident.category == INFRASTRUCTURE.key
        assert "requested by Olga" in incident.title
        (only,) = request.proposal.options
        assert (only.number, only.runbook_id, only.recipe) == (1, "request:toy.set_cpu", "request")
        assert only.verification == "The result is read back."
        assert request.expires_at == NOW + timedelta(hours=12)
        assert rig.toy.done == []
        (event,) = [body for name, body in await rig.audited() if name == "action.requested"]
        assert '"person":"olga"' in event
        assert only.plan_hash in event


async def test_a_dry_run_says_what_would_change_and_asks_nobody(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await ask(rig, replace(action_request(), only_dry_run=True))
        assert (asked.approval_id, asked.incident_id) == (None, "")
        assert asked.option is not None
        (step,) = asked.option.steps
        assert step.arguments == {"cores": 8}
        assert step.differences
        assert not asked.option.needs_two
        assert asked.categories == (INFRASTRUCTURE.key,)
        assert await rig.incidents() == ()
        assert rig.toy.done == []
        assert await rig.audited() == []


async def test_a_dry_run_says_what_an_approval_would_need(tmp_path: Path) -> None:
    limits = replace(LIMITS, two_from=Risk.LOW, unlock_from=Risk.LOW)
    async with open_rig(tmp_path, clock=ManualClock(NOW), limits=limits) as rig:
        asked = await ask(rig, replace(action_request(), only_dry_run=True))
        request = await rig.request_with((await ask(rig, action_request())).approval_id or "")
        assert asked.option == request.proposal.options[0]
        assert asked.option.needs_two
        assert asked.option.needs_unlock
        assert asked.categories == (request.category, *request.also_in)


async def test_the_same_request_twice_waits_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        first, second = await asyncio.gather(ask(rig, action_request()), ask(rig, action_request(user="2")))
        assert first.approval_id == second.approval_id
        assert sorted([first.message, second.message]) == ["", "This is waiting for an answer already."]
        await ask(rig, action_request(cores=4))
        await ask(rig, action_request(target_id="box/sonarr"))
        assert len(await rig.incidents()) == 3
        request = await rig.request_with(first.approval_id or "")
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        again = await ask(rig, action_request())
        assert again.approval_id != first.approval_id, "turned down, it may be asked again"


@pytest.mark.parametrize(
    ("asked", "code", "key"),
    [
        (action_request(user="3"), ErrorCode.FORBIDDEN, None),
        (action_request(user="4"), ErrorCode.FORBIDDEN, None),
        (action_request(instance_id="other"), ErrorCode.NOT_FOUND, None),
        (action_request(target_id="box/unknown"), ErrorCode.NOT_FOUND, None),
        (action_request(target_id="box/radarr; reboot"), ErrorCode.NOT_FOUND, None),
        (action_request(target_id=None), ErrorCode.NOT_FOUND, None),
        (action_request(target_id="node/1"), ErrorCode.NOT_FOUND, None),
        (action_request(cores=True), ErrorCode.INVALID_ARGUMENT, "cores"),
        (action_request(cores="8"), ErrorCode.INVALID_ARGUMENT, "cores"),
        (action_request(cores=0), ErrorCode.INVALID_ARGUMENT, "cores"),
        (action_request(cores=65537), ErrorCode.INVALID_ARGUMENT, "cores"),
        (action_request(cores=math.nan), ErrorCode.INVALID_ARGUMENT, "cores"),
        (action_request(cores=1e300), ErrorCode.INVALID_ARGUMENT, "cores"),
        (action_request(cores=8, force=True), ErrorCode.INVALID_ARGUMENT, "force"),
        (action_request("set_memory"), ErrorCode.INVALID_ARGUMENT, "memory"),
        (action_request("unknown"), ErrorCode.NOT_FOUND, None),
        (action_request("__class__"), ErrorCode.NOT_FOUND, None),
    ],
)
async def test_requests_that_are_refused_leave_nothing_behind(
    tmp_path: Path, asked: RequestAction, code: ErrorCode, key: str | None
) -> None:
    async with open_rig(tmp_path) as rig:
        with pytest.raises(ContractError) as refused:
            await ask(rig, asked)
        assert refused.value.code is code
        assert refused.value.placeholders.get("key") == key
        assert await rig.incidents() == ()
        audited = [(event, json.loads(body)) for event, body in await rig.audited()]
        if code is not ErrorCode.FORBIDDEN:
            assert audited == []
            return
        ((event, body),) = audited
        assert (event, body["code"], body["via"]) == ("action.refused", "forbidden", asked.speaker.front_end)
        assert body["user"] == asked.speaker.user_id


async def test_a_request_to_a_service_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.toy.down = True
        with pytest.raises(ContractError, match="the toy does not answer") as refused:
            await ask(rig, action_request())
        assert refused.value.code is ErrorCode.UNAVAILABLE


async def test_an_unknown_speaker_may_ask_and_decides_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await ask(rig, replace(action_request(), speaker=VOICE))
        assert "requested by voice" in (await rig.incident()).title
        request = await rig.request_with(asked.approval_id or "")
        with pytest.raises(ContractError) as refused:
            await rig.agent.gate.decide(decide_command(request, Verb.APPROVE, "", FrontEnd.HOME_ASSISTANT, 1))
        assert refused.value.code is ErrorCode.FORBIDDEN


async def test_an_automation_may_ask_and_is_named(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        wish = replace(action_request(), speaker=VOICE, is_automation=True)
        await ask(rig, wish)
        assert "requested by an automation" in (await rig.incident()).title


async def test_a_person_is_not_taken_for_an_automation(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await ask(rig, replace(action_request(), is_automation=True))
        assert "automation" not in (await rig.incident()).title


@pytest.mark.parametrize(
    ("toy", "not_offered", "reason"),
    [
        (Toy(refusal="it is busy"), {}, "it is busy"),
        (Toy(), {"action.set_cpu": "no right"}, "Set cpu is not available: no right"),
    ],
)
async def test_a_request_that_must_not_be_done_now_is_refused_with_the_reason(
    tmp_path: Path, toy: Toy, not_offered: dict[str, str], reason: str
) -> None:
    async with open_rig(tmp_path, toy) as rig:
        rig.inventory.not_offered |= not_offered
        with pytest.raises(ContractError) as refused:
            await ask(rig, action_request())
        assert (refused.value.code, refused.value.message) == (ErrorCode.UNAVAILABLE, reason)
        assert await rig.incidents() == ()


async def test_a_request_is_refused_while_it_is_not_known_whether_it_can_be_done(tmp_path: Path) -> None:
    async def dry_run(_: Toy, __: Call) -> DryRun:
        raise NotKnown("the quorum is not reported")

    inventory = ToyInventory(Toy())
    inventory.service_row = replace(
        SERVICE, actions=tuple(replace(one, dry_run=dry_run) for one in SERVICE.actions)
    )
    async with open_rig(tmp_path, inventory=inventory) as rig:
        with pytest.raises(ContractError) as refused:
            await ask(rig, action_request())
        expected = (ErrorCode.UNAVAILABLE, "the quorum is not reported")
        assert (refused.value.code, refused.value.message) == expected


async def test_a_tool_that_does_not_know_the_answer_says_so(tmp_path: Path) -> None:
    async def read(_: Toy, __: Call) -> Answer:
        raise NotKnown("the checks have not run")

    inventory = ToyInventory(Toy())
    inventory.service_row = replace(SERVICE, tools=tuple(replace(one, read=read) for one in SERVICE.tools))
    async with open_rig(tmp_path, inventory=inventory) as rig:
        found = await rig.agent.requests.read(question())
        assert (found.ok, found.text) == (False, "the checks have not run")


async def test_a_tool_that_is_not_available_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.not_offered["tool.status"] = "no right"
        with pytest.raises(ContractError) as refused:
            await rig.agent.requests.read(question())
        assert refused.value.code is ErrorCode.UNAVAILABLE
        assert refused.value.message == "Status is not available: no right"


async def test_an_argument_that_is_a_target_is_enumerated(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    to = Field(key="to", kind=SettingKind.TARGET, name="To", scope="box")
    inventory.service_row = replace(
        SERVICE, actions=(replace(SERVICE.actions[-1], arguments=(to,)), *SERVICE.actions[:-1])
    )
    async with open_rig(tmp_path, inventory=inventory) as rig:
        asked = action_request("restart", to="box/sonarr")
        assert (await ask(rig, asked)).approval_id is not None
        with pytest.raises(ContractError, match="to: must be one of these: box/radarr, box/sonarr"):
            await ask(rig, action_request("restart", to="node/1"))


async def test_a_request_turned_down_or_unanswered_is_over(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await ask(rig, action_request())
        request = await rig.request_with(asked.approval_id or "")
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        assert (await rig.incident()).status is IncidentStatus.IGNORED


def question(tool: str = "status", target_id: str | None = "box/radarr", **arguments: Value) -> ReadTool:
    return ReadTool(instance_id="toy1", tool=tool, target_id=target_id, arguments=arguments)


async def test_tools_are_read(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        found = await rig.agent.requests.read(question())
        assert (found.title, found.ok) == ("radarr uses 95 %", True)
        found = await rig.agent.requests.read(question("grep", words="{target}"))
        assert found.ok


async def test_what_is_private_is_read_by_an_owner_only(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        private = question("viewers")
        for asks in (None, speaker("2"), speaker("3"), speaker("9"), VOICE):
            with pytest.raises(ContractError) as refused:
                await rig.agent.requests.read(replace(private, speaker=asks))
            assert refused.value.code is ErrorCode.FORBIDDEN
        found = await rig.agent.requests.read(replace(private, speaker=speaker("1")))
        assert VIEWER in found.text


@pytest.mark.parametrize(
    ("asked", "code", "key"),
    [
        (question(target_id="box/unknown"), ErrorCode.NOT_FOUND, None),
        (replace(question(), instance_id="other"), ErrorCode.NOT_FOUND, None),
        (question("unknown"), ErrorCode.NOT_FOUND, None),
        (question(target_id=None), ErrorCode.NOT_FOUND, None),
        (question("grep"), ErrorCode.INVALID_ARGUMENT, "words"),
        (question("grep", words=1), ErrorCode.INVALID_ARGUMENT, "words"),
        (question(more=1), ErrorCode.INVALID_ARGUMENT, "more"),
    ],
)
async def test_questions_that_do_not_fit_are_refused(
    tmp_path: Path, asked: ReadTool, code: ErrorCode, key: str | None
) -> None:
    async with open_rig(tmp_path) as rig:
        with pytest.raises(ContractError) as refused:
            await rig.agent.requests.read(asked)
        assert (refused.value.code, refused.value.placeholders.get("key")) == (code, key)


async def test_a_service_that_does_not_answer_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_toy: Toy, _call: Call) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(module, "READ_TIMEOUT", 0.02)
    inventory = ToyInventory(Toy())
    async with open_rig(tmp_path, inventory=inventory) as rig:
        rig.toy.down = True
        found = await rig.agent.requests.read(question())
        assert (found.title, found.text, found.ok) == (
            "radarr does not answer",
            "the toy does not answer",
            False,
        )
        rig.toy.down, inventory.connected = False, False
        assert not (await rig.agent.requests.read(question())).ok
        inventory.connected = True
        inventory.service_row = replace(SERVICE, tools=(replace(SERVICE.tools[0], read=hang),))
        found = await rig.agent.requests.read(question())
        assert (found.text, found.ok) == ("no answer in time", False)


async def test_an_instance_whose_service_is_unknown_offers_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.known = False
        with pytest.raises(ContractError) as refused:
            await rig.agent.requests.read(question())
        assert refused.value.code is ErrorCode.NOT_FOUND
        with pytest.raises(ContractError) as refused:
            await ask(rig, action_request())
        assert refused.value.code is ErrorCode.NOT_FOUND


async def test_a_request_of_a_person_is_no_problem(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked = await ask(rig, action_request())
        assert (await rig.incident()).is_request
        request = await rig.request_with(asked.approval_id or "")
        assert (request.requested_by, request.requested_via) == ("olga", FrontEnd.TELEGRAM)
        await rig.ask(number=2)
        async with rig.store.read() as connection:
            found, _ = await incidents.incident_page(
                connection, incidents.IncidentFilter(problems_only=True), 10
            )
        assert [one.number for one in found] == [2]


async def test_waiting_requests_are_limited_for_each_person(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        for cores in range(1, MOST_OF_PERSON + 1):
            await ask(rig, action_request(cores=cores))
        with pytest.raises(ContractError, match="10 requests of yours are waiting already") as caught:
            await ask(rig, action_request(cores=20))
        assert caught.value.code is ErrorCode.TOO_MANY
        event, body = (await rig.audited())[-1]
        assert (event, json.loads(body)["code"]) == ("action.refused", "too_many")
        again = await ask(rig, action_request(cores=1))
        assert again.message == "This is waiting for an answer already."
        await ask(rig, action_request(user="2", cores=20))
        request = await rig.request(await rig.incident(1))
        await rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        await ask(rig, action_request(cores=21))


@pytest.mark.parametrize(
    ("asker", "by", "count", "expected"),
    [
        (Asker("a", "A", FrontEnd.MCP), "a", MOST_OF_PERSON - 1, None),
        (Asker("a", "A", FrontEnd.MCP), "a", MOST_OF_PERSON, "requests of yours"),
        (Asker("a", "A", FrontEnd.HOME_ASSISTANT), "a", MOST_OF_PERSON, "requests of yours"),
        (Asker("a", "A", FrontEnd.MCP), "b", MOST_VIA - 1, None),
        (Asker("a", "A", FrontEnd.MCP), "b", MOST_VIA, "requests made there"),
        (Asker("a", "A", FrontEnd.HOME_ASSISTANT), "b", MOST_VIA, None),
        (Asker("", "voice", FrontEnd.HOME_ASSISTANT), "", MOST_OF_PERSON, None),
        (Asker("", "voice", FrontEnd.MCP), "", MOST_OF_PERSON, "requests made by voice"),
    ],
)
def test_who_may_have_how_many_requests_waiting(
    asker: Asker, by: str, count: int, expected: str | None
) -> None:
    one = replace(records.request(), requested_by=by, requested_via=FrontEnd.MCP)
    if expected is None:
        check_room(asker, [one] * count)
        return
    with pytest.raises(ContractError, match=expected):
        check_room(asker, [one] * count)


def _stopped(toy: Toy) -> Action[Toy]:
    """Return an action that starts a box which does not run."""

    async def dry_run(_toy: Toy, call: Call) -> DryRun:
        if toy.running:
            raise PreconditionFailed(f"{call.target.name} is already running")
        return DryRun(
            differences=(Difference(field="State", before="stopped", after="running"),), baseline={}
        )

    return replace(
        next(one for one in SERVICE.actions if one.key == "restart"),
        key="start",
        name="Start",
        capability="start",
        dry_run=dry_run,
    )


@pytest.mark.parametrize("asked", ["restart", "restart_itself"])
async def test_a_restart_of_what_is_stopped_becomes_a_start(tmp_path: Path, asked: str) -> None:
    """Also when what is stopped is not the program but what it runs in."""
    toy = Toy()
    toy.running = False
    inventory = ToyInventory(toy)
    inventory.running_in[ITSELF.key] = box()
    restart = next(one for one in SERVICE.actions if one.key == "restart")

    async def not_running(_toy: Toy, _call: Call) -> DryRun:
        raise ServiceUnreachable("it does not answer")

    own = (
        replace(restart, dry_run=not_running),
        replace(restart, key="restart_itself", scope=None, dry_run=not_running),
        _stopped(toy),
    )
    inventory.service_row = replace(SERVICE, actions=own)
    async with open_rig(tmp_path, inventory=inventory) as rig:
        target = "box/radarr" if asked == "restart" else None
        answer = await ask(rig, action_request(asked, target_id=target))
        name = "radarr" if target else "Toy"
        assert answer.instead == (f"{name} cannot be restarted: it does not answer. radarr is not running.")
        request = await rig.request_with(answer.approval_id or "")
        assert request.text == answer.instead
        assert [step.action for step in request.proposal.options[0].steps] == ["toy.start"]
        assert (await rig.incident()).target == box()
        toy.running = True
        with pytest.raises(ContractError) as refused:
            await ask(rig, action_request(asked, target_id=target))
        assert (refused.value.code, refused.value.message) == (ErrorCode.UNAVAILABLE, "it does not answer")
