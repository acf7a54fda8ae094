"""The learner: counts a run once, writes it down, and lets no incident hang."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from homelab_steward.contract.diagnosis import Diagnosis
from homelab_steward.contract.incidents import AlertStatus, Incident, IncidentStatus, Outcome, RunStatus
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.records import RunbookStatistics
from rig.agent_rig import RUNBOOK, AgentRig, TaskEngine, library, open_rig
from rig.inventory import NOW, ToyInventory, alert
from rig.toy import SERVICE, Toy
from steward.agent.content_hash import content_hash
from steward.agent.runs.learner import MOST_ROUNDS, counted
from steward.clock import ManualClock
from steward.runbooks.model import Look
from steward.store import incidents, runs
from steward.store.tables import outcomes

RESOLVED = AlertStatus.RESOLVED


async def statistics(rig: AgentRig) -> dict[tuple[str, str], RunbookStatistics]:
    async with rig.store.read() as connection:
        return {(one.runbook_id, one.recipe): one for one in await runs.all_statistics(connection)}


async def test_a_success_is_counted_once_however_often_it_is_concluded(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        request = await rig.ask()
        with rig.store.changes.watch(RowKind.STATISTICS) as watch:
            await rig.press(request)
            await rig.status(IncidentStatus.RESOLVED)
            result = await watch.next()
        for _ in range(3):
            await rig.agent.conclude(request.id)
        (row,) = (await statistics(rig)).values()
        assert row == RunbookStatistics(
            runbook_id="toy-memory",
            version=1,
            recipe="grow",
            title="Toy memory pressure",
            fixed=1,
            last_outcome=Outcome.FIXED,
            last_at=NOW,
        )
        assert isinstance(result, Event)
        assert (result.id, result.statistics) == ("toy-memory@1/grow", row)
        async with rig.store.read() as connection:
            past = await runs.last_outcomes(connection, "toy-memory", "toy1:box:box/radarr")
        assert past == {"grow": runs.PastOutcome(Outcome.FIXED, NOW)}


async def test_a_run_concluded_again_before_the_incident_was_saved_is_counted_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        async with rig.store.change() as unit:
            acting = replace(incident, status=IncidentStatus.ACTING)
            await incidents.save_incident(unit.connection, acting)
        await rig.agent.conclude(request.id)
        assert (await statistics(rig))["toy-memory", "grow"].fixed == 1
        assert (await rig.incident()).status is IncidentStatus.RESOLVED


async def test_a_run_is_not_concluded_while_it_is_verified(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        async with rig.store.change() as unit:
            acting = replace(incident, status=IncidentStatus.ACTING)
            await incidents.save_incident(unit.connection, acting)
            run = replace(incident.run, status=RunStatus.VERIFYING, verdict=None)
            await runs.save_run(unit.connection, run)
        await rig.agent.conclude(request.id)
        assert (await rig.incident()).status is IncidentStatus.ACTING


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"refused": True}, (0, 1, 0)),
        ({"helps": False}, (0, 1, 0)),
        ({"breaks": True}, (0, 0, 1)),
        ({"breaks": True, "undo_refused": True}, (0, 0, 1)),
    ],
)
async def test_failures_are_counted_as_what_they_were(
    tmp_path: Path, faults: dict[str, object], expected: tuple[int, int, int]
) -> None:
    toy = Toy()
    for name, value in faults.items():
        setattr(toy, name, value)
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await rig.asked_again()
        row = (await statistics(rig))["toy-memory", "grow"]
        assert (row.fixed, row.not_fixed, row.worse) == expected


async def test_what_was_refused_or_only_looked_at_is_not_counted(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        await rig.press(request, option=3)
        incident = await rig.asked_again()
        rig.toy.limit = 3000
        await rig.press(await rig.request(incident))
        await rig.asked_again(round=3)
        assert await statistics(rig) == {}


@pytest.mark.parametrize("name", ["ToyMemoryHigh", "ToyThree"])
async def test_a_precheck_or_a_busy_target_is_no_failure_of_the_recipe(tmp_path: Path, name: str) -> None:
    toy = Toy()

    def refuse(place: str) -> None:
        toy.not_now = place == "precheck" and (name == "ToyMemoryHigh" or len(toy.done) == 1)

    toy.passing = refuse
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask(alert(name)))
        incident = await rig.asked_again()
        assert incident.run is not None
        assert "not now" in (incident.run.error or "")
        assert await statistics(rig) == {}


async def test_an_effect_that_is_not_known_is_counted_as_unknown(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(request_lost=True)) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.UNSOLVED)
        row = (await statistics(rig))["toy-memory", "grow"]
        assert (row.fixed, row.not_fixed, row.worse, row.unknown) == (0, 0, 0, 1)


async def test_what_a_judgement_of_the_recipe_needs_is_stored(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        request = await rig.ask()
        await rig.press(request)
        await rig.status(IncidentStatus.RESOLVED)
        async with rig.store.read() as connection:
            (row,) = (await connection.execute(select(outcomes))).mappings()
        assert row == {
            "runbook_hash": content_hash(library(RUNBOOK)["toy-memory"], 1),
            "run_id": request.id,
            "runbook_id": "toy-memory",
            "version": 1,
            "recipe": "grow",
            "target": "toy1:box:box/radarr",
            "target_class": "toy.box",
            "decided_by": "olga",
            "via": "telegram",
            "status": "succeeded",
            "outcome": "fixed",
            "started_at": NOW,
            "finished_at": NOW,
            "at": NOW,
        }


def test_the_hash_of_a_runbook_is_that_of_its_content_in_the_approved_version() -> None:
    book = library(RUNBOOK)["toy-memory"]
    assert len(content_hash(book, 1)) == 64
    assert content_hash(replace(book, title="Other"), 1) != content_hash(book, 1)
    assert content_hash(book, 2) == content_hash(None, 1) == ""


async def test_after_so_many_rounds_it_is_given_up(tmp_path: Path) -> None:
    toy = Toy()
    toy.numbers["used"] = 1_000_000.0
    async with open_rig(tmp_path, toy) as rig:
        request = await rig.ask()
        for round_ in range(2, MOST_ROUNDS + 1):
            await rig.press(request)
            request = await rig.request(await rig.asked_again(round=round_))
        await rig.press(request)
        incident = await rig.status(IncidentStatus.UNSOLVED)
        assert incident.round == MOST_ROUNDS
        assert "it did not help" in incident.resolution
        assert (await statistics(rig))["toy-memory", "grow"].not_fixed == MOST_ROUNDS


async def test_a_problem_that_went_away_during_the_run_is_resolved(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(refused=True)) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        request = await rig.ask()
        await rig.press(request)
        await rig.fire(alert(status=RESOLVED))
        assert (await rig.incident()).status is IncidentStatus.ACTING
        assert await rig.agent.execute(request.id) is RunStatus.FAILED
        await rig.agent.conclude(request.id)
        incident = await rig.incident()
        assert incident.status is IncidentStatus.RESOLVED
        words = "Increase memory 2 → 3 GiB: the toy said no. It went away by itself."
        assert incident.resolution == words
        assert incident.resolved_at is not None
        assert words in incident.write_up


async def test_a_problem_that_went_away_during_an_investigation_is_resolved(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        request = await rig.ask()
        await rig.press(request, option=3)
        await rig.fire(alert(status=RESOLVED))
        assert await rig.agent.execute(request.id) is RunStatus.SUCCEEDED
        await rig.agent.conclude(request.id)
        incident = await rig.incident()
        assert (incident.status, incident.resolution) == (
            IncidentStatus.RESOLVED,
            "It went away by itself.",
        )
        assert incident.diagnosis is not None
        assert "toy.log" in {one.tool for one in incident.diagnosis.evidence}


async def test_what_nobody_knows_is_not_concluded(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.agent.conclude("unknown")
        request = await rig.ask()
        await rig.agent.conclude(request.id)
        assert (await rig.incident()).status is IncidentStatus.WAITING


async def test_an_incident_that_moved_on_meanwhile_is_left_alone(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        request = await rig.ask()
        await rig.press(request, option=3)
        await rig.agent.execute(request.id)
        acting = await rig.incident()

        diagnoser = rig.agent._runs.learner._diagnoser
        real = diagnoser.diagnose

        async def diagnose(incident: Incident, more: Sequence[Look] = ()) -> Diagnosis:
            async with rig.store.change() as unit:
                moved = replace(acting, status=IncidentStatus.RESOLVED)
                await incidents.save_incident(unit.connection, moved)
            return await real(incident, more)

        diagnoser.diagnose = diagnose  # type: ignore[method-assign]
        await rig.agent.conclude(request.id)
        assert (await rig.incident()).status is IncidentStatus.RESOLVED
        assert (await rig.incident()).round == 1


async def test_an_option_that_is_gone_from_the_incident_is_not_concluded(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        request = await rig.ask()
        await rig.press(request)
        await rig.agent.execute(request.id)
        incident = await rig.incident()
        assert incident.proposal is not None
        for proposal in (None, replace(incident.proposal, options=())):
            async with rig.store.change() as unit:
                await incidents.save_incident(unit.connection, replace(incident, proposal=proposal))
            await rig.agent.conclude(request.id)
            assert (await rig.incident()).status is IncidentStatus.ACTING


async def test_a_runbook_that_is_gone_is_counted_under_its_options_label(tmp_path: Path) -> None:
    books = library(RUNBOOK)
    async with open_rig(tmp_path, Toy(refused=True), runbooks=books) as rig:
        assert isinstance(rig.engine, TaskEngine)
        rig.engine.broken = True
        request = await rig.ask()
        await rig.press(request)
        await rig.agent.execute(request.id)
        books.clear()
        await rig.agent.conclude(request.id)
        row = (await statistics(rig))["toy-memory", "grow"]
        assert row.title == "Increase memory 2 → 3 GiB"


def test_counting() -> None:
    row = RunbookStatistics(runbook_id="r", version=1, recipe="x", title="R", fixed=1, not_fixed=2, worse=3)
    found = [counted(row, one) for one in (Outcome.FIXED, Outcome.NOT_FIXED, Outcome.WORSE)]
    assert [(one.fixed, one.not_fixed, one.worse) for one in found] == [(2, 2, 3), (1, 3, 3), (1, 2, 4)]
    assert [one.last_outcome for one in found] == [Outcome.FIXED, Outcome.NOT_FIXED, Outcome.WORSE]


async def test_the_next_proposal_has_the_history_here_and_everywhere(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        await rig.fire(alert(status=RESOLVED))
        clock.move(timedelta(days=1, hours=2).total_seconds())
        rig.toy.limit, rig.toy.used = 2048, 1945
        request = await rig.ask(alert(at=clock.now()), number=2)
        first, second, _ = request.proposal.options
        assert first.history == "helped 1 of 1 times, last time (1 day ago) it helped"
        assert second.history == "never tried before"
        assert request.proposal.matches[0].history == first.history


async def test_a_silence_does_not_solve_what_it_silences(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    silencing = tuple(
        replace(one, capability="silence") if one.key == "set_memory" else one for one in SERVICE.actions
    )
    inventory.service_row = replace(SERVICE, actions=silencing)
    async with open_rig(tmp_path, inventory=inventory) as rig:
        await rig.press(await rig.ask())
        incident = await rig.status(IncidentStatus.UNSOLVED)
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED
        assert incident.resolution.endswith("done and checked. The problem itself is not solved.")
        await rig.fire(alert(status=AlertStatus.RESOLVED))
        assert (await rig.incident()).status is IncidentStatus.RESOLVED
