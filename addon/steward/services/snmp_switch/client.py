"""The client of a switch: its ports, and what can be set."""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from ...errors import EffectUnknown, PreconditionFailed, ServiceMalformed
from ...sdk.answers import NotKnown, known
from ...sdk.description import Access, Call, Gaps
from ...sdk.targets import target
from .._snmp.ber import GAUGE, OCTETS, block, number
from .._snmp.client import SnmpClient
from .models import TABLES, WINDOW, Port, SwitchState, Vlan

OFF_SECONDS: Final = 5.0
"""Seconds without power, after which every device has started again."""

ON, OFF = 1, 2


class SwitchClient(SnmpClient):
    """One switch."""

    def __init__(self, access: Access) -> None:
        super().__init__(access, TABLES)
        self._errors: dict[str, deque[tuple[float, int]]] = {}

    async def poll(self, gaps: Gaps) -> SwitchState:
        """Return everything. Raises ServiceError."""
        state = await SwitchState.poll(self, gaps)
        state.grown = {}
        with suppress(NotKnown):
            state.grown = self._grown(list(state.ports()))
        return state

    async def port(self, call: Call) -> Port:
        """Return the target as it is now. Raises ServiceError."""
        return self._found(call, await self.poll(Gaps()))

    def _found(self, call: Call, state: SwitchState) -> Port:
        return target(state.ports(), call, lambda one: one.name.if_name)

    async def enable(self, call: Call, value: int) -> None:
        """Switch a port on or off."""
        await self._write("ifAdminStatus", (await self.port(call)).interface.index, value)

    async def power(self, call: Call, value: int) -> None:
        """Switch the power of a port on or off."""
        await self._write("pethPsePortAdminEnable", known((await self.port(call)).poe).index, value)

    async def cycle(self, call: Call) -> None:
        """Take the power away for some seconds. It is given again even if the first answer was lost."""
        index = known((await self.port(call)).poe).index
        lost: EffectUnknown | None = None
        try:
            await self._write("pethPsePortAdminEnable", index, OFF)
        except EffectUnknown as err:
            lost = err
        await self.clock.sleep(OFF_SECONDS)
        try:
            await self._write("pethPsePortAdminEnable", index, ON)
        except Exception as err:
            raise EffectUnknown(t"{call.target.name} may be without power: {err}") from err
        if lost is not None:
            raise lost

    async def set_vlan(self, call: Call, vlan: int) -> None:
        """Move a port to another VLAN for what has no tag: out of the old one, and into the new one."""
        state = await self.poll(Gaps())
        port = self._found(call, state)
        vlans = {one.index: one for one in state.vlans}
        place = next(one.index for one in state.bridge if one.interface == port.interface.index)
        old, new = vlans.get(str(known(port.vlan))), vlans.get(str(vlan))
        if old is None or new is None:
            raise PreconditionFailed(t"The switch has no VLAN {vlan}, or not the one of {call.target.name}")
        values = _members(new, int(place), is_in=True) | _members(old, int(place), is_in=False)
        values[f"{TABLES['vlan_of'].columns['dot1qPvid']}.{place}"] = number(vlan, GAUGE)
        await self.set(f"dot1qPvid.{place}={vlan}", values)

    async def _write(self, column: str, index: str, value: int) -> None:
        oid = next(one.columns[column] for one in TABLES.values() if column in one.columns)
        await self.set(f"{column}.{index}={value}", {f"{oid}.{index}": number(value)})

    def _grown(self, ports: list[Port]) -> Mapping[str, int]:
        """Return how many errors each port has counted within the window."""
        now, grown = self.clock.monotonic(), dict[str, int]()
        for one in ports:
            with suppress(NotKnown):
                seen, name = one.errors, one.name.if_name
                kept = self._errors.setdefault(name, deque())
                if kept and kept[-1][1] > seen:
                    kept.clear()  # the switch was restarted
                kept.append((now, seen))
                while kept[0][0] < now - WINDOW:
                    kept.popleft()
                if len(kept) > 1 or not seen:
                    grown[name] = seen - kept[0][1]
        return grown


def _members(vlan: Vlan, place: int, *, is_in: bool) -> dict[str, bytes]:
    """Return the ports of a VLAN, tagged and untagged, with one port in or out."""
    found: dict[str, bytes] = {}
    columns = {
        "dot1qVlanStaticEgressPorts": vlan.dot1q_vlan_static_egress_ports,
        "dot1qVlanStaticUntaggedPorts": vlan.dot1q_vlan_static_untagged_ports,
    }
    for column, digits in columns.items():
        try:
            bits = bytearray(bytes.fromhex(known(digits)))
        except ValueError as err:
            raise ServiceMalformed(t"{column}.{vlan.index} are no bits") from err
        octet, bit = divmod(place - 1, 8)
        bits.extend(bytes(max(0, octet + 1 - len(bits))))
        mask = 0x80 >> bit
        bits[octet] = bits[octet] | mask if is_in else bits[octet] & ~mask
        found[f"{TABLES['vlans'].columns[column]}.{vlan.index}"] = block(OCTETS, bytes(bits))
    return found
