"""UniFi Network: access points, switches with their ports and PoE, gateways, clients and the WAN."""

from typing import Any, Final

from homelab_steward.contract.devices import Aspect
from homelab_steward.contract.fences import FenceRole
from homelab_steward.contract.state import ResourceKey

from ...quorum.marks import marks
from ...sdk.categories import NETWORK
from ...sdk.checks import critical, notice, warning
from ...sdk.coverage import Gaps
from ...sdk.description import (
    WORDS,
    Action,
    Call,
    Check,
    Outage,
    ResourceKind,
    Risk,
    Sensor,
    Service,
    Testifies,
    Versions,
)
from ...sdk.display import list_tool, stated
from ...sdk.fields import TLS_SETTINGS, number_field, text_field, url_field
from ...sdk.kits import Restart, SetValue, Switch, Turn
from ...sdk.sensors import count, cpu_usage, diagnostic, duration, flag, memory_share, served
from .client import API_KEY, UnifiClient, place
from .models import NETWORKS, Client, Device, Network, SwitchPort, UnifiState

_DEVICE: Final[tuple[Sensor[Device], ...]] = (
    flag("running", "Online", lambda one: one.is_online, "connectivity"),
    cpu_usage(lambda one: one.load.cpu),
    memory_share(lambda one: one.load.mem),
    duration("uptime", "Uptime", lambda one: one.uptime, diagnostic=True, enabled=False),
    flag("update_available", "Update", lambda one: one.upgradable, "update", diagnostic=True),
    diagnostic("version", "Firmware", lambda one: one.version),
)


def _kind(key: str, name: str, icon: str, *more: Sensor[Device]) -> ResourceKind[UnifiState, Device]:
    return ResourceKind(
        key=key,
        name=name,
        items=lambda state: state.devices(key),
        id=lambda one: one.mac,
        title=lambda one: one.title,
        labels=lambda one: {"name": one.name, "mac": one.mac},
        testifies=(
            Testifies(
                word=lambda one: WORDS[one.is_online],
                marks=lambda one: marks(macs=[one.mac], addresses=[one.ip or ""], name=one.name),
                aspect=lambda _: Aspect.REACH,
            ),
        ),
        is_device=True,
        icon=icon,
        sensors=(*_DEVICE, *more),
    )


_CLIENTS: Final[Sensor[Device]] = served("clients", "Clients", lambda one: one.clients, "mdi:devices")
_PORT: Final = ResourceKind[UnifiState, SwitchPort](
    key="port",
    items=UnifiState.ports,
    id=lambda one: f"{one.port.switch}/{one.port.port_idx}",
    title=lambda one: one.title,
    parent=lambda one: ResourceKey(kind="switch", id=one.port.switch),
    icon="mdi:ethernet",
    sensors=(
        flag("up", "Connected", lambda one: one.port.up, "connectivity", enabled=False),
        Sensor(
            key="poe_power",
            name="PoE power",
            value=lambda one: one.power,
            unit="W",
            device_class="power",
            state_class="measurement",
            enabled_by_default=False,
        ),
    ),
)
_CLIENT: Final = ResourceKind[UnifiState, Client](
    key="client",
    items=UnifiState.people,
    id=lambda one: one.mac,
    title=lambda one: one.title,
    icon="mdi:devices",
    # That it is connected does not prove that it answers: only its addresses are of use.
    testifies=(
        Testifies(
            word=lambda _: None,
            marks=lambda one: marks(macs=[one.mac], addresses=[one.ip or ""], name=one.title),
            aspect=lambda _: Aspect.REACH,
        ),
    ),
)
_SENSORS: Final[tuple[Sensor[UnifiState], ...]] = (
    flag("internet", "Internet connection", lambda state: state.internet, "connectivity"),
    duration("latency", "Latency", lambda state: state.part("www").latency, "ms"),
    served("clients", "Clients", lambda state: len(state.clients), "mdi:devices"),
    count(
        "clients_blocked", "Clients blocked", lambda state: sum(one.blocked is True for one in state.users)
    ),
)
_CHECKS: Final[tuple[Check[Any], ...]] = (
    critical("wan_down", "Internet connection down", UnifiState.wan_down),
    warning("access_point_offline", "Access point offline", Device.offline, "access_point", Outage()),
    warning("switch_offline", "Switch offline", Device.offline, "switch", Outage()),
    warning("router_offline", "Gateway offline", Device.offline, "router", Outage()),
    warning("poe_lost", "Device without power", SwitchPort.unpowered, "port"),
    notice("firmware_update", "Firmware update waiting", UnifiState.firmware_update),
)


@list_tool("devices", "Devices", "All devices, offline ones first.", capability="status")
async def _devices(client: UnifiClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await client.poll(gaps)).all_devices
    return stated(
        found, lambda one: f"{one.title} ({one.model} {one.version})", Device.offline, lambda _: "online"
    )


