"""A real Docker Engine: containers are updated and taken back with their data, and nothing is left over."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from demo.processes import Child
from homelab_steward.contract.base import Value
from homelab_steward.contract.state import TargetRef
from real import docker_engine
from real.conftest import Record
from real.docker_engine import IMAGE, DockerEngine
from steward.clock import SystemClock
from steward.errors import PreconditionFailed
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call, DryRun, Effect
from steward.services._docker import update as updating
from steward.services._docker.client import frames
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient

UPDATE = next(one for one in SERVICE.actions if one.key == "update")
NAME = "sonarr"
VOLUME = "sonarr_config"
GOOD = "echo two >>/config/log; exec sleep 100000"
BREAKS = "rm /config/owned; echo broken >/config/log; echo more >/config/added; exec sleep 100000"
CRASHES = "echo broken >/config/log; exit 3"


@pytest.fixture(scope="module")
def engine(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        record_testsuite_property("Docker updates", engine.version())
        for tag, script in (("1", "exec sleep 100000"), ("2", GOOD), ("3", BREAKS), ("4", CRASHES)):
            image(engine, tag, script)
        yield engine


@pytest.fixture(autouse=True)
def observed_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updating, "OBSERVED", 1.0)


@pytest.fixture
async def client(engine: DockerEngine) -> AsyncIterator[DockerClient]:
    async with ClientSession() as session:
        settings = {"address": f"unix://{engine.socket}"}
        client = DockerClient(Access(settings=settings, session=session, clock=SystemClock()))
        yield client
        await client.close()


@pytest.fixture
def before(engine: DockerEngine) -> Iterator[Mapping[str, Any]]:
    """A container that runs version 1 with data in a volume, and what the engine says of it."""
    engine.request("POST", "/volumes/create", {"Name": VOLUME, "Labels": {"kept": "yes"}})
    engine.request(
        "POST",
        f"/containers/create?name={NAME}",
        {
            "Image": "app:1",
            "Env": ["GIVEN=yes", "VERSION=mine"],
            "Labels": {"com.docker.compose.project": "media", "own": "label"},
            "StopTimeout": 0,
            "HostConfig": {
                "NetworkMode": "none",
                "Memory": 64 * 2**20,
                "Binds": [f"{VOLUME}:/config"],
                "RestartPolicy": {"Name": "unless-stopped"},
            },
        },
    )
    engine.request("POST", f"/containers/{NAME}/start")
    script = (
        "cd /config; echo one >log; echo secret >owned; chown 1000:1001 owned; chmod 640 owned;"
        "ln -s log link; ln log hard; mkdir -p deep/er; touch -d 2020-01-02 deep/er/old;"
        "dd if=/dev/zero of=sparse bs=1 count=1 seek=5000000 2>/dev/null; mkfifo pipe;"
        "chown 1002:1003 .; chmod 750 ."
    )
    engine.execute(NAME, "sh", "-c", script)
    yield engine.inspect(NAME)
    for row in engine.request("GET", "/containers/json?all=1"):
        engine.remove(row["Id"])
    for row in engine.request("GET", "/volumes")["Volumes"] or ():
        engine.request("DELETE", f"/volumes/{row['Name']}?force=1")


def image(engine: DockerEngine, tag: str, script: str) -> None:
    """Make an image of busybox with a command of its own, and with a volume that it declares."""
    name = f"maker-{tag}"
    command = json.dumps(["sh", "-c", script])
    engine.request("POST", f"/containers/create?name={name}", {"Image": IMAGE, "Cmd": ["sh"]})
    changes = f'CMD {command}\nENV VERSION={tag}\nVOLUME ["/cache"]'
    query = urlencode({"container": name, "repo": "app", "tag": tag, "changes": changes})
    engine.request("POST", f"/commit?{query}", {})
    engine.remove(name)


def call(**arguments: Value) -> Call:
    target = TargetRef(instance_id="docker", kind="container", id=NAME, name=NAME)
    return Call(target=target, arguments=arguments)


async def updated(client: DockerClient, version: str) -> tuple[Call, DryRun]:
    """Update as the executor does."""
    target = call(version=version)
    run = await UPDATE.dry_run(client, target)
    await UPDATE.precheck(client, target, run.baseline)
    await UPDATE.execute(client, target, run.baseline)
    return target, run


async def taken_back(client: DockerClient, target: Call, run: DryRun) -> None:
    assert UPDATE.undo is not None
    assert await UPDATE.undo.dry_run(client, target, run.baseline)
    await UPDATE.undo.execute(client, target, run.baseline)
    assert await UPDATE.undo.dry_run(client, target, run.baseline) == ()


def listing(engine: DockerEngine) -> list[str]:
    """Return everything in the volume with owners, modes, sizes, times and contents."""
    script = "cd /config; ls -lanR --full-time; cat log owned; cat link"
    framed = engine.execute(NAME, "sh", "-c", script)
    lines = b"".join(frames(framed)).decode().splitlines()
    # The folder above is in the container's own file system. Archives of the engine fill the holes of files.
    return [one for one in lines if not one.endswith("..") and not one.startswith("total ")]


def names(engine: DockerEngine) -> tuple[set[str], set[str]]:
    """Return the names of all containers, and of the volumes that have a name."""
    containers = {
        name[1:] for row in engine.request("GET", "/containers/json?all=1") for name in row["Names"]
    }
    rows = engine.request("GET", "/volumes")["Volumes"] or ()
    return containers, {row["Name"] for row in rows if len(row["Name"]) < 64}


def same_but_image(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    assert after["HostConfig"]["Memory"] == before["HostConfig"]["Memory"]
    assert after["HostConfig"]["RestartPolicy"] == before["HostConfig"]["RestartPolicy"]
    assert set(after["Config"]["Env"]) >= {"GIVEN=yes", "VERSION=mine"}
    assert after["Config"]["Labels"] == before["Config"]["Labels"]
    mounts = [{(one["Name"], one["Destination"]) for one in found["Mounts"]} for found in (before, after)]
    assert mounts[0] == mounts[1]


async def test_a_good_update_keeps_everything_and_is_taken_back_with_its_data(
    engine: DockerEngine, client: DockerClient, before: Mapping[str, Any]
) -> None:
    data = listing(engine)
    target, run = await updated(client, "2")
    after = engine.inspect(NAME)
    assert (after["Config"]["Image"], after["State"]["Running"]) == ("app:2", True)
    same_but_image(before, after)
    assert await UPDATE.probe(client, target, run.baseline) is Effect.DONE
    assert (await UPDATE.verify(client, target, run.baseline)).ok is True
    assert "two" in listing(engine)
    state = await SERVICE.poll(client, Gaps())
    assert [one.details.name for one in state.containers] == [NAME], (
        "what is kept is no container of the person"
    )
    await taken_back(client, target, run)
    restored = engine.inspect(NAME)
    assert (restored["Config"]["Image"], restored["Image"]) == ("app:1", before["Image"])
    same_but_image(before, restored)
    assert listing(engine) == data
    assert names(engine) == ({NAME}, {VOLUME})
    assert engine.request("GET", f"/volumes/{VOLUME}")["Labels"] == {"kept": "yes"}


async def test_a_version_that_breaks_its_volume_is_taken_back_to_the_last_byte(
    engine: DockerEngine, client: DockerClient, before: Mapping[str, Any]
) -> None:
    data = listing(engine)
    target, run = await updated(client, "3")
    assert any(one.endswith("added") for one in listing(engine))
    await taken_back(client, target, run)
    assert listing(engine) == data
    assert engine.inspect(NAME)["Image"] == before["Image"]


async def test_a_version_that_ends_at_once_goes_back_by_itself(
    engine: DockerEngine,
    client: DockerClient,
    before: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # How long the program takes to end depends on the machine. The look ends when it has ended.
    monkeypatch.setattr(updating, "OBSERVED", 60.0)
    data = listing(engine)
    # Between two looks its restart policy may have started it again.
    with pytest.raises(PreconditionFailed, match=r"does not run: It ended .*as before"):
        await updated(client, "4")
    assert listing(engine) == data
    assert engine.inspect(NAME)["Image"] == before["Image"]
    assert names(engine) == ({NAME}, {VOLUME})


async def test_an_image_that_cannot_be_pulled_stops_nothing(
    engine: DockerEngine, client: DockerClient, before: Mapping[str, Any]
) -> None:
    with pytest.raises(PreconditionFailed, match="cannot be pulled"):
        await updated(client, "9")
    assert engine.inspect(NAME)["State"]["StartedAt"] == before["State"]["StartedAt"]
    assert names(engine) == ({NAME}, {VOLUME})


async def test_the_next_update_removes_the_copies_of_the_last_one(
    engine: DockerEngine, client: DockerClient, before: Mapping[str, Any]
) -> None:
    assert before
    await updated(client, "2")
    first = names(engine)
    await updated(client, "3")
    second = names(engine)
    assert [len(one) for one in second] == [len(one) for one in first] == [2, 3]
    assert first != second


async def test_killed_while_the_container_is_stopped_it_is_finished(
    engine: DockerEngine, client: DockerClient, before: Mapping[str, Any], tmp_path: Path
) -> None:
    # Enough to copy that the app does not finish before it is killed.
    engine.execute(NAME, "dd", "if=/dev/urandom", "of=/config/large", "bs=1000000", "count=150")
    target = call(version="2")
    run = await UPDATE.dry_run(client, target)
    app = Child("app", tmp_path / "app.log")
    baseline = json.dumps(dict(run.baseline))
    command = [sys.executable, "-m", "real.one_update", str(engine.socket), NAME, "2", baseline]
    await app.start(command, {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, tmp_path)
    await asyncio.to_thread(engine.wait_until, NAME, lambda one: not one["State"]["Running"], "stopped")
    await app.kill()
    stopped = engine.inspect(NAME)
    assert (stopped["Image"], stopped["State"]["Running"]) == (before["Image"], False), "it was too late"
    assert await UPDATE.probe(client, target, run.baseline) is Effect.NOT_SEEN
    await UPDATE.precheck(client, target, run.baseline)
    await UPDATE.execute(client, target, run.baseline)
    assert await UPDATE.probe(client, target, run.baseline) is Effect.DONE
    after = engine.inspect(NAME)
    assert (after["Config"]["Image"], after["State"]["Running"]) == ("app:2", True)
    same_but_image(before, after)
    containers, volumes = names(engine)
    # The image declares a volume too: so two volumes are copied.
    assert (len(containers), len(volumes)) == (2, 3), (containers, volumes)
    await taken_back(client, target, run)
    assert names(engine) == ({NAME}, {VOLUME})
