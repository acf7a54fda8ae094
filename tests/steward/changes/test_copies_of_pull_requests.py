"""A pull request whose data is copied before the merge: by the program itself, or by snapshots."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from homelab_steward.contract.changes import Change, ChangeStatus, WayBack
from homelab_steward.contract.incidents import RunStatus, StepState
from lab.faults import FaultKind
from rig.changes_rig import changes_rig
from services._forge import one
from services.kubernetes import snapshots
from steward.changes.pull_requests import PullRequests

from .test_pull_requests import Story, visiting

BODY: Final = """This PR contains the following updates:

| Package | Update | Change |
|---|---|---|
| radarr | minor | `6` -> `7` |

### Configuration
"""
REVERTED: Final = (
    "Another pull request reverts it. Data that the app has migrated stays as it is. "
    "radarr (Argo CD) deploys it."
)


@asynccontextmanager
async def deployed(folder: Path, *programs: str) -> AsyncIterator[Story]:
    """Yield a pull request of Radarr in a cluster, with these programs as instances."""
    async with visiting("github", "argocd", *programs) as inventory:
        one(inventory.visits["github"].served.state, 4).update(body=BODY)
        sources: Any = [PullRequests(inventory)]
        async with changes_rig(folder, inventory=inventory, sources=sources) as rig:
            yield Story(rig, inventory, inventory.visits["github"])


async def row(it: Story) -> Change:
    (found,) = await it.rig.rows()
    return found


def taken(it: Story) -> list[str]:
    items: Any = it.inventory.visits["kubernetes"].served.state.object(snapshots.SNAPSHOTS)["items"]
    return [each["metadata"]["name"] for each in items]


async def test_the_program_makes_its_backup_before_the_merge(tmp_path: Path) -> None:
    async with deployed(tmp_path, "kubernetes", "radarr") as it:
        request = await it.approved()
        found = await row(it)
        assert found.way_back is WayBack.REVERT
        assert found.way_back_text == (
            f"{REVERTED} Radarr makes its own backup first. Restore it in the program under System, Backup."
        )
        option = (await it.rig.agent.request_with(request)).proposal.options[0]
        assert [(each.action, each.preserves) for each in option.steps[:2]] == [
            ("radarr.backup", True),
            ("github.merge", False),
        ]
        run = await it.executed(request, it.synced)
        assert {each.state for each in run.steps} == {StepState.VERIFIED}
        assert ("POST", "/api/v3/command") in it.inventory.visits["radarr"].writes
        await it.rig.agent.agent._runs.journal.settle(request, RunStatus.SUCCEEDED)
        await it.rig.stage.keeper.look()
        assert (await row(it)).kept.endswith("Back up (Radarr).")


async def test_the_volumes_get_snapshots_that_are_ready_before_the_merge(tmp_path: Path) -> None:
    async with deployed(tmp_path, "kubernetes") as it:
        request = await it.approved()
        found = await row(it)
        assert found.way_back_text == (
            f"{REVERTED} Snapshots of the volumes of radarr are made first. "
            "A person restores them: a new volume claim is made from each snapshot."
        )
        name = f"steward-{found.id[:8]}-radarr-radarr-config"
        option = (await it.rig.agent.request_with(request)).proposal.options[0]
        assert [each.after for each in option.steps[0].differences] == [name]
        run = await it.executed(request, it.synced)
        assert {each.state for each in run.steps} == {StepState.VERIFIED}
        assert taken(it) == [name]
        await it.rig.agent.agent._runs.journal.settle(request, RunStatus.SUCCEEDED)
        it.rig.later(days=8)
        await it.rig.stage.keeper.look()
        assert taken(it) == []


async def test_nothing_is_merged_while_a_snapshot_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "TAKES", 1e9)
    async with deployed(tmp_path, "kubernetes") as it:
        request = await it.approved()
        run = await it.executed(request)
        assert run.status is RunStatus.REFUSED
        assert not one(it.forge.served.state, 4).get("merged")
        await it.look()
        found = await row(it)
        assert found.status is ChangeStatus.HELD
        assert "radarr-config is not ready" in found.reason
        it.rig.later(hours=2)
        await it.rig.stage.keeper.look()
        assert taken(it) == []


async def test_why_nothing_is_copied_is_said(tmp_path: Path) -> None:
    async with deployed(tmp_path, "kubernetes") as it:
        del it.inventory.visits["kubernetes"].served.state.answers[snapshots.CLASSES]
        await it.look()
        found = await row(it)
        assert found.way_back_text == (
            f"{REVERTED} Not copied before: radarr: The cluster has no snapshots of volumes."
        )
        option = (await it.rig.request(found.target.name)).proposal.options[0]
        assert option.steps[0].action == "github.merge"


async def test_a_program_that_cannot_make_its_backup_has_its_volumes_copied(tmp_path: Path) -> None:
    async with deployed(tmp_path, "kubernetes", "radarr") as it:
        it.inventory.visits["radarr"].arm(FaultKind.STATUS, path="/api/v3/system/backup")
        await it.look()
        assert "Snapshots of the volumes of radarr are made first." in (await row(it)).way_back_text
