"""Alerts of a monitor: by webhook, by reading, and what a listener yields."""

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

    ``suppressed`` is why the monitor notifies nobody of it now; ``silenced_until`` is when a
    silence of it ends, None when that is not known. A suppressed alert still fires.
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

    ``missing`` is why an alert that is absent may still fire (the monitor has just started,
    the list is not whole); None when its absence proves that it does not. ``is_passed_on`` is set
    when they are sent to another monitor too, or when that is not known.
    """

    alerts: tuple[IncomingAlert, ...]
    missing: Text | None = None
    is_passed_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource[C: Client]:
    """How a monitor reports its alerts: sent to our webhook, and read as a safety net.

    ``parse`` is pure and raises ServiceMalformed; ``read`` returns all that fire now. ``passes_on_to``
    is the key of the service that gets what is passed on: while one is configured, the alerts that
    are read are left to it.
    """

    parse: Callable[[Delivery], tuple[IncomingAlert, ...]] | None = None
    read: Callable[[C], Awaitable[ReadAlerts]] | None = None
    verify: Verification | None = None
    passes_on_to: str | None = None


class Changed(StrEnum):
    """What a listener yields when something changed that the next poll will show."""

    POLL_NOW = "poll_now"


type Push = Changed | IncomingAlert
"""What a long-lived listener yields."""
