"""The webhook of Alertmanager, version 4, which Grafana sends too."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import structlog

from homelab_steward.contract.incidents import AlertStatus

from ...sdk.coverage import Gaps
from ...sdk.description import Delivery, IncomingAlert
from ...sdk.parse import Time, at, parse_items
from .._prometheus.models import LabelledAlert

log = structlog.get_logger(__name__)


class SentAlert(LabelledAlert):
    """An alert of a webhook."""

    status: AlertStatus = AlertStatus.FIRING
    ends_at: Time | None = None


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alerts of a delivery in its order; one that cannot be read is logged and left out.

    Alerts that the sender cut off (``truncatedAlerts``) are found by the next read.
    Raises ServiceMalformed when it is no such body, or when none of its alerts can be read.
    """
    body, gaps = delivery.json(), Gaps()
    rows, status = at(body, "alerts"), body.get("status") if isinstance(body, Mapping) else None
    if isinstance(rows, list):
        rows = [_readable(row, status) if isinstance(row, dict) else row for row in rows]
    alerts = parse_items(SentAlert, rows, gaps, "webhook")
    if reason := gaps.of("webhook"):
        log.warning("alert not understood", reason=reason, understood=len(alerts))
    return tuple(_incoming(alert, delivery.received_at) for alert in alerts)


def _incoming(alert: SentAlert, now: datetime) -> IncomingAlert:
    ends_at = alert.ends_at if alert.status is AlertStatus.RESOLVED else None
    return alert.incoming(now, status=alert.status, ends_at=ends_at)


def _readable(row: Mapping[str, Any], whole: object) -> dict[str, Any]:
    """Return what can be read of an alert: odd values cost themselves, not the alert.

    Older versions and imitators give the status only once for all alerts. One that is not known fires.
    """
    is_over = str(row.get("status") or whole).strip().lower() == AlertStatus.RESOLVED
    return {
        "labels": _texts(row.get("labels")),
        "annotations": _texts(row.get("annotations")) or {},
        "fingerprint": str(row.get("fingerprint") or ""),
        "startsAt": _time(row.get("startsAt")),
        "endsAt": _time(row.get("endsAt")),
        "status": AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
    }


def _texts(values: object) -> dict[str, str] | None:
    """Return numbers and booleans as text, without what is neither they nor text; None for no object."""
    if not isinstance(values, dict):
        return None
    plain = {key: one for key, one in values.items() if isinstance(one, str | int | float)}
    return {key: one if isinstance(one, str) else orjson.dumps(one).decode() for key, one in plain.items()}


def _time(value: object) -> datetime | None:
    """Return a time, None for anything else, such as the year 1, which Go writes for no time."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo and time.year > 1 else None
