"""Alertmanager: alerts by webhook and by polling, and silences."""

from typing import Final

from homelab_steward.contract.catalogue import Category

from ...description import Access, AlertSource, IncomingAlert, ResourceKind, Sensor, Service
from .._connection import CA_CERTIFICATE, LOGIN, VERIFY_TLS, rest_client, url_field
from .._words import brief
from .client import AlertmanagerClient
from .models import ActiveAlert, Cluster, State
from .silence import SILENCE_ALERT
from .tools import TOOLS
from .webhook import incoming, parse_webhook

MAX_ALERTS: Final = 200
"""How many alerts are listed by name; a storm of them is counted all the same."""


def _connect(access: Access) -> AlertmanagerClient:
    return AlertmanagerClient(rest_client(access), access.clock)


async def _poll(client: AlertmanagerClient) -> State:
    return await client.state()


async def _read_alerts(client: AlertmanagerClient) -> tuple[IncomingAlert, ...]:
    return tuple(incoming(alert) for alert in await client.loud_alerts())


def _title(alert: ActiveAlert) -> str:
    where = alert.labels.get("instance", "")
    return brief(f"{alert.name} on {where}" if where else alert.name, 100)


_ALERTS: Final = ResourceKind[State, ActiveAlert](
    key="alert",
    name="Alert",
    items=lambda state: state.alerts[:MAX_ALERTS],
    id=lambda alert: alert.fingerprint,
    title=_title,
    # An alert is about something else: it never is the target of one.
    labels=lambda _: {},
)

_SENSORS: Final = (
    Sensor[State](
        key="alerts_firing",
        name="Alerts firing",
        value=lambda state: len(state.loud),
        state_class="measurement",
        icon="mdi:bell-ring",
    ),
    Sensor[State](
        key="alerts_suppressed",
        name="Alerts suppressed",
        value=lambda state: len(state.alerts) - len(state.loud),
        state_class="measurement",
        icon="mdi:bell-sleep",
    ),
    Sensor[State](
        key="silences",
        name="Silences",
        value=lambda state: len(state.silences),
        state_class="measurement",
        icon="mdi:volume-off",
    ),
    Sensor[State](
        key="cluster",
        name="Cluster",
        value=lambda state: state.status.cluster,
        device_class="enum",
        diagnostic=True,
        enabled_by_default=False,
        options=tuple(Cluster),
    ),
    Sensor[State](
        key="version",
        name="Version",
        value=lambda state: state.status.version,
        diagnostic=True,
    ),
)

SERVICE: Final = Service(
    key="alertmanager",
    name="Alertmanager",
    category=Category.MONITORING,
    manufacturer="Prometheus",
    icon="mdi:bell",
    settings=(url_field("http://alertmanager.example.org:9093"), *LOGIN, VERIFY_TLS, CA_CERTIFICATE),
    connect=_connect,
    poll=_poll,
    version=lambda state: state.status.version,
    sensors=_SENSORS,
    resources=(_ALERTS,),
    tools=TOOLS,
    actions=(SILENCE_ALERT,),
    alerts=AlertSource(parse=parse_webhook, read=_read_alerts),
)
