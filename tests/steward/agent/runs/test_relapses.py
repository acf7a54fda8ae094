"""A problem that is back soon after a repair: the repair did not help, and counts so."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.incidents import (
    AlertStatus,
    Incident,
    IncidentStatus,
    Outcome,
    RunStatus,
    Verdict,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import RunbookStatistics
from rig import records
from rig.agent_rig import open_rig
from rig.inventory import NOW, alert
from steward.agent.incidents.correlation import RELAPSE, as_alert, is_relapse
from steward.agent.requests.proposer import describe_history
from steward.agent.runs.relapses import recounted, reopened
from steward.clock import ManualClock
from steward.store import runs

RESOLVED = AlertStatus.RESOLVED
VERDICT = Verdict(outcome=Outcome.FIXED, checks=(), at=NOW, summary="It helped.")
RUN = replace(records.run(RunStatus.SUCCEEDED), verdict=VERDICT)
AGAIN = as_alert(alert(), "am", None, NOW)
HELPED = records.incident(AGAIN, status=IncidentStatus.RESOLVED, run=RUN, resolved_at=NOW)


async def test_the_same_problem_again_reopens_the_incident_and_corrects_the_statistics(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        await rig.fire(alert(status=RESOLVED))
        clock.move(12 * 60)
        with rig.store.changes.watch(RowKind.STATISTICS) as watch:
            await rig.fire(alert(at=NOW + timedelta(minutes=12)))
            event = await watch.next()
        again = await rig.asked_again()
        assert [one.number for one in await rig.incidents()] == [1]
        assert again.run is not None
        assert again.run.verdict is not None
        assert again.run.verdict.outcome is Outcome.RELAPSED
        assert (again.resolved_at, "for 12 minutes only" in again.resolution) == (None, True)
        assert again.proposal is not None
        assert again.proposal.options[0].history.startswith("helped 0 of 1 times")
        async with rig.store.read() as connection:
            (row,) = await runs.all_statistics(connection)
            past = await runs.last_outcomes(connection, "toy-memory", "toy1:box:box/radarr")
            stored = await runs.run(connection, again.run.id)
        assert (row.fixed, row.relapsed, row.last_outcome) == (0, 1, Outcome.RELAPSED)
        assert getattr(event, "statistics", None) == row
        assert {recipe: one.outcome for recipe, one in past.items()} == {"grow": Outcome.RELAPSED}
        assert stored == again.run
        assert "run.relapsed" in [event for event, _ in await rig.audited()]


@pytest.mark.parametrize("minutes", [31, 24 * 60])
async def test_later_it_is_a_new_problem(tmp_path: Path, minutes: int) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        await rig.fire(alert(status=RESOLVED))
        clock.move(minutes * 60)
        await rig.fire(alert(at=clock.now()))
        await rig.status(IncidentStatus.WAITING, number=2)
        async with rig.store.read() as connection:
            (row,) = await runs.all_statistics(connection)
        assert (row.fixed, row.relapsed) == (1, 0)


@pytest.mark.parametrize(
    ("incident", "after", "expected"),
    [
        (HELPED, timedelta(minutes=5), True),
        (HELPED, RELAPSE, False),
        (HELPED, -RELAPSE, False),
        (replace(HELPED, alerts=(replace(AGAIN, name="Another"),)), timedelta(minutes=5), False),
        (replace(HELPED, run=None), timedelta(minutes=5), False),
        (replace(HELPED, run=replace(RUN, verdict=None)), timedelta(minutes=5), False),
        (
            replace(HELPED, run=replace(RUN, verdict=replace(VERDICT, outcome=Outcome.UNKNOWN))),
            timedelta(minutes=5),
            False,
        ),
        (replace(HELPED, status=IncidentStatus.IGNORED), timedelta(minutes=5), False),
        (replace(HELPED, resolved_at=None), timedelta(minutes=5), False),
    ],
)
def test_only_the_same_problem_soon_after_a_success_is_a_relapse(
    incident: Incident,
    after: timedelta,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_relapse(AGAIN, incident, NOW + after) is expected


def test_a_run_without_a_verdict_keeps_none() -> None:
    run = replace(RUN, verdict=None)
    found = reopened(HELPED, run, NOW + timedelta(minutes=1))
    assert (found.run, found.round, found.status) == (run, HELPED.round + 1, IncidentStatus.OPEN)


def test_statistics_never_fall_below_zero() -> None:
    row = RunbookStatistics(runbook_id="r", version=1, recipe="a", title="A")
    assert (recounted(row, NOW).fixed, recounted(row, NOW).relapsed) == (0, 1)
    assert describe_history(None, recounted(row, NOW), NOW) == "helped 0 of 1 times"


async def test_another_problem_in_between_does_not_hide_it(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with open_rig(tmp_path, clock=clock) as rig:
        await rig.press(await rig.ask())
        await rig.status(IncidentStatus.RESOLVED)
        await rig.fire(alert(status=RESOLVED))
        clock.move(60)
        await rig.fire(alert("ToyStopped", at=clock.now()))
        await rig.status(IncidentStatus.WAITING, number=2)
        await rig.fire(alert("ToyStopped", status=RESOLVED, at=clock.now()))
        await rig.status(IncidentStatus.RESOLVED, number=2)
        clock.move(60)
        await rig.fire(alert(at=clock.now()))
        again = await rig.asked_again()
        assert (again.number, len(await rig.incidents())) == (1, 2)
