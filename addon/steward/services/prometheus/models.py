"""What Prometheus tells, typed. Shapes: https://prometheus.io/docs/prometheus/latest/querying/api/.

All parsers raise ServiceMalformed when something needed is missing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ...errors import ServiceMalformed
from .._json import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series and its points: unix seconds and value (NaN and infinities happen)."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def name(self) -> str:
        """The series as Prometheus writes it."""
        inner = ", ".join(f'{key}="{value}"' for key, value in self.labels.items() if key != "__name__")
        return f"{self.labels.get('__name__', '')}{{{inner}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAlert:
    """An alert as a rule of Prometheus has it."""

    name: str
    severity: str
    summary: str
    is_firing: bool
    active_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something Prometheus scrapes."""

    job: str
    instance: str
    is_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything one poll reads."""

    version: str
    targets: tuple[Target, ...]
    alerts: tuple[RuleAlert, ...]

    @property
    def firing(self) -> tuple[RuleAlert, ...]:
        """Alerts that fire; the others are pending."""
        return tuple(alert for alert in self.alerts if alert.is_firing)


def parse_version(value: object) -> str:
    """Return the version of ``/status/buildinfo``."""
    return _data(value).text("version")


def parse_alerts(value: object) -> tuple[RuleAlert, ...]:
    """Return what ``/alerts`` tells."""
    return tuple(_alert(row) for row in _data(value).rows("alerts"))


def parse_series(value: object) -> tuple[Series, ...]:
    """Return the result of ``/query`` or ``/query_range``, whichever type it has."""
    data = _data(value)
    match data.text("resultType"):
        case "vector":
            found = data.rows("result")
            return tuple(
                Series(labels=row.texts("metric"), points=(_point(row.items("value")),)) for row in found
            )
        case "matrix":
            found = data.rows("result")
            return tuple(
                Series(labels=row.texts("metric"), points=tuple(map(_point, row.items("values"))))
                for row in found
            )
        case "scalar":
            return (Series(labels={}, points=(_point(data.items("result")),)),)
        case _:
            return ()


def parse_targets(value: object) -> tuple[Target, ...]:
    """Return the targets in the answer to the query ``up``."""
    return tuple(
        Target(
            job=series.labels.get("job", ""),
            instance=series.labels.get("instance", ""),
            is_up=bool(series.points) and series.points[-1][1] == 1,
        )
        for series in parse_series(value)
    )


def _data(value: object) -> Row:
    answer = Row(value, "answer")
    if answer.text("status") != "success":
        raise ServiceMalformed("answer: its status is no success")
    return answer.row("data")


def _alert(row: Row) -> RuleAlert:
    labels, annotations = row.texts("labels"), row.texts("annotations")
    return RuleAlert(
        name=labels.get("alertname", "unnamed"),
        severity=labels.get("severity", ""),
        summary=annotations.get("summary") or annotations.get("description", ""),
        is_firing=row.text("state") == "firing",
        active_at=row.moment("activeAt", None),
    )


def _point(value: object) -> tuple[float, float]:
    """A point is [seconds, "value"]."""
    if not isinstance(value, list) or len(value) != 2 or not isinstance(value[1], str):  # noqa: PLR2004
        raise ServiceMalformed("sample: it is no pair of time and value")
    moment = Row({"time": value[0]}, "sample").number("time")
    try:
        return moment, float(value[1])
    except ValueError as err:
        raise ServiceMalformed("sample: its value is no number") from err


def shown(value: float) -> str:
    """Return a value with the digits people read."""
    if math.isfinite(value) and value == int(value):
        return f"{int(value)}"
    return f"{value:.4g}"
