"""The loop from an alert to its write-up, on a real store."""

from pathlib import Path

from homelab_steward.contract.incidents import IncidentStatus, Outcome, RunStatus, StepState
from rig.agent_rig import open_rig
from rig.inventory import alert
from rig.toy import Toy
from steward.store import audit


async def test_approved_option_is_done_checked_and_written_down(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        request = await rig.ask()
        assert [option.label for option in request.proposal.options] == [
            "Increase memory 2 → 3 GiB",
            "Restart it",
            "Investigate",
        ]
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert rig.toy.done == ["set_memory 3072"]
        assert incident.run is not None
        assert incident.run.status is RunStatus.SUCCEEDED
        assert [step.state for step in incident.run.steps] == [StepState.VERIFIED]
        assert incident.run.verdict is not None
        assert incident.run.verdict.outcome is Outcome.FIXED
        assert "Increase memory" in incident.write_up
        async with rig.store.read() as connection:
            report = await audit.verify(connection)
        assert report.broken_at is None
        assert report.entries > 5


async def test_what_made_it_worse_is_undone_and_asked_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, Toy(breaks=True)) as rig:
        await rig.press(await rig.ask())
        incident = await rig.until(lambda one: one.round == 2 and one.status is IncidentStatus.WAITING)
        assert rig.toy.done == ["set_memory 3072", "undo set_memory 2048"]
        assert incident.run is not None
        assert incident.run.status is RunStatus.UNDONE
        again = await rig.request(incident)
        assert "it made things worse" in again.proposal.options[0].history


async def test_investigate_looks_closer_and_asks_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await rig.press(await rig.ask(), option=3)
        incident = await rig.until(lambda one: one.round == 2 and one.status is IncidentStatus.WAITING)
        assert rig.toy.done == []
        assert incident.diagnosis is not None
        assert "toy.log" in {one.tool for one in incident.diagnosis.evidence}


async def test_second_time_the_card_says_how_it_went(tmp_path: Path) -> None:
    toy = Toy()
    async with open_rig(tmp_path, toy) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        toy.limit, toy.used = 2048, 1945
        await rig.fire(alert("ToyMemoryHigh", id="other"))
        incidents = await rig.incidents()
        assert len(incidents) == 1, "an alert right after the repair is its echo"
