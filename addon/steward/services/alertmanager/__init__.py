"""Alertmanager: alerts by webhook and by polling, and silences."""

from typing import Any, Final

import msgspec

from ...sdk.answers import Item, Time, one
from ...sdk.description import Access, Versions
from ...sdk.display import Text, choice
from ...sdk.fields import url_field
from ...sdk.settling import Settling
from .._alertmanager.client import AlertClient
from .._alertmanager.models import AlertState
from .._alertmanager.service import alert_service
from .._prometheus.client import SETTINGS

SETTLED: Final = 300.0
"""Seconds after its start in which every sender repeats what fires (the default resolve timeout)."""


CLUSTER: Final = ("ready", "settling", "disabled")
"""How several Alertmanagers work together."""


class Status(Item):
    """The program itself. Its configuration may hold secrets and is not read."""

    build: dict[str, str] = msgspec.field(name="versionInfo")
    started_at: Time = msgspec.field(name="uptime")
    peers: dict[str, Any] = msgspec.field(name="cluster", default_factory=dict)

    @property
    def cluster(self) -> str | None:
        """The state of the cluster, None when it is not reported or not one that is known."""
        status = self.peers.get("status")
        return status if status in CLUSTER else None

    @property
    def version(self) -> str | None:
        """The version of the build."""
        return self.build.get("version")


class AlertmanagerState(AlertState):
    """Everything that one poll reads."""

    status = one("status", Status, optional=True)


class AlertmanagerClient(AlertClient[AlertmanagerState]):
    """One Alertmanager, or several behind one address. Alerts are kept in memory only."""

    api, state = "api/v2", AlertmanagerState

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self._settling = Settling(access.clock, SETTLED)

    def missing(self, state: AlertmanagerState) -> Text | None:
        """Return that senders or the cluster have not repeated all alerts yet."""
        if reason := state.gaps.of("status"):
            return t"It is not known when Alertmanager started: {reason}"
        status = state.status
        if not self._settling.is_settled(status.started_at):
            return t"Alertmanager has just started and may not have received all alerts yet"
        return t"The cluster of Alertmanager is settling" if status.cluster == "settling" else None


SERVICE: Final = alert_service(
    key="alertmanager",
    name="Alertmanager",
    manufacturer="Prometheus",
    icon="mdi:bell",
    settings=(url_field("http://alertmanager.example.org:9093"), *SETTINGS),
    connect=AlertmanagerClient,
    version=lambda state: state.status.version,
    identity=lambda state: state.status.started_at.isoformat(),
    understood=Versions("0.25", "0.33", others=("Mimir",)),
    tested="Alertmanager 0.33.1",
).extended(
    sensors=(
        choice("cluster", "Cluster", lambda s: s.status.cluster, CLUSTER, diagnostic=True, enabled=False),
    )
)
