"""Uptime Kuma: its monitors, alerts for those that are down, and pausing them."""

from typing import Final

from homelab_steward.contract.state import ResourceKey

from ...quorum.marks import host
from ...sdk.answers import known
from ...sdk.categories import MONITORING
from ...sdk.description import (
    AlertSource,
    Call,
    Control,
    ResourceKind,
    Risk,
    Role,
    Sensor,
    Service,
    Testifies,
    Versions,
)
from ...sdk.display import Text, brief, choice, count, diagnostic, duration, flag, newest_version, served
from ...sdk.fields import TLS_SETTINGS, secret_field, text_field, url_field
from ...sdk.kits import Switch, Turn
from .client import UptimeKumaClient, poll, read_alerts
from .maintenance import WINDOW
from .models import KumaState, Monitor, Status, Watched
from .tools import TOOLS
from .webhook import parse_webhook


def _count(status: Status, name: str, icon: str) -> Sensor[KumaState]:
    sensor = served if status is Status.UP else count
    return sensor(f"monitors_{status}", f"Monitors {name}", lambda state: state.count(status), icon)


_SENSORS: Final[tuple[Sensor[KumaState], ...]] = (
    _count(Status.UP, "up", "mdi:check-circle"),
    _count(Status.DOWN, "down", "mdi:alert-circle"),
    _count(Status.PENDING, "pending", "mdi:progress-clock"),
    _count(Status.MAINTENANCE, "in maintenance", "mdi:wrench-clock"),
    _count(Status.PAUSED, "paused", "mdi:pause-circle"),
    newest_version(lambda state: state.latest),
)


def _group(monitor: Monitor) -> ResourceKey | None:
    return None if monitor.parent is None else ResourceKey(kind="monitor", id=str(monitor.parent))


_MONITOR: Final = ResourceKind[KumaState, Watched](
    key="monitor",
    items=lambda state: state.monitors,
    id=lambda one: str(one.monitor.id),
    title=lambda one: one.monitor.name,
    parent=lambda one: _group(one.monitor),
    is_device=True,
    part="monitors",
    testifies=(
        Testifies(
            word=lambda one: one.word,
            marks=lambda one: one.monitor.marks,
            aspect=lambda one: one.monitor.aspect,
            method=lambda one: one.monitor.method,
            device=lambda one: host(one.monitor.address),
            part=lambda one: one.monitor.part,
            checked_at=lambda one: one.last.at,
            interval=lambda one: one.monitor.interval,
            labels=lambda one: one.monitor.labels,
        ),
    ),
    sensors=(
        flag("up", "Up", lambda one: one.is_up, "connectivity"),
        choice("status", "Status", lambda one: one.status, tuple(Status)),
        flag("active", "Active", lambda one: one.monitor.active, diagnostic=True, enabled=False),
        duration("response_time", "Response time", lambda one: one.response_time, "ms"),
        duration(
            "certificate_days", "Certificate expires in", lambda one: one.certificate, "d", diagnostic=True
        ),
        diagnostic("message", "Last message", lambda one: brief(known(one.last.msg), 200), enabled=False),
    ),
)


async def _group_is_paused(client: UptimeKumaClient, call: Call) -> Text | None:
    is_paused = (await client.watched(call)).monitor.force_inactive
    return t"The group of {call.target.name} is paused: resume the group" if is_paused else None


_SWITCH: Final = Switch(
    is_on=UptimeKumaClient.is_active,
    on=Turn(to=True, run=UptimeKumaClient.resume, refusal=_group_is_paused, note=t"It is checked at once."),
    off=Turn(to=False, run=UptimeKumaClient.pause, note=t"The monitors of a group are paused with it."),
    words=(t"paused", t"active"),
)

SERVICE: Final = Service(
    key="uptime_kuma",
    name="Uptime Kuma",
    category=MONITORING,
    icon="mdi:heart-pulse",
    role=Role.MONITOR,
    settings=(
        url_field("http://uptime-kuma.example.org:3001"),
        text_field("username", "User name"),
        secret_field("password", "Password", "Of the web interface. Two-factor login is not supported."),
        *TLS_SETTINGS,
    ),
    connect=UptimeKumaClient,
    poll=poll,
    version=lambda state: state.version,
    sensors=_SENSORS,
    resources=(_MONITOR,),
    tools=TOOLS,
    actions=(
        _SWITCH.turn_off(
            key="pause_monitor",
            description="Stops checking until it is resumed.",
            risk=Risk.LOW,
            scope="monitor",
            blast_radius="Uptime Kuma notifies nobody of it meanwhile",
        ),
        _SWITCH.turn_on(
            key="resume_monitor",
            description="Starts checking again.",
            risk=Risk.LOW,
            scope="monitor",
        ),
        WINDOW.action(
            key="maintain_monitor",
            name="Begin maintenance",
            description="Begins a maintenance window of some hours.",
            risk=Risk.LOW,
            scope="monitor",
            blast_radius="Uptime Kuma notifies nobody of it meanwhile",
            icon="mdi:wrench-clock",
            capability="maintenance",
        ),
    ),
    controls=(
        Control.switch(
            "active", "Active", "active", on="resume_monitor", off="pause_monitor", scope="monitor"
        ),
        Control.update("https://github.com/louislam/uptime-kuma/releases"),
    ),
    alerts=AlertSource(parse=parse_webhook, read=read_alerts),
    listen=UptimeKumaClient.listen,
    understood=Versions("1.23", "2.5"),
    tested="Uptime Kuma 2.0",
)
