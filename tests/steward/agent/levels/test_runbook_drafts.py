"""What people did again and again becomes a drafted runbook, which an owner decides about."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import (
    AlertStatus,
    ApprovalRequest,
    ApprovalStatus,
    IncidentStatus,
    RunStatus,
    Verb,
)
from rig.agent_rig import AgentRig, decide_command, open_rig
from rig.clocks import HANGING
from rig.inventory import NOW, alert, speaker, with_labels
from rig.toy import SERVICE
from steward.agent.incidents.correlation import RELAPSE
from steward.agent.levels.runbook_drafts import AGAIN_AFTER, RunbookDrafts
from steward.agent.requests.plan_requests import RequestPlan
from steward.agent.requests.request_plan import PlanStep
from steward.agent.requests.withdrawals import withdraw
from steward.clock import ManualClock
from steward.errors import EffectUnknown, PreconditionFailed, ServiceUnreachable
from steward.runbooks.library import parse
from steward.runbooks.model import ALERTING, Runbook
from steward.runbooks.own_runbooks import OwnRunbooks
from steward.store import approvals, runbook_drafts
from steward.store.runbook_drafts import DraftState

type Done = tuple[str, dict[str, Value]]

GROW: Done = ("set_memory", {"memory": 3072})
CORES: Done = ("set_cpu", {"cores": 4})
A_DAY = timedelta(days=1).total_seconds()


class Repository:
    """A Git repository; ``failure`` is raised once instead of a proposal."""

    name = "anna/homelab"

    def __init__(self) -> None:
        self.is_there = False
        self.failure: Exception | None = None
        self.proposed: list[tuple[str, str, str]] = []

    async def propose(self, runbook_id: str, title: str, source: str) -> str:
        if (failure := self.failure) is not None:
            self.failure = None
            raise failure
        self.proposed.append((runbook_id, title, source))
        return f"#{len(self.proposed)}"


@dataclass
class Drafting:
    """A rig with the stage that drafts, which the tests call by hand."""

    rig: AgentRig
    clock: ManualClock
    library: dict[str, Runbook]
    folder: Path
    stage: RunbookDrafts
    used: asyncio.Event
    repository: Repository

    async def repair(self, *done: Done, name: str = "ToyStuck", user: str = "1", **labels: str) -> None:
        """Let a problem begin, let a person request and approve changes, and let the problem end."""
        self.clock.move(A_DAY)
        at = self.clock.now()
        await self.rig.fire(with_labels(alert(name, at=at), labels))
        problem = max(one.number for one in await self.rig.incidents())
        await self.rig.status(IncidentStatus.WAITING, problem)
        for action, arguments in done:
            await self.change(action, arguments, user)
        self.clock.move(60)
        await self.rig.fire(with_labels(alert(name, status=AlertStatus.RESOLVED, at=at), labels))
        await self.rig.status(IncidentStatus.RESOLVED, problem)

    async def change(self, action: str, arguments: dict[str, Value], user: str) -> None:
        self.rig.toy.numbers.update(limit=2048.0, cpu=2.0)
        answer = await self.rig.agent.requests.request(
            RequestAction(
                instance_id="toy1",
                action=action,
                target_id="box/radarr",
                arguments=arguments,
                speaker=speaker(user),
            )
        )
        assert answer.approval_id is not None
        await self.approve(answer.approval_id)

    async def approve(self, request_id: str) -> None:
        request = await self.rig.press(await self.rig.request_with(request_id))
        await self.rig.until(
            lambda one: (
                one.run is not None and one.run.status is RunStatus.SUCCEEDED and one.status.is_closed
            ),
            request.incident_number,
        )

    async def look(self) -> list[ApprovalRequest]:
        """Return the requests about drafts that wait after a look, a while later."""
        self.clock.move(RELAPSE.total_seconds())
        await self.stage.look()
        async with self.rig.store.read() as connection:
            waiting = await approvals.requests_in(connection, ApprovalStatus.PENDING)
        return [one for one in waiting if one.is_about_draft]

    async def state(self) -> list[tuple[str, DraftState]]:
        async with self.rig.store.read() as connection:
            rows = await connection.exec_driver_sql("SELECT body FROM runbook_drafts")
            found = [runbook_drafts.StoredDraft.from_json(one.body) for one in rows]
        return [(one.runbook_id, one.state) for one in found]

    def drafts(self) -> list[Path]:
        return sorted((self.folder / "drafts").glob("*.md"))


@asynccontextmanager
async def drafting(
    folder: Path, *, has_folder: bool = True, books: Sequence[str] = ()
) -> AsyncIterator[Drafting]:
    clock = ManualClock(NOW)
    place = folder / "runbooks"
    place.mkdir()
    library = {one.id: one for one in (parse("book.md", text) for text in books)}
    async with open_rig(folder / "data", clock=clock, runbooks=library) as rig:
        used = asyncio.Event()

        def use(runbook: Runbook) -> None:
            rig.agent.use_runbook(runbook)
            used.set()

        files = OwnRunbooks((place,), place if has_folder else None, library, {"toy": SERVICE}, use)
        repository = Repository()
        stage = RunbookDrafts(
            rig.store, rig.inventory, rig.agent._resolver, library, clock, rig.agent.writer, files, repository
        )
        yield Drafting(rig, clock, library, place, stage, used, repository)


async def test_three_repairs_become_a_draft_that_an_owner_can_use(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for number in range(2):
            await one.repair(GROW, instance="nas:9100", job=f"job{number}")
        assert await one.look() == []
        await one.repair(GROW, instance="nas:9100", job="other")
        (request,) = await one.look()
        (file,) = one.drafts()
        runbook = parse(file.name, file.read_text(encoding="utf-8"))
        assert (runbook.match.alerts, runbook.match.targets, runbook.match.services) == (
            ("ToyStuck",),
            ("box",),
            ("toy",),
        )
        assert runbook.match.labels == {"instance": "nas:9100", "name": "radarr"}
        (recipe,) = runbook.recipes
        assert [(step.action, step.constants) for step in recipe.steps] == [
            ("toy.set_memory", {"memory": 3072})
        ]
        assert [(check.reading, check.equals) for check in recipe.verify] == [(ALERTING, False)]
        assert "Written from 3 repairs that people approved:" in runbook.text
        assert runbook.text.count("Set memory (radarr). Ended 1 minute after it. Approved by Olga.") == 3
        assert request.title == "Use a new runbook: ToyStuck: Set memory?"
        (option,) = request.proposal.options
        assert option.changes == "Runbook that is used from now on: ToyStuck: Set memory"
        assert all(f"+ {line}" in request.text for line in file.read_text("utf-8").splitlines())
        assert await one.look() == [request], "one request for each kind of repair"
        with pytest.raises(ContractError) as refused:
            await one.rig.press(request, user="2")
        assert refused.value.code is ErrorCode.FORBIDDEN
        assert one.library == {}

        await one.rig.press(request)
        assert await one.look() == []
        assert one.library == {runbook.id: runbook}
        assert [path.name for path in one.folder.glob("*.md")] == [f"{runbook.id}.md"]
        assert one.drafts() == []
        assert await one.state() == [(runbook.id, DraftState.USED)]
        one.rig.toy.limit = 2048
        await one.rig.fire(alert("ToyStuck", at=one.clock.now(), instance="nas:9100"))
        problem = max(each.number for each in await one.rig.incidents())
        asked = await one.rig.request(await one.rig.status(IncidentStatus.WAITING, problem))
        assert [each.label for each in asked.proposal.options] == ["Set memory: radarr 2 → 3 GiB"]
        assert asked.acts_at is None, "a new runbook asks"


async def test_what_was_rejected_is_not_offered_again(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for _ in range(3):
            await one.repair(GROW)
        (request,) = await one.look()
        await one.rig.agent.gate.decide(decide_command(request, Verb.REJECT))
        assert await one.look() == []
        await one.repair(GROW)
        one.clock.move(AGAIN_AFTER.total_seconds())
        assert await one.look() == []
        assert (one.drafts(), one.library) == ([], {})
        assert [state for _, state in await one.state()] == [DraftState.DECLINED]


async def test_without_an_answer_it_is_asked_again_a_week_later(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for _ in range(3):
            await one.repair(GROW)
        (request,) = await one.look()
        async with one.rig.store.change(durable=True) as unit:
            assert await withdraw(unit, request, "Nobody answered.", one.clock.now())
        assert await one.look() == []
        assert [state for _, state in await one.state()] == [DraftState.LEFT]
        one.clock.move(AGAIN_AFTER.total_seconds() - RELAPSE.total_seconds() - 1)
        assert await one.look() == []
        one.clock.move(1)
        (again,) = await one.look()
        assert again.id != request.id


async def test_the_same_sequence_becomes_steps_in_order(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for _ in range(2):
            await one.repair(GROW, CORES)
        await one.repair(CORES, GROW)
        assert await one.look() == []
        await one.repair(GROW, GROW, CORES)
        await one.look()
        (file,) = one.drafts()
        (recipe,) = parse(file.name, file.read_text("utf-8")).recipes
        assert [step.action for step in recipe.steps] == ["toy.set_memory", "toy.set_cpu"]


async def test_a_plan_for_several_targets_becomes_steps_with_names(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        box, other = (one.rig.inventory.boxes[key] for key in ("box/radarr", "box/sonarr"))
        for number in range(3):
            one.clock.move(A_DAY)
            at = one.clock.now()
            await one.rig.fire(alert("ToyStuck", at=at))
            problem = max(each.number for each in await one.rig.incidents())
            await one.rig.status(IncidentStatus.WAITING, problem)
            one.rig.toy.numbers.update(limit=2048.0, swap=512.0)
            steps = (
                PlanStep(target=box, action="set_memory", arguments=GROW[1]),
                PlanStep(target=other, action="set_swap", arguments={"swap": 1000 + number}),
            )
            plan = RequestPlan(speaker=speaker("1"), steps=steps)
            answer = await one.rig.agent.plan_requests.request(plan)
            assert answer.approval_id is not None
            await one.approve(answer.approval_id)
            await one.rig.fire(alert("ToyStuck", status=AlertStatus.RESOLVED, at=at))
            await one.rig.status(IncidentStatus.RESOLVED, problem)
        # The second argument was another one each time: it cannot be filled in.
        assert await one.look() == []
        for number in range(3):
            del number
            await one.repair(GROW, name="ToyOther")
        (request,) = await one.look()
        assert "ToyOther" in request.title


async def test_what_is_no_repair_is_not_counted(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for _ in range(2):
            await one.repair(GROW)
        await one.repair()
        await one.repair(GROW, name="ToyOther")
        await one.repair(CORES)
        assert await one.look() == []
        await one.repair(GROW)
        await one.stage.look()
        assert one.drafts() == [], "it could be back in a moment"
        assert len(await one.look()) == 1


async def test_what_a_runbook_does_already_is_not_drafted(tmp_path: Path) -> None:
    book = """---
