"""The webhook: odd values cost themselves, and an alert that cannot be read costs itself."""

from datetime import UTC, datetime

import orjson
import pytest
from structlog.testing import capture_logs

from homelab_steward.contract.incidents import AlertStatus, Severity
from services._alertmanager import NOW, alert
from steward.errors import ServiceMalformed
from steward.sdk.description import Delivery, IncomingAlert
from steward.services._alertmanager.webhook import parse_webhook

NEVER = "0001-01-01T00:00:00Z"


def delivered(*alerts: object, **more: object) -> tuple[IncomingAlert, ...]:
    body = orjson.dumps({"version": "4", "status": "firing", "alerts": alerts, **more})
    return parse_webhook(Delivery(headers={}, body=body, received_at=NOW))


def test_one_odd_alert_costs_itself_only() -> None:
    odd = {
        "labels": {"alertname": "Slow", "port": 8443},
        "annotations": {"summary": None},
        "startsAt": "soon",
    }
    good = {**alert(), "status": "resolved", "endsAt": "2026-03-01T11:30:00Z"}
    with capture_logs() as logs:
        first, second = delivered(good, odd, {"labels": None}, "text")
    assert logs[0]["understood"] == 2
    assert "item 3" in logs[0]["reason"]
    assert (first.status, first.severity) == (AlertStatus.RESOLVED, Severity.CRITICAL)
    assert first.ends_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert (second.starts_at, second.labels["port"], second.summary) == (NOW, "8443", "")
    assert (second.status, second.ends_at) == (AlertStatus.FIRING, None)
    assert delivered() == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"status": "FIRING", "annotations": []},
        {"status": "alerting", "annotations": "text"},
        {"status": 5, "annotations": 5},
        {"status": {}, "annotations": None},
        {"status": None, "startsAt": NEVER, "endsAt": NEVER},
    ],
)
def test_an_odd_value_costs_itself(odd: dict[str, object]) -> None:
    [found] = delivered({**alert(), **odd}, status=None)
    assert (found.name, found.status, found.ends_at) == ("PoolDegraded", AlertStatus.FIRING, None)
    [ended] = delivered({**alert(), **odd, "status": "Resolved"})
    assert (ended.status, ended.ends_at) == (AlertStatus.RESOLVED, None)


@pytest.mark.parametrize("alerts", [[{"labels": None}], ["x"], None])
def test_a_delivery_without_a_readable_alert_is_refused(alerts: object) -> None:
    body = orjson.dumps({"alerts": alerts})
    for bad in (body, b"<html>", b"[]"):
        with pytest.raises(ServiceMalformed):
            parse_webhook(Delivery(headers={}, body=bad, received_at=NOW))


@pytest.mark.parametrize("reason", ["MissingSeries", "NoData", "Paused", "RuleDeleted", "Updated"])
def test_what_grafana_resolves_without_evidence_is_not_resolved(reason: str) -> None:
    sent = {**alert(), "annotations": {"grafana_state_reason": reason}}
    [found] = delivered({**sent, "status": "resolved"}, {**sent, "status": "firing"})
    assert found.status is AlertStatus.FIRING


@pytest.mark.parametrize(
    ("name", "text"),
    [("DatasourceNoData", "A rule has no data: Hot"), ("DatasourceError", "A rule cannot be read: Hot")],
)
def test_a_rule_without_data_does_not_say_that_its_problem_exists(name: str, text: str) -> None:
    [found] = delivered({**alert(), "labels": {"alertname": name, "rulename": "Hot"}})
    assert found.summary == text