@list_tool("ports", "Ports", "The ports with speed and power.", scope="switch", limit=60)
async def _ports(client: UnifiClient, gaps: Gaps, call: Call) -> list[str]:
    found = [one for one in (await client.poll(gaps)).ports() if one.port.switch == call.target.id]
    return stated(found, lambda one: f"{one.title}, {_link(one)}", SwitchPort.unpowered, _power)


@list_tool("networks", "Networks", "The networks with their VLANs and addresses.")
async def _networks(client: UnifiClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Network, NETWORKS, gaps, below="data")
    return [str(one) for one in sorted(found, key=lambda one: one.vlan)]


def _power(one: SwitchPort) -> str:
    return f"{one.power:g} W" if one.port.port_poe else "no PoE"


def _link(one: SwitchPort) -> str:
    return f"connected with {one.port.speed:g} Mbit/s" if one.port.up and one.port.speed else "not connected"


def _restart(kind: str, name: str) -> Action[UnifiClient]:
    return Restart(
        started=UnifiClient.started,
        request=UnifiClient.restart,
        refusal=UnifiClient.unreached,
        works=UnifiClient.works,
        away=300.0,
    ).action(
        key=f"restart_{kind}",
        name=f"Restart {name}",
        description="Restarts the device.",
        risk=Risk.MEDIUM,
        scope=kind,
        blast_radius="What is connected to it is offline for some minutes",
    )


async def _cycle_port(client: UnifiClient, call: Call) -> object:
    return await client.power_cycle(*place(call))


async def _cycle_feeder(client: UnifiClient, call: Call) -> object:
    return await client.power_cycle(*await client.feeder(call))


_BLOCK: Final = Switch[UnifiClient](
    is_on=UnifiClient.is_blocked,
    on=Turn(to=True, run=lambda client, call: client.block(call, "block-sta")),
    off=Turn(to=False, run=lambda client, call: client.block(call, "unblock-sta")),
    words=(t"allowed", t"blocked"),
    label=t"Access",
)
_ACTIONS: Final[tuple[Action[UnifiClient], ...]] = (
    *(
        _restart(*one)
        for one in (("access_point", "access point"), ("switch", "switch"), ("router", "gateway"))
    ),
    Restart(started=UnifiClient.started, request=_cycle_feeder, works=UnifiClient.works, away=300.0).action(
        key="power_cycle_access_point",
        name="Switch its power off and on",
        description="Switches the PoE of the port that it is connected to off and on again.",
        risk=Risk.MEDIUM,
        scope="access_point",
        capability="power_cycle",
        blast_radius="Its clients are offline for some minutes",
    ),
    Restart(started=UnifiClient.connected, request=_cycle_port, works=UnifiClient.works, away=300.0).action(
        key="power_cycle_port",
        name="Switch PoE off and on",
        description="Switches the power of the port off and on again.",
        risk=Risk.MEDIUM,
        scope="port",
        capability="power_cycle",
        blast_radius="What gets its power here restarts",
    ),
    _BLOCK.turn_on(
        key="block_client",
        description="Keeps a client out of the network.",
        risk=Risk.MEDIUM,
        scope="client",
        blast_radius="The client has no network",
    ),
    _BLOCK.turn_off(
        key="unblock_client",
        name="Allow client",
        description="Lets a blocked client into the network again.",
        risk=Risk.MEDIUM,
        scope="client",
        icon="mdi:check",
    ),
    SetValue(
        argument="vlan",
        label=t"VLAN",
        read=UnifiClient.read_vlan,
        write=UnifiClient.write_vlan,
        refusal=UnifiClient.vlan_refusal,
    ).action(
        key="set_port_vlan",
        name="Set network of a port",
        description="Puts what is connected to the port into the network with this VLAN.",
        risk=Risk.HIGH,
        scope="port",
        arguments=(number_field("vlan", "VLAN", least=1, most=4094),),
        capability="set_vlan",
        blast_radius="What is connected to the port changes its network, and may be unreachable",
        icon="mdi:lan",
    ),
)
SERVICE: Final = Service[UnifiClient, UnifiState](
    key="unifi",
    name="UniFi Network",
    category=NETWORK,
    manufacturer="Ubiquiti",
    icon="mdi:access-point-network",
    essential=FenceRole.FIREWALL,
    essential_kind="router",
    settings=(
        url_field("https://unifi.example.org"),
        API_KEY,
        text_field(
            "site", "Site", "The name in the address of the site; default if you have one.", required=False
        ),
        *TLS_SETTINGS,
    ),
    connect=UnifiClient,
    poll=UnifiClient.poll,
    version=lambda state: state.info.application_version,
    identity=lambda state: min((one.mac for one in state.all_devices), default=""),
    sensors=_SENSORS,
    resources=(
        _kind("access_point", "Access point", "mdi:access-point", _CLIENTS),
        _kind("switch", "Switch", "mdi:switch"),
        _kind("router", "Gateway", "mdi:router-network"),
        _PORT,
        _CLIENT,
    ),
    checks=_CHECKS,
    tools=(_devices, _ports, _networks),
    actions=_ACTIONS,
    understood=Versions("9", "10", note="on UniFi OS"),
)
