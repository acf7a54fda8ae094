"""Switches with SNMP, such as HP ProCurve and Aruba: ports, Power over Ethernet, VLANs."""

from dataclasses import replace
from functools import partial
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk

from ...errors import PreconditionFailed
from ...sdk.answers import NotKnown, known, worded
from ...sdk.categories import NETWORK
from ...sdk.description import Call, Control, Gaps, Outage, ResourceKind, Role, Sensor, Service, Versions
from ...sdk.display import Text, critical, list_tool, served, warning, worst_first
from ...sdk.fields import number_field
from ...sdk.kits import About, Current, Restart, SetValue, Switch, Turn
from ...sdk.sensors import count, diagnostic, duration, flag, measured, percentage, stops_first
from .._snmp.client import SETTINGS
from .client import OFF, ON, SwitchClient
from .models import Port, SwitchState

_VLAN: Final = number_field("vlan", "VLAN", least=1, most=4094)
_ERRORS: Final[Sensor[Port]] = count("errors", "Errors", lambda one: one.errors)
_PORT: Final = ResourceKind[SwitchState, Port](
    key="port",
    items=SwitchState.ports,
    id=lambda one: one.name.if_name,
    title=lambda one: one.title,
    labels=lambda one: {"ifName": one.name.if_name, "ifAlias": one.name.if_alias},
    icon="mdi:ethernet",
    sensors=(
        flag("up", "Link", lambda one: one.is_up, "connectivity"),
        flag("enabled", "Enabled", lambda one: one.is_enabled, diagnostic=True, enabled=False),
        flag("poe", "Power over Ethernet", lambda one: one.has_power, enabled=False),
        stops_first("Loses power first", lambda one: one.stops_first),
        diagnostic("poe_state", "Power state", lambda one: one.poe_state, enabled=False),
        measured("speed", "Speed", lambda one: one.name.if_high_speed, "Mbit/s", "data_rate", enabled=False),
        replace(_ERRORS, enabled_by_default=False),
        diagnostic("vlan", "VLAN", lambda one: one.vlan, enabled=False),
    ),
)


async def _is_enabled(client: SwitchClient, call: Call) -> bool:
    return (await client.port(call)).is_enabled


async def _has_power(client: SwitchClient, call: Call) -> bool:
    return (await client.port(call)).has_power


async def _has_link(client: SwitchClient, call: Call) -> bool:
    return (await client.port(call)).is_up


async def _last_change(client: SwitchClient, call: Call) -> str:
    port = await client.port(call)
    if not port.has_power:
        raise PreconditionFailed(t"{call.target.name} powers no device")
    return str(known(port.interface.if_last_change))


async def _vlan(client: SwitchClient, call: Call) -> Current:
    return Current(value=known((await client.port(call)).vlan))


async def _set_vlan(client: SwitchClient, call: Call, value: Value, _: Current) -> None:
    await client.set_vlan(call, int(str(value)))


async def _no_vlan(client: SwitchClient, call: Call, _: Current) -> Text | None:
    wanted = str(int(call.number("vlan")))
    found = (await client.poll(Gaps())).vlans
    return None if any(one.index == wanted for one in found) else t"The switch has no VLAN {wanted}"


def _about(
    key: str, name: str, text: str, capability: str, risk: Risk = Risk.MEDIUM, *arguments: Field
) -> About:
    lost = "What is connected to it is cut off" if risk is Risk.HIGH else "The device that it powers stops"
    return About(
        key=key,
        name=name,
        description=text,
        risk=risk,
        scope="port",
        capability=capability,
        arguments=arguments,
        blast_radius="" if risk is Risk.LOW else lost,
    )


_ENABLED: Final = Switch(
    is_on=_is_enabled,
    on=Turn(to=True, run=partial(SwitchClient.enable, value=ON)),
    off=Turn(to=False, run=partial(SwitchClient.enable, value=OFF)),
)
_POWER: Final = Switch(
    is_on=_has_power,
    on=Turn(to=True, run=partial(SwitchClient.power, value=ON)),
    off=Turn(to=False, run=partial(SwitchClient.power, value=OFF)),
    label=t"Power over Ethernet",
)
_CYCLE: Final = Restart(
    started=_last_change, request=SwitchClient.cycle, works=_has_link, note=t"Without power for 5 s."
)
_SET_VLAN: Final = SetValue(argument="vlan", label=t"VLAN", read=_vlan, write=_set_vlan, refusal=_no_vlan)


