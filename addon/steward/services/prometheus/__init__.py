"""Prometheus: what it scrapes, what its rules say, and whether it works. It is only read."""

from typing import Final

from homelab_steward.contract.devices import Aspect, Method

from ...quorum.marks import host, marks, port
from ...sdk.answers import certain, known
from ...sdk.description import (
    MONITORING,
    WORDS,
    AlertSource,
    Outage,
    ResourceKind,
    Role,
    Sensor,
    Service,
    Testifies,
    Versions,
)
from ...sdk.display import Text, brief, count, diagnostic, flag, served, warning
from ...sdk.fields import url_field
from .._prometheus.client import SETTINGS
from .client import PrometheusClient
from .models import PrometheusState, Target
from .tools import TOOLS


def _rules_failing(state: PrometheusState) -> str | None:
    failing = [f"{one.name} ({brief(one.last_error, 100)})" for one in state.failing]
    return brief(f"The evaluation of rules fails: {', '.join(failing)}") if failing else None


def _is_loaded(state: PrometheusState) -> bool:
    return known(state.runtime.reload_config_success)


def _reload_failed(state: PrometheusState) -> str | None:
    reason = "The last reload of the configuration failed: the one before is in use"
    return None if _is_loaded(state) else reason


def _corrupted(state: PrometheusState) -> Text | None:
    count = known(state.runtime.corruption_count)
    return t"The write-ahead log of the database had {count} corruptions" if count else None


def _firing(state: PrometheusState) -> int:
    return certain(len(state.firing), state.missing)


def _series(state: PrometheusState) -> int | None:
    return state.tsdb.head_stats.get("numSeries")


_SENSORS: Final[tuple[Sensor[PrometheusState], ...]] = (
    served("targets_up", "Targets up", lambda state: state.count("up"), "mdi:bullseye-arrow"),
    count("targets_down", "Targets down", lambda state: state.count("down"), "mdi:bullseye"),
    count("alerts_firing", "Alerts firing", _firing, "mdi:bell-ring"),
    count("rules_failing", "Rules failing", lambda state: len(state.failing), "mdi:file-alert"),
    flag("reload_failed", "Configuration reload", lambda state: not _is_loaded(state), "problem"),
    served("series", "Series in the database", _series, "mdi:database"),
)

_TARGETS: Final = ResourceKind[PrometheusState, Target](
    key="target",
    items=lambda state: state.watched,
    id=lambda target: target.id,
    title=lambda target: brief(target.id, 100),
    about=lambda target: target.labels,
    testifies=(
        Testifies(
            word=lambda target: WORDS[target.is_up],
            marks=lambda target: marks(addresses=[target.labels.get("instance", "")]),
            aspect=lambda _: Aspect.SERVICE,
            method=lambda _: Method.HTTP,
            device=lambda target: host(target.labels.get("instance", "")),
            part=lambda target: port(target.labels.get("instance", "")),
        ),
    ),
    sensors=(
        flag("up", "Up", lambda target: target.is_up, "connectivity"),
        diagnostic("last_error", "Last error", lambda target: target.error, enabled=False),
    ),
)

SERVICE: Final = Service[PrometheusClient, PrometheusState](
    key="prometheus",
    category=MONITORING,
    icon="mdi:fire",
    role=Role.MONITOR,
    settings=(url_field("http://prometheus.example.org:9090"), *SETTINGS),
    connect=PrometheusClient,
    poll=PrometheusClient.poll,
    version=lambda state: state.build.version,
    identity=lambda state: known(state.runtime.start_time).isoformat(),
    sensors=_SENSORS,
    resources=(_TARGETS,),
    checks=(
        warning("target_down", "Target down", Target.problem, "target", Outage(learns=False)),
        warning("rules_failing", "Rules failing", _rules_failing),
        warning("reload_failed", "Reload failed", _reload_failed),
        warning("database_corrupted", "Database corrupted", _corrupted),
    ),
    tools=TOOLS,
    alerts=AlertSource(read=PrometheusClient.read_alerts, passes_on_to="alertmanager"),
    product="prometheus",
    understood=Versions("2.42", "3.5", name="Prometheus", others=("VictoriaMetrics", "Thanos", "Mimir")),
    tested="Prometheus 3.5.3",
)
