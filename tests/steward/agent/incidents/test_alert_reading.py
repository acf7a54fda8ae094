"""Whether an incident's alerts still fire, as a reading that may be unknown."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.incidents import AlertStatus, IncidentStatus, Outcome
from rig import records
from rig.agent_rig import RUNBOOK, open_rig
from rig.inventory import NOW
from steward.agent.runs.verification import NO_ALERT, NOT_SEEN_SINCE, alerting, changed_at
from steward.sdk.readings import Reading, Unknown
from steward.store import incidents

OVER: dict[str, Any] = {"status": AlertStatus.RESOLVED}
EARLIER: dict[str, Any] = {"seen_at": NOW - timedelta(seconds=1)}
ENDS = RUNBOOK.replace("reading: share, below: 85", "reading: alerting, equals: false")


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ([], Unknown(NO_ALERT)),
        ([OVER], False),
        ([{"seen_at": NOW}], True),
        ([OVER, {"seen_at": NOW}], True),
        ([OVER, EARLIER], Unknown(NOT_SEEN_SINCE)),
        ([EARLIER, {"seen_at": NOW}], True),
        ([{"seen_at": None, "received_at": NOW}], True),
        ([{"seen_at": NOW, "stale_since": NOW}], Unknown(NOT_SEEN_SINCE)),
        ([{"seen_at": NOW, "suppressed": "paused"}], Unknown("paused")),
        ([{"seen_at": NOW, "suppressed": "Maintenance: Backups", "window_id": "w"}], True),
    ],
)
def test_an_alert_fires_or_not_or_nothing_is_known(alerts: list[dict[str, Any]], expected: Reading) -> None:
    found = [replace(records.stored_alert(), **one) for one in alerts]
    assert alerting(found, NOW) == expected


def test_before_a_change_what_was_reported_counts() -> None:
    alert = replace(records.stored_alert(), **EARLIER)
    assert alerting([alert]) is True


def test_a_run_without_steps_began_when_it_was_started() -> None:
    assert changed_at(records.run()) == records.run().started_at


async def test_a_run_is_verified_by_the_end_of_its_alert(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=[ENDS]) as rig:
        rig.toy.used = 3000
        request = await rig.ask()
        async with rig.store.change() as unit:
            found = await incidents.alerts_of(unit.connection, request.incident_id)
            await incidents.save_alerts(
                unit.connection, [replace(one, status=AlertStatus.RESOLVED) for one in found]
            )
        await rig.press(request)
        incident = await rig.status(IncidentStatus.RESOLVED)
        assert incident.run is not None
        assert incident.run.verdict is not None
        assert incident.run.verdict.outcome is Outcome.FIXED
