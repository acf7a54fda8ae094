"""The service `docker` reads a real Docker Engine, and changes its containers."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import ClientSession

from homelab_steward.contract.state import Resource, TargetRef
from real import docker_engine
from real.conftest import Record
from real.docker_engine import IMAGE, DockerEngine
from steward.clock import SystemClock
from steward.errors import PreconditionFailed, ServiceRefused
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, Changed, Effect
from steward.sdk.snapshot import run_checks, snapshot
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient
from steward.services.docker.models import DockerState

COMPOSE = {"com.docker.compose.project": "media", "com.docker.compose.service": "radarr"}
ACTIONS = {one.key: one for one in SERVICE.actions}
TOOLS = {one.key: one for one in SERVICE.tools}


@pytest.fixture(scope="module")
def engine(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        record_testsuite_property("Docker service", f"{engine.version()}, unix socket and TCP on loopback")
        engine.run(
            "radarr",
            "echo started; echo 'no indexer' >&2; exec sleep 100000",
            labels=COMPOSE,
            health="test ! -e /tmp/broken",
            host={"Memory": 64 * 2**20},
        )
        retry_once = {"Name": "on-failure", "MaximumRetryCount": 1}
        engine.run("job", "echo 'disk full'; exit 3", host={"RestartPolicy": retry_once})
        engine.run("crashing", "sleep 0.1; exit 1", host={"RestartPolicy": {"Name": "always"}})
        engine.wait_for_health("radarr", "healthy")
        yield engine


@pytest.fixture(params=["unix socket", "TCP"])
async def client(engine: DockerEngine, request: pytest.FixtureRequest) -> AsyncIterator[DockerClient]:
    address = engine.url if request.param == "TCP" else f"unix://{engine.socket}"
    async with ClientSession() as session:
        client = DockerClient(Access(settings={"address": address}, session=session, clock=SystemClock()))
        yield client
        await client.close()


async def poll(client: DockerClient) -> tuple[DockerState, dict[str, Resource]]:
    gaps = Gaps()
    state = await SERVICE.poll(client, gaps)
    shown = snapshot(SERVICE, "docker", state, gaps, client.clock.now())
    assert not shown.coverage.gaps
    assert not shown.missing_rights
    return state, {one.id: one for one in shown.resources}


def call(name: str, **arguments: float | str) -> Call:
    target = TargetRef(instance_id="docker", kind="container", id=name, name=name)
    return Call(target=target, arguments=arguments)


async def perform(client: DockerClient, key: str, name: str, **arguments: float | str) -> None:
    """Do an action as the executor does, and see it done."""
    action, target = ACTIONS[key], call(name, **arguments)
    run = await action.dry_run(client, target)
    await action.precheck(client, target, run.baseline)
    await action.execute(client, target, run.baseline)
    assert await action.probe(client, target, run.baseline) is Effect.DONE
    assert (await action.verify(client, target, run.baseline)).ok is True
    with pytest.raises(PreconditionFailed):
        await action.precheck(client, call(name), run.baseline)


async def test_it_reads_state_memory_and_cpu(client: DockerClient) -> None:
    await poll(client)
    await asyncio.sleep(1)
    state, containers = await poll(client)
    radarr = containers["radarr"].values
    assert (radarr["running"], radarr["health"], radarr["image"]) == (True, "healthy", IMAGE)
    assert radarr["memory_limit"] == 64
    assert isinstance(radarr["memory_share"], float)
    assert isinstance(radarr["cpu"], float)
    assert containers["job"].values["exit_code"] == 3
    assert containers["job"].unknown["memory_used"] == "The container does not run"
    labels = next(one.labels for one in state.containers if one.details.name == "radarr")
    assert labels["compose_project"] == "media"
    assert labels["host"]


async def test_its_checks_see_what_is_wrong(engine: DockerEngine, client: DockerClient) -> None:
    engine.execute("radarr", "touch", "/tmp/broken")  # noqa: S108 - a path in the container
    engine.wait_for_health("radarr", "unhealthy")
    expected = {
        ("container_unhealthy", "radarr"),
        ("container_restarting", "crashing"),
        ("container_exited", "job"),
    }
    found: set[tuple[str, str]] = set()
    for _ in range(5):
        # The engine waits twice as long before each restart, but it may still end before the poll does.
        engine.wait_until("crashing", lambda one: one["State"]["Restarting"], "between two restarts")
        state, _ = await poll(client)
        found = {(key, subject[1]) for key, subject in run_checks(SERVICE, state).problems if subject}
        if found == expected:
            break
    engine.execute("radarr", "rm", "/tmp/broken")  # noqa: S108
    engine.wait_for_health("radarr", "healthy")
    assert found == expected


async def test_its_tools_read_logs_and_processes(engine: DockerEngine, client: DockerClient) -> None:
    text = (await TOOLS["logs"].read(client, call("radarr", lines=200))).text
    assert text.count("started") == text.count("no indexer") >= 1
    text = (await TOOLS["before_end"].read(client, call("job", lines=1))).text
    assert "exit code 3" in text
    assert text.endswith("disk full")
    assert "sleep" in (await TOOLS["processes"].read(client, call("radarr"))).text
    assert "media/radarr" in (await TOOLS["status"].read(client, call("radarr"))).text


@pytest.mark.parametrize("keys", [("restart",), ("stop", "start"), ("pause", "resume")])
async def test_its_actions_are_done_once(client: DockerClient, keys: tuple[str, ...]) -> None:
    for key in keys:
        await perform(client, key, "radarr")


async def test_the_log_before_the_last_end_leaves_the_new_run_out(
    engine: DockerEngine, client: DockerClient
) -> None:
    await perform(client, "restart", "radarr")
    engine.wait_for_health("radarr", "healthy")
    both = (await TOOLS["logs"].read(client, call("radarr", lines=200))).text
    before = (await TOOLS["before_end"].read(client, call("radarr", lines=200))).text
    assert before.count("no indexer") == both.count("no indexer") - 1 > 0


async def test_refusals_of_the_engine(client: DockerClient) -> None:
    await client.act(call("radarr"), "start")  # 304: it runs already
    with pytest.raises(ServiceRefused, match="409"):
        await client.act(call("job"), "pause")
    with pytest.raises(PreconditionFailed, match="no container rad"):
        await client.act(call("rad"), "stop")


async def test_events_ask_for_a_poll(engine: DockerEngine, client: DockerClient) -> None:
    pushes = client.listen()
    first = asyncio.ensure_future(anext(pushes))
    began = time.monotonic()
    while not first.done():  # the container starts while the listener may still be connecting
        await asyncio.to_thread(engine.request, "POST", "/containers/radarr/restart?t=1")
        assert time.monotonic() - began < docker_engine.WAIT_SECONDS
    assert await first is Changed.POLL_NOW
    await pushes.aclose()  # type: ignore[attr-defined]


async def test_a_container_is_recreated_with_another_tag_and_back(
    engine: DockerEngine, client: DockerClient
) -> None:
    for tag in ("1", "2"):
        engine.request("POST", f"/images/{IMAGE}/tag?repo=busybox&tag={tag}")
    body = {
        "Image": "busybox:1",
        "Cmd": ["sh", "-c", "touch /data/kept; exec sleep 100000"],
        "Env": ["GIVEN=yes"],
        "StopTimeout": 0,
        "Volumes": {"/data": {}},
        "HostConfig": {"NetworkMode": "none", "Memory": 64 * 2**20, "NanoCpus": 10**8},
    }
    engine.request("POST", "/containers/create?name=versioned", body)
    engine.request("POST", "/containers/versioned/start")
    before = engine.inspect("versioned")
    action, target = ACTIONS["set_image"], call("versioned", tag="2")
    run = await action.dry_run(client, target)
    await perform(client, "set_image", "versioned", tag="2")
    after = engine.inspect("versioned")
    assert (after["Config"]["Image"], after["Id"] != before["Id"]) == ("busybox:2", True)
    assert (after["Config"]["Cmd"], after["HostConfig"]["Memory"]) == (body["Cmd"], 64 * 2**20)
    assert "GIVEN=yes" in after["Config"]["Env"]
    assert [one["Name"] for one in after["Mounts"]] == [one["Name"] for one in before["Mounts"]]
    assert action.undo is not None
    assert await action.undo.dry_run(client, target, run.baseline)
    await action.undo.execute(client, target, run.baseline)
    assert await action.undo.dry_run(client, target, run.baseline) == ()
    assert engine.inspect("versioned")["Config"]["Image"] == "busybox:1"
    names = [name for one in engine.request("GET", "/containers/json?all=1") for name in one["Names"]]
    assert not [name for name in names if "_" in name]
    await perform(client, "set_cpu", "versioned", cores=0.2)
    assert engine.inspect("versioned")["HostConfig"]["NanoCpus"] == 2 * 10**8
    engine.remove("versioned")


async def test_images_are_read_with_their_digests(client: DockerClient) -> None:
    assert f"{IMAGE}" in (await TOOLS["images"].read(client, call(""))).text
