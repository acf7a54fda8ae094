"""Coroot: incidents and alerts that end only when they are resolved, its webhook, and its projects."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
from lab.visit import Visit, visit
from services.coroot import AT, INCIDENTS, ROWS, SHOP, alert, incident, wrapped
from steward.errors import ServiceMalformed, ServiceRefused
from steward.sdk.description import Delivery, IncomingAlert
from steward.services.coroot import SERVICE
from steward.services.coroot.models import labels_of

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def sent(**body: Any) -> tuple[IncomingAlert, ...]:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    return SERVICE.alerts.parse(Delivery(headers={}, body=orjson.dumps(body), received_at=NOW))


async def alerts(here: Visit, status: AlertStatus = AlertStatus.FIRING) -> dict[str, IncomingAlert]:
    found = (await here.client.read_alerts()).alerts
    return {str(one.fingerprint): one for one in found if one.status is status}


async def test_webhook_and_poll_name_the_same_incident_and_alert() -> None:
    url = "http://coroot.example.org/p/x0xwl4jz"
    reports = [{"name": "SLO", "check": "Latency", "message": "burn rate is 20x"}]
    [slo] = sent(
        status="CRITICAL",
        application=SHOP,
        url=f"{url}/app/{SHOP}?incident=i1",
        reports=reports,
        rca_summary="An index",
    )
    [disk] = sent(status="OK", application=SHOP, url=f"{url}/alerts?alert=a1", rule_name="Low disk space")
    async with visit("coroot") as here:
        found = await alerts(here)
    assert {slo.fingerprint, disk.fingerprint} <= set(found)
    assert (slo.name, slo.severity, disk.status) == ("SLOViolated", Severity.CRITICAL, AlertStatus.RESOLVED)
    assert slo.summary == "SLOViolated on shop; Latency: burn rate is 20x; An index"
    assert slo.labels == {"deployment": "shop", "application": "shop", "namespace": "default"}
    assert sent(status="Deployed", application=SHOP, url=f"{url}/app#1", version="1", summary=["CPU"]) == ()


async def test_what_lasts_is_an_alert_and_what_is_quiet_says_why() -> None:
    async with visit("coroot") as here:
        found = await alerts(here)
        assert set(found) == {"incident-i1", "alert-a1", "alert-a2"}
        assert "12.5 % of requests affected; A dropped index" in found["incident-i1"].summary
        rows = [{**ROWS[0], "suppressed": True}, {**ROWS[1], "manually_resolved_at": AT}]
        here.served.state.values["rows"] = rows
        found = await alerts(here)
        assert found["alert-a1"].suppressed == "suppressed in Coroot"
        assert found["alert-a2"].suppressed == "resolved by hand in Coroot"
        assert (await here.snapshot()).values["alerts_firing"] == 0
        here.served.state.values["rows"] = [alert("a1", "Low disk space", resolved_at=AT)]
        ended, lasting = await alerts(here, AlertStatus.RESOLVED), await alerts(here)
        assert "alert-a1" in ended
        assert "not listed" in str(lasting["alert-a2"].suppressed)


async def test_the_analysis_of_an_incident_is_shown() -> None:
    async with visit("coroot") as here:
        tool = here.tool("incident")
        text = (await tool.read(here.client, await here.call_of(tool, "shop: availability"))).text
        assert "Availability: 87.5%, objective: 99% of requests should not fail" in text
        assert "Fixes: Create the index again." in text


async def test_a_project_must_be_one() -> None:
    async with visit("coroot", changed={"project": ""}) as here:
        with pytest.raises(ServiceRefused, match="must name one of: home, test"):
            await here.poll()


async def test_without_data_nothing_is_known() -> None:
    async with visit("coroot") as here:
        here.served.state.answers[INCIDENTS] = wrapped(None)
        with pytest.raises(ServiceMalformed, match="no data yet"):
            await here.poll()
        here.served.state.answers[INCIDENTS] = wrapped(
            [incident("i3", severity="odd", availability_slo=None)]
        )
        [found] = [one for one in (await here.snapshot()).resources if one.kind == "incident"]
        assert found.name == "shop: objectives violated"


def test_the_labels_of_applications() -> None:
    assert labels_of("_:Unknown:nas") == {"container": "nas", "application": "nas"}
    assert labels_of("nas") == {"container": "nas", "application": "nas"}


@pytest.mark.parametrize(
    ("role", "missing"),
    [("Editor", False), ("Admin", False), ("Viewer", True), ("Night watch", False), (None, False)],
)
async def test_a_viewer_may_not_suppress(role: str | None, missing: bool) -> None:  # noqa: FBT001
    async with visit("coroot") as here:
        answers = here.served.state.answers
        answers["GET /api/user"] = {**answers["GET /api/user"], "role": role}
        found = await here.snapshot()
        assert bool(found.missing_rights) is missing
        assert ("action.suppress_alert" in found.unavailable) is missing
