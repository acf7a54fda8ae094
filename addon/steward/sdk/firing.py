"""The alerts of a monitor that fired, kept until there is evidence that they ended."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from .description import IncomingAlert

MOST: Final = 10_000
"""Alerts that are remembered; what is listed now goes first."""


class Firing:
    """Remembers what one monitor listed. An alert is identified by its fingerprint, else by its labels."""

    def __init__(self, monitor: str) -> None:
        """``monitor`` is its name, for the reason why nobody is notified of an alert."""
        self._reason = f"not listed by {monitor} any more"
        self._alerts: dict[object, IncomingAlert] = {}

    def update(
        self, listed: Iterable[IncomingAlert], has_ended: Callable[[IncomingAlert], bool]
    ) -> tuple[IncomingAlert, ...]:
        """Return what is listed, and what was listed before and has not ended."""
        now = {_key(one): one for one in listed}
        gone = (one for key, one in self._alerts.items() if key not in now and not has_ended(one))
        kept = {_key(one): replace(one, suppressed=self._reason, silenced_until=None) for one in gone}
        self._alerts = dict(list({**kept, **now}.items())[-MOST:])
        return tuple(self._alerts.values())


def _key(alert: IncomingAlert) -> object:
    return alert.fingerprint or (alert.name, frozenset(alert.labels.items()))
