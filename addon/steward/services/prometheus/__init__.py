"""Prometheus: what it scrapes, what its rules say, and whether it works. It is only read."""

from typing import Final

from homelab_steward.contract.incidents import Severity

from ...sdk.access import TLS_SETTINGS, url_field
from ...sdk.auth import LOGIN
from ...sdk.categories import MONITORING
from ...sdk.description import Check, ResourceKind, Role, Sensor, Service
from ...sdk.format import brief
from ...sdk.readings import known
from ...sdk.sensors import count, diagnostic, flag
from .client import PrometheusClient, poll
from .models import PrometheusState, Target
from .tools import TOOLS


def _rules_failing(state: PrometheusState) -> str | None:
    failing = [f"{one.name} ({brief(one.last_error, 100)})" for one in state.failing]
    return brief(f"The evaluation of rules fails: {', '.join(failing)}") if failing else None


def _reload_failed(state: PrometheusState) -> str | None:
    is_loaded = known(state.runtime.reload_config_success)
    return None if is_loaded else "The last reload of the configuration failed: the one before is in use"


def _corrupted(state: PrometheusState) -> str | None:
    count = known(state.runtime.corruption_count)
    return f"The write-ahead log of the database had {count} corruptions" if count else None


_SENSORS: Final[tuple[Sensor[PrometheusState], ...]] = (
    count("targets_up", "Targets up", lambda state: state.count("up"), "mdi:bullseye-arrow"),
    count("targets_down", "Targets down", lambda state: state.count("down"), "mdi:bullseye"),
    count("alerts_firing", "Alerts firing", lambda state: state.firing, "mdi:bell-ring"),
    count("rules_failing", "Rules failing", lambda state: len(state.failing), "mdi:file-alert"),
    flag(
        "reload_failed",
        "Configuration reload",
        lambda state: not known(state.runtime.reload_config_success),
        "problem",
    ),
    count(
        "series",
        "Series in the database",
        lambda state: state.tsdb.head_stats.get("numSeries"),
        "mdi:database",
    ),
    diagnostic("version", "Version", lambda state: state.build.version),
)

_TARGETS: Final = ResourceKind[PrometheusState, Target](
    key="target",
    name="Target",
    items=lambda state: state.targets,
    id=lambda target: target.id,
    title=lambda target: brief(target.id, 100),
    part="targets",
    sensors=(
        flag("up", "Up", lambda target: target.is_up, "connectivity"),
        diagnostic("last_error", "Last error", lambda target: target.error, enabled=False),
    ),
)

_CHECKS: Final = (
    Check[Target](
        key="target_down",
        name="Target down",
        severity=Severity.WARNING,
        problem=lambda target: None if target.is_up else f"Target {target}",
        scope="target",
    ),
    Check[PrometheusState](
        key="rules_failing", name="Rules failing", severity=Severity.WARNING, problem=_rules_failing
    ),
    Check[PrometheusState](
        key="reload_failed", name="Reload failed", severity=Severity.WARNING, problem=_reload_failed
    ),
    Check[PrometheusState](
        key="database_corrupted", name="Database corrupted", severity=Severity.WARNING, problem=_corrupted
    ),
)

SERVICE: Final = Service(
    key="prometheus",
    name="Prometheus",
    category=MONITORING,
    manufacturer="Prometheus",
    icon="mdi:fire",
    role=Role.MONITOR,
    settings=(url_field("http://prometheus.example.org:9090"), *LOGIN, *TLS_SETTINGS),
    connect=PrometheusClient,
    poll=poll,
    version=lambda state: state.build.version,
    sensors=_SENSORS,
    resources=(_TARGETS,),
    checks=_CHECKS,
    tools=TOOLS,
    understood="Prometheus 2.42 to 3.5, VictoriaMetrics, Thanos, Mimir",
)
