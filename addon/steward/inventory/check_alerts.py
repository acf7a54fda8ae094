"""What a service's checks find wrong, as alerts like any monitor's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from homelab_steward.contract.incidents import AlertStatus, Severity

from ..description import AnyService, Finding, IncomingAlert
from .topology import STEWARD_INSTANCE, STEWARD_TARGET

CHECK: Final = "check"
LONGEST: Final = 2_000

type Key = tuple[str, str | None]
"""A check's key and the id of what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that a check finds wrong, since when."""

    name: str
    severity: Severity
    since: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def alert(self, ended: datetime | None = None) -> IncomingAlert:
        """Return it as an alert: firing, or resolved at ``ended``."""
        return IncomingAlert(
            name=self.name,
            status=AlertStatus.RESOLVED if ended else AlertStatus.FIRING,
            severity=self.severity,
            starts_at=self.since,
            ends_at=ended,
            labels=self.labels,
            summary=self.text,
        )


def problems(
    service: AnyService, instance_id: str, state: Any, before: Mapping[Key, Problem], now: datetime
) -> dict[Key, Problem]:
    """Return what is wrong in ``state``; what was wrong ``before`` keeps its begin.

    Findings of one check about one thing are one trouble.
    """
    found: dict[Key, Problem] = {}
    for check in service.checks:
        for target_id, texts in _by_target(check.find(state)).items():
            key = (check.key, target_id)
            labels = {CHECK: check.key, STEWARD_INSTANCE: instance_id}
            found[key] = Problem(
                name=check.name,
                severity=check.severity,
                since=before[key].since if key in before else now,
                labels=labels if target_id is None else labels | {STEWARD_TARGET: target_id},
                text="; ".join(texts)[:LONGEST],
            )
    return found


def alerts(
    before: Mapping[Key, Problem], after: Mapping[Key, Problem], now: datetime
) -> Iterator[IncomingAlert]:
    """Yield all that fires, and what has ended since ``before``."""
    yield from (one.alert() for one in after.values())
    yield from (one.alert(ended=now) for key, one in before.items() if key not in after)


def _by_target(found: Iterable[Finding]) -> dict[str | None, list[str]]:
    texts: dict[str | None, list[str]] = {}
    for one in found:
        texts.setdefault(one.target_id, []).append(one.text)
    return texts
