"""The verifier: judges by reading back, and claims nothing that it did not see."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import (
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    StepState,
)
from rig.agent_rig import RUNBOOK, AgentRig, TaskEngine, library, open_rig
from rig.toy import Toy
from steward.agent.verifier import BLIND
from steward.store import incidents, runs

DEADLINE = RUNBOOK.replace("settle: 0.01\n    within: 0.05", "settle: 5\n    within: 16")


async def verifying(rig: AgentRig) -> Run:
    """Bring a run up to its verification with an engine that goes no further; return it."""
    assert isinstance(rig.engine, TaskEngine)
    rig.engine.broken = True
    request = await rig.ask()
    await rig.press(request)
    assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
    incident = await rig.incident()
    assert incident.run is not None
    return incident.run


async def verified(rig: AgentRig) -> Run:
    run = (await rig.incident()).run
    assert run is not None
    assert run.verdict is not None
    assert run.finished_at is not None
    return run


async def test_it_looks_again_as_long_as_the_runbook_says(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.used = 3000
        assert [await rig.agent.verify(run.id, attempt) for attempt in range(4)] == [5, 5, 5, None]
        assert (await verified(rig)).status is RunStatus.FAILED
        assert await rig.agent.verify(run.id, 4) is None


async def test_it_stops_looking_when_it_helped(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        assert await rig.agent.verify(run.id, 0) is None
        assert (await verified(rig)).status is RunStatus.SUCCEEDED


async def test_it_helps_late(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.used = 3000
        assert await rig.agent.verify(run.id, 0) == 5
        rig.toy.used = 1945
        assert await rig.agent.verify(run.id, 1) is None
        verdict = (await verified(rig)).verdict
        assert verdict is not None
        assert verdict.outcome is Outcome.FIXED
        assert verdict.summary == "It helped."
        assert [(check.name, check.ok) for check in verdict.checks] == [
            ("Memory below 85 %", True),
            ("It runs", True),
        ]


async def test_it_did_not_help(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.used = 3000
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert (found.status, found.error) == (RunStatus.FAILED, "It was done, but it did not help.")
        assert rig.toy.done == ["set_memory 3072"], "what did not help is not undone"
        assert await rig.leases() == []


async def test_nothing_read_is_nothing_known(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.down = True
        assert await rig.agent.verify(run.id, 0) == 5
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.status is RunStatus.FAILED
        assert found.error == BLIND
        assert found.verdict is not None
        assert found.verdict.outcome is Outcome.NOT_FIXED
        assert found.verdict.summary == BLIND
        assert rig.toy.done == ["set_memory 3072"], "blind, it takes nothing back"


@pytest.mark.parametrize("change", ["gone", "newer"])
async def test_no_claim_without_the_runbook_that_was_approved(tmp_path: Path, change: str) -> None:
    books = library(DEADLINE)
    async with open_rig(tmp_path, runbooks=books) as rig:
        run = await verifying(rig)
        if change == "gone":
            books.clear()
        else:
            books["toy-memory"] = replace(books["toy-memory"], version=2)
        assert await rig.agent.verify(run.id, 0) is None
        found = await verified(rig)
        assert (found.status, found.error) == (RunStatus.FAILED, BLIND)


async def test_a_verdict_that_a_former_life_left_is_acted_on(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        assert await rig.agent.verify(run.id, 0) == 5, "it may still come up"
        # The life ends between the verdict and what follows from it.
        rig.toy.defect = "undo"
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.verdict is not None
        unsettled = replace(found, status=RunStatus.VERIFYING, finished_at=None, error=None)
        async with rig.store.change() as unit:
            await runs.save_run(unit.connection, unsettled)
        rig.toy.defect = ""
        assert await rig.agent.verify(run.id, 0) is None
        found = await verified(rig)
        assert (found.status, found.error) == (RunStatus.UNDONE, "It made things worse and was undone.")
        assert rig.toy.done == ["set_memory 3072", "undo set_memory 2048"]
        events = [event for event, _ in await rig.audited()]
        assert events.count("run.verdict") == 1


async def test_an_undo_that_was_cut_off_is_looked_at_first(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.defect = "undo"
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.error == "It made things worse and could not be undone: please look."
        rig.toy.defect, rig.toy.probe_blind = "", True
        assert not await rig.agent._executor.undo(run.id), "what cannot be seen is not undone twice"
        rig.toy.probe_blind = False
        rig.toy.limit = 2048
        assert await rig.agent._executor.undo(run.id)
        assert rig.toy.done == ["set_memory 3072"], "it was found undone"
        (entry,) = await rig.entries(await rig.request_with(run.id))
        assert (entry.state, entry.detail) == (StepState.UNDONE, "found undone when looked at afterwards")
        assert await rig.agent._executor.undo(run.id), "and is left alone from then on"


async def test_what_does_not_exist_is_not_verified(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        assert await rig.agent.verify("unknown", 0) is None
        run = await verifying(rig)
        incident = await rig.incident()
        async with rig.store.change() as unit:
            await incidents.save_incident(unit.connection, replace(incident, proposal=None))
        assert await rig.agent.verify(run.id, 0) is None
        async with rig.store.change() as unit:
            assert incident.proposal is not None
            bare = replace(incident.proposal, options=())
            await incidents.save_incident(unit.connection, replace(incident, proposal=bare))
        assert await rig.agent.verify(run.id, 0) is None
        assert (await rig.incident()).status is IncidentStatus.ACTING


async def test_the_first_verdict_stands(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        await rig.agent.verify(run.id, 0)
        first = (await verified(rig)).verdict
        assert first is not None
        await rig.agent._executor._journal.record_verdict(run.id, replace(first, outcome=Outcome.WORSE))
        assert (await verified(rig)).verdict == first
        assert [event for event, _ in await rig.audited()].count("run.verdict") == 1
