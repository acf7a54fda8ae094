"""Which firing alerts are silenced, or not reported any more. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.incidents import Alert, AlertStatus

from .correlation import LONGEST_NAME, is_by_check

SEEN_EVERY: Final = timedelta(minutes=5)
"""How exactly it is stored when an alert was last reported."""

CLOCK_MARGIN: Final = timedelta(minutes=2)
STALE_POLLED: Final = timedelta(minutes=15)
STALE_SENT: Final = timedelta(hours=26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Whether an incident is silenced or stale, as its row shows it."""

    suppressed: str | None = None
    silenced_until: datetime | None = None
    stale_since: datetime | None = None


def attention(firing: Sequence[Alert]) -> Attention:
    """Return what holds for an incident with these firing alerts: what holds for all of them."""
    reasons = [one.suppressed for one in firing if one.suppressed is not None]
    ends = [one.silenced_until for one in firing if one.silenced_until is not None]
    stale = [one.stale_since for one in firing if one.stale_since is not None]
    is_suppressed = bool(firing) and len(reasons) == len(firing)
    return Attention(
        suppressed="; ".join(dict.fromkeys(reasons))[:LONGEST_NAME] if is_suppressed else None,
        silenced_until=min(ends, default=None) if is_suppressed else None,
        stale_since=max(stale) if stale and len(stale) == len(firing) else None,
    )


def is_seen_again(known: Alert, fresh: Alert) -> bool:
    """Return whether it must be stored that a firing alert is still reported."""
    last = known.seen_at or known.received_at
    return fresh.status is AlertStatus.FIRING and abs(fresh.received_at - last) >= SEEN_EVERY


def is_over(silenced_until: datetime | None, now: datetime) -> bool:
    """Return whether a silence has ended, by our clock and with a margin for the monitor's."""
    return silenced_until is not None and silenced_until + CLOCK_MARGIN <= now


def stale_after(alert: Alert, *, is_polled: bool, interval: timedelta) -> timedelta:
    """Return how long a source may not report a firing alert before it is stale.

    What is polled is reported with each poll, every ``interval``. Who only sends webhooks
    repeats them seldom.
    """
    return max(STALE_POLLED, 3 * interval) if is_polled or is_by_check(alert) else STALE_SENT
