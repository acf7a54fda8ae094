"""A real Docker Engine: commands in a container are waited for, and what they dump is kept and restored."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from aiohttp import ClientSession

from real import docker_engine
from real.conftest import Record
from real.docker_engine import IMAGE, DockerEngine
from steward.clock import SystemClock
from steward.errors import TemporaryFailure
from steward.sdk.access import Access
from steward.services._docker.databases import FOLDER, NO_SPACE, REMOVE, database
from steward.services._docker.engine import Engine
from steward.services._docker.kept_dump import KeptDump
from steward.services.docker.client import DockerClient

NAME = "database"
DUMP = f"rm -rf {FOLDER}; mkdir {FOLDER}; sleep 2; cp /rows {FOLDER}/dump.sql"
RESTORE = f"cp {FOLDER}/dump.sql /rows; {REMOVE}"
DATABASE = replace(database("postgresql"), dump=DUMP, restore=RESTORE)


@pytest.fixture(scope="module")
def server(record_testsuite_property: Record) -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as server:
        record_testsuite_property("Docker dumps", server.version())
        host = {"NetworkMode": "none"}
        command = ["sh", "-c", "echo one >/rows; exec sleep 100000"]
        body = {"Image": IMAGE, "Cmd": command, "StopTimeout": 0, "HostConfig": host}
        server.request("POST", f"/containers/create?name={NAME}", body)
        server.request("POST", f"/containers/{NAME}/start")
        yield server


@pytest.fixture
async def kept(server: DockerEngine) -> AsyncIterator[KeptDump]:
    async with ClientSession() as session:
        settings = {"address": f"unix://{server.socket}"}
        client = DockerClient(Access(settings=settings, session=session, clock=SystemClock()))
        kept = KeptDump(Engine(client, await client.root("")), "homelab-steward-kept-1")
        yield kept
        await kept.drop()
        await client.close()


async def run(kept: KeptDump, script: str) -> None:
    await kept._run(NAME, script, t"it failed")


async def test_a_dump_is_kept_and_replaces_what_was_changed(kept: KeptDump, server: DockerEngine) -> None:
    await kept.take(DATABASE, NAME, IMAGE, {"homelab-steward.of": "1"})
    assert await kept.is_there()
    await run(kept, f"[ ! -e {FOLDER} ] && [ $(cat /rows) = one ] && echo two >/rows")
    await kept.put_back(DATABASE, NAME)
    assert not await kept.is_there()
    await run(kept, f"[ $(cat /rows) = one ] && [ ! -e {FOLDER} ]")
    volumes = server.request("GET", "/volumes")["Volumes"] or []
    assert not [one["Name"] for one in volumes]


async def test_a_command_that_fails_says_why(kept: KeptDump) -> None:
    failing = replace(DATABASE, dump=f"exit {NO_SPACE}")
    with pytest.raises(TemporaryFailure, match="PostgreSQL cannot be dumped: the disk has not enough space"):
        await kept.take(failing, NAME, IMAGE, {})
    assert not await kept.is_there()
