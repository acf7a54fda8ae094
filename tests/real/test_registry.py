"""A real registry: its tags and images are read, and what it offers is installed by its digest."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from demo.processes import free_port
from demo.waiting import becomes
from homelab_steward.contract.changes import Distance
from homelab_steward.contract.state import TargetRef
from real import docker_engine
from real.conftest import Record
from real.docker_engine import IMAGE, DockerEngine
from real.programs import TOOLS, running
from rig.inventory import ToyInventory
from rig.toy import Toy
from steward.changes.images import VERSION, ImageSource
from steward.changes.registry import RegistryClient
from steward.clock import SystemClock
from steward.errors import ServiceNotFound
from steward.sdk.access import Access
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.image_names import Repository
from steward.sdk.snapshot import versions
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient

DEADLINE = 20.0
NAME = "sonarr"
UPDATE = next(one for one in SERVICE.actions if one.key == "update")
CONFIG = """
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdir: %s}}
http: {addr: "127.0.0.1:%s"}
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[DockerEngine]:
    reason = docker_engine.skip_reason()
    if reason is not None:
        pytest.skip(reason)
    with docker_engine.running() as engine:
        yield engine


@pytest.fixture
async def repository(tmp_path: Path, record_testsuite_property: Record) -> AsyncIterator[Repository]:
    port = free_port()
    config = tmp_path / "registry.yml"
    config.write_text(CONFIG % (tmp_path / "data", port))
    arguments = ("usr/bin/docker-registry", "serve", config)
    async with running(tmp_path, *arguments, fetched=TOOLS / "registry"), ClientSession() as session:

        async def answers() -> bool:
            try:
                async with session.get(f"http://127.0.0.1:{port}/v2/") as response:
                    return response.status == 200
            except OSError:
                return False

        await becomes(answers, DEADLINE, "the registry answers")
        record_testsuite_property("Container registry", "Debian's docker-registry, TCP on loopback")
        yield Repository(f"127.0.0.1:{port}", "media/sonarr")


def push(engine: DockerEngine, repository: Repository, tag: str, version: str) -> None:
    """Make an image of its own content and push it."""
    name = repository.name
    engine.request("POST", "/containers/create?name=maker", {"Image": IMAGE, "Cmd": ["sh"]})
    changes = f'CMD ["sleep", "100000"]\nLABEL {VERSION}={version}'
    query = urlencode(
        {"container": "maker", "repo": name, "tag": tag, "changes": changes, "comment": version}
    )
    engine.request("POST", f"/commit?{query}", {})
    engine.remove("maker")
    answer = str(engine.request("POST", f"/images/{name}/push?{urlencode({'tag': tag})}"))
    assert "errorDetail" not in answer, answer


async def test_a_newer_tag_is_found_and_installed_by_its_digest(
    engine: DockerEngine, repository: Repository
) -> None:
    push(engine, repository, "4.0.1", "4.0.1")
    image = f"{repository.name}:4.0.1"
    body = {"Image": image, "StopTimeout": 0, "HostConfig": {"NetworkMode": "none"}}
    engine.request("POST", f"/containers/create?name={NAME}", body)
    engine.request("POST", f"/containers/{NAME}/start")
    push(engine, repository, "4.0.2", "4.0.2")
    engine.request("DELETE", f"/images/{repository.name}:4.0.2")
    async with ClientSession() as session:
        settings = {"address": f"unix://{engine.socket}"}
        client = DockerClient(Access(settings=settings, session=session, clock=SystemClock()))
        registry = RegistryClient(session, SystemClock())
        assert set(await registry.tags(repository)) == {"4.0.1", "4.0.2"}
        with pytest.raises(ServiceNotFound):
            await registry.digest(repository, "9")
        inventory = ToyInventory(Toy())
        inventory.service_row = SERVICE
        inventory.boxes = {NAME: TargetRef(instance_id="toy1", kind="container", id=NAME, name=NAME)}
        state = await SERVICE.poll(client, Gaps())
        inventory.item_versions = versions(SERVICE, state)
        clock = SystemClock()
        source = ImageSource(inventory, registry, clock)
        (found,) = (await source.find()).found
        assert found.packages[0].distance is Distance.PATCH
        assert found.revision == await registry.digest(repository, "4.0.2")
        (step,) = found.steps
        call = Call(target=found.target, arguments=getattr(step, "arguments", {}))
        run = await UPDATE.dry_run(client, call)
        await UPDATE.execute(client, call, run.baseline)
        assert (await UPDATE.verify(client, call, run.baseline)).ok is True
        assert engine.inspect(NAME)["Config"]["Image"] == f"{repository.name}:4.0.2"
        inventory.item_versions = versions(SERVICE, await SERVICE.poll(client, Gaps()))
        assert (await ImageSource(inventory, registry, clock).find()).found == ()
        assert UPDATE.undo is not None
        await UPDATE.undo.execute(client, call, run.baseline)
        assert engine.inspect(NAME)["Config"]["Image"] == image
        await client.close()
