"""The reading of an incident's target that its monitors give: whether an alert still fires. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from homelab_steward.contract.incidents import Alert, AlertStatus, Run

from ..runbooks.model import ALERTING, Condition
from ..sdk.readings import Reading, Unknown

NO_ALERT: Final = "no alert is known"
NOT_SEEN_SINCE: Final = "no monitor has reported the alert since the change"


def is_used(conditions: Iterable[Condition]) -> bool:
    """Return whether a condition has this reading."""
    return any(one.reading == ALERTING for one in conditions)


def alerting(alerts: Sequence[Alert], since: datetime | None = None) -> Reading:
    """Return whether one of an incident's alerts fires.

    One that is silenced, stale, or was not reported after ``since`` proves nothing.
    """
    firing = [one for one in alerts if one.status is AlertStatus.FIRING]
    if not firing:
        return False if alerts else Unknown(NO_ALERT)
    if any(_is_certain(one, since) for one in firing):
        return True
    return Unknown(next((one.suppressed for one in firing if one.suppressed), NOT_SEEN_SINCE))


def changed_at(run: Run) -> datetime:
    """Return when the last step of a run was done."""
    return max((one.changed_at for one in run.steps), default=run.started_at)


def _is_certain(alert: Alert, since: datetime | None) -> bool:
    if alert.suppressed is not None or alert.stale_since is not None:
        return False
    return since is None or (alert.seen_at or alert.received_at) >= since
