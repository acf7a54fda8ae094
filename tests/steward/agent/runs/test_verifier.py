"""The verifier: decides by reading back, and claims nothing that it did not read."""

from dataclasses import replace
from pathlib import Path

import pytest

from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import (
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    StepState,
)
from rig.agent_rig import LIMITS, RUNBOOK, AgentRig, TaskEngine, library, open_rig
from rig.inventory import box, speaker
from rig.toy import Toy
from steward.agent.runs.undoing import Undone
from steward.agent.runs.verifier import NOT_KNOWN, RUNBOOK_CHANGED, SETTLE, WITHIN
from steward.sdk.description import Role
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


async def test_a_run_that_cannot_be_read_back_ends_as_not_known(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.down = True
        assert await rig.agent.verify(run.id, 0) == 5
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.status is RunStatus.UNKNOWN
        reason = "the toy does not answer"
        assert found.error == f"{NOT_KNOWN}: Memory below 85 % ({reason}); It runs ({reason})."
        assert found.verdict is not None
        assert found.verdict.outcome is Outcome.UNKNOWN
        assert found.verdict.summary == found.error
        assert rig.toy.done == ["set_memory 3072"], "what is not known is not undone"
        assert await rig.leases() == []


async def test_one_reading_that_is_not_known_is_waited_for(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.inventory.unknown["running"] = "the API failed"
        assert await rig.agent.verify(run.id, 0) == 5
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.error == f"{NOT_KNOWN}: It runs (the API failed)."
        assert rig.toy.done == ["set_memory 3072"], "it is not known to be worse"


async def test_what_was_not_known_before_is_not_worse_afterwards(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[DEADLINE]) as rig:
        rig.inventory.unknown["running"] = "the API failed"
        run = await verifying(rig)
        del rig.inventory.unknown["running"]
        assert await rig.agent.verify(run.id, 3) is None
        assert (await verified(rig)).status is RunStatus.FAILED
        assert rig.toy.done == ["set_memory 3072"]


async def test_a_runbook_whose_sensors_do_not_exist_proves_nothing(tmp_path: Path) -> None:
    book = DEADLINE.replace("reading: share", "reading: no_such").replace("reading: running", "reading: none")
    async with open_rig(tmp_path, runbooks=[book]) as rig:
        run = await verifying(rig)
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.status is RunStatus.UNKNOWN
        assert found.error == f"{NOT_KNOWN}: nothing that it should change can be read."


async def test_an_incident_waits_for_a_person_when_the_result_is_not_known(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[RUNBOOK]) as rig:
        request = await rig.ask()
        rig.inventory.unknown["running"] = "the API failed"
        await rig.press(request)
        incident = await rig.status(IncidentStatus.UNSOLVED)
        assert incident.run is not None
        assert incident.run.status is RunStatus.UNKNOWN
        assert NOT_KNOWN in incident.resolution
        assert "* ? It runs: the API failed" in incident.write_up
        async with rig.store.read() as connection:
            (row,) = await runs.all_statistics(connection)
        assert (row.unknown, row.fixed, row.not_fixed, row.worse) == (1, 0, 0, 0)
        assert row.last_outcome is Outcome.UNKNOWN


async def test_the_result_of_a_request_is_read_until_it_is_known(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(verify_blind=True)) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        asked = await rig.agent.requests.request(
            RequestAction(
                instance_id="toy1",
                action="set_cpu",
                speaker=speaker(),
                target_id=box().id,
                arguments={"cores": 8},
            )
        )
        request = await rig.request_with(asked.approval_id or "")
        await rig.press(request)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert await rig.agent.verify(request.id, 0) == SETTLE
        last = int(WITHIN / SETTLE) - 1
        assert await rig.agent.verify(request.id, last - 1) == SETTLE
        rig.toy.verify_blind = False
        assert await rig.agent.verify(request.id, last) is None
        found = await verified(rig)
        assert found.status is RunStatus.SUCCEEDED
        assert [one.state for one in found.steps] == [StepState.VERIFIED]


async def test_a_result_that_is_never_known_is_read_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(verify_blind=True, verify_final=True)) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        asked = await rig.agent.requests.request(
            RequestAction(
                instance_id="toy1",
                action="set_cpu",
                speaker=speaker(),
                target_id=box().id,
                arguments={"cores": 8},
            )
        )
        request = await rig.request_with(asked.approval_id or "")
        await rig.press(request)
        assert await rig.agent.execute(request.id) is RunStatus.VERIFYING
        assert await rig.agent.verify(request.id, 0) is None
        assert (await verified(rig)).status is RunStatus.UNKNOWN


async def test_a_request_whose_result_stays_unknown_ends_so(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(verify_blind=True)) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        asked = await rig.agent.requests.request(
            RequestAction(
                instance_id="toy1",
                action="set_cpu",
                speaker=speaker(),
                target_id=box().id,
                arguments={"cores": 8},
            )
        )
        await rig.press(await rig.request_with(asked.approval_id or ""))
        run_id = asked.approval_id or ""
        assert await rig.agent.execute(run_id) is RunStatus.VERIFYING
        assert await rig.agent.verify(run_id, 1_000) is None
        found = await verified(rig)
        assert found.error == f"{NOT_KNOWN}: Set cpu (radarr) (it does not say)."
        await rig.agent.conclude(run_id)
        assert (await rig.incident()).status is IncidentStatus.IGNORED


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
        assert (found.status, found.error) == (RunStatus.UNKNOWN, f"{NOT_KNOWN}: {RUNBOOK_CHANGED}.")


async def test_a_verdict_that_was_written_before_a_crash_is_acted_on(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        assert await rig.agent.verify(run.id, 0) == 5, "it may still come up"
        # The app stops between the verdict and what follows from it.
        rig.toy.undo_refused = True
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        assert found.verdict is not None
        unsettled = replace(found, status=RunStatus.VERIFYING, finished_at=None, error=None)
        async with rig.store.change() as unit:
            await runs.save_run(unit.connection, unsettled)
        rig.toy.undo_refused = False
        assert await rig.agent.verify(run.id, 0) is None
        found = await verified(rig)
        assert (found.status, found.error) == (RunStatus.UNDONE, "It made things worse and was undone.")
        assert rig.toy.done == ["set_memory 3072", "undo set_memory 2048"]
        events = [event for event, _ in await rig.audited()]
        assert events.count("run.verdict") == 1


async def test_an_undo_that_is_not_seen_at_once_is_waited_for(tmp_path: Path) -> None:
    async with open_rig(
        tmp_path, Toy(breaks=True), runbooks=[DEADLINE], limits=replace(LIMITS, looked_for=60.0)
    ) as rig:
        run = await verifying(rig)
        rig.toy.undo_ignored = True
        wait = await rig.agent.verify(run.id, 3)
        assert isinstance(wait, float)
        assert (await rig.incident()).run is not None
        assert await rig.leases(), "the lease is held meanwhile"
        rig.toy.limit = 2048
        assert await rig.agent.verify(run.id, 4) is None
        found = await verified(rig)
        assert (found.status, found.error) == (RunStatus.UNDONE, "It made things worse and was undone.")
        assert rig.toy.done == ["set_memory 3072"]


async def test_what_was_undone_or_cannot_be_read_is_not_undone_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True), runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        rig.toy.undo_refused = True
        assert await rig.agent.verify(run.id, 3) is None
        found = await verified(rig)
        reason = "Set memory (radarr): the toy refuses to go back"
        assert found.error == f"It made things worse and could not be undone. Not undone: {reason}."
        rig.toy.defect = "undo_dry_run"
        undone = await rig.agent._runs.executor.undo(run.id)
        assert undone == Undone((), "Set memory (radarr): a defect (KeyError)")
        rig.toy.defect = ""
        rig.toy.limit = 2048
        undone = Undone(("Set memory (radarr)",))
        assert await rig.agent._runs.executor.undo(run.id) == undone
        assert rig.toy.done == ["set_memory 3072"], "it was undone already"
        (entry,) = await rig.entries(await rig.request_with(run.id))
        assert (entry.state, entry.detail) == (StepState.UNDONE, "a read found it undone already")
        assert await rig.agent._runs.executor.undo(run.id) == undone, "it is not undone again"


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


ON_HOST = (
    DEADLINE.replace("action: toy.set_memory", "action: toy.set_memory\n        of: host")
    .replace("reading: share, below", "of: host, reading: share, below")
    .replace("reading: running, equals", "of: host, reading: running, equals")
)


async def test_what_the_target_was_in_is_read_when_the_repair_replaced_the_target(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[ON_HOST]) as rig:
        rig.inventory.roles[Role.HOST] = box()
        run = await verifying(rig)
        rig.inventory.roles[Role.HOST] = box("gone")  # of what is gone, another host is found
        assert await rig.agent.verify(run.id, 0) is None
        verdict = (await verified(rig)).verdict
        assert verdict is not None
        assert {check.name: check.ok for check in verdict.checks} == {
            "Memory below 85 %": True,
            "It runs": True,
        }


async def test_the_first_verdict_stands(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[DEADLINE]) as rig:
        run = await verifying(rig)
        await rig.agent.verify(run.id, 0)
        first = (await verified(rig)).verdict
        assert first is not None
        await rig.agent._runs.executor._journal.record_verdict(run.id, replace(first, outcome=Outcome.WORSE))
        assert (await verified(rig)).verdict == first
        assert [event for event, _ in await rig.audited()].count("run.verdict") == 1
