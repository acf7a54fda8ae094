"""A drafted runbook is proposed on GitHub and Gitea: once, also after a crash in between."""

from typing import Any, cast

import pytest

from homelab_steward.contract.state import TargetRef
from lab.faults import FaultKind
from lab.visit import Visit, visit
from services._forge import branches, one
from services.gitea import files
from services.github import REPO
from steward.agent.levels.draft_repository import ACTION, ForgeRepository
from steward.errors import EffectUnknown, Fenced, PreconditionFailed
from steward.inventory.ports import Inventory

SOURCE = "---\nid: drafted-full\n---\n# Full\n"
PATH = "steward/runbooks/drafted-full.md"
both = pytest.mark.parametrize("key", ["github", "gitea"])


class OneInstance:
    """An inventory with the instance of a visit."""

    def __init__(self, here: Visit) -> None:
        self.here = here
        self.fences: dict[str, str] = {}

    def service(self, instance_id: str) -> Any:
        return self.here.service if instance_id == "forge" else None

    def target(self, instance_id: str) -> TargetRef:
        return TargetRef(instance_id=instance_id, kind="instance", id=instance_id, name="Forge")

    def client(self, _: str) -> Any:
        return self.here.client

    def fenced(self, _: TargetRef, action: str) -> str | None:
        return self.fences.get(action)


class Proposing:
    """A repository of a visit."""

    def __init__(self, here: Visit, name: str = "rack/kitchen", instance: str = "forge") -> None:
        self.inventory = OneInstance(here)
        self.repository = ForgeRepository(
            cast("Inventory", self.inventory), instance, name, "steward/runbooks"
        )

    async def propose(self, source: str = SOURCE) -> str:
        return await self.repository.propose("drafted-full", "Disk full: clean up", source)


@both
async def test_the_file_is_in_a_pull_request_of_its_own(key: str) -> None:
    async with visit(key) as here:
        assert await Proposing(here).propose() == "#6"
        pull = one(here.served.state, 6)
        branch = pull["head"]["ref"]
        assert branch.startswith("steward/drafted-full-")
        assert branches(here.served.state)[branch]["files"] == {PATH: SOURCE}
        assert pull["title"] == "Add runbook Disk full: clean up"


@both
async def test_a_second_call_finds_the_first_pull_request(key: str) -> None:
    async with visit(key) as here:
        proposing = Proposing(here)
        assert await proposing.propose() == "#6"
        made = list(here.writes)
        assert await proposing.propose() == "#6"
        assert here.writes == made


@both
async def test_after_a_crash_between_commit_and_pull_request_it_is_opened(key: str) -> None:
    async with visit(key) as here:
        proposing = Proposing(here)
        path = "/repos/rack/kitchen/pulls" if key == "github" else "/api/v1/repos/rack/kitchen/pulls"
        here.arm(FaultKind.RESET, "POST", path)
        with pytest.raises(EffectUnknown):
            await proposing.propose()
        here.lab.faults.clear()
        (branch,) = [name for name in branches(here.served.state) if name.startswith("steward/drafted")]
        made, mine = branches(here.served.state)[branch]["files"], {PATH: "another one"}
        branches(here.served.state)[branch]["files"] = mine
        with pytest.raises(PreconditionFailed, match="There is a branch"):
            await proposing.propose()
        branches(here.served.state)[branch]["files"] = made
        assert await proposing.propose() == "#6"


async def test_a_token_that_only_reads_is_refused() -> None:
    async with visit("github") as here:
        here.served.state.object(REPO).update(permissions={"push": False})
        with pytest.raises(PreconditionFailed, match="may not write"):
            await Proposing(here).propose()
        assert here.writes == []


@both
async def test_a_file_that_is_there_is_not_replaced(key: str) -> None:
    async with visit(key) as here:
        if key == "gitea":
            files(here.served.state)["main"][PATH] = "mine"
        else:
            branches(here.served.state)["main"] = {"commit": "main", "files": {PATH: "mine"}}
        with pytest.raises(PreconditionFailed, match=f"There is a file {PATH}"):
            await Proposing(here).propose()
        assert here.writes == []


@both
async def test_another_repository_than_those_of_the_service_is_refused(key: str) -> None:
    async with visit(key) as here:
        with pytest.raises(PreconditionFailed, match="is none of the repositories"):
            await Proposing(here, "rack/other").propose()
        assert here.writes == []


async def test_a_fence_and_a_missing_service_refuse() -> None:
    async with visit("github") as here:
        proposing = Proposing(here)
        assert proposing.repository.is_there
        proposing.inventory.fences[ACTION] = "the repository is fenced"
        with pytest.raises(Fenced, match="the repository is fenced"):
            await proposing.propose()
        missing = Proposing(here, instance="gone")
        assert not missing.repository.is_there
        with pytest.raises(PreconditionFailed, match="There is no service gone"):
            await missing.propose()
        assert here.writes == []
