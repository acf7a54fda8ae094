"""Alerts of what a monitor calls down, kept until the monitor calls it up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from homelab_steward.contract.incidents import AlertStatus

from ...sdk.description import IncomingAlert, ReadAlerts
from ...sdk.firing import Firing
from ...sdk.format import brief
from .watched import DECIDED, Overview, Status, Watched

REPEATS: Final = 3
"""How often in a row it is reported that something is up: a report may be lost."""


class Alarms:
    """The alerts of one monitor, each identified by what it is about."""

    def __init__(self, monitor: str, alert: str) -> None:
        """``monitor`` is its name, ``alert`` the name of an alert about something that is down."""
        self._monitor = monitor
        self._alert = alert
        self._firing = Firing(monitor)
        self._begun: dict[str, datetime] = {}
        self._times_up: dict[str, int] = {}

    def read(self, overview: Overview[Any], now: datetime, more: Iterable[IncomingAlert] = ()) -> ReadAlerts:
        """Return an alert for all that is down, and for what was down and is not up again.

        What is up is reported as such: a monitor that says nothing about some of what it watches
        cannot say by their absence that alerts have ended. ``more`` are alerts of its own rules;
        one that is absent has ended when what it is about is up.
        """
        found, fine = overview.by_key(), []
        for key, one in found.items():
            self._times_up[key] = self._times_up.get(key, 0) + 1 if one.status is Status.UP else 0
            if 0 < self._times_up[key] <= REPEATS:
                fine.append(self.alert(one, now, ended=now))
        self._times_up = {key: times for key, times in self._times_up.items() if key in found}
        down = [self.alert(one, self._since(one, now)) for one in found.values() if one.status is Status.DOWN]
        self._begun = {key: since for key, since in self._begun.items() if _is_down(found.get(key))}
        listed = (*down, *more)
        kept = self._firing.update(listed, lambda alert: _is_up(found.get(_subject(alert))))
        alerts = tuple(self._marked(one, found.get(_subject(one))) for one in kept)
        undecided = [one.name for one in found.values() if one.status not in DECIDED]
        missing = f"Whether {undecided[0]} is up is not known" if undecided else None
        return ReadAlerts(alerts=(*alerts, *fine), missing=overview.missing or missing)

    def alert(self, one: Watched[Any], since: datetime, ended: datetime | None = None) -> IncomingAlert:
        """Return its alert: firing since then, or resolved at ``ended``."""
        text = "up" if ended else f"{one.status}: {one.text or 'no reason given'}"
        return IncomingAlert(
            name=self._alert,
            status=AlertStatus.RESOLVED if ended else AlertStatus.FIRING,
            severity=one.severity,
            starts_at=one.since or since,
            ends_at=ended,
            labels=one.labels,
            summary=brief(f"{one.name} is {text}"),
            fingerprint=one.key,
            suppressed=None if ended else one.suppressed,
            silenced_until=None if ended else one.silenced_until,
        )

    def _since(self, one: Watched[Any], now: datetime) -> datetime:
        return one.since or self._begun.setdefault(one.key, now)

    def _marked(self, alert: IncomingAlert, one: Watched[Any] | None) -> IncomingAlert:
        """Return an alert that is kept with what the monitor says about its subject."""
        if one is None or one.status in DECIDED:
            return alert
        return replace(alert, suppressed=one.suppressed or f"{one.status} in {self._monitor}")


def _subject(alert: IncomingAlert) -> str:
    """Return the key of what an alert is about: the alert of a rule has a part of its own behind it."""
    return (alert.fingerprint or "").partition("#")[0]


def _is_up(one: Watched[Any] | None) -> bool:
    return one is not None and one.status is Status.UP


def _is_down(one: Watched[Any] | None) -> bool:
    return one is not None and one.status is Status.DOWN
