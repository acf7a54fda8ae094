"""Gatus: when an endpoint is down, its webhook, and addresses that hold secrets."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from homelab_steward.contract.incidents import AlertStatus
from lab.replay import ReplayState, Sent
from lab.visit import visit
from lab.wire import Json
from services.gatus import STATUSES, endpoint
from steward.errors import ServiceMalformed
from steward.sdk.description import Delivery, IncomingAlert
from steward.services.gatus import SERVICE

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def sent(**body: Any) -> tuple[IncomingAlert, ...]:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    return SERVICE.alerts.parse(Delivery(headers={}, body=orjson.dumps(body), received_at=NOW))


async def test_webhook_and_poll_name_the_same_alert() -> None:
    [triggered] = sent(status="TRIGGERED", name="Radarr", group="media", description="two failures")
    [resolved] = sent(status="RESOLVED", name="Radarr", group="media")
    async with visit("gatus") as here:
        firing = [one for one in (await here.client.read_alerts()).alerts if one.status is AlertStatus.FIRING]
    [polled] = firing
    assert triggered.fingerprint == polled.fingerprint == resolved.fingerprint == "media_radarr"
    assert polled.labels == {"name": "Radarr", "group": "media", "instance": "radarr.example.org"}
    assert resolved.status is AlertStatus.RESOLVED
    assert sent(status="[ALERT_TRIGGERED_OR_RESOLVED]", name="Radarr") == ()
    with pytest.raises(ServiceMalformed):
        sent(name="Radarr")


async def test_addresses_are_shown_without_what_may_be_a_secret() -> None:
    async with visit("gatus") as here:
        tool = here.tool("endpoint_history")
        text = (await tool.read(here.client, await here.call_of(tool, "media Radarr"))).text
        found = (await here.client.read_alerts()).alerts
    assert "radarr.example.org:7878" in text
    assert "heron" not in text + "".join(one.summary for one in found)


@pytest.mark.parametrize(
    ("checks", "age", "status"),
    [
        ((True, True), 20, "up"),
        ((False, True), 20, "up"),
        ((True, False), 20, "pending"),
        ((False,), 20, "pending"),
        ((False, False), 20, "down"),
        ((True, True), 300, "unknown"),
        ((True,), 300, "up"),
        ((), 0, "unknown"),
    ],
)
async def test_the_status_of_an_endpoint(checks: tuple[bool, ...], age: float, status: str) -> None:
    def listed(state: ReplayState, _: Sent) -> Json:
        return [endpoint(state, "Radarr", *checks, age=age)]

    async with visit("gatus") as here:
        here.served.state.answers[STATUSES] = listed
        [found] = (await here.snapshot()).resources
    assert found.values["status"] == status
    assert found.values["up"] is {"up": True, "down": False}.get(status)
