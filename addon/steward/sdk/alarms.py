"""Alerts for the items that a monitor reports as down, kept until the monitor reports them as up."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from homelab_steward.contract.incidents import AlertStatus, Severity

from ..texts import Text
from .description import IncomingAlert, ReadAlerts
from .firing import Firing
from .format import brief

REPEATS: Final = 3
"""How often in a row the end of an alert is reported, because a report may be lost."""


class Status(StrEnum):
    """The status of an item that a monitor watches.

    PENDING: the monitor has not decided yet. UNKNOWN: it did not check, or not recently.
    """

    UP = "up"
    DOWN = "down"
    PENDING = "pending"
    PAUSED = "paused"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


DECIDED: Final = frozenset({Status.UP, Status.DOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """The subject of a possible alert. DOWN: it fires. UP: it has ended. Otherwise its state is not known.

    ``labels`` without a value are left out. ``since`` is None when the monitor does not report when it began.
    """

    key: str
    name: str
    status: Status
    labels: dict[str, str] = field(default_factory=dict)
    severity: Severity = Severity.WARNING
    summary: str = ""
    since: datetime | None = None
    suppressed: str | None = None

    def __post_init__(self) -> None:
        """Leave out the labels without a value."""
        object.__setattr__(self, "labels", {key: value for key, value in self.labels.items() if value})

    def alert(self, now: datetime) -> IncomingAlert:
        """Return the alert for the app, firing or ended."""
        is_over = self.status is Status.UP
        return IncomingAlert(
            name=self.name,
            status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
            severity=self.severity,
            starts_at=self.since or now,
            ends_at=now if is_over else None,
            labels=self.labels,
            summary=brief(self.summary),
            fingerprint=self.key,
            suppressed=None if is_over else self.suppressed,
        )


class Alarms:
    """The alerts of one monitor."""

    def __init__(self, monitor: str) -> None:
        """``monitor`` is the name of the monitor."""
        self._monitor = monitor
        self._firing = Firing(monitor)
        self._begun: dict[str, datetime] = {}
        self._times_up: dict[str, int] = {}

    def read(self, found: Iterable[Alarm], missing: Text | None, now: datetime) -> ReadAlerts:
        """Return the alerts that fire, and those that fired and whose end was not seen.

        Ended alerts are reported as ended, because a monitor that lists only some of its items
        cannot show by their absence that alerts have ended.
        """
        by_key = {one.key: one for one in found}
        self._times_up = {
            key: self._times_up.get(key, 0) + 1 for key, one in by_key.items() if one.status is Status.UP
        }
        over = [by_key[key].alert(now) for key, times in self._times_up.items() if times <= REPEATS]
        down = [one for one in by_key.values() if one.status is Status.DOWN]
        self._begun = {one.key: self._begun.get(one.key, now) for one in down}
        listed = [one.alert(self._begun[one.key]) for one in down]
        kept = self._firing.update(listed, lambda alert: alert.fingerprint in self._times_up)
        alerts = [self._marked(one, by_key.get(one.fingerprint or "")) for one in kept]
        undecided = [one.summary for one in by_key.values() if one.status not in DECIDED]
        return ReadAlerts(alerts=(*alerts, *over), missing=missing or next(iter(undecided), None))

    def _marked(self, alert: IncomingAlert, one: Alarm | None) -> IncomingAlert:
        """Return a kept alert, suppressed while the monitor has not decided about its subject."""
        if one is None or one.status in DECIDED:
            return alert
        return replace(alert, suppressed=one.suppressed or f"{one.status} in {self._monitor}")
