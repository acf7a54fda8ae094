"""Alerts about an update that is applied or watched: people are asked about them when it is over."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.changes import ChangeStatus
from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    Incident,
    IncidentStatus,
    Outcome,
    Run,
    RunStatus,
    Severity,
)
from homelab_steward.contract.state import TargetRef
from rig import records
from rig.agent_rig import AgentRig
from rig.inventory import NOW, alert, box
from rig.toy import Toy
from steward.agent.incidents.maintenance import Cover
from steward.agent.incidents.update_cover import LONGEST_COVER
from steward.changes.alert_evidence import alert_texts
from steward.changes.signs import OFF
from steward.changes.watcher import LONGEST_GAP, MOST_ALERTING
from steward.clock import ManualClock
from steward.store import change_records, incidents
from steward.store.target_keys import target_key

from .test_watcher import SHORT, Updated, approve, opened, updated, watched_inventory

RADARR = alert("ContainerDown", summary="radarr is down")
OVER = alert("ContainerDown", AlertStatus.RESOLVED, summary="radarr is down")


async def of_update(now: Updated) -> Incident:
    return next(one for one in await now.rig.incidents() if one.approval_id == now.request.id)


async def alerts_of(rig: AgentRig, incident_id: str) -> tuple[Alert, ...]:
    async with rig.store.read() as connection:
        return await incidents.alerts_of(connection, incident_id)


async def over(now: Updated, gap: float = LONGEST_GAP) -> Run:
    """Watch until the run is over, with long gaps between reads that still count as watched."""
    wait = await now.look(gap)
    while wait is not None:
        assert now.clock.now() - NOW < timedelta(hours=1), "it is never over"
        wait = await now.look(gap)
    return await now.run()


async def problems(rig: AgentRig) -> list[Incident]:
    return [one for one in await rig.incidents() if not one.is_request]


async def test_an_alert_about_the_update_is_recorded_with_it_and_asks_nobody(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        before = await of_update(now)
        await now.rig.fire(RADARR)
        await now.rig.fire(replace(RADARR, severity=Severity.CRITICAL))
        after = await of_update(now)
        assert await problems(now.rig) == []
        assert [(one.name, one.severity) for one in after.alerts] == [("ContainerDown", Severity.CRITICAL)]
        assert after.alert_count == 1
        kept = ("title", "severity", "status", "round", "approval_id", "target", "group_key", "run")
        assert [getattr(after, one) for one in kept] == [getattr(before, one) for one in kept]
        await now.rig.fire(OVER)
        (ended,) = (await of_update(now)).alerts
        assert ended.status is AlertStatus.RESOLVED
        assert (await of_update(now)).status is IncidentStatus.ACTING


@pytest.mark.parametrize("name", ["sonarr", "plex"])
async def test_alerts_about_other_things_ask_as_usual(tmp_path: Path, name: str) -> None:
    async with updated(tmp_path) as now:
        now.rig.inventory.boxes = {**now.rig.inventory.boxes, f"box/{name}": box(name)}
        await now.rig.fire(alert("ContainerDown", name=name))
        (problem,) = await problems(now.rig)
        assert problem.target == box(name)


async def test_what_an_update_watches_is_covered_too(tmp_path: Path) -> None:
    change = records.change(status=ChangeStatus.ASKED, watched=(box("sonarr"),))
    async with updated(tmp_path, change) as now:
        await now.rig.fire(alert("ContainerDown", name="sonarr"))
        assert await problems(now.rig) == []
        assert [one.target for one in (await of_update(now)).alerts] == [box("sonarr")]


async def test_a_problem_from_before_the_update_stays_as_it_is(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with opened(tmp_path, clock) as rig:
        await rig.fire(alert("ToyThree"))
        (earlier,) = await problems(rig)
        now = await approve(rig, clock)
        await rig.fire(alert("ToyThree", severity=Severity.CRITICAL), RADARR)
        (still,) = await problems(rig)
        assert still.id == earlier.id
        assert still.severity is Severity.CRITICAL
        assert [one.name for one in await alerts_of(rig, earlier.id)] == ["ToyThree"]
        assert [one.name for one in (await of_update(now)).alerts] == ["ContainerDown"]


async def test_when_a_good_update_is_over_nothing_is_asked(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        await now.rig.fire(RADARR)
        assert await now.look(15) == 15
        await now.rig.fire(OVER)
        run = await over(now)
        assert run.status is RunStatus.SUCCEEDED
        await now.rig.agent.conclude(now.request.id)
        assert await problems(now.rig) == []
        assert (await of_update(now)).status is IncidentStatus.RESOLVED


async def test_what_still_fires_when_the_watch_ends_is_asked_about_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.changes.watch.EXTRA", SHORT)
    async with updated(tmp_path) as now:
        await now.rig.fire(RADARR)
        begin = now.clock.now()
        run = await over(now)
        assert now.clock.now() - begin >= timedelta(seconds=2 * SHORT)
        assert run.status is RunStatus.UNKNOWN
        assert run.verdict is not None
        assert run.verdict.outcome is Outcome.UNKNOWN
        assert run.error == "Whether it is as before is not known: am reports: radarr is down."
        await now.rig.agent.conclude(now.request.id)
        (problem,) = await problems(now.rig)
        assert [one.name for one in problem.alerts] == ["ContainerDown"]
        assert problem.target == box()
        await now.rig.status(IncidentStatus.WAITING, problem.number)
        assert (await of_update(now)).status is IncidentStatus.IGNORED


async def test_after_an_update_was_taken_back_a_late_end_of_an_alert_is_waited_for(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        now.rig.toy.running = False
        await now.rig.fire(RADARR)
        while "undo set_memory 2048" not in now.rig.toy.effects:
            assert await now.look(OFF) is not None
        back = now.clock.now()
        while now.clock.now() - back < timedelta(seconds=MOST_ALERTING - LONGEST_GAP):
            assert await now.look(LONGEST_GAP) is not None
        await now.rig.fire(OVER)
        run = await over(now)
        assert run.status is RunStatus.UNDONE
        assert (run.error or "").endswith("It was taken back, and is as before.")
        await now.rig.agent.conclude(now.request.id)
        assert await problems(now.rig) == []


async def test_what_fires_on_after_an_update_was_taken_back_is_asked_about(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        now.rig.toy.running = False
        await now.rig.fire(RADARR)
        run = await over(now)
        assert run.status is RunStatus.UNDONE
        assert (run.error or "").endswith("is as before is not known: am reports: radarr is down.")
        await now.rig.agent.conclude(now.request.id)
        assert len(await problems(now.rig)) == 1
        closed = await of_update(now)
        assert closed.status is IncidentStatus.IGNORED
        assert "went away" not in closed.resolution


async def test_an_update_that_lasts_too_long_covers_no_longer(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        await now.rig.fire(RADARR)
        before = await of_update(now)
        now.clock.move((LONGEST_COVER - timedelta(seconds=1)).total_seconds())
        await now.rig.agent.correlator.note_updates()
        assert await problems(now.rig) == []
        assert await of_update(now) == before
        now.clock.move(1)
        await now.rig.agent.correlator.note_updates()
        (problem,) = await problems(now.rig)
        await now.rig.agent.correlator.note_updates()
        await now.rig.fire(alert("Another", summary="radarr is slow"))
        assert {one.name for one in await alerts_of(now.rig, problem.id)} == {"ContainerDown", "Another"}


async def test_what_an_update_watches_no_longer_is_asked_about(tmp_path: Path) -> None:
    change = records.change(status=ChangeStatus.ASKED, watched=(box("sonarr"),))
    async with updated(tmp_path, change) as now:
        await now.rig.fire(RADARR, alert("ContainerDown", name="sonarr"))
        begin = (await of_update(now)).updated_at
        now.clock.move(60)
        async with now.rig.store.change() as unit:
            row = await change_records.change(unit.connection, change.id)
            assert row is not None
            await change_records.save(unit.connection, replace(row, watched=()), target_key(row.target))
        await now.rig.agent.correlator.note_updates()
        (problem,) = await problems(now.rig)
        assert problem.target == box("sonarr")
        assert (await of_update(now)).updated_at == begin


async def test_the_cover_and_what_it_holds_survive_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steward.changes.watch.EXTRA", SHORT)
    clock, inventory = ManualClock(NOW), watched_inventory(Toy())
    async with opened(tmp_path, clock, inventory) as rig:
        first = await approve(rig, clock)
        await rig.fire(RADARR)
    async with opened(tmp_path, clock, inventory) as rig:
        now = Updated(rig, clock, first.request)
        await rig.fire(RADARR, alert("Another", summary="radarr is slow"))
        assert await problems(rig) == []
        assert {one.name for one in (await of_update(now)).alerts} == {"ContainerDown", "Another"}
        await over(now)
    # The app ended after the run was over, and before this was written to its incident.
    async with opened(tmp_path, clock, inventory) as rig:
        await rig.agent.conclude(first.request.id)
        assert len(await problems(rig)) == 1


async def test_what_a_maintenance_window_silenced_joins_the_update_when_the_window_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with updated(tmp_path) as now:
        held: list[Cover | None] = [Cover(window_id="w", title="Backups", until=NOW + timedelta(hours=1))]

        def cover(*_: object) -> Cover | None:
            return held[0]

        monkeypatch.setattr(now.rig.agent.maintenance, "covering", cover)
        await now.rig.fire(RADARR)
        assert (await of_update(now)).alerts == ()
        held[0] = None
        await now.rig.agent.correlator.note_maintenance()
        assert await problems(now.rig) == []
        assert [one.name for one in (await of_update(now)).alerts] == ["ContainerDown"]


async def test_what_its_monitor_silenced_belongs_to_no_update(tmp_path: Path) -> None:
    async with updated(tmp_path) as now:
        await now.rig.fire(replace(RADARR, suppressed="by Max"))
        assert (await of_update(now)).alerts == ()
        run = await over(now, OFF)
        assert run.status is RunStatus.SUCCEEDED


def test_only_what_fires_about_the_own_things_is_evidence() -> None:
    fired = records.stored_alert(target=box(), summary="radarr is down.\nNow")
    own = {target_key(box())}

    def texts(*alerts: Alert) -> tuple[str, ...]:
        return alert_texts(alerts, own, lambda source: f"<{source}>")

    assert texts(fired, replace(fired, fingerprint="b")) == ("<am> reports: radarr is down. Now",)
    assert texts(replace(fired, summary="")) == ("<am> reports: ToyMemoryHigh",)
    assert texts(replace(fired, suppressed="Maintenance: Backups", window_id="w")) != ()
    others: list[TargetRef | None] = [None, box("sonarr")]
    assert texts(*(replace(fired, target=one) for one in others)) == ()
    assert texts(replace(fired, suppressed="by Max"), replace(fired, stale_since=NOW)) == ()
