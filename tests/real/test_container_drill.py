"""Restore drills of containers on a real Docker Engine: isolated, asked, and removed."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from aiohttp import ClientSession

from homelab_steward.contract.restore_drill import ProofLevel
from real import docker_engine
from real.conftest import Record
from real.docker_engine import IMAGE, DockerEngine
from steward.clock import SystemClock
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Backup, NotRestorable
from steward.services._docker.engine import Engine
from steward.services._docker.kept import Definition, Kept
from steward.services._docker.mounts import Volume
from steward.services._docker.recreate import container_body
from steward.services._docker.restore_drill import RESTORE_DRILL
from steward.services.docker.client import DockerClient, poll

MARK: Final = "steward-drill-ab12cd34-0011"
NAME: Final = "wiki"
SERVE: Final = "test -f /data/page && httpd -p 8080 -h /data && while :; do sleep 1; done"
PROBE: Final = "wget -q -O /dev/null http://1.1.1.1/ && touch /data/outside; "


@pytest.fixture(scope="module")
def docker(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        record_testsuite_property("Container drill", engine.version())
        yield engine


@pytest.fixture
async def client(docker: DockerEngine) -> AsyncIterator[DockerClient]:
    async with ClientSession() as session:
        settings = {"address": f"unix://{docker.socket}"}
        client = DockerClient(Access(settings=settings, session=session, clock=SystemClock()))
        yield client
        await client.close()


@pytest.fixture
def original(docker: DockerEngine) -> Iterator[str]:
    """A container with a page in its volume; what it shows is served on a port."""
    settings: dict[str, Any] = {
        "Image": IMAGE,
        "Cmd": ["sh", "-c", SERVE],
        "Env": ["TOKEN=heron-42"],
        "ExposedPorts": {"8080/tcp": {}},
        "HostConfig": {"Binds": ["wiki-data:/data"], "NetworkMode": "none", "Init": True},
    }
    created = docker.request("POST", f"/containers/create?name={NAME}", settings)
    docker.run("filler", "echo a page > /data/page; sleep 100000", host={"Binds": ["wiki-data:/data"]})
    docker.execute("filler", "sh", "-c", "until test -s /data/page; do :; done")
    docker.remove("filler")
    yield str(created["Id"])
    docker.remove(NAME)
    docker.request("DELETE", "/volumes/wiki-data")


async def keep(client: DockerClient, container: str) -> Backup:
    """Keep the container as an update does, and return what a drill finds."""
    engine = Engine(client, await client.root(""))
    raw = await engine.raw(f"containers/{container}/json")
    base = await engine.raw(f"images/{raw['Image']}/json")
    body, networks = container_body(raw, base["Config"], IMAGE)
    definition = Definition(
        name=NAME,
        image=str(raw["Image"]),
        reference=IMAGE,
        body=body,
        networks=dict(networks),
        volumes=(Volume(name="wiki-data"),),
    )
    await Kept(engine, container).take(definition, client.clock.now().timestamp())
    await poll(client, Gaps())
    (backup,) = await RESTORE_DRILL.backups(client)
    return backup


def everything(docker: DockerEngine) -> set[str]:
    """Return the names of all containers, volumes, and networks."""
    containers = {str(one["Names"][0]) for one in docker.request("GET", "/containers/json?all=1")}
    volumes = {str(one["Name"]) for one in docker.request("GET", "/volumes")["Volumes"] or ()}
    return containers | volumes | {str(one["Name"]) for one in docker.request("GET", "/networks")}


async def test_a_copy_is_started_without_a_way_out_and_has_the_files(
    docker: DockerEngine, client: DockerClient, original: str, record_testsuite_property: Record
) -> None:
    backup = await keep(client, original)
    before = everything(docker)
    levels: list[ProofLevel] = []
    found: list[Any] = []

    def reached(level: ProofLevel) -> None:
        levels.append(level)
        if level is ProofLevel.BOOTED:
            found.append(docker.inspect(MARK))
            found.append(docker.execute(MARK, "sh", "-c", f"{PROBE} cat /data/page; ls /data"))

    try:
        prepared = await RESTORE_DRILL.prepare(client, backup, MARK)
        assert prepared.free
        assert everything(docker) == before, "it prepares without a trace"
        await RESTORE_DRILL.try_out(client, backup, MARK, reached)
        assert await RESTORE_DRILL.left(client, MARK[:22]) == [MARK]
    finally:
        await RESTORE_DRILL.remove(client, MARK)
    assert levels == [ProofLevel.READABLE, ProofLevel.RESTORED, ProofLevel.BOOTED, ProofLevel.ANSWERED]
    assert everything(docker) == before
    copy, page = found
    assert b"a page" in page
    assert b"outside" not in page, "it reached the internet"
    assert "TOKEN=xxxxx-00" in copy["Config"]["Env"]
    assert copy["HostConfig"]["NanoCpus"] == 10**9
    assert copy["NetworkSettings"]["Ports"].get("8080/tcp") is None, "no port is published"
    record_testsuite_property("container drill", f"{prepared.free} bytes free")
    await Kept(Engine(client, await client.root("")), original).drop()


async def test_a_copy_of_a_volume_that_lost_its_data_is_not_restorable(
    docker: DockerEngine, client: DockerClient, original: str
) -> None:
    docker.request("POST", f"/containers/{NAME}/update", {"Memory": 64 * 2**20, "MemorySwap": 64 * 2**20})
    backup = await keep(client, original)
    before = everything(docker)
    copies = Kept(Engine(client, await client.root("")), original)
    docker.run("thief", "rm /data/page; sleep 100000", host={"Binds": [f"{copies.copy_of(0)}:/data"]})
    docker.execute("thief", "sh", "-c", "while test -e /data/page; do :; done")
    docker.remove("thief")
    levels: list[ProofLevel] = []
    try:
        with pytest.raises(Exception, match="stopped again") as failure:
            await RESTORE_DRILL.try_out(client, backup, MARK, levels.append)
        assert not isinstance(failure.value, NotRestorable), "it had a dummy secret"
    finally:
        await RESTORE_DRILL.remove(client, MARK)
    assert levels[-1] is ProofLevel.RESTORED
    assert everything(docker) == before
    await copies.drop()
