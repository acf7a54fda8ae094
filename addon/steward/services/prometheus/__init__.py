"""Prometheus: what it scrapes, what its rules say, and whether it works. It is only read."""

from collections.abc import Callable
from typing import Final

from homelab_steward.contract.catalogue import Platform
from homelab_steward.contract.incidents import Severity

from ...sdk.access import TLS_SETTINGS, url_field
from ...sdk.auth import LOGIN
from ...sdk.categories import MONITORING
from ...sdk.description import Check, ResourceKind, Role, Sensor, Service
from ...sdk.format import brief
from ...sdk.readings import known
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


def _count(
    key: str, name: str, icon: str, value: Callable[[PrometheusState], int]
) -> Sensor[PrometheusState]:
    return Sensor(key=key, name=name, value=value, state_class="measurement", icon=icon)


_SENSORS: Final = (
    _count("targets_up", "Targets up", "mdi:bullseye-arrow", lambda state: state.count("up")),
    _count("targets_down", "Targets down", "mdi:bullseye", lambda state: state.count("down")),
    _count("alerts_firing", "Alerts firing", "mdi:bell-ring", lambda state: state.firing),
    _count("rules_failing", "Rules failing", "mdi:file-alert", lambda state: len(state.failing)),
    Sensor[PrometheusState](
        key="reload_failed",
        name="Configuration reload",
        value=lambda state: not known(state.runtime.reload_config_success),
        platform=Platform.BINARY_SENSOR,
        device_class="problem",
        diagnostic=True,
    ),
    Sensor[PrometheusState](
        key="series",
        name="Series in the database",
        value=lambda state: state.tsdb.head_stats.get("numSeries"),
        state_class="measurement",
        diagnostic=True,
        icon="mdi:database",
    ),
    Sensor[PrometheusState](
        key="version", name="Version", value=lambda state: state.build.version, diagnostic=True
    ),
)

_TARGETS: Final = ResourceKind[PrometheusState, Target](
    key="target",
    name="Target",
    items=lambda state: state.targets,
    id=lambda target: target.id,
    title=lambda target: brief(target.id, 100),
    part="targets",
    sensors=(
        Sensor(
            key="up",
            name="Up",
            value=lambda target: target.is_up,
            platform=Platform.BINARY_SENSOR,
            device_class="connectivity",
        ),
        Sensor(
            key="last_error",
            name="Last error",
            value=lambda target: target.error,
            diagnostic=True,
            enabled_by_default=False,
        ),
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
