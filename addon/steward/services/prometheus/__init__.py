"""Prometheus: what it scrapes and what its rules say. It is only ever read."""

from collections.abc import Iterator
from typing import Final

from homelab_steward.contract.catalogue import Category
from homelab_steward.contract.incidents import Severity

from ...description import Access, Check, Finding, Sensor, Service
from .._connection import CA_CERTIFICATE, LOGIN, VERIFY_TLS, rest_client, url_field
from .._words import brief
from .client import PrometheusClient
from .models import State
from .tools import TOOLS


def _connect(access: Access) -> PrometheusClient:
    return PrometheusClient(rest_client(access), access.clock)


async def _poll(client: PrometheusClient) -> State:
    return await client.state()


def _down_targets(state: State) -> Iterator[Finding]:
    for target in state.targets:
        if not target.is_up:
            yield Finding(text=brief(f"Target {target.instance} of {target.job} is down"))


_SENSORS: Final = (
    Sensor[State](
        key="targets_up",
        name="Targets up",
        value=lambda state: sum(target.is_up for target in state.targets),
        state_class="measurement",
        icon="mdi:bullseye-arrow",
    ),
    Sensor[State](
        key="targets_down",
        name="Targets down",
        value=lambda state: sum(not target.is_up for target in state.targets),
        state_class="measurement",
        icon="mdi:bullseye",
    ),
    Sensor[State](
        key="alerts_firing",
        name="Alerts firing",
        value=lambda state: len(state.firing),
        state_class="measurement",
        icon="mdi:bell-ring",
    ),
    Sensor[State](
        key="version",
        name="Version",
        value=lambda state: state.version,
        diagnostic=True,
    ),
)

SERVICE: Final = Service(
    key="prometheus",
    name="Prometheus",
    category=Category.MONITORING,
    manufacturer="Prometheus",
    icon="mdi:fire",
    settings=(url_field("http://prometheus.example.org:9090"), *LOGIN, VERIFY_TLS, CA_CERTIFICATE),
    connect=_connect,
    poll=_poll,
    version=lambda state: state.version,
    sensors=_SENSORS,
    checks=(Check(key="target_down", name="Target down", severity=Severity.WARNING, find=_down_targets),),
    tools=TOOLS,
)
