"""The Proxmox simulator, asked with the real client library."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession
from proxmoxer import ProxmoxAPI, ResourceException

from lab.clock import ManualClock
from lab.faults import Fault, FaultKind, Faults
from lab.guest import GIB
from lab.proxmox import ProxmoxSimulator
from lab.world import World


def _client(proxmox: ProxmoxSimulator, **changes: str) -> ProxmoxAPI:
    given = {"user": proxmox.user, "token_name": proxmox.token_name, "token_value": proxmox.token_value}
    return ProxmoxAPI(f"127.0.0.1:{proxmox.port}", verify_ssl=str(proxmox.ca_path), **{**given, **changes})


async def _ask[T](question: Callable[[], T]) -> T:
    return await asyncio.to_thread(question)


async def test_reading_through_a_verified_connection(proxmox: ProxmoxSimulator) -> None:
    client = _client(proxmox)
    version = await _ask(client.version.get)
    assert version["release"].startswith("9.")
    assert [node["node"] for node in await _ask(client.nodes.get)] == ["pve1", "pve2"]
    status = await _ask(client.nodes("pve1").lxc(105).status.current.get)
    assert (status["status"], status["name"], status["maxmem"]) == ("running", "radarr", 2 * GIB)
    assert status["mem"] / status["maxmem"] == pytest.approx(0.40, abs=0.01)
    config = await _ask(client.nodes("pve1").lxc(105).config.get)
    assert (config["memory"], config["hostname"], len(config["digest"])) == (2048, "radarr", 40)
    rows = await _ask(lambda: client.cluster.resources.get(type="vm"))
    assert [(row["vmid"], row["type"], row["node"]) for row in rows][-1] == (200, "qemu", "pve2")
    assert [row["vmid"] for row in await _ask(client.nodes("pve2").qemu.get)] == [200]
    assert (await _ask(client.cluster.status.get))[0]["quorate"] == 1
    assert len(await _ask(client.nodes("pve1").storage.get)) == 2
    assert (await _ask(client.nodes("pve1").status.get))["memory"]["total"] == 32 * GIB


async def test_an_unknown_certificate_is_not_trusted(proxmox: ProxmoxSimulator) -> None:
    given = {"user": proxmox.user, "token_name": proxmox.token_name, "token_value": proxmox.token_value}
    client = ProxmoxAPI(f"127.0.0.1:{proxmox.port}", verify_ssl=True, **given)
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        await _ask(client.version.get)


async def test_memory_is_raised_once_and_falls_as_a_share(proxmox: ProxmoxSimulator, world: World) -> None:
    world.start_memory_pressure(climb_seconds=0)
    guest = _client(proxmox).nodes("pve1").lxc(105)
    digest = (await _ask(guest.config.get))["digest"]
    await _ask(lambda: guest.config.put(memory=3072, digest=digest))
    assert (await _ask(guest.config.get))["memory"] == 3072
    status = await _ask(guest.status.current.get)
    assert status["mem"] / status["maxmem"] == pytest.approx(0.633, abs=0.01)
    (effect,) = world.effects
    assert (effect.service, effect.method, effect.path) == ("proxmox", "PUT", "/nodes/pve1/lxc/105/config")
    assert dict(effect.body) == {"memory": 3072}


async def test_an_old_digest_is_refused_and_leaves_no_effect(proxmox: ProxmoxSimulator, world: World) -> None:
    guest = _client(proxmox).nodes("pve1").lxc(105)
    with pytest.raises(ResourceException, match="detected modified configuration") as caught:
        await _ask(lambda: guest.config.put(memory=3072, digest="0" * 40))
    assert caught.value.status_code == 500
    assert world.effects == []


async def test_wrong_parameters_are_named(proxmox: ProxmoxSimulator, world: World) -> None:
    guest = _client(proxmox).nodes("pve1").lxc(105)
    with pytest.raises(ResourceException, match=r"type check \('integer'\) failed") as caught:
        await _ask(lambda: guest.config.put(memory="much", colour="red"))
    assert caught.value.status_code == 400
    assert set(caught.value.errors) == {"memory", "colour"}
    with pytest.raises(ResourceException, match="minimum value of 16"):
        await _ask(lambda: guest.config.put(memory=1))
    assert world.effects == []


@pytest.fixture
async def still_proxmox(still_world: World, faults: Faults) -> AsyncIterator[ProxmoxSimulator]:
    simulator = ProxmoxSimulator(still_world, faults)
    await simulator.start()
    yield simulator
    await simulator.close()


async def test_a_reboot_is_a_task_that_ends(
    still_proxmox: ProxmoxSimulator, still_world: World, clock: ManualClock
) -> None:
    node = _client(still_proxmox).nodes("pve1")
    upid = await _ask(node.lxc(105).status.reboot.post)
    assert upid.startswith("UPID:pve1:")
    assert ":vzreboot:105:steward@pve!lab:" in upid
    assert (await _ask(node.tasks(upid).status.get))["status"] == "running"
    clock.advance(10)
    status = await _ask(node.tasks(upid).status.get)
    assert (status["status"], status["exitstatus"]) == ("stopped", "OK")
    assert (await _ask(node.tasks.get))[0]["upid"] == upid
    assert (await _ask(node.tasks(upid).log.get))[-1]["t"] == "TASK OK"
    assert [effect.path for effect in still_world.effects] == ["/nodes/pve1/lxc/105/status/reboot"]


async def test_a_task_can_fail(proxmox: ProxmoxSimulator, world: World) -> None:
    world.fail_next_task("unable to stop")
    node = _client(proxmox).nodes("pve2")
    upid = await _ask(node.qemu(200).status.stop.post)
    await world.changes.wait_for(lambda: world.guest(200).lock is None)
    assert (await _ask(node.tasks(upid).status.get))["exitstatus"] == "unable to stop"
    assert (await _ask(node.qemu(200).status.current.get))["qmpstatus"] == "running"


async def test_starting_what_runs_is_refused(proxmox: ProxmoxSimulator, world: World) -> None:
    with pytest.raises(ResourceException, match="CT 105 already running"):
        await _ask(_client(proxmox).nodes("pve1").lxc(105).status.start.post)
    assert world.effects == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"token_value": "wrong"}, "invalid token value!"),
        ({"token_name": "other"}, "no such token 'other' for user 'steward@pve'"),
        ({"user": "nobody@pve"}, r"no such user \('nobody@pve'\)"),
    ],
)
async def test_a_wrong_token_is_401(proxmox: ProxmoxSimulator, changes: dict[str, str], text: str) -> None:
    with pytest.raises(ResourceException, match=text) as caught:
        await _ask(_client(proxmox, **changes).version.get)
    assert caught.value.status_code == 401


async def test_no_token_is_401_with_an_empty_body(proxmox: ProxmoxSimulator, session: ClientSession) -> None:
    async with session.get(f"{proxmox.url}/api2/json/version", ssl=False) as response:
        assert (response.status, response.reason, await response.text()) == (401, "No ticket", "")


async def test_a_missing_privilege_is_403(proxmox: ProxmoxSimulator, world: World) -> None:
    proxmox.privileges -= {"VM.Config.Memory", "VM.PowerMgmt"}
    guest = _client(proxmox).nodes("pve1").lxc(105)
    with pytest.raises(ResourceException, match=r"Permission check failed \(/vms/105, VM.Config.Memory\)"):
        await _ask(lambda: guest.config.put(memory=3072))
    with pytest.raises(ResourceException, match=r"Permission check failed \(/vms/105, VM.PowerMgmt\)"):
        await _ask(guest.status.reboot.post)
    assert world.effects == []


async def test_what_is_not_there(proxmox: ProxmoxSimulator, world: World) -> None:
    client = _client(proxmox)
    with pytest.raises(ResourceException, match=r"'nodes/pve1/lxc/999.conf' does not exist"):
        await _ask(client.nodes("pve1").lxc(999).config.get)
    with pytest.raises(ResourceException, match=r"'nodes/pve2/lxc/105.conf' does not exist"):
        await _ask(client.nodes("pve2").lxc(105).config.get)
    with pytest.raises(ResourceException, match="hostname lookup 'pve9' failed"):
        await _ask(client.nodes("pve9").status.get)
    with pytest.raises(ResourceException, match="not implemented") as caught:
        await _ask(client.nodes("pve1").flubber.get)
    assert caught.value.status_code == 501
    world.set_node_online("pve2", is_online=False)
    with pytest.raises(ResourceException, match="No route to host") as caught:
        await _ask(client.nodes("pve2").qemu.get)
    assert caught.value.status_code == 595
    assert [row["status"] for row in await _ask(client.nodes.get)] == ["online", "offline"]


async def test_an_effect_whose_answer_is_lost(
    proxmox: ProxmoxSimulator, faults: Faults, world: World
) -> None:
    faults.arm(
        Fault(service="proxmox", kind=FaultKind.ANSWER_LOST, method="PUT", path_prefix="/nodes/pve1", times=1)
    )
    guest = _client(proxmox).nodes("pve1").lxc(105)
    with pytest.raises(OSError, match="Connection aborted"):
        await _ask(lambda: guest.config.put(memory=3072))
    assert len(world.effects) == 1
    assert (await _ask(guest.config.get))["memory"] == 3072


async def test_a_lost_token_looks_as_wrong_as_a_wrong_one(proxmox: ProxmoxSimulator, faults: Faults) -> None:
    faults.arm(Fault(service="proxmox", kind=FaultKind.AUTH_LOST))
    with pytest.raises(ResourceException, match="invalid token value!"):
        await _ask(_client(proxmox).version.get)
