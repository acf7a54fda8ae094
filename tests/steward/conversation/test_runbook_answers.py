"""Runbooks by their title in a conversation: a request that waits, a report, or why there is none."""

from pathlib import Path

import pytest

from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from rig.agent_rig import RUNBOOK
from rig.conversation_rig import ConversationRig, open_conversation
from rig.inventory import ToyInventory, box
from rig.toy import Toy
from steward.inventory.ports import Seen

HEALTH = """---
id: health-check
version: 1
title: Health check
match: {}
each: instance
recipes: [{id: read, label: Read, kind: investigate, looks: [{tool: toy.report}]}]
---
# Health check
"""
MEMORY = RUNBOOK.replace("toy-memory", "memory-short").replace("Toy memory pressure", "Memory is short")
NOWHERE = (
    MEMORY.replace("memory-short", "lost")
    .replace("Memory is short", "Lost thing")
    .replace("targets: [box]", "targets: [moon]")
)
RUNBOOKS = (MEMORY, HEALTH, NOWHERE)


async def pending(rig: ConversationRig) -> ApprovalRequest:
    incident = await rig.rig.incident()
    return await rig.rig.request_with(incident.approval_id or "")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("run the runbook memory-short for radarr", "en"),
        ("Please execute the runbook Memory is short for radarr", "en"),
        ("Führe das Runbook memory-short für radarr aus", "de"),
        ("Starte bitte das Runbook memory-short für radarr", "de"),
        ("Exécute le runbook memory-short pour radarr", "fr"),
        ("Ejecuta el runbook memory-short para radarr", "es"),
        ("Voer het runbook memory-short voor radarr uit", "nl"),
    ],
)
async def test_a_runbook_by_its_name_is_a_request_that_waits(
    tmp_path: Path, text: str, language: str
) -> None:
    async with open_conversation(tmp_path, model=False, runbooks=RUNBOOKS) as rig:
        answer = await rig.ask(text, language=language)
        request = await pending(rig)
        assert request.status is ApprovalStatus.PENDING
        assert {one.target for option in request.proposal.options for one in option.steps} == {box()}
        assert "1 Increase memory" in answer
        assert "2 Restart it" in answer
        assert rig.rig.toy.done == []


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("run the runbook health check", "en", "No problem was found. 1 service was read."),
        ("run the runbook health-check", "en", "No problem was found. 1 service was read."),
        ("Führe das Runbook Zustandsprüfung aus", "de", "No problem was found."),
    ],
)
async def test_a_runbook_that_only_reads_is_answered_with_its_report(
    tmp_path: Path, text: str, language: str, found: str
) -> None:
    async with open_conversation(tmp_path, model=False, runbooks=RUNBOOKS) as rig:
        assert found in await rig.ask(text, language=language)
        assert await rig.rig.incidents() == ()


async def test_the_first_problems_are_in_the_answer(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr",))
    inventory.seen_now = Seen(problems=("radarr hangs",))
    async with open_conversation(tmp_path, model=False, inventory=inventory, runbooks=RUNBOOKS) as rig:
        answer = await rig.ask("run the runbook health check")
        assert answer.startswith("2 problems were found. 1 service was read. Problems: ")
        assert "radarr hangs" in answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("run the runbook make coffee", "I know no runbook “make coffee”. Nothing has been requested."),
        ("run the runbook memory-short", "Say what “Memory is short” is for: radarr and sonarr."),
        ("run the runbook memory-short for lidarr", "Say what “Memory is short” is for: radarr and sonarr."),
        ("run the runbook health check for the moon", "Say what “Health check” is for: Toy."),
        ("run the runbook lost for radarr", "No step of Lost thing applies to anything"),
    ],
)
async def test_what_is_not_clear_requests_nothing(tmp_path: Path, text: str, answer: str) -> None:
    async with open_conversation(tmp_path, model=False, runbooks=RUNBOOKS) as rig:
        assert answer in await rig.ask(text)
        assert await rig.rig.incidents() == ()


async def test_the_only_target_need_not_be_said(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr",))
    async with open_conversation(tmp_path, model=False, inventory=inventory, runbooks=RUNBOOKS) as rig:
        await rig.ask("run the runbook memory-short")
        assert (await pending(rig)).requested_by == "olga"


async def test_a_guest_requests_no_runbook(tmp_path: Path) -> None:
    async with open_conversation(tmp_path, model=False, runbooks=RUNBOOKS) as rig:
        assert "I may not request that" in await rig.ask("run the runbook health check", user="3")
        assert "I may not request that" in await rig.ask("run the runbook memory-short for radarr", user="3")
        assert await rig.rig.incidents() == ()


async def test_what_cannot_be_done_now_is_said(tmp_path: Path) -> None:
    start, end = MEMORY.index("  - id: restart"), MEMORY.index("  - id: investigate")
    only = MEMORY[:start] + MEMORY[end:]
    async with open_conversation(tmp_path, model=False, runbooks=(only,)) as rig:
        rig.rig.toy.refusal = "a backup is running"
        answer = await rig.ask("run the runbook memory-short for radarr")
        assert answer.startswith("I cannot request that: No step of Memory is short applies to radarr.")
        assert "a backup is running" in answer
        assert await rig.rig.incidents() == ()


@pytest.mark.parametrize("text", ["which runbook fits radarr", "run the runbook", "the runbook health check"])
async def test_what_is_no_request_for_a_runbook_requests_nothing(tmp_path: Path, text: str) -> None:
    async with open_conversation(tmp_path, model=False, runbooks=RUNBOOKS) as rig:
        await rig.ask(text)
        assert await rig.rig.incidents() == ()
