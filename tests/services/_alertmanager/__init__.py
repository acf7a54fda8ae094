"""Answers of the API that Alertmanager and Grafana share."""

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def alert(fingerprint: str = "f1", name: str = "PoolDegraded", **status: object) -> dict[str, Any]:
    """Return an alert of the API."""
    return {
        "fingerprint": fingerprint,
        "labels": {"alertname": name, "instance": "tank1", "severity": "page"},
        "annotations": {"summary": "Pool tank is degraded"},
        "startsAt": "2026-03-01T11:00:00.5Z",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": [], **status},
    }


def silence(key: str, hours: int, **more: object) -> dict[str, Any]:
    """Return a silence that ends ``hours`` from now."""
    matchers = [
        {"name": "alertname", "value": "Pool.*", "isRegex": True},
        {"name": "instance", "value": "tank2", "isRegex": False, "isEqual": False},
    ]
    ends_at = (NOW + timedelta(hours=hours)).isoformat()
    status = {"state": "active"}
    return {"id": key, "endsAt": ends_at, "status": status, "comment": "spare", "matchers": matchers, **more}
