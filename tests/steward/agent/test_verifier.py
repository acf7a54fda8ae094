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
from rig.house import RUNBOOK, House, TaskEngine, house, library
from rig.toy import Toy
from steward.agent.verifier import BLIND
from steward.store import incidents, runs

PATIENT = RUNBOOK.replace("settle: 0.01\n    within: 0.05", "settle: 5\n    within: 16")


async def verifying(home: House) -> Run:
    """Bring a run up to its verification with an engine that goes no further; return it."""
    assert isinstance(home.engine, TaskEngine)
    home.engine.broken = True
    request = await home.ask()
    await home.press(request)
    assert await home.agent.execute(request.id) is RunStatus.VERIFYING
    incident = await home.incident()
    assert incident.run is not None
    return incident.run


async def judged(home: House) -> Run:
    run = (await home.incident()).run
    assert run is not None
    assert run.verdict is not None
    assert run.finished_at is not None
    return run


async def test_it_looks_again_as_long_as_the_runbook_says(tmp_path: Path) -> None:
    async with house(tmp_path, runbooks=[PATIENT]) as home:
        run = await verifying(home)
        home.toy.used = 3000
        assert [await home.agent.verify(run.id, attempt) for attempt in range(4)] == [5, 5, 5, None]
        assert (await judged(home)).status is RunStatus.FAILED
        assert await home.agent.verify(run.id, 4) is None


async def test_it_stops_looking_when_it_helped(tmp_path: Path) -> None:
    async with house(tmp_path, runbooks=[PATIENT]) as home:
        run = await verifying(home)
        assert await home.agent.verify(run.id, 0) is None
        assert (await judged(home)).status is RunStatus.SUCCEEDED


async def test_it_helps_late(tmp_path: Path) -> None:
    async with house(tmp_path, runbooks=[PATIENT]) as home:
        run = await verifying(home)
        home.toy.used = 3000
        assert await home.agent.verify(run.id, 0) == 5
        home.toy.used = 1945
        assert await home.agent.verify(run.id, 1) is None
        verdict = (await judged(home)).verdict
        assert verdict is not None
        assert verdict.outcome is Outcome.FIXED
        assert verdict.summary == "It helped."
        assert [(check.name, check.ok) for check in verdict.checks] == [
            ("Memory below 85 %", True),
            ("It runs", True),
        ]


async def test_it_did_not_help(tmp_path: Path) -> None:
    async with house(tmp_path, runbooks=[PATIENT]) as home:
        run = await verifying(home)
        home.toy.used = 3000
        assert await home.agent.verify(run.id, 3) is None
        found = await judged(home)
        assert (found.status, found.error) == (RunStatus.FAILED, "It was done, but it did not help.")
        assert home.toy.done == ["set_memory 3072"], "what did not help is not undone"
        assert await home.leases() == []


async def test_nothing_read_is_nothing_known(tmp_path: Path) -> None:
    async with house(tmp_path, runbooks=[PATIENT]) as home:
        run = await verifying(home)
        home.toy.down = True
        assert await home.agent.verify(run.id, 0) == 5
        assert await home.agent.verify(run.id, 3) is None
        found = await judged(home)
        assert found.status is RunStatus.FAILED
        assert found.error == BLIND
        assert found.verdict is not None
        assert found.verdict.outcome is Outcome.NOT_FIXED
        assert found.verdict.summary == BLIND
        assert home.toy.done == ["set_memory 3072"], "blind, it takes nothing back"


@pytest.mark.parametrize("change", ["gone", "newer"])
async def test_no_claim_without_the_runbook_that_was_approved(tmp_path: Path, change: str) -> None:
    books = library(PATIENT)
    async with house(tmp_path, runbooks=books) as home:
        run = await verifying(home)
        if change == "gone":
            books.clear()
        else:
            books["toy-memory"] = replace(books["toy-memory"], version=2)
        assert await home.agent.verify(run.id, 0) is None
        found = await judged(home)
        assert (found.status, found.error) == (RunStatus.FAILED, BLIND)


async def test_a_verdict_that_a_former_life_left_is_acted_on(tmp_path: Path) -> None:
    async with house(tmp_path, Toy(breaks=True), runbooks=[PATIENT]) as home:
        run = await verifying(home)
        assert await home.agent.verify(run.id, 0) == 5, "it may still come up"
        # The life ends between the verdict and what follows from it.
        home.toy.defect = "undo"
        assert await home.agent.verify(run.id, 3) is None
        found = await judged(home)
        assert found.verdict is not None
        unsettled = replace(found, status=RunStatus.VERIFYING, finished_at=None, error=None)
        async with home.store.change() as unit:
            await runs.save_run(unit.connection, unsettled)
        home.toy.defect = ""
        assert await home.agent.verify(run.id, 0) is None
        found = await judged(home)
        assert (found.status, found.error) == (RunStatus.UNDONE, "It made things worse and was undone.")
        assert home.toy.done == ["set_memory 3072", "undo set_memory 2048"]
        events = [event for event, _ in await home.audited()]
        assert events.count("run.verdict") == 1


async def test_an_undo_that_was_cut_off_is_looked_at_first(tmp_path: Path) -> None:
    async with house(tmp_path, Toy(breaks=True), runbooks=[PATIENT]) as home:
        run = await verifying(home)
        home.toy.defect = "undo"
        assert await home.agent.verify(run.id, 3) is None
        found = await judged(home)
        assert found.error == "It made things worse and could not be undone: please look."
        home.toy.defect, home.toy.probe_blind = "", True
        assert not await home.agent._executor.undo(run.id), "what cannot be seen is not undone twice"
        home.toy.probe_blind = False
        home.toy.limit = 2048
        assert await home.agent._executor.undo(run.id)
        assert home.toy.done == ["set_memory 3072"], "it was found undone"
        (entry,) = await home.entries(await home.request_with(run.id))
        assert (entry.state, entry.detail) == (StepState.UNDONE, "found undone when looked at afterwards")
        assert await home.agent._executor.undo(run.id), "and is left alone from then on"


async def test_what_does_not_exist_is_not_verified(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        assert await home.agent.verify("unknown", 0) is None
        run = await verifying(home)
        incident = await home.incident()
        async with home.store.change() as unit:
            await incidents.save_incident(unit.connection, replace(incident, proposal=None))
        assert await home.agent.verify(run.id, 0) is None
        async with home.store.change() as unit:
            assert incident.proposal is not None
            bare = replace(incident.proposal, options=())
            await incidents.save_incident(unit.connection, replace(incident, proposal=bare))
        assert await home.agent.verify(run.id, 0) is None
        assert (await home.incident()).status is IncidentStatus.ACTING


async def test_the_first_verdict_stands(tmp_path: Path) -> None:
    async with house(tmp_path, runbooks=[PATIENT]) as home:
        run = await verifying(home)
        await home.agent.verify(run.id, 0)
        first = (await judged(home)).verdict
        assert first is not None
        await home.agent._executor._journal.judge(run.id, replace(first, outcome=Outcome.WORSE))
        assert (await judged(home)).verdict == first
        assert [event for event, _ in await home.audited()].count("run.verdict") == 1