@list_tool("ports", "Ports", "Link, VLAN and power of each.", limit=60, capability="status")
async def _ports(client: SwitchClient, gaps: Gaps, _: Call) -> list[str]:
    found = worst_first((await client.poll(gaps)).ports(), Port.is_bad)
    return [_line(one) for one in found]


def _line(one: Port) -> str:
    link = worded(lambda: "up" if one.is_up else "down" if one.is_enabled else "disabled")
    speed = f", {one.name.if_high_speed} Mbit/s" if one.name.if_high_speed else ""
    vlan = f", VLAN {worded(lambda: known(one.vlan))}"
    power = f", power {worded(lambda: one.poe_state)}" if one.poe else ""
    return f"{one.title}: {link}{speed}{vlan}{power}, new errors {worded(lambda: known(one.new_errors))}"


@list_tool("vlans", "VLANs", "The VLANs of the switch.", capability="config")
async def _vlans(client: SwitchClient, gaps: Gaps, _: Call) -> list[str]:
    return [f"{one.index}: {one.dot1q_vlan_static_name}" for one in (await client.poll(gaps)).vlans]


def _up(state: SwitchState) -> int:
    return sum(one.is_up for one in state.ports())


def _uptime(state: SwitchState) -> float:
    if state.system.sys_up_time is None:
        raise NotKnown(t"The switch does not report it")
    return state.system.sys_up_time / 100


SERVICE: Final = Service(
    key="snmp_switch",
    name="SNMP switch",
    category=NETWORK,
    manufacturer=None,
    icon="mdi:switch",
    role=Role.HOST,
    interval=60.0,
    settings=SETTINGS,
    connect=SwitchClient,
    poll=SwitchClient.poll,
    version=lambda state: state.system.version,
    sensors=(
        served("ports_up", "Ports with link", _up, "mdi:ethernet"),
        percentage("poe_share", "Power over Ethernet used", lambda state: state.used, "mdi:flash"),
        duration("uptime", "Uptime", _uptime, diagnostic=True, enabled=False),
    ),
    resources=(_PORT,),
    checks=(
        warning("port_down", "Port down", Port.down, scope="port", outage=Outage()),
        warning("port_errors", "Port counts errors", Port.erroneous, scope="port"),
        warning("poe_fault", "Power over Ethernet fails", Port.poe_fault, scope="port"),
        critical("poe_overload", "Power over Ethernet overloaded", SwitchState.overload),
    ),
    tools=(_ports, _vlans),
    actions=(
        _ENABLED.turn_off(**_about("disable_port", "Disable port", "No link.", "disable_port", Risk.HIGH)),
        _ENABLED.turn_on(**_about("enable_port", "Enable port", "Connects it.", "enable_port", Risk.LOW)),
        _POWER.turn_off(**_about("power_off", "Switch power off", "Stops its device.", "power_off")),
        _POWER.turn_on(**_about("power_on", "Switch power on", "Powers a device.", "power_on", Risk.LOW)),
        _CYCLE.action(**_about("power_cycle", "Power cycle", "Restarts the powered device.", "power_cycle")),
        _SET_VLAN.action(
            **_about("set_vlan", "Set VLAN", "Moves a port to another VLAN.", "set_vlan", Risk.HIGH, _VLAN)
        ),
    ),
    controls=(
        Control.switch("enabled", "Enabled", "enabled", on="enable_port", off="disable_port", scope="port"),
        Control.switch("poe", "Power over Ethernet", "poe", on="power_on", off="power_off", scope="port"),
    ),
    understood=Versions(note="IF-MIB, Q-BRIDGE-MIB, POWER-ETHERNET-MIB (RFC 3621)"),
)
