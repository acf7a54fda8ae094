"""Alertmanager: alerts by webhook and by polling, and silences."""

from typing import Final

from homelab_steward.contract.catalogue import Risk

from ...sdk.access import TLS_SETTINGS, url_field
from ...sdk.auth import LOGIN
from ...sdk.categories import MONITORING
from ...sdk.description import AlertSource, ResourceKind, Role, Sensor, Service
from ...sdk.format import brief
from ...sdk.kits.silence import Silence
from ...sdk.sensors import count, diagnostic
from .alerts import parse_webhook, read_alerts
from .client import MOST_ALERTS, AlertmanagerClient, poll
from .models import ActiveAlert, AlertmanagerState, Cluster
from .tools import TOOLS

_SENSORS: Final[tuple[Sensor[AlertmanagerState], ...]] = (
    count("alerts_firing", "Alerts firing", lambda state: state.count(suppressed=False), "mdi:bell-ring"),
    count(
        "alerts_suppressed",
        "Alerts suppressed",
        lambda state: state.count(suppressed=True),
        "mdi:bell-sleep",
    ),
    count("silences", "Silences", lambda state: len(state.silences), "mdi:volume-off"),
    Sensor(
        key="cluster",
        name="Cluster",
        value=lambda state: state.status.cluster,
        device_class="enum",
        diagnostic=True,
        enabled_by_default=False,
        options=tuple(Cluster),
    ),
    diagnostic("version", "Version", lambda state: state.status.version),
)

_ALERTS: Final = ResourceKind[AlertmanagerState, ActiveAlert](
    key="alert",
    name="Alert",
    items=lambda state: state.alerts[:MOST_ALERTS],
    id=lambda alert: alert.fingerprint,
    title=lambda alert: brief(alert.title, 100),
    part="alerts",
)

_SILENCE_ALERT: Final = Silence(
    subject=AlertmanagerClient.occurrence,
    active=AlertmanagerClient.silences,
    start=AlertmanagerClient.silence,
    end=AlertmanagerClient.expire,
    note="Silences only this alert, with exactly its labels.",
).action(
    key="silence_alert",
    name="Silence alert",
    description="Silences one alert for some hours.",
    risk=Risk.LOW,
    scope="alert",
    blast_radius="Nobody is notified of this alert meanwhile",
)

SERVICE: Final = Service(
    key="alertmanager",
    name="Alertmanager",
    category=MONITORING,
    manufacturer="Prometheus",
    icon="mdi:bell",
    role=Role.MONITOR,
    settings=(url_field("http://alertmanager.example.org:9093"), *LOGIN, *TLS_SETTINGS),
    connect=AlertmanagerClient,
    poll=poll,
    version=lambda state: state.status.version,
    sensors=_SENSORS,
    resources=(_ALERTS,),
    tools=TOOLS,
    actions=(_SILENCE_ALERT,),
    alerts=AlertSource(parse=parse_webhook, read=read_alerts),
    understood="0.25 to 0.33",
)
