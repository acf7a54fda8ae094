"""Proxmox: what its answers mean, when an action must not be done, and what a task tells."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from fixtures import fixture_of
from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Difference
from homelab_steward.contract.state import TargetRef
from lab.certificate import make_certificate
from lab.faults import Fault, FaultKind
from lab.guest import GIB, MIB
from lab.lab import Lab
from lab.world import PowerAction
from steward.clock import SystemClock
from steward.description import Access, Action, Call, Effect
from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    PreconditionFailed,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.services.finder import find_services
from steward.services.proxmox.models import Cluster, GuestRef, Storage
from steward.services.proxmox.parsing import (
    parse_cluster,
    parse_guest_config,
    parse_tasks,
)

SERVICE = find_services()["proxmox"]
RADARR = TargetRef(instance_id="i", kind="container", id="pve1/lxc/105", name="radarr")


def action(key: str) -> Action[Any]:
    return next(one for one in SERVICE.actions if one.key == key)


def set_memory(memory_mib: int) -> Call:
    return Call(target=RADARR, arguments={"memory_mib": memory_mib})


def connect(lab: Lab, session: aiohttp.ClientSession, **changed: Value) -> Any:
    settings = {**fixture_of("proxmox").settings(lab), **changed}
    return SERVICE.connect(Access(settings=settings, session=session, clock=SystemClock()))


@pytest.fixture
async def client(lab: Lab, session: aiohttp.ClientSession) -> AsyncIterator[Any]:
    client = connect(lab, session)
    yield client
    await client.close()


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"url": "http://127.0.0.1:8006"}, "url"),
        ({"url": "https://user:secret@127.0.0.1:8006"}, "url"),
        ({"url": "pve.example.org"}, "url"),
        ({"url": "https://pve.example.org:99999999"}, "url"),
        ({"url": ""}, "url"),
        ({"token_id": "steward"}, "token_id"),
        ({"token_id": "steward!lab"}, "token_id"),
        ({"token_id": "steward@pve!"}, "token_id"),
        ({"token_secret": "a\nb"}, "token_secret"),
        ({"verify_tls": "yes"}, "verify_tls"),
    ],
)
async def test_settings_that_cannot_work_are_named(
    lab: Lab, session: aiohttp.ClientSession, changed: dict[str, Value], key: str
) -> None:
    with pytest.raises(InvalidSetting) as caught:
        connect(lab, session, **changed)
    assert caught.value.key == key
    assert "secret@" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
async def test_a_certificate_nobody_trusts(lab: Lab, session: aiohttp.ClientSession) -> None:
    client = connect(lab, session, ca_certificate="")
    with pytest.raises(ServiceUnreachable, match="TLS"):
        await SERVICE.poll(client)
    with pytest.raises(ServiceUnreachable, match="TLS"):
        await client.power(GuestRef.parse("pve1/lxc/105"), "reboot")
    await client.close()
    client = connect(lab, session, ca_certificate="", verify_tls=False)
    assert (await SERVICE.poll(client)).version
    await client.close()
    client = connect(lab, session, ca_certificate="/nowhere/ca.pem")
    with pytest.raises(InvalidSetting, match="ca_certificate"):
        await SERVICE.poll(client)
    await client.close()


@asynccontextmanager
async def stranger(
    folder: Path, session: aiohttp.ClientSession, answer: dict[str, Any]
) -> AsyncIterator[tuple[Any, list[str]]]:
    """A client of something that speaks TLS, is not Proxmox, and gives one answer; and what came."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request.method)
        return web.Response(**answer)

    certificate = make_certificate(folder, "stranger")
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    server = TestServer(app)
    await server.start_server(ssl=certificate.server_context())
    settings = {
        "url": f"https://127.0.0.1:{server.port}",
        "token_id": "steward@pve!lab",
        "token_secret": "x",
        "ca_certificate": str(certificate.ca_path),
    }
    client = SERVICE.connect(Access(settings=settings, session=session, clock=SystemClock()))
    yield client, asked
    await client.close()
    await server.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 302, "headers": {"Location": "/login"}},
        {"body": b"[]"},
        {"body": b'{"success": 1}'},
        {"body": b""},
    ],
)
async def test_something_else_at_the_address(
    tmp_path: Path, session: aiohttp.ClientSession, answer: dict[str, Any]
) -> None:
    async with stranger(tmp_path, session, answer) as (client, asked):
        with pytest.raises(ServiceMalformed):
            await client.guest_status(GuestRef.parse("pve1/lxc/105"))
        with pytest.raises(EffectUnknown) as caught:
            await client.power(GuestRef.parse("pve1/lxc/105"), "reboot")
        assert "in time" not in str(caught.value)
        assert asked == ["GET", "POST"], "nothing is followed or sent twice"


