"""Switches: new errors, power that must come back, VLANs as bits, refusals of the device."""

import pytest

from lab.faults import FaultKind
from lab.visit import Visit, visit
from services.snmp_switch import FIXTURE, INTERFACES, interface
from steward.errors import EffectUnknown, PreconditionFailed, ServiceForbidden, ServiceUnreachable
from steward.sdk.http import Attempt
from steward.services._snmp.ber import block, message, number, oid, parsed
from steward.services._snmp.client import SnmpClient

ROUNDS = {one.action: one for one in FIXTURE.rounds}


async def check(here: Visit) -> object:
    found = await here.checks()
    key = ("port_errors", ("port", "A1"))
    state = "unknown" if key in found.unknown else "clear" if key in found.clear else "problem"
    return found.problems.get(key, state)


async def test_old_errors_are_no_problem() -> None:
    async with visit("snmp_switch") as here:
        here.served.state.answers["GET /interfaces"] = [interface(1, errors=9000), *INTERFACES[1:]]
        assert await check(here) == "unknown"
        assert await check(here) == "clear"
        await here.clock.sleep(60)
        here.served.state.answers["GET /interfaces"] = [interface(1, errors=9200), *INTERFACES[1:]]
        assert await check(here) == "200 errors in the last minutes"
        await here.clock.sleep(1000)
        assert await check(here) == "unknown"
        assert await check(here) == "clear"


async def test_after_a_restart_counters_begin_again() -> None:
    async with visit("snmp_switch") as here:
        for count in (900, 0):
            here.served.state.answers["GET /interfaces"] = [interface(1, errors=count), *INTERFACES[1:]]
            await here.checks()
        assert await check(here) == "clear"


async def test_a_lost_answer_does_not_leave_a_port_without_power() -> None:
    async with visit("snmp_switch") as here:
        attempt = ROUNDS["power_cycle"]
        call, action = await here.call(attempt), here.action("power_cycle")
        before = await action.dry_run(here.client, call)
        here.arm(FaultKind.ANSWER_LOST, *attempt.write)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        assert (await here.client.port(call)).has_power


async def test_a_port_that_stays_without_power_is_named() -> None:
    async with visit("snmp_switch") as here:
        call, action = await here.call(ROUNDS["power_cycle"]), here.action("power_cycle")
        before = await action.dry_run(here.client, call)
        here.arm(FaultKind.STATUS, "SET", "/pethPsePortAdminEnable.1.2=1")
        with pytest.raises(EffectUnknown, match="may be without power"):
            await action.execute(here.client, call, before.baseline)


async def test_a_port_that_powers_nothing_is_not_power_cycled() -> None:
    async with visit("snmp_switch") as here:
        action = here.action("power_cycle")
        with pytest.raises(PreconditionFailed, match="powers no device"):
            await action.dry_run(here.client, await here.call_of(action, "A3"))


async def test_a_port_moves_out_of_its_old_vlan() -> None:
    async with visit("snmp_switch") as here:
        call = await here.call(ROUNDS["set_vlan"])
        await here.client.set_vlan(call, 20)
        old, new = (await here.poll())[0].vlans
        assert (old.dot1q_vlan_static_untagged_ports, new.dot1q_vlan_static_egress_ports) == (
            "b0000000",
            "40000000",
        )
        action = here.action("set_vlan")
        with pytest.raises(PreconditionFailed, match="has no VLAN 30"):
            await action.dry_run(here.client, await here.call_of(action, "A1 (uplink)", vlan=30))


async def test_a_wrong_community_is_not_answered() -> None:
    async with visit("snmp_switch", changed={"community": "grey"}) as here:
        with pytest.raises(ServiceUnreachable, match="no answer in time"):
            await here.poll()


def test_what_may_not_be_written_is_said() -> None:
    with pytest.raises(ServiceForbidden, match="may it write"):
        SnmpClient._check(Attempt(where="SET x", changes=True), 17)


def test_messages_are_read_as_they_are_written() -> None:
    values = [("1.3.6.1.2.1.17.300000", number(-129)), ("2.999.1", block(4, b"x" * 300)), ("1.3", b"\x82\0")]
    found = parsed(message(0xA2, b"heron", (2**31 - 1, 0, 0), values))
    assert found.values == (("1.3.6.1.2.1.17.300000", -129), ("2.999.1", b"x" * 300), ("1.3", None))
    assert (found.number, oid("1.3.6.1")) == (2**31 - 1, b"\x06\x03\x2b\x06\x01")
    for wrong in (b"", b"\x30\x05\x02", b"<html>", b"\x30\x03\x02\x01\x01"):
        with pytest.raises(ValueError, match="not SNMP"):
            parsed(wrong)
