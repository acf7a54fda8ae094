"""Radarr: films, their downloads, and how the program itself is."""

from collections.abc import Iterator
from typing import Final

from homelab_steward.contract.catalogue import Category, Field, Platform, SettingKind
from homelab_steward.contract.incidents import Severity

from ...description import Access, Check, Finding, Sensor, Service
from .._connection import CA_CERTIFICATE, VERIFY_TLS, address, secret, tls, url_field
from .._words import GIB, brief
from .client import RadarrClient
from .models import HealthLevel, State
from .restart import RESTART
from .search import SEARCH_MISSING
from .tools import TOOLS


def _connect(access: Access) -> RadarrClient:
    return RadarrClient(address(access), secret(access, "api_key"), tls(access), access.clock)


async def _poll(client: RadarrClient) -> State:
    return await client.state()


def _health_errors(state: State) -> Iterator[Finding]:
    return (Finding(text=brief(one.message)) for one in state.health_of(HealthLevel.ERROR))


def _stuck_queue(state: State) -> Iterator[Finding]:
    if state.queue.has_errors:
        yield Finding(text="Downloads in the queue have failed")
    elif state.queue.has_warnings:
        yield Finding(text="Downloads in the queue are stuck")


_SENSORS: Final = (
    Sensor[State](
        key="health_errors",
        name="Health errors",
        value=lambda state: len(state.health_of(HealthLevel.ERROR)),
        state_class="measurement",
        icon="mdi:heart-broken",
    ),
    Sensor[State](
        key="health_warnings",
        name="Health warnings",
        value=lambda state: len(state.health_of(HealthLevel.WARNING)),
        state_class="measurement",
        icon="mdi:heart-half-full",
    ),
    Sensor[State](
        key="queue_size",
        name="Queue",
        value=lambda state: state.queue.total,
        state_class="measurement",
        icon="mdi:download",
    ),
    Sensor[State](
        key="queue_errors",
        name="Queue errors",
        value=lambda state: state.queue.has_errors,
        platform=Platform.BINARY_SENSOR,
        device_class="problem",
    ),
    Sensor[State](
        key="queue_warnings",
        name="Queue warnings",
        value=lambda state: state.queue.has_warnings,
        platform=Platform.BINARY_SENSOR,
        device_class="problem",
    ),
    Sensor[State](
        key="free_disk",
        name="Least free disk space",
        value=lambda state: None if state.least_free is None else round(state.least_free / GIB, 1),
        unit="GiB",
        device_class="data_size",
        state_class="measurement",
        precision=1,
    ),
    Sensor[State](
        key="started_at",
        name="Running since",
        value=lambda state: state.status.started_at.isoformat(),
        device_class="timestamp",
        diagnostic=True,
    ),
    Sensor[State](
        key="version",
        name="Version",
        value=lambda state: state.status.version,
        diagnostic=True,
    ),
)

SERVICE: Final = Service(
    key="radarr",
    name="Radarr",
    category=Category.ARR,
    manufacturer="Servarr",
    icon="mdi:movie-open",
    settings=(
        url_field("http://radarr.example.org:7878"),
        Field(
            key="api_key",
            kind=SettingKind.SECRET,
            name="API key",
            description="From Radarr's settings, General, Security.",
        ),
        VERIFY_TLS,
        CA_CERTIFICATE,
    ),
    connect=_connect,
    poll=_poll,
    version=lambda state: state.status.version,
    sensors=_SENSORS,
    checks=(
        Check(key="health_error", name="Health error", severity=Severity.WARNING, find=_health_errors),
        Check(key="queue_stuck", name="Queue stuck", severity=Severity.WARNING, find=_stuck_queue),
    ),
    tools=TOOLS,
    actions=(RESTART, SEARCH_MISSING),
)
