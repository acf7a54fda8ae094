"""Alertmanager: alerts by webhook and by polling, and silences."""

from enum import StrEnum
from typing import Any, Final

import msgspec

from ...sdk.access import Access
from ...sdk.categories import MONITORING
from ...sdk.description import Role, Sensor, Service
from ...sdk.fields import url_field
from ...sdk.parse import Item, Time
from ...sdk.readings import NotKnown
from ...sdk.sensors import diagnostic
from ...sdk.settling import Settling
from ...sdk.state import one
from .._alertmanager.client import AlertClient
from .._alertmanager.models import AlertState
from .._alertmanager.service import ALERT, SENSORS, SILENCE_ALERT, TOOLS, alert_source
from .._prometheus.client import SETTINGS

SETTLED: Final = 300.0
"""Seconds after its start in which every sender repeats what fires (the default resolve timeout)."""


class Cluster(StrEnum):
    """How several Alertmanagers work together."""

    READY = "ready"
    SETTLING = "settling"
    DISABLED = "disabled"


class Status(Item):
    """The program itself. Its configuration may hold secrets and is not read."""

    build: dict[str, str] = msgspec.field(name="versionInfo")
    started_at: Time = msgspec.field(name="uptime")
    peers: dict[str, Any] = msgspec.field(name="cluster", default_factory=dict)

    @property
    def cluster(self) -> Cluster | None:
        """The state of the cluster, None when it is not reported or not one that is known."""
        return next((one for one in Cluster if one == self.peers.get("status")), None)

    @property
    def version(self) -> str | None:
        """The version of the build."""
        return self.build.get("version")


class AlertmanagerState(AlertState):
    """Everything that one poll reads."""

    status = one("status", Status, optional=True)


class AlertmanagerClient(AlertClient[AlertmanagerState]):
    """One Alertmanager, or several behind one address. Alerts are kept in memory only."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, "api/v2", AlertmanagerState)
        self._settling = Settling(access.clock, SETTLED)

    def missing(self, state: AlertmanagerState) -> str | None:
        """Return that senders or the cluster have not repeated all alerts yet."""
        try:
            status = state.status
        except NotKnown as err:
            return f"It is not known when Alertmanager started: {err}"
        if not self._settling.is_settled(status.started_at):
            return "Alertmanager has just started and may not have received all alerts yet"
        return "The cluster of Alertmanager is settling" if status.cluster is Cluster.SETTLING else None


SERVICE: Final = Service[AlertmanagerClient, AlertmanagerState](
    key="alertmanager",
    name="Alertmanager",
    category=MONITORING,
    manufacturer="Prometheus",
    icon="mdi:bell",
    role=Role.MONITOR,
    settings=(url_field("http://alertmanager.example.org:9093"), *SETTINGS),
    connect=AlertmanagerClient,
    poll=AlertmanagerClient.poll,
    version=lambda state: state.status.version,
    sensors=(
        *SENSORS,
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
    ),
    resources=(ALERT,),
    tools=TOOLS,
    actions=(SILENCE_ALERT,),
    alerts=alert_source(),
    understood="0.25 to 0.33, Mimir",
)
