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
from lab.replay import Raw
from lab.visit import visit
from services.grafana import (
    ALERTS,
    API,
    FIXTURE,
    HEALTH,
    PERMISSIONS,
    RULES,
    SENT,
    SILENCES,
    alert,
    rule,
    rules,
    series,
)
from steward.errors import ServiceUnauthorized
from steward.sdk.description import Delivery
from steward.services.grafana import SERVICE
from steward.texts import translate

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
FREEZER = series("Freezer warm", "freezer", severity="critical")


def delivery(headers: Mapping[str, str] | None = None, body: bytes = orjson.dumps(SENT)) -> Delivery:
    return Delivery(headers=headers or {}, body=body, received_at=NOW)


def test_the_alerts_of_a_webhook() -> None:
    assert SERVICE.alerts is not None
    assert SERVICE.alerts.parse is not None
    firing, resolved = SERVICE.alerts.parse(delivery())
    assert (firing.name, firing.severity) == ("Freezer warm", Severity.CRITICAL)
    assert (firing.status, firing.ends_at) == (AlertStatus.FIRING, None)
    assert (firing.fingerprint, firing.summary) == ("8f2c1d7a90b3e645", "The freezer has -8 °C")
    ended = datetime(2026, 11, 18, 11, 59, tzinfo=UTC)
    assert (resolved.status, resolved.ends_at) == (AlertStatus.RESOLVED, ended)


def test_a_webhook_is_verified_when_it_has_a_secret() -> None:
    assert SERVICE.alerts is not None
    verify, settings = SERVICE.alerts.verify, {"webhook_secret": "s3cret"}
    assert verify is not None
    signature = hmac.new(b"s3cret", orjson.dumps(SENT), hashlib.sha256).hexdigest()
    verify(delivery(), {})
    verify(delivery({"x-grafana-alerting-signature": signature}), settings)
    for wrong in ({}, {"x-grafana-alerting-signature": signature, "x-grafana-alerting-timestamp": "1"}):
        with pytest.raises(ServiceUnauthorized):
            verify(delivery(wrong), settings)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        (rules(rule("Freezer warm", "firing"), rule("Load high", "firing")), None),
        (rules(rule("Freezer warm", "firing"), rule("Mail stuck", "firing")), "The rule Mail stuck"),
        (rules(rule("Freezer warm", health="unknown")), "was not evaluated yet"),
        ({"status": "success"}, "It is not known which rules fire"),
    ],
)
async def test_an_alert_that_is_not_listed_may_still_fire(listed: Any, reason: str | None) -> None:
    async with visit("grafana") as here:
        here.served.state.answers[RULES] = listed
        found = await here.client.read_alerts()
        assert len(found.alerts) == 2
        assert (found.missing is None) if reason is None else (reason in translate(found.missing or ""))


async def test_after_its_restart_an_empty_list_proves_nothing() -> None:
    async with visit("grafana") as here:
        here.served.state.answers[ALERTS] = []
        found, shown = await here.client.read_alerts(), await here.snapshot()
        assert (found.alerts, shown.values["alerts_firing"]) == ((), None)
        assert "its alert is not listed" in translate(found.missing or "")


@pytest.mark.parametrize(
    ("seen", "is_over"),
    [
        ([FREEZER], True),
        ([{**FREEZER, "state": "Normal (MissingSeries)"}], False),
        ([series("Freezer warm", "cellar"), series("Load high", "freezer")], False),
        ([], False),
    ],
)
async def test_an_alert_ends_when_its_series_is_seen_to_be_fine(seen: list[Any], is_over: bool) -> None:  # noqa: FBT001
    async with visit("grafana") as here:
        await here.client.read_alerts()
        here.served.state.answers |= {
            ALERTS: [alert("1b6e0f3c52d7a984", "Load high", "nas2")],
            RULES: rules(rule("Freezer warm", "inactive", "ok", *seen), rule("Load high", "firing")),
        }
        found = {one.name: one for one in (await here.client.read_alerts()).alerts}
        assert set(found) == ({"Load high"} if is_over else {"Load high", "Freezer warm"})
        if not is_over:
            assert found["Freezer warm"].suppressed == "not listed by Grafana any more"


async def test_an_alert_without_data_ends_with_the_data() -> None:
    async with visit("grafana") as here:
        no_data = alert("a1", "DatasourceNoData", "freezer", rulename="Freezer warm", severity="critical")
        here.served.state.answers[ALERTS] = [no_data]
        assert (await here.client.read_alerts()).alerts
        fine = rules(rule("Freezer warm", "inactive", "ok", FREEZER))
        here.served.state.answers |= {ALERTS: [], RULES: fine}
        assert (await here.client.read_alerts()).alerts == ()


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


async def test_rules_that_fail_are_shown_first() -> None:
    async with visit("grafana") as here:
        broken = {**rule("Old query", "", "error"), "lastError": "no such data source"}
        here.served.state.answers[RULES] = rules(rule("Disk full"), rule("Load high", "firing"), broken)
        tool = here.tool("rules")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines() == [
            "Old query: state unknown: no such data source",
            "Load high: firing",
            "Disk full: inactive",
        ]


@pytest.mark.parametrize(
    ("permissions", "missing"),
    [
        ({"alert.instances:read": [""], "alert.rules:read": [""]}, ["alert.silences:create"]),
        ({"alert.instances:read": [""], "alert.silences:create": ["folders:*"]}, ["alert.rules:read"]),
        (Raw(status=404), []),
    ],
)
async def test_rights_that_the_token_lacks_are_named(permissions: Any, missing: list[str]) -> None:
    async with visit("grafana") as here:
        here.served.state.answers[PERMISSIONS] = permissions
        found = await here.snapshot()
        assert [one.partition(" ")[0] for one in found.missing_rights] == missing
        assert ("action.silence_alert" in found.unavailable) is ("alert.silences:create" in missing)
        assert found.coverage.gaps == ()
