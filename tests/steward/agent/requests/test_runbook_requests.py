"""Requests for a whole runbook: options that wait at the gate, and what becomes of them."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.fences import Fence
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    IncidentStatus,
    RunStatus,
    StepState,
)
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.runbook_runs import RunbookAnswer, RunRunbook
from homelab_steward.contract.state import FrontEnd
from rig.agent_rig import RUNBOOK, AgentRig, TaskEngine, library, open_rig
from rig.inventory import NODE, ToyInventory, box, speaker
from rig.toy import Toy
from steward.agent.requests.request_writer import MOST_OF_PERSON, VOICE
from steward.inventory.stacks import Stack
from steward.runbooks.matching import RunbookIndex, Subject, match_runbooks
from steward.store import runs

WANTED = RunRunbook(
    runbook_id="toy-memory", instance_id="toy1", speaker=speaker("1"), kind="box", target_id="box/radarr"
)
ONLY_ALERTS = RUNBOOK.replace(
    "{name: Memory below 85 %, reading: share, below: 85}",
    "{name: It is over, reading: alerting, equals: false}",
).replace("      - {name: It runs, reading: running, equals: true}\n", "")
"""Whether it helped is read from the alert only."""


async def ask(rig: AgentRig, wanted: RunRunbook = WANTED) -> ApprovalRequest:
    answer = await rig.agent.runbook_requests.run(wanted)
    assert answer.report is None
    assert answer.request is not None
    return answer.request


async def test_the_recipes_wait_as_options_and_nothing_runs(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await ask(rig)
        incident = await rig.incident()
        assert await rig.request(incident) == request
        assert request.status is ApprovalStatus.PENDING
        assert request.title == "Toy memory pressure: radarr, requested by Olga"
        assert (request.requested_by, request.requested_via) == ("olga", FrontEnd.TELEGRAM)
        options = request.proposal.options
        assert [(one.number, one.recipe, one.kind) for one in options] == [
            (1, "grow", OptionKind.ACT),
            (2, "restart", OptionKind.ACT),
        ], "without the recipe that only reads"
        assert options[0].label == "Increase memory 2 → 3 GiB"
        assert (incident.is_request, incident.alerts, incident.target) == (True, (), box())
        assert incident.status is IncidentStatus.WAITING
        assert rig.toy.done == []
        (body,) = [json.loads(body) for event, body in await rig.audited() if event == "action.requested"]
        assert body["plans"] == [one.plan_hash for one in options]


async def test_what_waits_already_is_not_asked_twice(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        run = rig.agent.runbook_requests.run
        answers = await asyncio.gather(run(WANTED), run(replace(WANTED, speaker=speaker("2"))))
        first, second = (one.request for one in answers)
        assert first is not None
        assert second is not None
        assert first.id == second.id
        assert sorted(one.was_waiting for one in answers) == [False, True]
        assert len(await rig.incidents()) == 1
        rig.toy.limit = 4096
        assert (await ask(rig)).id != first.id, "the plan is another one"


@pytest.mark.parametrize("content", [RUNBOOK, ONLY_ALERTS])
async def test_an_approved_option_is_carried_out_verified_and_not_counted(
    tmp_path: Path, content: str
) -> None:
    async with open_rig(tmp_path, runbooks=(content,)) as rig:
        await rig.press(await ask(rig))
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED
        assert rig.toy.limit == 3072
        assert incident.resolution == "Increase memory 2 → 3 GiB: done and checked."
        async with rig.store.read() as connection:
            assert await runs.recipe_statistics(connection, "toy-memory", 1, "grow") is None


async def test_a_change_that_does_not_help_is_over(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.toy.helps = False
        await rig.press(await ask(rig))
        incident = await rig.status(IncidentStatus.IGNORED)
        assert incident.run is not None
        assert incident.run.status is RunStatus.FAILED


@pytest.mark.parametrize(
    ("wanted", "code", "text"),
    [
        (replace(WANTED, speaker=speaker("3")), ErrorCode.FORBIDDEN, "You are not allowed"),
        (replace(WANTED, speaker=speaker("99")), ErrorCode.FORBIDDEN, "You are not allowed"),
        (replace(WANTED, runbook_id="unknown"), ErrorCode.NOT_FOUND, "no such runbook"),
        (replace(WANTED, runbook_id="../toy-memory"), ErrorCode.NOT_FOUND, "no such runbook"),
        (replace(WANTED, instance_id="other"), ErrorCode.NOT_FOUND, "no such target"),
        (replace(WANTED, target_id="box/unknown"), ErrorCode.NOT_FOUND, "no such target"),
        (replace(WANTED, kind=None, target_id=None), ErrorCode.UNAVAILABLE, "is not for"),
        (replace(WANTED, instance_id=""), ErrorCode.INVALID_ARGUMENT, "Toy memory pressure needs a target"),
    ],
)
async def test_what_does_not_fit_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, wanted: RunRunbook, code: ErrorCode, text: str
) -> None:
    async with open_rig(tmp_path) as rig:
        with pytest.raises(ContractError, match=text) as refused:
            await ask(rig, wanted)
        assert refused.value.code is code
        assert await rig.incidents() == ()
        audited = [json.loads(body) for event, body in await rig.audited() if event == "action.refused"]
        assert [one["runbook"] for one in audited] == (["toy-memory"] if code is ErrorCode.FORBIDDEN else [])


async def test_a_runbook_of_which_nothing_can_be_done_says_why(tmp_path: Path) -> None:
    start, end = RUNBOOK.index("  - id: restart"), RUNBOOK.index("  - id: investigate")
    async with open_rig(tmp_path, runbooks=(RUNBOOK[:start] + RUNBOOK[end:],)) as rig:
        rig.toy.refusal = "a backup is running"
        reason = r"No step of Toy memory pressure applies to radarr\. Increase memory: a backup is running\."
        with pytest.raises(ContractError, match=reason) as refused:
            await ask(rig)
        assert refused.value.code is ErrorCode.UNAVAILABLE
        assert await rig.incidents() == ()


async def test_what_cannot_be_offered_is_shown_beside_the_rest(tmp_path: Path) -> None:
    unknown = RUNBOOK.replace("steps: [{action: toy.restart}]", "steps: [{action: toy.restart, of: host}]")
    async with open_rig(tmp_path, runbooks=(unknown,)) as rig:
        request = await ask(rig)
        assert [one.recipe for one in request.proposal.options] == ["grow"]
        (left,) = request.proposal.left_out
        assert left.startswith("Restart it: ")


async def test_an_automation_asks_and_too_many_are_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        wanted = replace(WANTED, speaker=VOICE, is_automation=True)
        for number in range(MOST_OF_PERSON):
            rig.toy.limit = 1024 + number * 256
            request = await ask(rig, wanted)
            assert request.title.endswith("requested by an automation")
        rig.toy.limit = 8192
        with pytest.raises(ContractError) as refused:
            await ask(rig, wanted)
        assert refused.value.code is ErrorCode.TOO_MANY


RESTART_ALL = """---
id: restart-all
version: 1
title: Restart a stack
match: {targets: [box, node]}
each: stack
recipes:
  - id: restart
    label: Restart everything of {target}
    steps: [{capability: restart}]
