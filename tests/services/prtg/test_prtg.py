"""PRTG: acknowledged and warning sensors, a table that is cut, pages that confirm nothing, the webhook."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
from lab.visit import Visit, visit
from services.prtg import FIXTURE, SENSORS, sensor, table
from steward.errors import EffectUnknown, ServiceMalformed
from steward.sdk.description import Delivery, IncomingAlert
from steward.services.prtg import SERVICE
from steward.services.prtg.models import moment

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


async def firing(here: Visit) -> dict[str, IncomingAlert]:
    found = (await here.client.read_alerts()).alerts
    return {str(one.fingerprint): one for one in found if one.status is AlertStatus.FIRING}


def sent(body: bytes) -> tuple[IncomingAlert, ...]:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    return SERVICE.alerts.parse(Delivery(headers={}, body=body, received_at=NOW))


async def test_down_acknowledged_and_warning_sensors_are_alerts() -> None:
    async with visit("prtg") as here:
        found = await firing(here)
        assert set(found) == {"2101", "2102#warning", "2105"}
        assert found["2105"].suppressed == "acknowledged in PRTG"
        assert (found["2101"].severity, found["2102#warning"].severity) == (Severity.CRITICAL, Severity.INFO)
        assert found["2101"].labels["instance"] == "192.0.2.30"
        assert f"{found['2101'].starts_at:%Y-%m-%d %H:%M}" == "2026-11-18 10:06"
        here.served.state.values |= {"2101": 7, "2105": 3}
        found = await firing(here)
        assert found["2101"].suppressed == "paused in PRTG"
        assert "2105" not in found


async def test_a_table_that_is_cut_is_a_gap() -> None:
    async with visit("prtg") as here:
        here.served.state.answers[SENSORS] = {**table(sensor(2103, "Memory", 3)), "treesize": 900}
        found = await here.snapshot()
        assert "the service counts 900 and lists 1" in {gap.reason for gap in found.coverage.gaps}
        assert found.values["sensors_down"] is None
        assert (await here.client.read_alerts()).missing is not None


async def test_a_page_that_does_not_confirm_is_no_success() -> None:
    async with visit("prtg") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("pause_sensor")
        before = await action.dry_run(here.client, call)
        here.served.state.values["page"] = "<html><title>Login</title><form id='loginform'></form></html>"
        with pytest.raises(EffectUnknown, match="did not confirm"):
            await action.execute(here.client, call, before.baseline)


def test_a_notification_that_a_sensor_is_down() -> None:
    fields = {"sensorid": "2101", "device": "nas", "name": "Ping", "status": "Down", "message": "No response"}
    [found] = sent(urlencode(fields).encode())
    assert (found.fingerprint, found.summary) == ("2101", "nas Ping is down: No response")
    assert sent(urlencode({**fields, "status": "Up"}).encode()) == ()
    for odd in (b"\xff", b"status=Down"):
        with pytest.raises(ServiceMalformed):
            sent(odd)


@pytest.mark.parametrize("days", [None, "", 0, -1, True, 1e300])
def test_a_time_that_is_none(days: Any) -> None:
    assert moment(days) is None
