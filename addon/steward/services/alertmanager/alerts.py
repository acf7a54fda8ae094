"""The alerts of one delivery, and of one read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import structlog

from homelab_steward.contract.incidents import AlertStatus

from ...errors import ServiceMalformed
from ...sdk.coverage import Gaps
from ...sdk.description import Delivery, IncomingAlert, ReadAlerts
from ...sdk.parse import at, parse_items
from .client import AlertmanagerClient, poll
from .models import SentAlert

log = structlog.get_logger(__name__)


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alerts of a delivery in its order; one that cannot be read is logged and left out.

    Alerts that Alertmanager cut off (``truncatedAlerts``) are found by the next read.
    Raises ServiceMalformed when it is no such body, or when none of its alerts can be read.
    """
    try:
        body = orjson.loads(delivery.body)
    except orjson.JSONDecodeError as err:
        raise ServiceMalformed("webhook: the body is not JSON") from err
    rows, gaps = at(body, "alerts"), Gaps()
    if isinstance(rows, list):
        rows = [_readable(row, body.get("status")) if isinstance(row, dict) else row for row in rows]
    alerts = parse_items(SentAlert, rows, gaps, "webhook")
    if reason := gaps.of("webhook"):
        log.warning("alert not understood", reason=reason, understood=len(alerts))
    return tuple(alert.incoming(alert.status, delivery.received_at) for alert in alerts)


async def read_alerts(client: AlertmanagerClient) -> ReadAlerts:
    """Return all alerts, those that nobody is notified of marked. Raises ServiceError."""
    state, now = await poll(client, Gaps()), client.clock.now()
    alerts = [one.incoming(AlertStatus.FIRING, now, *state.suppression(one)) for one in state.alerts]
    return ReadAlerts(alerts=tuple(alerts), missing=state.missing)


def _readable(row: Mapping[str, Any], whole: object) -> dict[str, Any]:
    """Return what can be read of an alert: odd values cost themselves, not the alert.

    Older versions and imitators give the status only once for all alerts.
    """
    annotations = _texts(row.get("annotations"))
    return {
        "labels": _texts(row.get("labels")),
        "annotations": annotations if isinstance(annotations, dict) else {},
        "fingerprint": str(row.get("fingerprint") or ""),
        "startsAt": _time(row.get("startsAt")),
        "endsAt": _time(row.get("endsAt")),
        "status": _status(row.get("status") or whole),
    }


def _status(value: object) -> AlertStatus:
    """Return a status; one that is not known fires."""
    is_over = str(value).strip().lower() == AlertStatus.RESOLVED
    return AlertStatus.RESOLVED if is_over else AlertStatus.FIRING


def _texts(values: object) -> object:
    """Return numbers and booleans as text; what is neither they nor text is left out."""
    if not isinstance(values, dict):
        return values
    plain = {key: one for key, one in values.items() if isinstance(one, str | int | float)}
    return {key: one if isinstance(one, str) else orjson.dumps(one).decode() for key, one in plain.items()}


def _time(value: object) -> datetime | None:
    """Return a time, None for anything else, such as the year 1, which Go writes for no time."""
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo and time.year > 1 else None
