"""OPNsense: gateways, services, DHCP pools, certificates and firmware."""

from typing import Any, Final

from homelab_steward.contract.fences import FenceRole

from ...sdk.answers import known
from ...sdk.categories import NETWORK
from ...sdk.description import (
    Call,
    Check,
    Control,
    Gaps,
    Outage,
    ResourceKind,
    Risk,
    Role,
    Sensor,
    Service,
    Versions,
)
from ...sdk.display import brief, critical, list_tool, notice, stated, warning
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.kits import LastJob, Restart, Switch, Turn
from ...sdk.sensors import (
    count,
    cpu_usage,
    duration,
    flag,
    memory_share,
    newest_version,
    percentage,
    served,
    share,
    update_available,
)
from .client import KEY, OpnsenseClient
from .models import Daemon, Gateway, OpnsenseState, Pool

_GATEWAY: Final = ResourceKind[OpnsenseState, Gateway](
    key="gateway",
    items=lambda state: state.gateways,
    id=lambda one: one.name,
    labels=lambda one: {"gateway": one.name, "name": one.name},
    is_device=True,
    icon="mdi:transit-connection-variant",
    sensors=(
        flag("running", "Online", lambda one: one.is_up, "connectivity"),
        percentage("loss", "Packet loss", lambda one: one.number(one.loss)),
        duration("delay", "Delay", lambda one: one.number(one.delay), "ms"),
    ),
)
_SERVICE: Final = ResourceKind[OpnsenseState, Daemon](
    key="service",
    items=lambda state: state.services,
    id=lambda one: one.id,
    title=lambda one: one.title,
    labels=lambda one: {"service": one.name},
    icon="mdi:cog",
    sensors=(flag("running", "Running", lambda one: one.running, "running", enabled=False),),
)
_POOL: Final = ResourceKind[OpnsenseState, Pool](
    key="dhcp_pool",
    name="DHCP pool",
    items=OpnsenseState.pools,
    id=lambda one: one.subnet.uuid,
    title=lambda one: one.subnet.subnet,
    icon="mdi:ip-network",
    sensors=(percentage("dhcp_share", "Addresses leased", lambda one: one.share),),
)
_SENSORS: Final[tuple[Sensor[OpnsenseState], ...]] = (
    flag("internet", "Internet connection", lambda state: state.wan_down() is None, "connectivity"),
    count(
        "services_stopped",
        "Services stopped",
        lambda state: sum(not known(one.running) for one in state.services),
    ),
    cpu_usage(lambda state: state.activity.cpu),
    served("dhcp_leases", "DHCP leases", OpnsenseState.leased, "mdi:ip-network"),
    memory_share(lambda state: share(state.memory.used, state.memory.total), icon=None),
    duration(
        "certificate_days",
        "Next certificate expires in",
        lambda state: known(next((left.days for left, _ in state.used_certificates()), None)),
        "d",
    ),
    duration("uptime", "Uptime", lambda state: state.clock.seconds, diagnostic=True, enabled=False),
    update_available(lambda state: state.firmware.is_waiting, "Update"),
    newest_version(lambda state: state.firmware.newest),
)
_CHECKS: Final[tuple[Check[Any], ...]] = (
    critical("wan_down", "Internet connection down", OpnsenseState.wan_down),
    warning("gateway_down", "Gateway down or with packet loss", Gateway.problem, "gateway"),
    warning("service_stopped", "Service stopped", Daemon.stopped, "service", Outage()),
    warning("dhcp_full", "DHCP pool nearly full", Pool.full, "dhcp_pool"),
    warning("certificate_expiring", "Certificate expiring", OpnsenseState.certificate_expiring),
    notice("firmware_update", "Firmware update failed or waiting", lambda state: state.firmware.problem()),
)


@list_tool("gateways", "Gateways", "Gateways with loss and delay.", capability="status")
async def _gateways(client: OpnsenseClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).gateways
    return stated(found, lambda one: one.name, Gateway.problem, lambda one: f"it answers in {one.delay}")


@list_tool("services", "Services", "The services, stopped ones first.")
async def _services(client: OpnsenseClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).services
    return stated(found, lambda one: one.title, Daemon.stopped, lambda _: "running")


@list_tool("firmware", "Firmware", "The result of the last check for updates.")
async def _firmware(client: OpnsenseClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).firmware
    newest = found.product.product_latest or "not known"
    return [
        f"Version {found.product.product_version}, newest {newest}",
        f"{found.status}: {brief(found.status_msg)}",
    ]


_UPDATES: Final = LastJob(last=OpnsenseClient.last_check, request=OpnsenseClient.check_updates)
_POWER: Final = Switch[OpnsenseClient](
    is_on=OpnsenseClient.runs,
    on=Turn(to=True, run=lambda client, call: client.control(call, "start")),
    off=Turn(to=False, run=lambda client, call: client.control(call, "stop")),
    words=(t"stopped", t"running"),
)
SERVICE: Final = Service[OpnsenseClient, OpnsenseState](
    key="opnsense",
    name="OPNsense",
    category=NETWORK,
    manufacturer="Deciso",
    icon="mdi:wall-fire",
    essential=FenceRole.FIREWALL,
    role=Role.HOST,
    interval=60.0,
    settings=(url_field("https://opnsense.example.org"), *KEY, *TLS_SETTINGS),
    connect=OpnsenseClient,
    poll=OpnsenseClient.poll,
    version=lambda state: state.firmware.product.product_version,
    sensors=_SENSORS,
    resources=(_GATEWAY, _SERVICE, _POOL),
    checks=_CHECKS,
    tools=(_gateways, _services, _firmware),
    actions=(
        Restart(
            started=OpnsenseClient.processes, request=lambda client, call: client.control(call, "restart")
        ).action(
            key="restart_service",
            description="Restarts one service of the firewall.",
            risk=Risk.MEDIUM,
            scope="service",
            blast_radius="What the service does is away for some seconds",
        ),
        _POWER.turn_on(
            key="start_service",
            description="Starts one service of the firewall.",
            risk=Risk.LOW,
            scope="service",
        ),
        Restart(started=OpnsenseClient.started, request=OpnsenseClient.reboot, away=300.0).action(
            key="reboot",
            name="Restart firewall",
            description="Restarts the firewall with all its services.",
            risk=Risk.HIGH,
            blast_radius="Nothing reaches another network for some minutes",
        ),
        _UPDATES.run(t"Updates", t"as known", t"looked up again").action(
            key="check_updates",
            name="Check for updates",
            description="Looks for updates. It installs nothing.",
            risk=Risk.LOW,
            button=True,
        ),
    ),
    controls=(Control.update("https://docs.opnsense.org/releases.html"),),
    product="opnsense",
    understood=Versions("24.7", "26.7"),
)
