"""The webhook of Alertmanager, version 4, which Grafana sends too."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from homelab_steward.contract.incidents import AlertStatus

from ...sdk.answers import Time, at, parse_items
from ...sdk.description import Delivery, Gaps, IncomingAlert
from ...sdk.payload import written
from .._prometheus.models import LabelledAlert

log = structlog.get_logger(__name__)


NO_TIME: Final = "0001-01-01"
"""What Go writes for no time."""


REASON: Final = "grafana_state_reason"
"""Why Grafana calls an alert normal that it did not see to be fine: its series or its rule is gone."""


class SentAlert(LabelledAlert):
    """An alert of a webhook."""

    fingerprint: str = ""
    status: AlertStatus = AlertStatus.FIRING
    ends_at: Time | None = None


def parse_webhook(delivery: Delivery) -> tuple[IncomingAlert, ...]:
    """Return the alerts of a delivery in its order; one that cannot be read is logged and left out.

    An alert that is resolved without evidence is left out too: reading says what became of it.

    Alerts that the sender cut off (``truncatedAlerts``) are found by the next read.
    Raises ServiceMalformed when it is no such body, or when none of its alerts can be read.
    """
    body, gaps = delivery.json(), Gaps()
    rows, status = at(body, "alerts"), body.get("status") if isinstance(body, Mapping) else None
    if isinstance(rows, list):
        rows = [_readable(row, status) if isinstance(row, dict) else row for row in rows]
    alerts = parse_items(SentAlert, rows, gaps, "webhook", is_lenient=True)
    if reason := gaps.of("webhook"):
        log.warning("alert not understood", reason=reason, understood=len(alerts))
    return tuple(
        one.incoming(delivery.received_at, one.status, ends_at=one.ends_at)
        for one in alerts
        if one.status is AlertStatus.FIRING or REASON not in one.annotations
    )


def _readable(row: Mapping[str, Any], whole: object) -> dict[str, Any]:
    """Return an alert with its labels as text, in the spelling of its status that we know.

    Older versions and imitators give the status only once for all alerts. One that is not known fires.
    """
    texts = {key: _texts(row.get(key)) for key in ("labels", "annotations")}
    status = str(row.get("status") or whole).strip().lower()
    unset = {key for key, one in row.items() if str(one).startswith(NO_TIME)}
    unset |= {"endsAt"} if status != AlertStatus.RESOLVED else set()
    return {**row, **texts, "status": status, **dict.fromkeys(unset)}


def _texts(values: object) -> object:
    """Return numbers and booleans as text; what is neither they nor text is left out."""
    if not isinstance(values, dict):
        return values
    return {key: written(one) for key, one in values.items() if isinstance(one, str | int | float)}
