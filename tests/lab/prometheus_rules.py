"""Alerting rules: which are active, since when, and the alerts they send."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lab.promql import Source, compile_query
from lab.promql_vectors import Labels, Sample
from lab.wire import Json, JsonObject, rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """An alerting rule; annotations may use `{{ $labels.x }}` and `{{ $value }}`."""

    name: str
    expr: str
    hold_seconds: float
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveAlert:
    """A rule that is active for one set of labels. `active_at` is wall time."""

    rule: AlertRule
    labels: dict[str, str]
    annotations: dict[str, str]
    active_at: float
    value: float
    is_firing: bool

    def row(self) -> JsonObject:
        """Return the alert as in /api/v1/alerts."""
        return {
            "labels": dict(self.labels),
            "annotations": dict(self.annotations),
            "state": "firing" if self.is_firing else "pending",
            "activeAt": rfc3339(self.active_at),
            "value": f"{self.value:e}",
        }


RULES = (
    AlertRule(
        name="ContainerMemoryHigh",
        expr="container_memory_usage_ratio > 0.9",
        hold_seconds=0.0,
        labels={"severity": "warning"},
        annotations={
            "summary": "Memory of {{ $labels.name }} is nearly used up",
            "description": "{{ $labels.name }} ({{ $labels.id }} on {{ $labels.node }}) uses "
            "{{ $value | humanizePercentage }} of its memory.",
        },
    ),
    AlertRule(
        name="PveGuestDown",
        expr='pve_up{id=~"(qemu|lxc)/.*"} == 0',
        hold_seconds=30.0,
        labels={"severity": "warning"},
        annotations={"summary": "Guest {{ $labels.id }} is not running"},
    ),
    AlertRule(
        name="PveNodeDown",
        expr='pve_up{id=~"node/.*"} == 0',
        hold_seconds=10.0,
        labels={"severity": "critical"},
        annotations={"summary": "Proxmox node {{ $labels.id }} is down"},
    ),
    AlertRule(
        name="TargetDown",
        expr="up == 0",
        hold_seconds=30.0,
        labels={"severity": "critical"},
        annotations={
            "summary": "Target {{ $labels.instance }} of {{ $labels.job }} is down",
            "description": "up is {{ $value }}",
        },
    ),
)


class RuleBook:
    """The rules and the result of their last evaluation."""

    def __init__(self, rules: tuple[AlertRule, ...], source: Source) -> None:
        self.rules = rules
        self.evaluated_at = 0.0
        self._queries = {rule.name: compile_query(rule.expr, source) for rule in rules}
        self._active: dict[Labels, ActiveAlert] = {}

    def evaluate(self, wall: float) -> tuple[ActiveAlert, ...]:
        """Evaluate the rules, and return the alerts that stopped firing."""
        found = dict(self._found(wall))
        ended = tuple(a for key, a in self._active.items() if a.is_firing and key not in found)
        self._active = found
        self.evaluated_at = wall
        return ended

    def active(self, rule: AlertRule | None = None) -> tuple[ActiveAlert, ...]:
        """Return the active alerts, including pending ones."""
        return tuple(alert for alert in self._active.values() if rule in (None, alert.rule))

    def series(self) -> list[Sample]:
        """Return the `ALERTS` metric."""
        rows = []
        for alert in self._active.values():
            state = "firing" if alert.is_firing else "pending"
            labels = {"__name__": "ALERTS", **alert.labels, "alertstate": state}
            rows.append(Sample(tuple(sorted(labels.items())), 1.0))
        return rows

    def rows(self, wall: float, error: str | None = None) -> Json:
        """Groups as /api/v1/rules shows them; with `error` the evaluation of each rule failed."""
        return [
            {
                "name": "homelab",
                "file": "/etc/prometheus/rules/homelab.yml",
                "rules": [self._row(rule, wall, error) for rule in self.rules],
                "interval": 1,
                "limit": 0,
                "evaluationTime": 0.0004,
                "lastEvaluation": rfc3339(self.evaluated_at or wall),
            }
        ]

    def _found(self, wall: float) -> Iterator[tuple[Labels, ActiveAlert]]:
        for rule in self.rules:
            for sample in self._queries[rule.name](wall).samples:
                alert = self._alert(rule, sample, wall)
                yield tuple(sorted(alert.labels.items())), alert

    def _alert(self, rule: AlertRule, sample: Sample, wall: float) -> ActiveAlert:
        series = {key: value for key, value in sample.labels if key != "__name__"}
        labels = {**series, **rule.labels, "alertname": rule.name}
        before = self._active.get(tuple(sorted(labels.items())))
        active_at = wall if before is None else before.active_at
        return ActiveAlert(
            rule=rule,
            labels=labels,
            annotations={
                key: _rendered(text, series, sample.value) for key, text in rule.annotations.items()
            },
            active_at=active_at,
            value=sample.value,
            is_firing=wall - active_at >= rule.hold_seconds,
        )

    def _row(self, rule: AlertRule, wall: float, error: str | None) -> JsonObject:
        active = self.active(rule)
        state = "firing" if any(a.is_firing for a in active) else "pending" if active else "inactive"
        return {
            "state": state,
            "name": rule.name,
            "query": rule.expr,
            "duration": rule.hold_seconds,
            "keepFiringFor": 0,
            "labels": dict(rule.labels),
            "annotations": dict(rule.annotations),
            "alerts": [alert.row() for alert in active],
            "health": "ok" if error is None else "err",
            **({} if error is None else {"lastError": error}),
            "evaluationTime": 0.0002,
            "lastEvaluation": rfc3339(self.evaluated_at or wall),
            "type": "alerting",
        }


def _rendered(text: str, labels: dict[str, str], value: float) -> str:
    text = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: labels.get(match[1], ""), text)
    text = text.replace("{{ $value | humanizePercentage }}", f"{value * 100:.4g}%")
    return text.replace("{{ $value }}", f"{value:g}")
