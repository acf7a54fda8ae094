"""Somebody copied an old file of one of the two databases back: nothing is stranded or done twice."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import ApprovalRequest, IncidentStatus, RunStatus
from rig.agent_rig import AgentRig, open_rig
from rig.databases import is_postgresql
from rig.toy import GOOD, Toy
from steward.agent.runs import run_starter
from steward.agent.runs.dbos_engine import DbosEngine
from steward.agent.runs.workflow import Stages

pytestmark = pytest.mark.skipif(is_postgresql(), reason="copies files")


def engine(folder: Path) -> Callable[[Stages], DbosEngine]:
    """Return what makes the real engine in a folder."""
    return lambda stages: DbosEngine(f"sqlite:///{folder / 'workflows.db'}", stages)


async def keep(folder: Path, name: str) -> None:
    """Copy a closed database to ``old``."""
    await asyncio.to_thread(shutil.copy, folder / name, folder / f"{name}.old")


async def put_back(folder: Path, name: str) -> None:
    for suffix in ("-wal", "-shm"):
        await asyncio.to_thread((folder / f"{name}{suffix}").unlink, missing_ok=True)
    await asyncio.to_thread(shutil.copy, folder / f"{name}.old", folder / name)


async def resolved(rig: AgentRig) -> None:
    incident = await rig.status(IncidentStatus.RESOLVED)
    assert incident.run is not None
    assert incident.run.status is RunStatus.SUCCEEDED


async def carried_out_after_a_copy(folder: Path, toy: Toy) -> ApprovalRequest:
    """Ask, copy the store, and carry out what was asked; return the request."""
    async with open_rig(folder, toy, engine=engine(folder)) as rig:
        request = await rig.ask()
    await keep(folder, "steward.db")
    async with open_rig(folder, toy, engine=engine(folder)) as rig:
        await rig.press(request)
        await resolved(rig)
    return request


async def test_an_approval_is_carried_out_though_its_workflow_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_starter, "TICK", 0.2)
    toy = Toy()
    request = await carried_out_after_a_copy(tmp_path, toy)
    # The store knows nothing of that any more, and the world is as it was then.
    await put_back(tmp_path, "steward.db")
    toy.numbers.update(GOOD)
    async with open_rig(tmp_path, toy, engine=engine(tmp_path)) as rig:
        await rig.press(request)
        await resolved(rig)
    assert toy.done == ["set_memory 3072"] * 2


async def test_an_approval_of_an_old_store_that_was_carried_out_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_starter, "TICK", 0.2)
    toy = Toy()
    request = await carried_out_after_a_copy(tmp_path, toy)
    await put_back(tmp_path, "steward.db")
    async with open_rig(tmp_path, toy, engine=engine(tmp_path)) as rig:
        await rig.press(request)
        incident = await rig.asked_again()
        assert incident.run is not None
        assert incident.run.status is RunStatus.REFUSED
    assert toy.done == ["set_memory 3072"]


@pytest.mark.parametrize("is_gone", [True, False])
async def test_an_old_or_lost_workflow_database_strands_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_gone: bool
) -> None:
    monkeypatch.setattr(run_starter, "TICK", 0.2)
    toy = Toy()
    async with open_rig(tmp_path, toy, engine=engine(tmp_path)) as rig:
        request = await rig.ask()
    await keep(tmp_path, "workflows.db")
    toy.hold = asyncio.Event()
    async with open_rig(tmp_path, toy, engine=engine(tmp_path)) as rig:
        await rig.press(request)
        await toy.holding.wait()
    toy.hold = None
    await put_back(tmp_path, "workflows.db")
    if is_gone:
        (tmp_path / "workflows.db").unlink()
    async with open_rig(tmp_path, toy, engine=engine(tmp_path)) as rig:
        await resolved(rig)
    assert toy.done == ["set_memory 3072"]
