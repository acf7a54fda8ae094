"""Reads what Alertmanager posts: its webhook body, version 4.

Format: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import orjson

from homelab_steward.contract.incidents import AlertStatus, Severity

from ...description import IncomingAlert
from ...errors import ServiceMalformed
from .._json import Row
from .models import ActiveAlert

_SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "page": Severity.CRITICAL,
    "emergency": Severity.CRITICAL,
    "info": Severity.INFO,
    "information": Severity.INFO,
    "none": Severity.INFO,
}
_NO_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Go writes the year 1 where there is no time."""


def parse_webhook(body: bytes) -> tuple[IncomingAlert, ...]:
    """Return the alerts of one webhook body, in its order.

    Labels and annotations may hold any text. Alerts that the sender cut off
    (``truncatedAlerts``) are not there: reading all alerts later finds them.

    Raises:
        ServiceMalformed: when it is no such body.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as err:
        raise ServiceMalformed("webhook is no JSON") from err
    webhook = Row(value, "webhook")
    whole = webhook.text("status", "")  # old versions and imitators say it only once
    return tuple(_incoming(row, row.text("status", whole)) for row in webhook.rows("alerts"))


def incoming(alert: ActiveAlert) -> IncomingAlert:
    """Return a polled alert as if it had been posted."""
    return IncomingAlert(
        name=alert.name,
        status=AlertStatus.FIRING,
        severity=severity(alert.labels),
        starts_at=alert.starts_at,
        labels=alert.labels,
        summary=alert.annotations.get("summary", ""),
        description=alert.annotations.get("description", ""),
        fingerprint=alert.fingerprint,
    )


def severity(labels: Mapping[str, str]) -> Severity:
    """Return how much it hurts; a word we do not know is a warning."""
    return _SEVERITIES.get(labels.get("severity", "").strip().lower(), Severity.WARNING)


def _incoming(row: Row, status: str) -> IncomingAlert:
    labels, annotations = row.texts("labels"), row.texts("annotations")
    if status not in set(AlertStatus):
        raise ServiceMalformed("webhook alerts: status is neither firing nor resolved")
    ends_at = row.moment("endsAt", _NO_TIME)
    return IncomingAlert(
        name=labels.get("alertname", "unnamed"),
        status=AlertStatus(status),
        severity=severity(labels),
        starts_at=row.moment("startsAt"),
        ends_at=ends_at if ends_at > _NO_TIME else None,
        labels=labels,
        summary=annotations.get("summary", ""),
        description=annotations.get("description", ""),
        fingerprint=row.text("fingerprint", "") or None,
    )
