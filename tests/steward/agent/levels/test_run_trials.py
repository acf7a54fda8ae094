"""Labels of runs: good after a watched window, bad as soon as the problem is back; kept over restarts."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import AlertStatus, IncidentStatus
from rig.agent_rig import RUNBOOK, AgentRig, open_rig
from rig.clocks import WatchedClock
from rig.earned import earn, earned, level, messages, pass_window
from rig.inventory import NOW, alert
from rig.toy import Toy
from steward.agent.levels.autonomy_stage import EVERY
from steward.autonomy import evidence
from steward.clock import ManualClock
from steward.store import autonomy as stored


async def trials(rig: AgentRig) -> list[stored.StoredTrial]:
    async with rig.store.read() as connection:
        return list(await stored.trials_of(connection, "toy-memory", 1))


async def label(rig: AgentRig) -> str | None:
    return (await trials(rig))[-1].label


async def repaired(rig: AgentRig) -> None:
    await rig.press(await rig.ask())
    await rig.status(IncidentStatus.RESOLVED)


async def test_it_is_good_only_when_the_window_has_closed(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await repaired(rig)
        for _ in range(28):
            clock.move(3000)
            await rig.agent._autonomy.stage.look()
        assert await label(rig) is None
        clock.move(3000)
        await rig.agent._autonomy.stage.look()
        assert await label(rig) == "good"
        (trial,) = await trials(rig)
        assert (trial.target_class, trial.alerts, trial.was_readable) == ("toy/box", ("ToyMemoryHigh",), True)
        assert trial.due_at - trial.at == timedelta(hours=24)


async def test_a_look_soon_after_another_writes_nothing(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await repaired(rig)
        before = await trials(rig)
        clock.move(60)
        await rig.agent._autonomy.stage.look()
        assert await trials(rig) == before
        clock.move(600)
        await rig.agent._autonomy.stage.look()
        (trial,) = await trials(rig)
        assert trial.looked_at == clock.now()


async def test_of_two_looks_at_once_the_first_label_stands(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await repaired(rig)
        (read_before,) = await trials(rig)
        await pass_window(rig, clock)
        (labelled,) = await trials(rig)
        assert labelled.label == "good"
        clock.move(3000)
        # It was read before the label, as by a look that began at the same time; its target was not watched.
        await rig.agent._autonomy.trials._judge(read_before, ())
        (trial,) = await trials(rig)
        assert (trial.label, trial.labelled_at) == ("good", labelled.labelled_at)


async def test_the_window_is_that_of_the_recipe(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    text = RUNBOOK.replace("    settle: 0.01", "    settle: 0.01\n    relapse: 2", 1)
    async with open_rig(tmp_path, clock=clock, runbooks=(text,)) as rig:
        await repaired(rig)
        (trial,) = await trials(rig)
        assert trial.due_at - trial.at == timedelta(hours=2)


async def test_a_problem_that_is_back_after_hours_makes_it_bad_and_costs_a_level(tmp_path: Path) -> None:
    async with earned(tmp_path, 12) as (rig, clock):
        await repaired(rig)
        clock.move(3000)
        await rig.agent._autonomy.stage.look()
        await rig.fire(alert(status=AlertStatus.RESOLVED, at=clock.now()))
        clock.move(3000)
        await rig.fire(alert(at=clock.now()))
        await rig.agent._autonomy.stage.look()
        assert await label(rig) == "bad"
        assert await level(rig) is AutonomyLevel.ASK
        (line,) = await messages(rig)
        assert "asked about from now on, because a run did not help" in line


@pytest.mark.parametrize(("looks", "expected"), [(True, "went_dark"), (False, "unknown_blind")])
async def test_what_was_not_watched_is_never_good(tmp_path: Path, *, looks: bool, expected: str) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await repaired(rig)
        if looks:
            rig.inventory.boxes.clear()
            await pass_window(rig, clock)
        else:
            await rig.stand_still()
            clock.move(25 * 3600)
            await rig.agent._autonomy.stage.look()
        assert await label(rig) == expected


async def test_an_open_trial_outlives_a_restart(tmp_path: Path) -> None:
    clock, toy = ManualClock(NOW), Toy()
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await repaired(rig)
    async with open_rig(tmp_path, toy, clock=clock) as rig:
        await pass_window(rig, clock)
        assert await label(rig) == "good"


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"helps": False}, "bad"),
        ({"breaks": True}, "worse"),
        ({"breaks": True, "undo_refused": True}, "harm"),
        ({"refused": True}, "bad"),
    ],
)
async def test_what_is_bad_is_said_at_once(tmp_path: Path, faults: dict[str, bool], expected: str) -> None:
    toy = Toy()
    for name, value in faults.items():
        setattr(toy, name, value)
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW)) as rig:
        await rig.press(await rig.ask())
        await rig.asked_again()
        assert await label(rig) == expected


async def test_what_a_precheck_refused_is_no_trial(tmp_path: Path) -> None:
    toy = Toy(not_now=True)
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW)) as rig:
        await rig.press(await rig.ask())
        await rig.asked_again()
        assert await trials(rig) == []


async def test_the_evidence_is_that_of_the_stored_trials(tmp_path: Path) -> None:
    async with earned(tmp_path, 12) as (rig, clock):
        await repaired(rig)
        await pass_window(rig, clock)
        async with rig.store.read() as connection:
            found = await rig.agent._autonomy.states.all(connection)
        (state,) = [one for one in found if one.cell.recipe == "grow"]
        folded = 1.0
        for one in await trials(rig):
            assert one.label == "good"
            folded = min(evidence.MOST, folded * evidence.GOOD_RUN)
        assert state.evidence.value == pytest.approx(folded)
        assert state.evidence.good == len(await trials(rig)) == 13


async def test_undos_are_counted_by_action_and_version(tmp_path: Path) -> None:
    toy = Toy(breaks=True)
    async with open_rig(tmp_path, toy, clock=ManualClock(NOW)) as rig:
        await earn(rig, 1)
        await rig.press(await rig.ask())
        await rig.asked_again()
        async with rig.store.read() as connection:
            (proof,) = await stored.undo_proofs_of(connection, "toy.set_memory", "")
        assert proof.worked


async def test_what_belongs_to_no_recipe_is_no_trial(tmp_path: Path) -> None:
    async with open_rig(tmp_path, clock=ManualClock(NOW)) as rig:
        await repaired(rig)
        (incident,) = await rig.incidents()
        assert incident.run is not None
        assert incident.proposal is not None
        option = replace(incident.proposal.options[0], recipe=None)
        async with rig.store.change() as unit:
            await rig.agent._autonomy.trials.begin(unit, incident.run, option, None)  # type: ignore[arg-type]
        assert len(await trials(rig)) == 1


async def test_after_a_failure_the_stage_looks_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = WatchedClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        stage = rig.agent._autonomy.stage
        real, tried, looked = stage.look, asyncio.Event(), asyncio.Event()

        async def works() -> None:
            await real()
            looked.set()

        async def broken() -> None:
            monkeypatch.setattr(stage, "look", works)
            tried.set()
            raise ValueError

        monkeypatch.setattr(stage, "look", broken)
        await clock.until_asleep(EVERY)
        clock.move(EVERY)
        await tried.wait()
        await clock.until_asleep(EVERY)
        clock.move(EVERY)
        await looked.wait()
