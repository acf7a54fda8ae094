"""Alerts of a monitor, received by webhooks, by reads, or by a listener."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from homelab_steward.contract.incidents import AlertStatus, Severity

from ...texts import Text
from .client import Client
from .webhooks import Delivery, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAlert:
    """One alert as a monitor sends it. Every text in it comes from outside.

    ``suppressed`` is why the monitor does not notify anybody now; ``silenced_until`` is when its silence
    ends, None when that is not known. A suppressed alert still fires.
    """

    name: str
    status: AlertStatus
    severity: Severity
    starts_at: datetime
    labels: Mapping[str, str]
    ends_at: datetime | None = None
    summary: str = ""
    description: str = ""
    fingerprint: str | None = None
    suppressed: str | None = None
    silenced_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAlerts:
    """All alerts that a monitor has now, suppressed ones included.

    ``missing`` is why an absent alert may still fire (the monitor has just started, the list is
    incomplete); None when its absence proves its end. ``is_passed_on`` is set when the alerts are sent
    to another monitor too, or when that is not known.
    """

    alerts: tuple[IncomingAlert, ...]
    missing: Text | None = None
    is_passed_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource[C: Client]:
    """How a monitor reports its alerts: by webhooks of the monitor, and by reads, in case webhooks are lost.

    ``parse`` is pure and raises ServiceMalformed; ``read`` returns all alerts that fire now.
    ``passes_on_to`` is the key of the service that this monitor sends its alerts to: while such an
    instance is configured, the alerts are taken from that instance only.
    """

    parse: Callable[[Delivery], tuple[IncomingAlert, ...]] | None = None
    read: Callable[[C], Awaitable[ReadAlerts]] | None = None
    verify: Verification | None = None
    passes_on_to: str | None = None


class Changed(StrEnum):
    """What a listener yields after a change that the next poll shows."""

    POLL_NOW = "poll_now"


type Push = Changed | IncomingAlert
"""An item that a long-lived listener yields."""
