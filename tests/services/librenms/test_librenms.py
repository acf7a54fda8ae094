"""LibreNMS: states of alerts, rules without a name, disabled and unpolled devices, and its webhook."""

from datetime import UTC, datetime
from typing import Any

import orjson

from homelab_steward.contract.incidents import AlertStatus
from lab.faults import FaultKind
from lab.visit import Visit, visit
from services.librenms import ALERTS, DEVICES, UNPOLLED, alert, device, listed
from steward.sdk.description import Delivery, IncomingAlert
from steward.services.librenms import SERVICE

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
FULL = "2#Storage over 90 %"


def sent(**body: Any) -> tuple[IncomingAlert, ...]:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    return SERVICE.alerts.parse(Delivery(headers={}, body=orjson.dumps(body), received_at=NOW))


async def alerts(here: Visit, status: AlertStatus = AlertStatus.FIRING) -> dict[str, IncomingAlert]:
    found = (await here.client.read_alerts()).alerts
    return {str(one.fingerprint): one for one in found if one.status is status}


async def test_webhook_and_poll_name_the_same_alert() -> None:
    [fired] = sent(device_id="2", rule="Storage over 90 %", state="1", hostname="nas", severity="critical")
    [ended] = sent(device_id=2, rule="Storage over 90 %", state=0, hostname="nas")
    async with visit("librenms") as here:
        polled = (await alerts(here))[FULL]
    assert fired.fingerprint == ended.fingerprint == polled.fingerprint == FULL
    assert polled.labels == {"host": "nas", "instance": "nas.example.org"}
    assert (fired.status, ended.status) == (AlertStatus.FIRING, AlertStatus.RESOLVED)
    assert sent(device_id=2, rule="Storage over 90 %", state=2) == ()


async def test_acknowledged_is_not_over_and_only_a_clear_state_is() -> None:
    async with visit("librenms") as here:
        assert (await alerts(here))["1#Port errors"].suppressed == "acknowledged in LibreNMS"
        here.served.state.answers[ALERTS] = listed("alerts", alert(11, 2, 5, 0))
        found = await here.client.read_alerts()
        assert found.missing is None
        assert FULL in await alerts(here, AlertStatus.RESOLVED)
        assert "not listed" in str((await alerts(here))["1#Port errors"].suppressed)


async def test_rules_that_cannot_be_read_end_nothing() -> None:
    async with visit("librenms") as here:
        await alerts(here)
        here.arm(FaultKind.STATUS, path="/api/v0/rules")
        found = await here.client.read_alerts()
        assert found.missing is not None
        assert FULL in await alerts(here)


async def test_an_alert_of_an_ignored_device_notifies_nobody() -> None:
    async with visit("librenms") as here:
        here.served.state.answers[DEVICES] = listed("devices", device(2, "nas", ignore=1), device(1, "sw1"))
        assert (await alerts(here))[FULL].suppressed == "its alerts are ignored in LibreNMS"


async def test_disabled_and_unpolled_devices_are_neither_up_nor_down() -> None:
    async with visit("librenms") as here:
        here.served.state.answers |= {
            DEVICES: listed("devices", device(1, "sw1", disabled=1, status=0), device(2, "nas")),
            UNPOLLED: listed("log", {"hostname": "nas.example.org"}),
        }
        found, checks = await here.snapshot(), await here.checks()
        statuses = [one.values["status"] for one in found.resources if one.kind == "device"]
        assert statuses == ["paused", "unknown"]
        assert {subject for _, subject in checks.unknown} == {("device", "1"), ("device", "2")}
        assert set(checks.problems) == {("monitor_blind", None)}


async def test_alerts_are_listed_with_what_is_acknowledged_last() -> None:
    async with visit("librenms") as here:
        tool = here.tool("alerts")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines() == [
            "Storage over 90 % on nas: warning",
            "Port errors on sw1: critical (acknowledged)",
        ]
