"""Ends alerts of checks whose target the service does not list any more."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.incidents import Alert, AlertStatus
from homelab_steward.contract.state import MOST_GAPS, Snapshot

from ...inventory.ports import STEWARD_KIND, STEWARD_TARGET, Inventory
from ...texts import translate
from .correlation import is_by_check

GONE_POLLS: Final = 10
"""Complete polls in a row that do not list a target, after which it is gone for good."""


@dataclass(frozen=True, slots=True)
class _Absence:
    """How many polls in a row did not list a target, and when the last of them was made."""

    polls: int
    last: datetime


class Departures:
    """Counts the polls that do not list the targets of firing alerts."""

    def __init__(self, inventory: Inventory) -> None:
        """``inventory`` has the snapshots of the services."""
        self._inventory = inventory
        self._absences: dict[str, _Absence] = {}

    def ended(self, firing: Sequence[Alert], now: datetime) -> list[tuple[Alert, Alert]]:
        """Return the alerts whose targets are gone, as (before, resolved with the reason).

        ``firing`` are the alerts that nobody reports any more; the others are forgotten.
        """
        absences = {one.fingerprint: found for one in firing if (found := self._absence(one)) is not None}
        self._absences = absences
        return [
            (one, replace(one, status=AlertStatus.RESOLVED, ends_at=now, description=self._reason(one)))
            for one in firing
            if one.fingerprint in absences and absences[one.fingerprint].polls >= GONE_POLLS
        ]

    def _absence(self, alert: Alert) -> _Absence | None:
        """Return for how many polls the target of an alert is absent, None when it may be there."""
        kind, target_id = alert.labels.get(STEWARD_KIND), alert.labels.get(STEWARD_TARGET)
        snapshot = self._inventory.snapshot(alert.source)
        if not is_by_check(alert) or kind is None or target_id is None or snapshot is None:
            return None
        if snapshot.resource(kind, target_id) is not None or not is_whole(snapshot, kind):
            return None
        before = self._absences.get(alert.fingerprint)
        if before is None:
            return _Absence(1, snapshot.taken_at)
        is_new = snapshot.taken_at > before.last
        return _Absence(before.polls + 1, snapshot.taken_at) if is_new else before

    def _reason(self, alert: Alert) -> str:
        instance = self._inventory.instance(alert.source)
        name = instance.name if instance else alert.source
        return translate(t"{name} does not list it any more.")


def is_whole(snapshot: Snapshot, kind: str) -> bool:
    """Return whether a snapshot lists everything of a kind."""
    gaps = snapshot.coverage.gaps
    return len(gaps) < MOST_GAPS and all(one.part != kind for one in gaps)