id: known
version: 1
title: Known
match: {alerts: [ToyStuck], targets: [box]}
recipes:
  - id: grow
    label: Grow
    steps: [{capability: set_memory, arguments: {memory: 3072}}]
    verify: [{name: The alert has ended, reading: alerting, equals: false}]
---
# Known
"""
    async with drafting(tmp_path, books=(book,)) as one:
        for _ in range(3):
            await one.repair(GROW)
            await one.repair(CORES)
        (request,) = await one.look()
        assert request.title == "Use a new runbook: ToyStuck: Set cpu?"


async def test_without_a_folder_nothing_is_drafted(tmp_path: Path) -> None:
    async with drafting(tmp_path, has_folder=False) as one:
        for _ in range(3):
            await one.repair(GROW)
        assert await one.look() == []
        assert one.drafts() == []


async def test_a_folder_that_cannot_be_written_is_asked_about_later(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        (one.folder / "drafts").write_text("no folder", encoding="utf-8")
        for _ in range(3):
            await one.repair(GROW)
        assert await one.look() == []
        (one.folder / "drafts").unlink()
        assert len(await one.look()) == 1


async def test_what_is_shown_is_used_at_once_whatever_the_file_says(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for _ in range(3):
            await one.repair(GROW)
        (request,) = await one.look()
        (file,) = one.drafts()
        shown = file.read_text("utf-8")
        file.write_text(shown.replace("3072", "65536"), encoding="utf-8")
        working = asyncio.create_task(one.stage.run())
        await one.rig.press(request)
        async with asyncio.timeout(HANGING):
            await one.used.wait()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        assert (one.folder / file.name).read_text("utf-8") == shown


async def drafted(one: Drafting) -> ApprovalRequest:
    """Return the request about a draft that can also be proposed in a repository."""
    one.repository.is_there = True
    for _ in range(3):
        await one.repair(GROW)
    (request,) = await one.look()
    return request


async def test_a_draft_can_be_proposed_as_a_pull_request_instead(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        request = await drafted(one)
        assert [option.label for option in request.proposal.options] == ["Use it", "Open a pull request"]
        assert len({option.plan_hash for option in request.proposal.options}) == 2
        assert "With a pull request in anna/homelab it is used when you have merged it" in request.text
        (file,) = one.drafts()
        shown = file.read_text("utf-8")
        file.write_text(shown.replace("3072", "65536"), encoding="utf-8")
        await one.rig.press(request, option=2)
        assert await one.look() == []
        (proposed,) = one.repository.proposed
        assert proposed == (file.stem, "ToyStuck: Set memory", shown)
        assert (one.library, one.drafts()) == ({}, []), "it is used when it was merged"
        assert await one.state() == [(file.stem, DraftState.PROPOSED)]
        one.clock.move(AGAIN_AFTER.total_seconds())
        assert await one.look() == []
        assert len(one.repository.proposed) == 1


async def test_only_an_owner_proposes_a_draft(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        request = await drafted(one)
        with pytest.raises(ContractError) as refused:
            await one.rig.press(request, option=2, user="2")
        assert refused.value.code is ErrorCode.FORBIDDEN
        await one.look()
        assert one.repository.proposed == []


async def test_with_a_repository_a_draft_can_still_be_used_at_once(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        await one.rig.press(await drafted(one))
        assert await one.look() == []
        assert (len(one.library), one.repository.proposed) == (1, [])


async def test_without_a_repository_that_is_there_no_pull_request_is_offered(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        for _ in range(3):
            await one.repair(GROW)
        (request,) = await one.look()
        assert [option.label for option in request.proposal.options] == ["Use it"]
        assert "pull request" not in request.text


@pytest.mark.parametrize("failure", [ServiceUnreachable("no answer"), EffectUnknown("no answer")])
async def test_a_forge_that_does_not_answer_is_asked_again(tmp_path: Path, failure: Exception) -> None:
    async with drafting(tmp_path) as one:
        request = await drafted(one)
        one.repository.failure = failure
        await one.rig.press(request, option=2)
        assert await one.look() == []
        assert [state for _, state in await one.state()] == [DraftState.ASKED]
        assert await one.look() == []
        assert [state for _, state in await one.state()] == [DraftState.PROPOSED]


async def test_a_proposal_that_is_refused_is_asked_about_a_week_later(tmp_path: Path) -> None:
    async with drafting(tmp_path) as one:
        request = await drafted(one)
        one.repository.failure = PreconditionFailed("The token may not write")
        await one.rig.press(request, option=2)
        assert await one.look() == []
        assert [state for _, state in await one.state()] == [DraftState.LEFT]
        one.clock.move(AGAIN_AFTER.total_seconds())
        assert len(await one.look()) == 1