---
# Restart a stack
"""
ALL = replace(WANTED, runbook_id="restart-all")


def stacked(*names: str) -> ToyInventory:
    """Return boxes that are in one stack with the node, which offers nothing."""
    inventory = ToyInventory(Toy(), names)
    members = (*map(box, names), NODE)
    inventory.stacks_now = (Stack(name="media", instance_id="toy1", parent=None, members=members),)
    return inventory


async def test_a_runbook_for_a_stack_is_one_request_that_names_all_of_it(tmp_path: Path) -> None:
    inventory = stacked("radarr", "sonarr", "lidarr")
    inventory.running_in[box("radarr").key] = box("lidarr")
    async with open_rig(tmp_path, inventory=inventory, runbooks=(RUNBOOK, RESTART_ALL)) as rig:
        request = await ask(rig, replace(ALL, target_id="box/sonarr"))
        (only,) = request.proposal.options
        assert [(one.action, one.target) for one in only.steps] == [
            ("toy.restart", box("sonarr")),
            ("toy.restart", box("lidarr")),
        ]
        assert only.label == "Restart (Restart a stack): sonarr and lidarr"
        assert request.title == f"{only.label}, requested by Olga"
        assert request.proposal.left_out == (
            "node1 cannot be restarted by the steward.",
            "radarr: it restarts with lidarr.",
        )
        assert rig.toy.done == []
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        assert [one.state for one in incident.run.steps] == [StepState.VERIFIED] * 2
        assert [one.partition(" ")[0] for one in rig.toy.done] == ["restart", "restart"]


async def test_a_runbook_for_a_stack_is_never_proposed_for_an_incident() -> None:
    runbooks = library(RESTART_ALL)
    index = RunbookIndex(runbooks)
    assert index.search("Restart a stack")
    found = Subject(alerts=(), target=box())
    assert match_runbooks(runbooks, index, found) == ()


async def test_a_runbook_for_a_stack_is_refused_for_what_is_in_none(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(RESTART_ALL,)) as rig:
        with pytest.raises(ContractError, match="radarr belongs to no stack") as refused:
            await ask(rig, ALL)
        assert refused.value.code is ErrorCode.UNAVAILABLE
        assert await rig.incidents() == ()


ANYBODY = {
    "owner": speaker("1"),
    "member": speaker("2"),
    "agent of a member": speaker("2", FrontEnd.MCP),
    "panel": speaker("1", FrontEnd.PANEL),
    "command line": speaker("1", FrontEnd.COMMAND_LINE),
    "voice": VOICE,
}
NOBODY = {
    "guest": speaker("3"),
    "guest in the panel": speaker("3", FrontEnd.PANEL),
    "agent of a guest": speaker("3", FrontEnd.MCP),
    "stranger": speaker("99"),
    "agent of nobody": speaker("", FrontEnd.MCP),
}
READS = """---
id: toy-look
version: 1
title: Toy look
match: {targets: [box]}
recipes: [{id: look, label: Look, kind: investigate, looks: [{tool: toy.status}]}]
---
# Toy look
"""
CHECK_UP = READS.replace("toy-look", "toy-health").replace(
    "match: {targets: [box]}", "match: {}\neach: instance"
)


@pytest.mark.parametrize("runbook_id", ["toy-memory", "toy-look"])
@pytest.mark.parametrize("who", [*ANYBODY, *NOBODY])
async def test_who_may_ask(tmp_path: Path, who: str, runbook_id: str) -> None:
    async with open_rig(tmp_path, runbooks=(RUNBOOK, READS)) as rig:
        wanted = replace(WANTED, runbook_id=runbook_id, speaker=(ANYBODY | NOBODY)[who])
        if who in NOBODY:
            with pytest.raises(ContractError) as refused:
                await rig.agent.runbook_requests.run(wanted)
            assert refused.value.code is ErrorCode.FORBIDDEN
            assert await rig.incidents() == ()
        else:
            answer = await rig.agent.runbook_requests.run(wanted)
            assert (answer.request is None) == (runbook_id == "toy-look")
        assert rig.toy.done == [], "whoever asks, nothing is done before a person approves"


@pytest.mark.parametrize("front_end", [*FrontEnd])
async def test_no_front_end_executes_what_it_asks_for(tmp_path: Path, front_end: FrontEnd) -> None:
    async with open_rig(tmp_path) as rig:
        answer = await rig.agent.runbook_requests.run(replace(WANTED, speaker=speaker("1", front_end)))
        assert answer.request is not None
        assert answer.request.status is ApprovalStatus.PENDING
        assert answer.request.decision is None
        assert rig.toy.done == []
        assert isinstance(rig.engine, TaskEngine)
        assert rig.engine.begun == []


async def test_what_is_fenced_is_not_offered(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.inventory.use_fences((Fence(id="f", target="radarr"),))
        with pytest.raises(ContractError, match="fence") as refused:
            await ask(rig)
        assert refused.value.code is ErrorCode.UNAVAILABLE
        assert await rig.incidents() == ()


async def test_a_runbook_that_only_reads_answers_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(READS,)) as rig:
        answer = await rig.agent.runbook_requests.run(replace(WANTED, runbook_id="toy-look"))
        assert answer.request is None
        assert answer.report is not None
        assert answer.report.title == "Toy look: radarr"
        assert await rig.incidents() == ()


@pytest.mark.parametrize("instance_id", ["", "toy1"])
async def test_a_runbook_for_each_instance_needs_no_target(tmp_path: Path, instance_id: str) -> None:
    async with open_rig(tmp_path, runbooks=(CHECK_UP,)) as rig:
        wanted = RunRunbook(runbook_id="toy-health", speaker=speaker(), instance_id=instance_id)
        answer: RunbookAnswer = await rig.agent.runbook_requests.run(wanted)
        assert answer.report is not None
        assert answer.report.headline == "No problem was found. 1 service was read."
        assert await rig.incidents() == ()