async def test_an_answer_has_bounds(lab: Lab, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.services.proxmox.client.MAX_BODY", 100)
    with pytest.raises(ServiceMalformed, match="longer than"):
        await SERVICE.poll(client)


async def test_a_proxy_of_the_environment_is_not_asked(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert (await SERVICE.poll(client)).version


async def test_threads_keep_few_connections(lab: Lab, client: Any) -> None:
    await asyncio.gather(*(SERVICE.poll(client) for _ in range(10)))
    assert len(client._sessions) <= 4


async def test_the_loop_goes_on_while_proxmox_is_slow(lab: Lab, client: Any) -> None:
    lab.faults.arm(Fault(service="proxmox", kind=FaultKind.SLOW, seconds=0.2))
    poll = asyncio.ensure_future(SERVICE.poll(client))
    ticks = 0
    while not poll.done():
        await asyncio.sleep(0.01)
        ticks += 1
    await poll
    assert ticks >= 10


async def test_the_plan_of_the_story(client: Any) -> None:
    dry_run = await action("set_memory").dry_run(client, set_memory(3072))
    assert dry_run.differences == (Difference(field="memory", before="2048 MiB", after="3072 MiB"),)
    assert dry_run.baseline["memory_mib"] == 2048
    assert "512 MiB" in dry_run.note
    same = await action("set_memory").dry_run(client, set_memory(2048))
    assert same.differences == ()


async def test_memory_is_in_force_and_comes_back(lab: Lab, client: Any) -> None:
    call, change = set_memory(3072), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    await change.execute(client, call, baseline)
    assert lab.world.guest(105).memory_limit == 3 * GIB
    assert dict(lab.world.effects[0].body) == {"memory": 3072}, "one thing is written and nothing else"
    assert change.undo is not None
    await change.undo(client, call, baseline)
    assert lab.world.guest(105).memory_limit == 2 * GIB


async def test_a_configuration_somebody_changed(lab: Lab, client: Any) -> None:
    call, change = set_memory(3072), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    lab.world.set_config(105, {"cores": 4})
    with pytest.raises(PreconditionFailed, match="was changed since"):
        await change.precheck(client, call, baseline)
    with pytest.raises(PreconditionFailed, match="changed by somebody else"):
        await change.execute(client, call, baseline)
    assert lab.world.effects == []
    lab.world.set_config(105, {"memory": 2560})
    assert await change.probe(client, call, baseline) is Effect.UNKNOWN
    assert change.undo is not None
    with pytest.raises(PreconditionFailed, match="somebody else changed it"):
        await change.undo(client, call, baseline)
    assert lab.world.effects == []


async def test_a_limit_that_is_not_in_force_is_no_success(lab: Lab, client: Any) -> None:
    call, change = set_memory(3072), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    await change.execute(client, call, baseline)
    lab.world._guest(105)._limit.set(lab.world.now(), 2 * GIB)
    result = await change.verify(client, call, baseline)
    assert not result.ok
    assert result.text.startswith("3072 MiB configured")


async def test_a_node_must_have_the_memory(lab: Lab, client: Any) -> None:
    call, change = set_memory(100_000), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    with pytest.raises(PreconditionFailed, match=r"Node pve1 has .* free"):
        await change.precheck(client, call, baseline)
    free = lab.world.nodes()[0]
    fits = 2048 + (free.memory_limit - free.memory) // MIB - 8
    await change.precheck(client, set_memory(fits), baseline)


async def test_memory_in_use_is_not_taken_away(lab: Lab, client: Any) -> None:
    used = lab.world.guest(105).memory // MIB
    call, change = set_memory(used - 1), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    with pytest.raises(PreconditionFailed, match="are too few"):
        await change.precheck(client, call, baseline)
    await change.precheck(client, set_memory(used + 1), baseline)


async def test_a_locked_container_is_left_alone(lab: Lab, client: Any) -> None:
    restart, call = action("restart_container"), Call(target=RADARR)
    baseline = (await restart.dry_run(client, call)).baseline
    lab.world.power(105, PowerAction.REBOOT)
    with pytest.raises(PreconditionFailed, match="locked"):
        await restart.precheck(client, call, baseline)


async def test_a_right_that_is_missing(lab: Lab, client: Any) -> None:
    call, change = set_memory(3072), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    lab.proxmox.privileges.discard("VM.Config.Memory")
    with pytest.raises(ServiceUnauthorized, match=r"VM\.Config\.Memory"):
        await change.execute(client, call, baseline)
    assert lab.world.effects == []


async def test_a_node_that_is_away(lab: Lab, client: Any) -> None:
    call, change = set_memory(3072), action("set_memory")
    baseline = (await change.dry_run(client, call)).baseline
    lab.world.set_node_online("pve1", is_online=False)
    with pytest.raises(ServiceUnreachable):
        await change.execute(client, call, baseline)
    found = {check.key: list(check.find(await SERVICE.poll(client))) for check in SERVICE.checks}
    assert [finding.target_id for finding in found["node_offline"]] == ["pve1"]


@pytest.mark.parametrize("target", ["", "pve1", "pve1/lxc/0", "pve1/lxc/105/..", "../lxc/105", "pve1/x/105"])
async def test_a_target_that_is_none(client: Any, target: str) -> None:
    call = Call(target=replace(RADARR, id=target), arguments={"memory_mib": 1024})
    with pytest.raises(PreconditionFailed):
        await action("set_memory").dry_run(client, call)


async def test_a_restart_that_proxmox_gave_up(lab: Lab, client: Any) -> None:
    restart, call = action("restart_container"), Call(target=RADARR)
    baseline = (await restart.dry_run(client, call)).baseline
    lab.world.fail_next_task("unable to get a lock")
    with pytest.raises(ServiceRefused, match="unable to get a lock"):
        await restart.execute(client, call, baseline)
    assert await restart.probe(client, call, baseline) is Effect.NOT_DONE
    assert not (await restart.verify(client, call, baseline)).ok, "running alone is no restart"


async def test_a_task_nobody_can_watch_is_a_riddle(lab: Lab, client: Any) -> None:
    restart, call = action("restart_container"), Call(target=RADARR)
    baseline = (await restart.dry_run(client, call)).baseline
    lab.faults.arm(Fault(service="proxmox", kind=FaultKind.HTML, path_prefix="/nodes/pve1/tasks"))
    with pytest.raises(EffectUnknown, match="began"):
        await restart.execute(client, call, baseline)
    lab.faults.clear()
    assert await restart.probe(client, call, baseline) is Effect.DONE
    assert len(lab.world.effects) == 1


async def test_an_older_restart_is_not_ours(lab: Lab, client: Any) -> None:
    restart, call = action("restart_container"), Call(target=RADARR)
    task = lab.world.power(105, PowerAction.REBOOT)
    await lab.world.changes.wait_for(lambda: not task.is_running(lab.world.wall()))
    baseline = (await restart.dry_run(client, call)).baseline
    await restart.precheck(client, call, baseline)
    assert await restart.probe(client, call, baseline) is Effect.NOT_DONE
    assert not (await restart.verify(client, call, baseline)).ok


async def test_a_task_that_begins_late_is_seen(lab: Lab, client: Any) -> None:
    restart, call = action("restart_container"), Call(target=RADARR)
    baseline = (await restart.dry_run(client, call)).baseline
    asyncio.get_running_loop().call_later(0.3, lab.world.power, 105, PowerAction.REBOOT)
    assert await restart.probe(client, call, baseline) is Effect.DONE


async def test_only_what_runs_can_be_restarted(lab: Lab, client: Any) -> None:
    start, restart, call = action("start_container"), action("restart_container"), Call(target=RADARR)
    with pytest.raises(PreconditionFailed, match="radarr is running"):
        await start.dry_run(client, call)
    task = lab.world.power(105, PowerAction.STOP)
    await lab.world.changes.wait_for(lambda: not task.is_running(lab.world.wall()))
    with pytest.raises(PreconditionFailed, match="radarr is stopped"):
        await restart.dry_run(client, call)


async def test_a_restart_by_somebody_else_is_noticed(lab: Lab, client: Any) -> None:
    restart, call = action("restart_container"), Call(target=RADARR)
    baseline = (await restart.dry_run(client, call)).baseline
    task = lab.world.power(105, PowerAction.REBOOT)
    await lab.world.changes.wait_for(lambda: not task.is_running(lab.world.wall()))
    with pytest.raises(PreconditionFailed, match="meanwhile"):
        await restart.precheck(client, call, baseline)


async def test_tools_tell_no_notes(lab: Lab, client: Any) -> None:
    lab.world.set_config(105, {"description": "password: hunter2"})
    tool = next(tool for tool in SERVICE.tools if tool.key == "container_config")
    text = (await tool.read(client, Call(target=RADARR))).text
    assert "memory: 2048" in text
    assert "hunter2" not in text


def storage(node: str, name: str, used: int, *, is_shared: bool = False) -> Storage:
    return Storage(node=node, name=name, is_available=True, is_shared=is_shared, used=used, limit=1000)


@pytest.mark.parametrize(
    ("used", "nearly", "full"), [(900, 0, 0), (901, 1, 0), (970, 1, 0), (971, 0, 1), (1000, 0, 1)]
)
def test_storages_fill_up(used: int, nearly: int, full: int) -> None:
    state = Cluster(version="9", nodes=(), guests=(), storages=(storage("pve1", "local", used),))
    found = {check.key: list(check.find(state)) for check in SERVICE.checks}
    assert (len(found["storage_nearly_full"]), len(found["storage_full"])) == (nearly, full)


def test_a_shared_storage_is_told_once() -> None:
    nodes = ("pve1", "pve2")
    shared = tuple(storage(node, "nas", 950, is_shared=True) for node in nodes)
    own = tuple(storage(node, "local", 950) for node in nodes)
    state = Cluster(version="9", nodes=(), guests=(), storages=shared + own)
    check = next(check for check in SERVICE.checks if check.key == "storage_nearly_full")
    assert [finding.target_id for finding in check.find(state)] == [
        "pve1/storage/nas",
        "pve1/storage/local",
        "pve2/storage/local",
    ]


RESOURCES: list[dict[str, object]] = [
    {"type": "node", "id": "node/pve1", "node": "pve1", "status": "online", "maxmem": "8", "mem": 2},
    {"type": "lxc", "id": "lxc/105", "node": "pve1", "vmid": 105, "status": "running", "maxmem": 4, "mem": 3},
    {"type": "lxc", "id": "lxc/900", "node": "pve1", "vmid": 900, "name": "template", "template": 1},
    {"type": "qemu", "id": "qemu/200", "node": "pve1", "vmid": "200", "name": "ha", "status": "stopped"},
    {"type": "storage", "id": "storage/pve1/local", "node": "pve1", "storage": "local"},
    {"type": "sdn", "id": "sdn/pve1/zone"},
]


def test_resources_are_read_though_much_is_missing() -> None:
    cluster = parse_cluster({"version": "9.1.4"}, RESOURCES)
    assert [(node.name, node.load and node.load.memory_share) for node in cluster.nodes] == [("pve1", 25.0)]
    assert [(str(one.ref), one.name, one.load and one.load.memory_share) for one in cluster.guests] == [
        ("pve1/lxc/105", "lxc/105", 75.0),
        ("pve1/qemu/200", "ha", None),
    ]
    assert [one.share for one in cluster.storages] == [None]
    assert [GuestRef.parse(str(one.ref)) for one in cluster.guests] == [one.ref for one in cluster.guests]


def test_a_node_nobody_tells_about_is_not_offline() -> None:
    rows = [{"type": "node", "id": "node1"}, {"type": "node", "node": "node2", "status": "unknown"}]
    cluster = parse_cluster({"version": "8.4-1"}, rows)
    assert [(node.name, node.is_online) for node in cluster.nodes] == [("node1", None), ("node2", None)]
    check = next(check for check in SERVICE.checks if check.key == "node_offline")
    assert list(check.find(cluster)) == []


@pytest.mark.parametrize("missing", ["type", "node", "vmid"])
def test_what_is_needed_is_missed(missing: str) -> None:
    row = {key: value for key, value in RESOURCES[1].items() if key != missing}
    with pytest.raises(ServiceMalformed, match=missing):
        parse_cluster({"version": "9.1.4"}, [row])


def test_defaults_of_a_configuration() -> None:
    config = parse_guest_config({"digest": "d"})
    assert (config.memory_mib, config.swap_mib, config.lock, config.settings) == (512, 512, None, ())
    with pytest.raises(ServiceMalformed, match="digest"):
        parse_guest_config({"memory": 1024})


def test_tasks_are_newest_first() -> None:
    upid = "UPID:pve1:0001A2B3:00BC614E:6741A2B3:vzreboot:105:steward@pve!lab:"
    rows = [
        {"upid": upid, "type": "vzstart", "starttime": 10, "endtime": 11, "status": "OK"},
        {"upid": upid, "type": "vzreboot", "starttime": 20, "endtime": 21, "status": "WARNINGS: 1"},
        {"upid": upid, "type": "vzdump", "starttime": 30},
    ]
    tasks = parse_tasks(rows)
    assert [(one.kind, one.is_running, one.went_well) for one in tasks] == [
        ("vzdump", True, False),
        ("vzreboot", False, True),
        ("vzstart", False, True),
    ]
    with pytest.raises(ServiceMalformed, match="upid"):
        parse_tasks([{**rows[0], "upid": "UPID:../../access/users"}])
