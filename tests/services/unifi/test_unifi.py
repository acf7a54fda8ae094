"""UniFi Network: power, ports with a profile, clients that were never blocked, and sites."""

from typing import Any

import pytest

from lab.replay import Raw
from lab.visit import visit
from lab.wire import Json
from services.unifi import (
    ATTIC,
    DEVICES,
    HALL,
    HEALTH,
    LISTED,
    SWITCH,
    USERS,
    device,
    health,
    listed,
    port,
    uplink,
    wrapped,
)
from steward.errors import PreconditionFailed
from steward.sdk.readings import NotKnown


async def use(here: Any, *rows: Json) -> None:
    here.served.state.answers[DEVICES] = wrapped(*rows)


@pytest.mark.parametrize(
    ("power", "state", "problem"),
    [("0.00", 0, "Hall is offline and draws no power"), ("4.52", 0, None), ("0.00", 1, None)],
)
async def test_what_is_offline_and_draws_no_power(power: str, state: int, problem: str | None) -> None:
    async with visit("unifi") as here:
        table: Json = [port(2, poe_power=power)]
        await use(
            here,
            device(1, SWITCH, "usw", "Switch", port_table=table, **uplink(9)),
            device(2, HALL, "uap", "Hall", state=state, **uplink(2)),
        )
        found = await here.checks()
        assert found.problems.get(("poe_lost", ("port", f"{SWITCH}/2"))) == problem


@pytest.mark.parametrize(("state", "clear"), [(1, True), (4, False), (5, False), (77, False)])
async def test_a_device_that_is_updated_is_neither_online_nor_offline(state: int, clear: bool) -> None:  # noqa: FBT001
    async with visit("unifi") as here:
        await use(here, device(2, HALL, "uap", "Hall", state=state, **uplink(2)))
        about = ("access_point_offline", ("access_point", HALL))
        found = await here.checks()
        assert (about in found.clear, about in found.unknown) == (clear, not clear)


async def test_a_port_with_a_profile_is_left_alone() -> None:
    async with visit("unifi") as here:
        action = here.action("set_port_vlan")
        call = await here.call_of(action, "Switch, Camera", vlan=30)
        profile: Json = [{"port_idx": 3, "portconf_id": "p1"}]
        await use(here, device(1, SWITCH, "usw", "Switch", port_table=[port(3)], port_overrides=profile))
        with pytest.raises(PreconditionFailed, match="has a port profile"):
            await action.dry_run(here.client, call)


async def test_a_network_that_does_not_exist_is_refused() -> None:
    async with visit("unifi") as here:
        action = here.action("set_port_vlan")
        call = await here.call_of(action, "Switch, Camera", vlan=99)
        with pytest.raises(PreconditionFailed, match="No network has the VLAN 99"):
            await action.dry_run(here.client, call)


async def test_the_other_ports_keep_their_networks() -> None:
    async with visit("unifi") as here:
        action = here.action("set_port_vlan")
        call = await here.call_of(action, "Switch, Port 2", vlan=20)
        before = await action.dry_run(here.client, call)
        assert [(one.before, one.after) for one in before.differences] == [("1", "20")]
        await action.execute(here.client, call, before.baseline)
        camera = await here.call_of(action, "Switch, Camera", vlan=30)
        assert (await action.dry_run(here.client, camera)).differences[0].before == "20"


async def test_a_client_that_was_never_blocked_is_allowed_while_it_is_connected() -> None:
    async with visit("unifi") as here:
        action = here.action("block_client")
        camera = await here.call_of(action, "Camera")
        assert (await action.dry_run(here.client, camera)).differences[0].before == "allowed"
        here.served.state.answers[USERS] = wrapped({"mac": "02:00:5e:00:01:09", "name": "Tablet"})
        with pytest.raises(PreconditionFailed, match="not known to the controller"):
            await action.dry_run(here.client, camera)
        here.served.state.answers[f"GET {USERS[4:].replace('rest/user', 'stat/sta')}"] = wrapped()
        here.served.state.answers[USERS] = wrapped({"mac": camera.target.id})
        with pytest.raises(NotKnown):
            await action.dry_run(here.client, camera)


async def test_power_is_not_switched_where_nothing_is_known_to_be() -> None:
    async with visit("unifi") as here:
        action = here.action("power_cycle_port")
        empty = await here.call_of(action, "Switch, Port 4")
        with pytest.raises(PreconditionFailed, match="Nothing is known to be connected"):
            await action.dry_run(here.client, empty)


async def test_a_device_that_only_the_web_interface_lists_is_left_alone() -> None:
    async with visit("unifi") as here:
        here.served.state.answers[LISTED] = {"totalCount": 1, "data": [listed(HALL)]}
        action = here.action("restart_access_point")
        attic = await here.call_of(action, "Attic")
        with pytest.raises(PreconditionFailed, match=f"does not list {ATTIC}"):
            await action.execute(here.client, attic, {})
    async with visit("unifi", changed={"site": "garden"}) as here:
        with pytest.raises(PreconditionFailed, match="no site garden"):
            await here.client.restart(attic)


@pytest.mark.parametrize(
    ("status", "internet"), [("ok", True), ("warning", True), ("error", False), ("odd", None)]
)
async def test_the_internet(status: str, internet: bool | None) -> None:  # noqa: FBT001
    async with visit("unifi") as here:
        here.served.state.answers[HEALTH] = health(status)
        assert (await here.snapshot()).values["internet"] is internet
        here.served.state.answers[HEALTH] = Raw(status=404, body={"meta": {"rc": "error"}})
        assert (await here.snapshot()).values["internet"] is None


async def test_tools() -> None:
    async with visit("unifi") as here:
        await here.make_unhealthy()
        devices, ports = here.tool("devices"), here.tool("ports")
        text = (await devices.read(here.client, await here.call_of(devices))).text
        assert text.startswith("Hall (U6PRO 7.0.66): The controller does not reach it: it is offline")
        text = (await ports.read(here.client, await here.call_of(ports, "Switch"))).text
        assert text.startswith("Switch, Port 4, not connected: Hall is offline and draws no power")


async def test_all_clients_are_read_seldom_and_after_a_change() -> None:
    async with visit("unifi") as here:

        def reads() -> int:
            return sum(one.path.endswith("/rest/user") for one in here.served.requests)

        await here.poll()
        here.clock.advance(300)
        await here.poll()
        assert reads() == 1
        action = here.action("block_client")
        await action.execute(here.client, await here.call_of(action, "Camera"), {})
        assert (await here.snapshot()).values["clients_blocked"] == 1
        before = reads()
        here.clock.advance(601)
        await here.poll()
        assert reads() == before + 1


async def test_networks_are_listed_by_their_vlan() -> None:
    async with visit("unifi") as here:
        tool = here.tool("networks")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines() == ["Default: VLAN 1, corporate", "Cameras: VLAN 20", "Guests: VLAN 30"]
