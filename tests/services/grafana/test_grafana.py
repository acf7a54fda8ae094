"""Grafana: its webhook and the signature, rules that say more than the list of alerts, silences."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from homelab_steward.contract.incidents import AlertStatus, Severity
from lab.faults import FaultKind
from lab.visit import visit
from services.grafana import ALERTS, API, FIXTURE, HEALTH, RULES, SILENCES, alert, rule, rules
from steward.errors import ServiceUnauthorized
from steward.sdk.description import Delivery
from steward.services.grafana import SERVICE

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
SECRET = "s3cret-of-the-contact-point"
SENT = {
    "receiver": "steward",
    "status": "firing",
    "orgId": 1,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Freezer warm", "instance": "freezer", "severity": "critical"},
            "annotations": {"summary": "The freezer has -8 °C"},
            "startsAt": "2026-11-18T11:58:10Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://grafana.example.org:3000/alerting/grafana/fz1/view",
            "fingerprint": "8f2c1d7a90b3e645",
            "values": {"A": -8.2, "C": 1},
            "valueString": "[ var='A' labels={} value=-8.2 ]",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "Load high", "instance": "nas2"},
            "annotations": {},
            "startsAt": "2026-11-18T11:00:00Z",
            "endsAt": "2026-11-18T11:59:00Z",
            "fingerprint": "1b6e0f3c52d7a984",
            "values": None,
        },
    ],
    "version": "1",
    "truncatedAlerts": 0,
    "title": "[FIRING:1, RESOLVED:1] steward",
    "state": "alerting",
}


def delivery(headers: Mapping[str, str] | None = None, body: bytes = orjson.dumps(SENT)) -> Delivery:
    return Delivery(headers=headers or {}, body=body, received_at=NOW)


def signed(text: bytes, at: str = "") -> dict[str, str]:
    """Return the headers with the signature of a text and, if there is one, the time."""
    made = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    found = {"x-grafana-alerting-signature": made, "x-grafana-alerting-timestamp": at}
    return {name: value for name, value in found.items() if value}


def test_the_alerts_of_a_webhook() -> None:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    firing, resolved = SERVICE.alerts.parse(delivery())
    assert (firing.name, firing.severity, firing.fingerprint) == (
        "Freezer warm",
        Severity.CRITICAL,
        "8f2c1d7a90b3e645",
    )
    assert (firing.status, firing.ends_at, firing.summary) == (
        AlertStatus.FIRING,
        None,
        "The freezer has -8 °C",
    )
    assert (resolved.status, resolved.ends_at) == (
        AlertStatus.RESOLVED,
        datetime(2026, 11, 18, 11, 59, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DatasourceNoData", "A rule has no data: Freezer warm"),
        ("DatasourceError", "A rule cannot be evaluated: Freezer warm"),
    ],
)
def test_a_rule_without_data_does_not_say_that_its_problem_exists(name: str, text: str) -> None:
    row: dict[str, Any] = SENT["alerts"][0]  # type: ignore[index]
    sent = {**SENT, "alerts": [{**row, "labels": {"alertname": name, "rulename": "Freezer warm"}}]}
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    [found] = SERVICE.alerts.parse(delivery(body=orjson.dumps(sent)))
    assert found.summary == text


def test_a_webhook_is_verified_when_it_has_a_secret() -> None:
    assert SERVICE.alerts is not None
    verify, body, at = SERVICE.alerts.verify, orjson.dumps(SENT), f"{NOW.timestamp():.0f}"
    assert verify is not None
    verify(delivery(), {})
    settings = {"webhook_secret": SECRET}
    for right in (signed(body), signed(f"{at}:".encode() + body, at)):
        verify(delivery(right), settings)
    old = f"{NOW.timestamp() - 301:.0f}"
    for wrong in (
        {},
        signed(b"{}"),
        signed(body, at),
        signed(f"{at}:".encode() + body),
        signed(f"{old}:".encode() + body, old),
        signed(b"now:" + body, "now"),
    ):
        with pytest.raises(ServiceUnauthorized):
            verify(delivery(wrong), settings)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        (rules(rule("Freezer warm", "firing"), rule("Load high", "firing")), None),
        (rules(rule("Freezer warm", "firing"), rule("Mail stuck", "firing")), "The rule Mail stuck fires"),
        (rules(rule("Freezer warm", health="unknown")), "was not evaluated yet"),
        ({"status": "success"}, "It is not known which rules fire"),
    ],
)
async def test_an_alert_that_is_not_listed_may_still_fire(listed: Any, reason: str | None) -> None:
    async with visit("grafana") as here:
        here.served.state.answers[RULES] = listed
        found = await here.client.read_alerts()
        assert len(found.alerts) == 2
        assert (found.missing is None) if reason is None else (reason in found.missing)


async def test_after_its_restart_an_empty_list_proves_nothing() -> None:
    async with visit("grafana") as here:
        here.served.state.answers[ALERTS] = []
        found, shown = await here.client.read_alerts(), await here.snapshot()
        assert (found.alerts, shown.values["alerts_firing"]) == ((), None)
        assert "fires, and its alert is not listed" in found.missing


async def test_a_rule_without_data_is_listed_under_its_own_name() -> None:
    async with visit("grafana") as here:
        here.served.state.answers[ALERTS] = [
            alert("a1", "DatasourceNoData", "freezer", rulename="Freezer warm"),
            alert("b1", "Load high", "nas2"),
        ]
        assert (await here.client.read_alerts()).missing is None


async def test_what_may_be_hidden_or_fail_costs_itself() -> None:
    async with visit("grafana") as here:
        here.served.state.answers[HEALTH] = {"database": "ok"}
        shown = await here.snapshot()
        assert (shown.version, shown.values["alerts_firing"]) == (None, 2)
        here.arm(FaultKind.STATUS, "GET", f"{API}/silences")
        shown = await here.snapshot()
        assert (shown.values["silences"], shown.values["alerts_firing"]) == (None, 2)


async def test_a_silence_is_that_of_grafanas_own_alertmanager() -> None:
    async with visit("grafana") as here:
        call = await here.call(FIXTURE.rounds[0])
        action = here.action("silence_alert")
        before = await action.dry_run(here.client, call)
        await action.execute(here.client, call, before.baseline)
        [row] = here.served.state.rows(SILENCES)
        assert {one["name"] for one in row["matchers"]} == {
            "alertname",
            "grafana_folder",
            "instance",
            "severity",
        }
        tool = here.tool("silences")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert 'instance="freezer"' in text
