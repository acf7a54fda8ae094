"""Which alerts a maintenance window suppresses. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from homelab_steward.contract.incidents import Alert, AlertStatus
from homelab_steward.contract.state import TargetRef

from ..texts import translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The window that covers an alert now, and until when."""

    window_id: str
    title: str
    until: datetime


class Windows(Protocol):
    """The maintenance windows."""

    def covering(self, target: TargetRef | None, source: str) -> Cover | None:
        """Return the window that covers an alert now."""


def covered(alert: Alert, windows: Windows | None) -> Alert:
    """Return an alert as the maintenance windows of now suppress it.

    What its monitor suppresses itself stays as it is; so does an alert that does not fire.
    """
    is_by_monitor = alert.suppressed is not None and alert.window_id is None
    if windows is None or is_by_monitor or alert.status is not AlertStatus.FIRING:
        return alert
    cover = windows.covering(alert.target, alert.source)
    if cover is None:
        return alert if alert.window_id is None else _lifted(alert)
    return replace(
        alert,
        suppressed=translate("Maintenance: {title}", title=cover.title),
        silenced_until=cover.until,
        window_id=cover.window_id,
    )


def _lifted(alert: Alert) -> Alert:
    return replace(alert, suppressed=None, silenced_until=None, window_id=None)
