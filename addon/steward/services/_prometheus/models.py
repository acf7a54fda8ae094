"""Alerts by their labels, and the rules that make them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec

from homelab_steward.contract.incidents import AlertStatus, Severity

from ...sdk.answers import Item, Time
from ...sdk.description import IncomingAlert
from ...sdk.format import brief
from ...sdk.severities import severity_of, severity_rank

_UNDECIDED: Final = {"DatasourceNoData": "A rule has no data", "DatasourceError": "A rule cannot be read"}
_REPLICAS: Final = {"replica", "__replica__", "prometheus_replica", "ruler_replica", "thanos_ruler_replica"}
"""Labels that tell the copies of one server apart."""


class LabelledAlert(Item):
    """An alert: its labels say what it is and identify it."""

    labels: dict[str, str]
    fingerprint: str
    annotations: dict[str, str] = msgspec.field(default_factory=dict)
    starts_at: Time | None = None

    @property
    def name(self) -> str:
        """The name of its rule."""
        return self.labels.get("alertname", "unnamed")

    @property
    def title(self) -> str:
        """Its name and where it fires."""
        where = self.labels.get("instance")
        return f"{self.name} on {where}" if where else self.name

    @property
    def severity(self) -> Severity:
        """What its label says, a warning when that says nothing that is known."""
        return severity_of(self.labels.get("severity", ""))

    @property
    def summary(self) -> str:
        """What it says. Grafana sends the text of a rule also when the rule has no data or fails."""
        reason = _UNDECIDED.get(self.name)
        own = self.annotations.get("summary", "")
        return f"{reason}: {self.labels.get('rulename', own)}" if reason else own

    def line(self, state: str) -> str:
        """Return it in one line; ``state`` is what it does."""
        text = self.summary or self.annotations.get("description", "")
        since = f" since {self.starts_at:%Y-%m-%d %H:%M:%S}" if self.starts_at else ""
        return brief(f"{self.title} ({self.labels.get('severity', 'no severity')}, {state}){since}: {text}")

    def incoming(self, now: datetime, status: AlertStatus = AlertStatus.FIRING, **more: Any) -> IncomingAlert:
        """Return it for the app. ``now`` is when it began if it does not say that."""
        return IncomingAlert(
            name=self.name,
            status=status,
            severity=self.severity,
            starts_at=self.starts_at or now,
            labels=self.labels,
            summary=self.summary,
            description=self.annotations.get("description", ""),
            fingerprint=self.fingerprint or None,
            **more,
        )


def without_replicas[A: LabelledAlert](alerts: Iterable[A]) -> tuple[A, ...]:
    """Return the worst first; of those that only differ by the copy that reports them, one."""
    found = {frozenset(own for own in one.labels.items() if own[0] not in _REPLICAS): one for one in alerts}
    return tuple(sorted(found.values(), key=lambda one: severity_rank(one.severity)))


class RuleAlert(LabelledAlert):
    """An alert as a rule lists it; Grafana also lists series that are fine."""

    state: str = ""
    fingerprint: str = ""
    starts_at: Time | None = msgspec.field(name="activeAt", default=None)


class Rule(Item):
    """A rule and its last evaluation: ok, err or error, or unknown before the first."""

    name: str
    type: str = "alerting"
    state: str = ""
    health: str = "unknown"
    last_error: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether its last evaluation failed."""
        return self.health in ("err", "error")
