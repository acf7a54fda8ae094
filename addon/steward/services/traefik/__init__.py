"""Traefik: its routers, the servers behind it, and certificates. Its API changes nothing."""

from datetime import timedelta
from typing import Any, Final

from ...sdk.answers import known
from ...sdk.client import LOGIN, Basic, Rest
from ...sdk.description import NETWORK, Call, Check, Gaps, ResourceKind, Sensor, Service, Versions
from ...sdk.display import brief, critical, list_tool, stated, warning
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.sensors import count, duration, flag, served, started
from .models import Backend, Certificate, Router, TraefikState, expiring


class TraefikClient(Rest):
    """One Traefik."""

    base = "api"
    auth = Basic()


_BACKEND: Final = ResourceKind[TraefikState, tuple[str, Backend]](
    key="backend",
    items=TraefikState.checked,
    id=lambda one: f"{one[0]}:{one[1].name}",
    title=lambda one: one[1].name,
    labels=lambda one: {"service": one[1].name},
    icon="mdi:server-network",
    sensors=(flag("running", "Running", lambda one: one[1].outage() is None, "connectivity"),),
)
_CERTIFICATE: Final = ResourceKind[TraefikState, tuple[timedelta, Certificate]](
    key="certificate",
    items=TraefikState.certificates,
    id=lambda one: one[1].id,
    title=lambda one: one[1].title,
    labels=lambda one: {"cn": one[1].common_name, "sans": ",".join(one[1].sans)},
    icon="mdi:certificate",
    sensors=(duration("certificate_days", "Expires in", lambda one: one[0].days, "d", enabled=False),),
)
_SENSORS: Final[tuple[Sensor[TraefikState], ...]] = (
    served("routers", "Routers", lambda state: len(state.routers()), "mdi:call-split"),
    count(
        "routers_failed",
        "Routers with errors",
        lambda state: sum(one.problem() is not None for one in state.routers()),
    ),
    duration(
        "certificate_days",
        "Next certificate expires in",
        lambda state: known(next((left.days for left, _ in state.certificates()), None)),
        "d",
    ),
    started(lambda state: state.version.started),
)
_CHECKS: Final[tuple[Check[Any], ...]] = (
    critical("backend_down", "Backend down", lambda one: one[1].outage(), "backend"),
    warning("backend_degraded", "Backend partly down", lambda one: one[1].degraded(), "backend"),
    warning("router_failed", "Router with errors", TraefikState.routers_failed),
    warning("certificate_expiring", "Certificate expiring", expiring, "certificate"),
)


@list_tool("routers", "Routers", "What accepts requests, with rules and errors.")
async def _routers(client: TraefikClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await TraefikState.poll(client, gaps)).routers()
    return stated(
        found,
        lambda one: f"{one.name} for {brief(one.rule, 120) or 'all packets'}",
        Router.problem,
        lambda one: f"sends to {one.service}",
    )


@list_tool("backends", "Backends", "The servers behind it.", capability="status")
async def _backends(client: TraefikClient, gaps: Gaps, _: Call) -> list[str]:
    rows = [backend for _, backend in (await TraefikState.poll(client, gaps)).backends()]
    return stated(rows, lambda one: one.name, Backend.problem, lambda one: f"{len(one.servers)} are up")


@list_tool("certificates", "Certificates", "The certificates, with their ends.")
async def _certificates(client: TraefikClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await TraefikState.poll(client, gaps)).certificates()
    return [f"{one.title}: {left.days} days left, issued by {one.issuer}" for left, one in found]


SERVICE: Final = Service[TraefikClient, TraefikState](
    key="traefik",
    category=NETWORK,
    manufacturer="Traefik Labs",
    icon="mdi:routes",
    settings=(url_field("http://traefik.example.org:8080"), *LOGIN, *TLS_SETTINGS),
    connect=TraefikClient,
    poll=TraefikState.poll,
    version=lambda state: state.version.version,
    identity=lambda state: state.version.started.isoformat(),
    sensors=_SENSORS,
    resources=(_BACKEND, _CERTIFICATE),
    checks=_CHECKS,
    tools=(_backends, _routers, _certificates),
    product="traefik",
    understood=Versions("3.0", "3.7", note="with certificates from 3.7 on"),
    tested="Traefik 3.7",
)
