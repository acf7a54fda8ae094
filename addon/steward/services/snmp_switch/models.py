"""What a switch says of its ports: IF-MIB, POWER-ETHERNET-MIB (RFC 3621), BRIDGE-MIB and Q-BRIDGE-MIB."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ...sdk.answers import Item, NotKnown, State, Unknown, known, many, one
from ...sdk.display import Text, share
from .._snmp.tables import MIB2, SYSTEM, table

ETHERNET: Final = (6, 117)
UP, ON, FAULTY = 1, 1, 3
POE_STATES: Final = {1: "disabled", 2: "searching", 3: "delivering", 4: "fault", 5: "test", 6: "other fault"}
POE_FAULTS: Final = (4, 6)
DELIVERING: Final = 3
MOST_ERRORS: Final = 10
WINDOW: Final = 900.0
"""Seconds for which new errors of a port are counted."""

FULL: Final = 90.0
"""Percent of the power of a group of ports."""

_REVISION: Final = re.compile(r"(?:revision|version)\s+([\w.()-]+)", re.IGNORECASE)

TABLES: Final = {
    "system": SYSTEM,
    "interfaces": table(
        f"{MIB2}.2.2.1",
        ifType=3,
        ifAdminStatus=7,
        ifOperStatus=8,
        ifLastChange=9,
        ifInErrors=14,
        ifOutErrors=20,
    ),
    "names": table(f"{MIB2}.31.1.1.1", ifName=1, ifHighSpeed=15, ifAlias=18),
    "poe": table(
        f"{MIB2}.105.1.1.1",
        pethPsePortAdminEnable=3,
        pethPsePortDetectionStatus=6,
        pethPsePortPowerPriority=7,
    ),
    "supplies": table(
        f"{MIB2}.105.1.3.1.1", pethMainPsePower=2, pethMainPseOperStatus=3, pethMainPseConsumptionPower=4
    ),
    "bridge": table(f"{MIB2}.17.1.4.1", dot1dBasePortIfIndex=2),
    "vlan_of": table(f"{MIB2}.17.7.1.4.5.1", dot1qPvid=1),
    "vlans": table(
        f"{MIB2}.17.7.1.4.3.1",
        "dot1qVlanStaticEgressPorts",
        "dot1qVlanStaticUntaggedPorts",
        dot1qVlanStaticName=1,
        dot1qVlanStaticEgressPorts=2,
        dot1qVlanStaticUntaggedPorts=4,
    ),
}


class System(Item):
    """The system group. ``sys_up_time`` in hundredths of a second."""

    sys_descr: str
    sys_up_time: int | None = None
    sys_name: str | None = None

    @property
    def version(self) -> str:
        """The revision that the description names, else its beginning."""
        found = _REVISION.search(self.sys_descr)
        return found[1] if found else self.sys_descr[:40]


class Interface(Item):
    """One interface by its number. ``if_last_change`` is the uptime at its last change."""

    index: str
    if_type: int
    if_admin_status: int | None = None
    if_oper_status: int | None = None
    if_last_change: int | None = None
    if_in_errors: int | None = None
    if_out_errors: int | None = None


class Name(Item):
    """The name of an interface; its speed in Mbit/s."""

    index: str
    if_name: str
    if_high_speed: int | None = None
    if_alias: str = ""


class Poe(Item):
    """Power over Ethernet of a port; the index is its group and its number in it."""

    index: str
    peth_pse_port_admin_enable: int | None = None
    peth_pse_port_detection_status: int | None = None
    peth_pse_port_power_priority: int | None = None

    @property
    def order(self) -> tuple[int, ...]:
        """The order in which a switch gives power: by priority (1 is critical), then by number."""
        return (self.peth_pse_port_power_priority or 0, *map(int, self.index.split(".")))


class Supply(Item):
    """The power supply of a group of ports, in watts."""

    index: str
    peth_main_pse_power: int | None = None
    peth_main_pse_oper_status: int | None = None
    peth_main_pse_consumption_power: int | None = None

    @property
    def used(self) -> float:
        """How much of its power is used, in percent. Raises NotKnown."""
        return share(self.peth_main_pse_consumption_power, self.peth_main_pse_power)


class BridgePort(Item):
    """The interface of a port of the bridge."""

    index: str
    dot1d_base_port_if_index: int

    @property
    def interface(self) -> str:
        """The number of the interface."""
        return str(self.dot1d_base_port_if_index)


class Pvid(Item):
    """The VLAN of what a port of the bridge receives without a tag."""

    index: str
    dot1q_pvid: int


class Vlan(Item):
    """A VLAN with its ports, as hex digits of bits: the first bit is port 1 of the bridge."""

    index: str
    dot1q_vlan_static_name: str = ""
    dot1q_vlan_static_egress_ports: str | None = None
    dot1q_vlan_static_untagged_ports: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port with everything that is known of it. ``new_errors`` are those of the last minutes."""

    interface: Interface
    name: Name
    poe: Poe | Unknown | None
    vlan: int | Unknown | None
    new_errors: int | Unknown
    stops_first: bool | None = False

    @property
    def title(self) -> str:
        """The name, and the description that a person gave it."""
        return f"{self.name.if_name} ({self.name.if_alias})" if self.name.if_alias else self.name.if_name

    @property
    def is_enabled(self) -> bool:
        """Whether it is switched on. Raises NotKnown."""
        return known(self.interface.if_admin_status) == UP

    @property
    def is_up(self) -> bool:
        """Whether it has a link. Raises NotKnown."""
        return known(self.interface.if_oper_status) == UP

    @property
    def errors(self) -> int:
        """The errors of both directions since the counters began. Raises NotKnown."""
        return known(self.interface.if_in_errors) + known(self.interface.if_out_errors)

    @property
    def has_power(self) -> bool:
        """Whether it may give power. Raises NotKnown."""
        return known(self._poe.peth_pse_port_admin_enable) == ON

    @property
    def poe_state(self) -> str | None:
        """What it does with power. Raises NotKnown."""
        return POE_STATES.get(known(self._poe.peth_pse_port_detection_status))

    @property
    def _poe(self) -> Poe:
        if self.poe is None:
            raise NotKnown(t"The port gives no power")
        return known(self.poe)

    def down(self) -> Text | None:
        """Return that it has no link though it is switched on. Raises NotKnown."""
        return None if not self.is_enabled or self.is_up else t"No link"

    def erroneous(self) -> Text | None:
        """Return that it counts errors now. Raises NotKnown."""
        count = known(self.new_errors)
        return t"{count} errors in the last minutes" if count > MOST_ERRORS else None

    def poe_fault(self) -> Text | None:
        """Return that it cannot power its device. Raises NotKnown."""
        if self.poe is None:
            return None
        state = known(self._poe.peth_pse_port_detection_status)
        return t"Power over Ethernet: {POE_STATES[state]}" if state in POE_FAULTS else None

    def is_bad(self) -> bool:
        """Return whether anything is wrong. Raises NotKnown."""
        return any(problem() for problem in (self.erroneous, self.poe_fault, self.down))


