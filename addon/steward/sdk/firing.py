"""The alerts of a monitor that fired, kept until there is evidence that they ended."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from .description import IncomingAlert

MOST: Final = 10_000
"""The most alerts that are remembered; those that are listed now are kept first."""


class Firing:
    """Remembers the alerts that one monitor listed, by their fingerprints, else by name and labels."""

    def __init__(self, monitor: str) -> None:
        """``monitor`` is the name of the monitor, for the reason why an alert is suppressed."""
        self._reason = f"not listed by {monitor} any more"
        self._alerts: dict[object, IncomingAlert] = {}

    def update(
        self, listed: Iterable[IncomingAlert], has_ended: Callable[[IncomingAlert], bool]
    ) -> tuple[IncomingAlert, ...]:
        """Return the listed alerts, and those that were listed before and have not ended, as suppressed."""
        now = {_key(one): one for one in listed}
        gone = (one for key, one in self._alerts.items() if key not in now and not has_ended(one))
        kept = {_key(one): replace(one, suppressed=self._reason, silenced_until=None) for one in gone}
        self._alerts = dict(list({**kept, **now}.items())[-MOST:])
        return tuple(self._alerts.values())


def _key(alert: IncomingAlert) -> object:
    return alert.fingerprint or (alert.name, frozenset(alert.labels.items()))
