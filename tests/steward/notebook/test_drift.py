"""Where the homelab differs from the notebook: one incident of low severity for each instance."""

from dataclasses import replace
from pathlib import Path

from homelab_steward.contract.incidents import Incident, IncidentStatus, Severity
from homelab_steward.contract.state import Coverage, CoverageStatus
from rig.agent_rig import AgentRig
from rig.inventory import box
from steward.clock import ManualClock
from steward.inventory.ports import CHECK
from steward.notebook.drift import DRIFT, DriftWatch, differences, listed
from steward.notebook.lab_pages import MOST_LISTED
from steward.notebook.masking import plain_names
from steward.store import incidents

from .test_notebook import lab, notebook

PAGE = """# Docker

Docker 29

## Container

| name | id | runs in |
|---|---|---|
| radarr | c1 | nas |
| a\\|b | c2 |  |

## Volume

| name | id | runs in |
|---|---|---|
| films | c1 | nas |
"""


def test_a_page_lists_things_by_kind_and_id() -> None:
    assert listed(PAGE) == {
        ("Container", "c1"): ("radarr", "nas"),
        ("Container", "c2"): ("a\\|b", ""),
        ("Volume", "c1"): ("films", "nas"),
    }
    assert listed("# Nothing\n\n| a | b | c |\n|---|---|---|\n") == {}


def test_what_differs_is_named() -> None:
    before = listed(PAGE)
    assert differences(before, before) == ()
    after = {
        ("Container", "c1"): ("radarr", ""),
        ("Container", "c3"): ("sonarr", "nas"),
        ("Volume", "c1"): ("movies", "nas"),
    }
    assert differences(before, after) == (
        "radarr (Container) runs in not known, in the notebook in nas.",
        "a\\|b (Container) is in the notebook, but is not there any more.",
        "sonarr (Container) is not in the notebook.",
        "movies (Volume) is called films in the notebook.",
    )


def test_of_a_kind_that_is_not_listed_completely_nothing_is_missing() -> None:
    full = {("Pod", str(number)): ("p", "") for number in range(MOST_LISTED)}
    assert differences(full, {("Pod", "other"): ("p", "")}) == ()


def watch(rig: AgentRig, clock: ManualClock, folder: Path) -> DriftWatch:
    names = plain_names(rig.inventory.clean)
    return DriftWatch(rig.store, rig.inventory, rig.agent.correlator, clock, folder, names)


async def look(rig: AgentRig, drift: DriftWatch, times: int = 1) -> None:
    await rig.inventory.poll_now("toy1")
    for _ in range(times):
        await drift.look()


async def drifts(rig: AgentRig) -> list[Incident]:
    async with rig.store.read() as connection:
        found = await incidents.incidents_in(connection, tuple(IncidentStatus))
    return [one for one in found if any(alert.labels.get(CHECK) == DRIFT for alert in one.alerts)]


async def test_a_drift_that_lasts_is_one_incident_until_the_state_returns(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        drift = watch(rig, clock, folder)
        await look(rig, drift, 3)
        assert await drifts(rig) == [], "there is no page yet"
        await notebook(rig, clock, folder).write()
        await look(rig, drift, 2)
        assert await drifts(rig) == []
        rig.inventory.boxes["box/new"] = replace(box(), id="box/new", name="sonarr")
        await look(rig, drift)
        assert await drifts(rig) == [], "a thing that comes and goes is no drift"
        await look(rig, drift, 3)
        [one] = await drifts(rig)
        assert one.severity is Severity.INFO
        assert one.title.endswith(" differs from the notebook in 1 thing")
        assert [(alert.description, len(one.alerts)) for alert in one.alerts] == [
            ("sonarr (Box) is not in the notebook.", 1)
        ]
        del rig.inventory.boxes["box/new"]
        await look(rig, drift)
        [one] = await drifts(rig)
        assert one.status is not IncidentStatus.RESOLVED, "one look is not enough to end it"
        await look(rig, drift)
        [one] = await drifts(rig)
        assert one.status is IncidentStatus.RESOLVED


async def test_it_ends_when_the_notebook_is_written_also_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder).write()
        rig.inventory.boxes["box/new"] = replace(box(), id="box/new", name="sonarr")
        await look(rig, watch(rig, clock, folder), 2)
        await look(rig, watch(rig, clock, folder), 2)
        [one] = await drifts(rig)
        assert one.status is not IncidentStatus.RESOLVED
        await notebook(rig, clock, folder).write()
        await look(rig, watch(rig, clock, folder), 2)
        [one] = await drifts(rig)
        assert one.status is IncidentStatus.RESOLVED
        assert one.resolution == "The notebook says what is there."


async def test_what_cannot_be_read_completely_is_not_judged(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder).write()
        rig.inventory.boxes.clear()
        rig.inventory.coverage = Coverage(status=CoverageStatus.PARTIAL)
        await rig.inventory.poll_now("toy1")
        drift = watch(rig, clock, folder)
        for _ in range(3):
            await drift.look()
        assert await drifts(rig) == []


async def test_a_page_that_cannot_be_read_is_not_judged(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        (folder / "inventory" / "toy1.md").mkdir(parents=True)
        await look(rig, watch(rig, clock, folder), 3)
        assert await drifts(rig) == []


async def test_many_differences_are_counted(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    async with lab(tmp_path) as (rig, clock):
        await notebook(rig, clock, folder).write()
        for number in range(12):
            rig.inventory.boxes[f"box/{number}"] = replace(box(), id=f"box/{number}", name=f"n{number}")
        await look(rig, watch(rig, clock, folder), 2)
        [one] = await drifts(rig)
        assert one.alerts[0].description.endswith("2 more")