class SwitchState(State):
    """Everything that one poll reads. ``grown`` are the new errors of each port by its name."""

    system = one("system", System)
    interfaces = many("interfaces", Interface)
    names = many("names", Name)
    poe = many("poe", Poe, optional=True)
    supplies = many("supplies", Supply, optional=True)
    bridge = many("bridge", BridgePort, optional=True)
    vlan_of = many("vlan_of", Pvid, optional=True)
    vlans = many("vlans", Vlan, optional=True)
    grown: Mapping[str, int]

    def ports(self) -> Iterator[Port]:
        """Return the ports, without those that exist in software only. Raises NotKnown."""
        names = {each.index: each for each in self.names}
        bridge = {each.index: each.interface for each in self.read_or(SwitchState.bridge, ())}
        poe = {each.index.rpartition(".")[2]: each for each in self.read_or(SwitchState.poe, ())}
        vlans = {bridge.get(each.index): each.dot1q_pvid for each in self.read_or(SwitchState.vlan_of, ())}
        powered = [each for each in poe.values() if each.peth_pse_port_detection_status == DELIVERING]
        last = max(powered, key=lambda each: each.order, default=None)
        is_sure = all(
            None not in (each.peth_pse_port_detection_status, each.peth_pse_port_power_priority)
            for each in poe.values()
        )
        no_poe = self._missing("poe")
        no_vlan = self._missing("bridge") or self._missing("vlan_of")
        for each in self.interfaces:
            name = names.get(each.index)
            if each.if_type in ETHERNET and name is not None:
                growth = self.grown.get(name.if_name, Unknown("Errors are counted from the next poll on"))
                yield Port(
                    interface=each,
                    name=name,
                    poe=poe.get(each.index, no_poe),
                    vlan=vlans.get(each.index, no_vlan),
                    new_errors=growth,
                    stops_first=(last is not None and poe.get(each.index) is last) if is_sure else None,
                )

    def _missing(self, part: str) -> Unknown | None:
        reason = self.gaps.of(part)
        return None if reason is None else Unknown(reason)

    @property
    def used(self) -> float:
        """The share of the power for devices that is used, of the fullest group. Raises NotKnown."""
        if not self.supplies:
            raise NotKnown(t"It powers no devices")
        return max(each.used for each in self.supplies)

    def overload(self) -> Text | None:
        """Return that a group of ports has no power left, or a faulty supply. Raises NotKnown."""
        for each in self.supplies:
            if known(each.peth_main_pse_oper_status) == FAULTY:
                return t"The power supply of group {each.index} is faulty"
            if each.used > FULL:
                power = f"{each.peth_main_pse_consumption_power} of {each.peth_main_pse_power} W"
                return t"Group {each.index} uses {power}"
        return None
